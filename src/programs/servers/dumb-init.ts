import { Errno } from '../../world/errno.ts';
import { resolveExecutable } from '../../world/execute.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Program } from '../../world/program.ts';
import { SIGNALS } from '../../world/signals.ts';

/** dumb-init: the first process of a container, that starts another one and passes signals on to it. */
export const dumbInit: Program = {
  name: 'images/dumb-init',
  *main(process) {
    const argv = process.argv.slice(1).filter((word, index) => word !== '--' || index > 0);
    const [command] = argv;
    if (command === undefined) {
      yield* process.printError('Usage: dumb-init [option] program [args]\nTry dumb-init --help for full usage.\n');
      return 1;
    }
    try {
      const { main } = resolveExecutable(process.machine, joinPath(process.cwd, command), argv, process.credentials);
      const child = process.spawn({ argv, main, session: { tty: process.tty } });
      for (const signal of ['TERM', 'INT', 'QUIT', 'HUP'] as const)
        process.onSignal(signal, { interrupt: false, handle: () => child.signal(signal) });
      const status = yield* process.waitFor(child);
      if (status.kind === 'exited') return status.code;
      return 128 + SIGNALS[status.signal];
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.printError(`[dumb-init] ${command}: ${error.text}\n`);
      return 2;
    }
  },
};
