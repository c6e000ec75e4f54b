import type { Program } from '../../world/program.ts';
import { watch } from './watch.ts';

/** Programs that take the whole screen of a terminal: one line each. */
export const fullscreenPrograms: readonly Program[] = [watch];
