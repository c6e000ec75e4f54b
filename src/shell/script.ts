import { Errno } from '../world/errno.ts';
import { openFile } from '../world/files/disk-file.ts';
import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import type { Dialect } from './dialect.ts';
import { importEnvironment } from './environment.ts';
import { readLine } from './io/read-line.ts';
import { needsMore, openHereDocuments, parseUnit } from './parse/unit.ts';
import { parseText, reportRest, runLine, subshellLife, warnHereDocuments } from './run/evaluate.ts';
import type { Engine } from './state/engine.ts';
import { Shell } from './state/shell.ts';

/** Runs a file that has no `#!` line, as a shell does that could not execute it. */
export function* runScriptFile(
  process: Process,
  engine: Engine,
  dialect: Dialect,
  path: string,
  argv: readonly string[],
): Task<number> {
  const shell = new Shell(process, engine, { name: path, dialect });
  shell.positional = argv.slice(1);
  yield* importEnvironment(shell);
  return yield* runFile(shell, path);
}

/** `bash FILE`. The text is read at once: files of the world do not change under a running script. */
export function* runFile(shell: Shell, path: string): Task<number> {
  let text: string;
  try {
    const file = openFile(shell.process, path, { read: true }).retain();
    try {
      const chunks: string[] = [];
      const decoder = new TextDecoder();
      for (;;) {
        const chunk = yield* file.read(shell.process, 1 << 20);
        if (chunk.length === 0) break;
        chunks.push(decoder.decode(chunk, { stream: true }));
      }
      text = chunks.join('');
    } finally {
      file.release();
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* cannotOpen(shell, path, error);
  }
  return yield* runText(shell, text, '');
}

function* cannotOpen(shell: Shell, path: string, error: Errno): Task<number> {
  const own = shell.ownName;
  if (error.code === 'EISDIR') {
    yield* shell.process.printError(`${path}: ${path}: Is a directory\n`);
    return 126;
  }
  const status = error.code === 'ENOENT' ? 127 : 126;
  if (shell.dialect === 'bash') yield* shell.process.printError(`${own}: ${path}: ${error.text}\n`);
  else if (shell.dialect === 'dash') {
    yield* shell.process.printError(
      `${own}: 0: cannot open ${path}: ${error.code === 'ENOENT' ? 'No such file' : error.text}\n`,
    );
    return 2;
  } else {
    yield* shell.process.printError(`${own}: can't open '${path}': ${error.text}\n`);
    return 2;
  }
  return status;
}

/** Runs a whole text to the end of the shell, EXIT trap included. */
export function* runText(shell: Shell, text: string, speaker: string): Task<number> {
  return yield* subshellLife(shell, function* () {
    const unit = yield* parseText(shell, text, 1);
    if (!unit) return 2;
    shell.source = unit.source;
    yield* warnHereDocuments(shell, unit);
    for (const line of unit.lines) {
      if (shell.options.has('verbose')) yield* shell.process.printError(`${text.slice(line.pos, line.end)}\n`);
      if (shell.options.has('noexec')) continue;
      // bash and busybox become the last program instead of waiting for it; dash does not. busybox: shell/ash.c evalstring
      const last = shell.dialect !== 'dash' && !unit.problem && line === unit.lines.at(-1);
      shell.status = yield* runLine(shell, unit, line, last);
    }
    return (yield* reportRest(shell, unit, speaker)) ?? shell.status;
  });
}

/** A shell that reads its commands from standard input, a line at a time: commands may read what follows. */
export function* runStdin(shell: Shell): Task<number> {
  return yield* subshellLife(shell, function* () {
    let pending = '';
    let firstLine = 1;
    let nextLine = 1;
    for (;;) {
      const line = yield* readLine(shell.process, 0);
      if (line) {
        pending += line.complete ? `${line.text}\n` : line.text;
        nextLine++;
        if (pending.trim() === '' || (line.complete && needsMore(pending, parseUnit(pending)))) {
          if (pending.trim() === '') {
            pending = '';
            firstLine = nextLine;
          }
          continue;
        }
      }
      if (pending === '' && !line) return shell.status;
      const text = pending;
      const unit = yield* parseText(shell, text, firstLine);
      pending = '';
      if (!unit) return 2;
      shell.source = unit.source;
      if (!line && openHereDocuments(unit).length > 0) yield* warnHereDocuments(shell, unit);
      for (const one of unit.lines) shell.status = yield* runLine(shell, unit, one);
      const bad = yield* reportRest(shell, unit, '');
      if (bad !== undefined) return bad;
      firstLine = nextLine;
      if (!line) return shell.status;
    }
  });
}
