import { Errno } from '../../world/errno.ts';
import type { Process, SpawnOptions } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { DiscardLine } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';

/** Waits between attempts, s. bash: jobs.c FORKSLEEP_MAX */
const DELAYS = [1, 2, 4, 8];

/** Starts a child. While the machine has too many processes it tries again, then gives up the line. */
export function* fork(shell: Shell, options: Omit<SpawnOptions, 'parent'>): Task<Process> {
  for (const delay of DELAYS) {
    try {
      return shell.process.spawn(options);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* shell.complain(`fork: retry: ${error.text}`);
      yield* pause(shell, delay * 1000);
    }
  }
  try {
    return shell.process.spawn(options);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* shell.complain(`fork: ${error.text}`);
    throw new DiscardLine(254);
  }
}

function* pause(shell: Shell, ms: number): Task {
  try {
    yield* shell.process.sleep(ms);
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
  }
  shell.checkInterrupt();
}
