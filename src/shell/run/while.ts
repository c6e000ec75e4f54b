import type { While } from 'unbash';
import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';
import { runCondition } from './if.ts';
import { turn } from './loop.ts';

/** `while … do … done`, `until … do … done` */
export function* runWhile(shell: Shell, node: While): Task<number> {
  let status = 0;
  for (;;) {
    let ended = false;
    const result = yield* turn(shell, function* () {
      const condition = yield* runCondition(shell, node.clause);
      ended = (condition === 0) !== (node.kind === 'while');
      return ended ? status : yield* shell.engine.statements(shell, node.body.commands);
    });
    status = result.status;
    if (ended || !result.goOn) return status;
  }
}
