import type { Program } from '../../world/program.ts';
import { untilSignal } from './support.ts';

/** The container that holds a Pod's namespaces. kubernetes: build/pause/linux/pause.c */
export const pause: Program = {
  name: 'images/pause',
  *main(process) {
    if (process.argv.includes('-v')) {
      yield* process.print('pause.c 3.10.2\n');
      return 0;
    }
    if (process.pid !== 1) yield* process.printError('Warning: pause should be the first process\n');
    const signal = yield* untilSignal(process);
    yield* process.printError(`Shutting down, got signal: ${signal === 'TERM' ? 'Terminated' : 'Interrupt'}\n`);
    return 0;
  },
};
