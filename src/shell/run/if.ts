import type { CompoundList, If } from 'unbash';
import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';

/** Runs a condition: `set -e` does not look at it. */
export function* runCondition(shell: Shell, list: CompoundList): Task<number> {
  shell.exempt++;
  try {
    return yield* shell.engine.statements(shell, list.commands);
  } finally {
    shell.exempt--;
  }
}

/** `if … then … elif … else … fi` */
export function* runIf(shell: Shell, node: If): Task<number> {
  for (const branch of [node, ...node.elif]) {
    if ((yield* runCondition(shell, branch.clause)) === 0) {
      return yield* shell.engine.statements(shell, branch.then.commands);
    }
  }
  return node.else ? yield* shell.engine.statements(shell, node.else.commands) : 0;
}
