import { Errno } from '../../world/errno.ts';
import { type Executable, resolveExecutable } from '../../world/execute.ts';
import { RegularFile } from '../../world/files/inode.ts';
import { joinPath } from '../../world/files/paths.ts';
import { isSignal, SIGNALS } from '../../world/signals.ts';
import type { Task } from '../../world/task.ts';
import { findBuiltin } from '../builtins/registry.ts';
import { environmentOf } from '../exported-functions.ts';
import { runForeground } from '../jobs/foreground.ts';
import { runScriptFile } from '../script.ts';
import type { InvokeOptions } from '../state/engine.ts';
import type { Shell } from '../state/shell.ts';
import { lookUp } from './lookup.ts';

/** Runs a command that is given as strings: a function, a builtin, or a file. */
export function invoke(shell: Shell, argv: readonly string[], how: InvokeOptions = {}): Task<number> {
  const name = argv[0] ?? '';
  if (how.functions !== false && shell.functions.has(name)) {
    return shell.engine.callFunction(shell, name, argv.slice(1));
  }
  const builtin = how.builtins === false ? undefined : findBuiltin(shell, name);
  return builtin ? builtin.run(shell, argv.slice(1), name) : runFileCommand(shell, argv, how);
}

function* runFileCommand(shell: Shell, argv: readonly string[], how: InvokeOptions): Task<number> {
  const found = yield* locate(shell, argv, how);
  if (typeof found === 'number') return found;
  if (how.exec) {
    // A process with traps or jobs of its own has something to do after the command.
    if (shell.traps.size === 0 || how.argv0 !== undefined) return yield* become(shell, found);
  }
  return yield* runForeground(shell, found);
}

const ALL_SIGNALS = Object.keys(SIGNALS).filter(isSignal);

/** Replaces what the process runs, as execve(2). */
export function* become(shell: Shell, executable: Executable): Task<number> {
  const { process } = shell;
  // The new program knows nothing of the shell's handlers.
  for (const signal of ALL_SIGNALS) if (typeof process.action(signal) === 'object') process.onSignal(signal, 'default');
  process.become(executable.argv);
  process.env = environmentOf(shell);
  return yield* executable.main(process);
}

function* locate(shell: Shell, argv: readonly string[], how: InvokeOptions): Task<Executable | number> {
  const name = argv[0] ?? '';
  const path = name.includes('/')
    ? joinPath(shell.process.cwd, name)
    : name === ''
      ? undefined
      : lookUp(shell, name, how.standardPath);
  if (path === undefined && how.speaker !== undefined) {
    yield* shell.complain(`${name}: not found`, how.speaker);
    return 127;
  }
  if (path === undefined) return yield* notFound(shell, argv);
  if (tooLong(argv)) {
    yield* shell.complain(`${name.includes('/') ? name : path}: Argument list too long`);
    return 126;
  }
  const words = how.argv0 === undefined ? argv : [how.argv0, ...argv.slice(1)];
  try {
    return resolveExecutable(
      shell.process.machine,
      path,
      words,
      shell.process.credentials,
      0,
      name.includes('/') ? name : path,
    );
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* cannotExecute(shell, words, name, path, error);
  }
}

/** Linux: ARG_MAX, and MAX_ARG_STRLEN for one argument. */
function tooLong(argv: readonly string[]): boolean {
  let size = 0;
  for (const word of argv) {
    if (word.length >= 131_072) return true;
    size += word.length + 9;
  }
  return size > 2_097_152;
}

function* notFound(shell: Shell, argv: readonly string[]): Task<number> {
  if (shell.variables.get('PATH') === '') {
    yield* shell.complain(`${argv[0] ?? ''}: No such file or directory`);
    return 127;
  }
  if (shell.functions.has('command_not_found_handle')) {
    return yield* shell.engine.callFunction(shell, 'command_not_found_handle', argv);
  }
  yield* shell.complain(`${argv[0] ?? ''}: command not found`);
  return 127;
}

// bash: execute_cmd.c shell_execve
function* cannotExecute(
  shell: Shell,
  argv: readonly string[],
  name: string,
  path: string,
  error: Errno,
): Task<Executable | number> {
  const inode = shell.process.machine.files.tryStat(path, shell.process.credentials);
  if (inode?.kind === 'directory') {
    yield* shell.complain(shell.dialect === 'bash' ? `${name}: Is a directory` : `${name}: Permission denied`);
    return 126;
  }
  if (error.code === 'ENOEXEC' && inode instanceof RegularFile && inode.program === undefined) {
    if (inode.content.subarray(0, 128).includes(0)) {
      yield* shell.complain(`${name}: cannot execute binary file: Exec format error`);
      return 126;
    }
    const copy = shell.dialect;
    return { main: (process) => runScriptFile(process, shell.engine, copy, name, argv), argv, path };
  }
  if (error.code === 'ENOENT' && inode) {
    // The file is there, its interpreter is not.
    yield* shell.complain(
      shell.dialect === 'bash' ? `${name}: cannot execute: required file not found` : `${name}: not found`,
    );
    return 127;
  }
  const text = error.code === 'ENOENT' && shell.dialect !== 'bash' ? 'not found' : error.text;
  yield* shell.complain(`${name}: ${text}`);
  return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? (error.code === 'ENOENT' ? 127 : 126) : 126;
}
