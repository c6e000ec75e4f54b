import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { allValues, setScalar } from '../expand/variables-access.ts';
import { IndexedArray } from '../state/arrays.ts';
import type { CompletionSpec } from '../state/completions.ts';
import { isUnwinding } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import type { TypedCommand } from './words.ts';

export interface FunctionCompletion {
  readonly names: readonly string[];
  readonly options: ReadonlySet<string>;
  readonly start: number;
}

/** Runs the function of `complete -F` and takes COMPREPLY. */
export function* runCompletionFunction(
  shell: Shell,
  spec: CompletionSpec,
  typed: TypedCommand,
  line: string,
  cursor: number,
): Task<FunctionCompletion> {
  const { status, pipeStatus } = shell;
  const words = [...typed.words.map((word) => word.raw), typed.current.raw];
  setArray(shell, 'COMP_WORDS', words);
  setScalar(shell, 'COMP_CWORD', String(words.length - 1));
  setScalar(shell, 'COMP_LINE', line);
  setScalar(shell, 'COMP_POINT', String(cursor));
  setScalar(shell, 'COMP_TYPE', '9');
  setScalar(shell, 'COMP_KEY', '9');
  setArray(shell, 'COMPREPLY', []);
  const options = new Set(spec.options);
  shell.completions.current = options;
  try {
    const previous = typed.words.at(-1)?.value ?? '';
    const name = spec.functionName ?? '';
    if (shell.functions.has(name)) {
      yield* shell.engine.callFunction(shell, name, [typed.words[0]?.value ?? '', typed.current.value, previous]);
    }
    const names = allValues(shell.variables.find('COMPREPLY'));
    return { names, options, start: typed.current.start };
  } catch (error) {
    // A completion that fails offers nothing; it must not end the shell.
    if (!isUnwinding(error) && !(error instanceof Errno)) throw error;
    return { names: [], options, start: typed.current.start };
  } finally {
    shell.completions.current = undefined;
    shell.status = status;
    shell.pipeStatus = pipeStatus;
    for (const name of ['COMP_WORDS', 'COMP_CWORD', 'COMP_LINE', 'COMP_POINT', 'COMP_TYPE', 'COMP_KEY', 'COMPREPLY']) {
      shell.variables.unset(name);
    }
  }
}

function setArray(shell: Shell, name: string, values: readonly string[]): void {
  const variable = shell.variables.raw(name) ?? shell.variables.create(name);
  variable.value = IndexedArray.of(values);
}
