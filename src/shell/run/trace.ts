import type { Task } from '../../world/task.ts';
import { expandEmbedded } from '../expand/word.ts';
import type { Shell } from '../state/shell.ts';

/** A line of `set -x`: PS4, its first character once for each level of substitution. */
export function* trace(shell: Shell, text: string): Task {
  const ps4 = yield* expandEmbedded(shell, shell.variables.get('PS4') ?? '+ ');
  const level = shell.substitutionDepth;
  yield* shell.process.printError(`${(ps4[0] ?? '').repeat(level)}${ps4}${text}\n`);
}
