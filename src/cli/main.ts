import { exit, HOST_FAILED } from './exit.ts';

/** The command line: `run` must start fast, so nothing is loaded for it that it does not use. */
async function main(args: readonly string[]): Promise<never> {
  if (args[0] === 'run') {
    const { run } = await import('./run.ts');
    return await exit(await run(args.slice(1)));
  }
  const { program } = await import('./program.ts');
  return await exit(await program(args));
}

// Who reads our output may have enough of it: `kubetutor list | head -1`. Then it ends as by SIGPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(128 + 13);
  process.stderr.write(`kubetutor: standard output: ${error.message}\n`);
  process.exit(HOST_FAILED);
});

void main(process.argv.slice(2));
