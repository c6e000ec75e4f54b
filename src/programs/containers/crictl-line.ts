import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { findContainer, type ListedContainer, listSandboxes, type NodeRuntime } from './runtime.ts';

/** A message after which crictl gives up. */
export class Fatal extends Error {}

export const SHORT = 13;

export interface Line {
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** Options that take a value. */
export const VALUES = new Set(
  'r i c t runtime-endpoint image-endpoint config timeout name state label pod image last n namespace o output tail since limit-bytes id s'.split(
    ' ',
  ),
);

export function parse(words: readonly string[], stopAtOperand: number): Line {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-' || operands.length >= stopAtOperand) {
      operands.push(word);
      continue;
    }
    const [name = '', value] = word.replace(/^--?/, '').split(/=(.*)/s);
    if (value !== undefined) options.set(name, value);
    else if (VALUES.has(name)) options.set(name, words[++at] ?? '');
    else if (!word.startsWith('--') && name.length > 1) for (const letter of name) options.set(letter, '');
    else options.set(name, '');
  }
  return { options, operands };
}

export type Command = (process: Process, runtime: NodeRuntime, line: Line) => Task<number>;

export const has = ({ options }: Line, ...names: readonly string[]) => names.some((name) => options.has(name));
export const value = ({ options }: Line, ...names: readonly string[]) =>
  names.map((name) => options.get(name)).find((text) => text !== undefined);
export const stateOf = ({ container }: ListedContainer) =>
  container.running ? 'Running' : container.startedAt ? 'Exited' : 'Created';

export function need(runtime: NodeRuntime, id: string | undefined): ListedContainer {
  if (id === undefined) throw new Fatal('ID cannot be empty');
  const found = findContainer(runtime, id);
  if (found) return found;
  throw new Fatal(`rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`);
}

export function sandbox(runtime: NodeRuntime, id: string) {
  const found = listSandboxes(runtime).find(({ sandboxFacts }) => sandboxFacts.id.startsWith(id));
  if (!found)
    throw new Fatal(`rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`);
  return found;
}
