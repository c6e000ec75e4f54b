import * as nodeModule from 'node:module';
import { exit } from './exit.ts';

// Newer versions of Node keep compiled code: that halves the start.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
  nodeModule.enableCompileCache();
}

// The entry: `run` must start fast, so nothing is loaded for it that it does not use.
const args = process.argv.slice(2);
if (args[0] === 'run') {
  const { run } = await import('./run.ts');
  await exit(await run(args.slice(1)));
} else {
  const { program } = await import('./program.ts');
  await exit(await program(args));
}
