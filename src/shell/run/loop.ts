import type { CompoundList } from 'unbash';
import type { Task } from '../../world/task.ts';
import { BreakLoop, ContinueLoop } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';

/** How a turn of a loop ended. */
export type Turn = { readonly goOn: boolean; readonly status: number };

/** Runs `run` once, as the body of a loop: `break` and `continue` end it. */
export function* turn(shell: Shell, run: () => Task<number>): Task<Turn> {
  shell.loopDepth++;
  try {
    yield* shell.spend(0.01);
    return { goOn: true, status: yield* run() };
  } catch (error) {
    if (error instanceof BreakLoop) {
      if (error.levels > 1 && shell.loopDepth > 1) throw new BreakLoop(error.levels - 1);
      return { goOn: false, status: 0 };
    }
    if (error instanceof ContinueLoop) {
      if (error.levels > 1 && shell.loopDepth > 1) throw new ContinueLoop(error.levels - 1);
      return { goOn: true, status: 0 };
    }
    throw error;
  } finally {
    shell.loopDepth--;
  }
}

export function* bodyTurn(shell: Shell, body: CompoundList): Task<Turn> {
  return yield* turn(shell, () => shell.engine.statements(shell, body.commands));
}
