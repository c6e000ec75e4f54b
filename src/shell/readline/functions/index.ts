import type { EditFunction, FunctionTable, TaskFunction } from '../editor.ts';
import { CHANGES } from './change.ts';
import { COMPLETIONS } from './complete.ts';
import { HISTORY } from './history.ts';
import { OTHERS } from './misc.ts';
import { MOVES } from './move.ts';
import { VI } from './vi.ts';

const TABLES: readonly FunctionTable[] = [MOVES, CHANGES, HISTORY, COMPLETIONS, OTHERS, VI];

/** Called once for each of the number before the key. */
export const EACH = merged<EditFunction>((table) => table.each);
/** They know themselves what a number means. */
export const COUNTED = merged<EditFunction>((table) => table.counted);
export const TASKS = merged<TaskFunction>((table) => table.tasks);

/** What a function does with a negative number. */
export const OPPOSITES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['forward-char', 'backward-char'],
    ['forward-word', 'backward-word'],
    ['shell-forward-word', 'shell-backward-word'],
    ['delete-char', 'backward-delete-char'],
    ['kill-word', 'backward-kill-word'],
    ['kill-line', 'backward-kill-line'],
    ['next-history', 'previous-history'],
  ].flatMap(([one = '', other = '']) => [
    [one, other],
    [other, one],
  ]),
);

function merged<T>(part: (table: FunctionTable) => Readonly<Record<string, T>> | undefined): ReadonlyMap<string, T> {
  return new Map(TABLES.flatMap((table) => Object.entries(part(table) ?? {})));
}
