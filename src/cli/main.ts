import { exit } from './exit.ts';

/** The command line: `run` must start fast, so nothing is loaded for it that it does not use. */
async function main(args: readonly string[]): Promise<never> {
  if (args[0] === 'run') {
    const { run } = await import('./run.ts');
    return await exit(await run(args.slice(1)));
  }
  const { program } = await import('./program.ts');
  return await exit(await program(args));
}

void main(process.argv.slice(2));
