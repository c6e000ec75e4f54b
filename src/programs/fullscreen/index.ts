import type { Program } from '../../world/program.ts';
import { less, more } from './less.ts';
import { watch } from './watch.ts';

/** Programs that take the whole screen of a terminal: one line each. */
export const fullscreenPrograms: readonly Program[] = [less, more, watch];
