import { spawnSync } from 'node:child_process';

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** CPU time of this process that `work` took, ms. */
export function cpu(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/** Real time until a command has ended, ms. */
export function wall(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const begin = process.hrtime.bigint();
  spawnSync(command, args, { stdio: 'ignore', env });
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

/** CPU time of one fixed piece of work, the fastest of five, ms: how fast this machine is at the moment, beside what else it does. */
export function yardstick(): number {
  const times = Array.from({ length: 5 }, () =>
    cpu(() => {
      const seen = new Map<string, number>();
      for (let index = 0; index < 400_000; index++) {
        const key = `pod-${index % 5000}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }),
  );
  return Math.min(...times);
}

export function row(name: string, value: string, wanted: string): void {
  console.log(`${name.padEnd(58)} ${value.padStart(12)}   wanted ${wanted}`);
}
