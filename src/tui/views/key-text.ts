/** How keys are written in sentences. */
import { type Command, type KeyContext, keyLabel, keysOf, PREFIX_LABEL } from '../keys.ts';
import type { Look } from '../themes/look.ts';

/** `Ctrl-] n`: prefix and first key of a command. */
export const afterPrefix = (command: Command, look: Look): string =>
  `${PREFIX_LABEL} ${directKey(command, 'prefix', look)}`;

export const directKey = (command: Command, context: KeyContext, look: Look): string =>
  keyLabel(keysOf(command, context)[0] ?? '', look.ascii);
