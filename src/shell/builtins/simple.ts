import { decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { findInPath } from '../../world/execute.ts';
import { openFile } from '../../world/files/disk-file.ts';
import type { Task } from '../../world/task.ts';
import { BreakLoop, ContinueLoop, DiscardLine, ExitShell, ReturnFrom, ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, fail } from './builtin.ts';

export const colon: Builtin = {
  names: [':', 'true'],
  *run() {
    return 0;
  },
};

export const falseBuiltin: Builtin = {
  names: ['false'],
  *run() {
    return 1;
  },
};

function number(text: string): number | undefined {
  return /^[ \t]*[+-]?\d+[ \t]*$/.test(text) && Math.abs(Number(text)) < 2 ** 63 ? Number(text) : undefined;
}

export const exit: Builtin = {
  names: ['exit', 'logout'],
  *run(shell, args, name) {
    if (name === 'logout' && !shell.login) return yield* fail(shell, name, "not login shell: use `exit'");
    if (shell.interactive && !shell.runningTraps.has('EXIT')) {
      if (shell.dialect === 'bash') yield* shell.process.printError(shell.login ? 'logout\n' : 'exit\n');
      shell.jobs.poll();
      if (shell.jobs.jobs.some((job) => job.state === 'stopped') && !shell.exitWarned) {
        shell.exitWarned = true;
        yield* shell.process.printError('There are stopped jobs.\n');
        return 1;
      }
    }
    const values = args[0] === '--' ? args.slice(1) : args;
    const [value] = values;
    if (value === undefined) throw new ExitShell(shell.status);
    const status = number(value);
    if (status === undefined) {
      yield* fail(shell, name, `${value}: numeric argument required`);
      throw new ExitShell(2);
    }
    if (values.length > 1) {
      yield* fail(shell, name, 'too many arguments');
      throw new DiscardLine(1);
    }
    throw new ExitShell(status & 0xff);
  },
};

export const returnBuiltin: Builtin = {
  names: ['return'],
  *run(shell, args, name) {
    if (shell.frames.length === 0) {
      return yield* fail(shell, name, "can only `return' from a function or sourced script", 2);
    }
    const [value] = args;
    if (value === undefined) throw new ReturnFrom(shell.status);
    const status = number(value);
    if (status === undefined) {
      yield* fail(shell, name, `${value}: numeric argument required`);
      throw new ReturnFrom(2);
    }
    throw new ReturnFrom(status & 0xff);
  },
};

export const loopControl: Builtin = {
  names: ['break', 'continue'],
  *run(shell, args, name) {
    if (shell.loopDepth === 0) {
      if (shell.dialect !== 'bash') return 0;
      yield* fail(shell, name, "only meaningful in a `for', `while', or `until' loop");
      return 0;
    }
    const [value = '1'] = args;
    const levels = number(value);
    if (levels === undefined) {
      yield* fail(shell, name, `${value}: numeric argument required`);
      throw new ExitShell(128);
    }
    if (levels < 1) {
      yield* fail(shell, name, `${value}: loop count out of range`);
      throw new BreakLoop(shell.loopDepth);
    }
    throw name === 'break' ? new BreakLoop(levels) : new ContinueLoop(levels);
  },
};

export const shift: Builtin = {
  names: ['shift'],
  *run(shell, args, name) {
    const [value = '1'] = args;
    const count = number(value);
    if (count === undefined) return yield* fail(shell, name, `${value}: numeric argument required`);
    if (count < 0) return yield* fail(shell, name, `${value}: shift count out of range`);
    if (count > shell.positional.length) {
      if (shell.options.shopt('shift_verbose')) yield* fail(shell, name, `${value}: shift count out of range`);
      return 1;
    }
    shell.positional.splice(0, count);
    return 0;
  },
};

export const evalBuiltin: Builtin = {
  names: ['eval'],
  *run(shell, args) {
    const text = (args[0] === '--' ? args.slice(1) : args).join(' ');
    if (text.trim() === '') return 0;
    return yield* shell.engine.evaluate(shell, text, 'eval', shell.line);
  },
};

export const let_: Builtin = {
  names: ['let'],
  *run(shell, args, name) {
    if (args.length === 0) return yield* fail(shell, name, 'expression expected');
    let value = 0n;
    for (const arg of args) {
      try {
        value = shell.engine.evaluateNumber(shell, arg, 'let: ');
      } catch (error) {
        if (!(error instanceof ShellError)) throw error;
        yield* shell.complain(error.message);
        return 1;
      }
    }
    return value === 0n ? 1 : 0;
  },
};

/** A text's file for `source`: with a slash as it is, else in PATH, else here. */
function sourcePath(shell: Shell, file: string): string {
  if (file.includes('/') || !shell.options.shopt('sourcepath')) return file;
  const { files } = shell.process.machine;
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    const candidate = `${directory || '.'}/${file}`;
    const absolute = candidate.startsWith('/') ? candidate : `${shell.process.cwd}/${candidate}`;
    if (files.tryStat(absolute, shell.process.credentials)?.kind === 'file') return candidate;
  }
  return findInPath(shell.process, file) ?? file;
}

export const source: Builtin = {
  names: ['source', '.'],
  *run(shell, args, name) {
    const [file, ...rest] = args[0] === '--' ? args.slice(1) : args;
    if (file === undefined) {
      yield* fail(shell, name, 'filename argument required');
      yield* shell.process.printError(`${name}: usage: ${name} filename [arguments]\n`);
      return 2;
    }
    let text: string;
    try {
      text = yield* readWhole(shell, sourcePath(shell, file));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'EISDIR') return yield* fail(shell, name, `${file}: is a directory`);
      if (shell.dialect === 'bash') {
        yield* shell.complain(`${file}: ${error.text}`);
        return 1;
      }
      const dash = `cannot open ${file}: ${error.code === 'ENOENT' ? 'No such file' : error.text}`;
      yield* fail(shell, name, shell.dialect === 'dash' ? dash : `can't open '${file}': ${error.text}`);
      throw new ExitShell(2);
    }
    return yield* runSourced(shell, file, text, rest);
  },
};

function* readWhole(shell: Shell, path: string): Task<string> {
  const file = openFile(shell.process, path, { read: true }).retain();
  try {
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const chunk = yield* file.read(shell.process, 1 << 20);
      if (chunk.length === 0) return text + decode(new Uint8Array(0));
      text += decoder.decode(chunk, { stream: true });
    }
  } finally {
    file.release();
  }
}

/** Runs a text in this shell as `source` does. */
export function* runSourced(shell: Shell, file: string, text: string, args: readonly string[]): Task<number> {
  const { positional, line, loopDepth } = shell;
  if (shell.frames.length > 400) return yield* fail(shell, file, 'maximum source nesting level exceeded');
  shell.frames.push({ name: file, kind: 'source', line, file });
  if (args.length > 0) shell.positional = [...args];
  shell.loopDepth = 0;
  try {
    return yield* shell.engine.evaluate(shell, text, '');
  } catch (error) {
    if (error instanceof ReturnFrom) return error.status;
    throw error;
  } finally {
    shell.frames.pop();
    if (args.length > 0) shell.positional = positional;
    shell.line = line;
    shell.loopDepth = loopDepth;
  }
}
