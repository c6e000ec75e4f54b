import { addWorld, type BuiltWorld, buildWorld } from '../../src/scenarios/build.ts';
import { buildAws } from '../../src/scenarios/worlds/aws.ts';
import { decode } from '../../src/world/bytes.ts';
import { resolveExecutable } from '../../src/world/execute.ts';
import { Collector, DeviceFile } from '../../src/world/files/devices.ts';
import type { OpenFile } from '../../src/world/open-file.ts';
import { shellStatus } from '../../src/world/process.ts';

/** ms of virtual time for one command. */
const LIMIT = 90 * 60_000;

/** A workstation with an account, at which commands are given one after the other. */
export class Workstation {
  readonly built: BuiltWorld;

  constructor(seed = 'test') {
    addWorld('aws', buildAws);
    this.built = buildWorld('aws', seed);
  }

  /** Keys and a region, as `aws configure` would set them. */
  configured(region = 'ap-northeast-2'): this {
    this.run(`aws configure set aws_access_key_id $(tail -1 ~/*.csv | cut -d, -f1)
aws configure set aws_secret_access_key $(tail -1 ~/*.csv | cut -d, -f2)
aws configure set region ${region}`);
    return this;
  }

  run(text: string): { stdout: string; stderr: string; status: number } {
    const { workstation, world, learner } = this.built;
    const out: Uint8Array[] = [];
    const err: Uint8Array[] = [];
    const files = new Map<number, OpenFile>([
      [0, new DeviceFile('null')],
      [1, new Collector((bytes) => out.push(bytes.slice()))],
      [2, new Collector((bytes) => err.push(bytes.slice()))],
    ]);
    const { credentials, env, home } = learner;
    const argv = ['bash', '-c', text];
    const { main } = resolveExecutable(workstation, '/usr/bin/bash', argv, credentials);
    const shell = workstation.spawn({ argv, main, env, files, cwd: home, credentials, session: { tty: undefined } });
    const deadline = world.now + LIMIT;
    while (!shell.ended && (world.loop.nextTime() ?? deadline) < deadline) world.loop.step();
    if (!shell.ended) throw new Error(`not over in time: ${text}\n${out.map(decode).join('')}`);
    for (const fault of world.faults.splice(0)) throw fault.error;
    return {
      stdout: out.map(decode).join(''),
      stderr: err.map(decode).join(''),
      status: shellStatus(shell.ended),
    };
  }

  /** Standard output; fails when the command does. */
  ok(text: string): string {
    const { stdout, stderr, status } = this.run(text);
    if (status !== 0) throw new Error(`${text}: ${status}\n${stderr}`);
    return stdout;
  }

  wait(minutes: number): void {
    const { loop } = this.built.world;
    loop.runUntil(loop.now + minutes * 60_000);
  }
}
