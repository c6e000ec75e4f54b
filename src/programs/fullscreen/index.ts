import type { Program } from '../../world/program.ts';
import { less, more } from './less.ts';
import { nano } from './nano.ts';
import { vi, view, vim } from './vi/program.ts';
import { watch } from './watch.ts';

/** Programs that take the whole screen of a terminal: one line each. */
export const fullscreenPrograms: readonly Program[] = [less, more, nano, vi, view, vim, watch];
