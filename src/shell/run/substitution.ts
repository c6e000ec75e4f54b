import type { ParsedScript } from 'unbash';
import { concat, decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { openFile } from '../../world/files/disk-file.ts';
import { makePipe } from '../../world/pipe.ts';
import { shellStatus } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { expandTarget } from '../expand/word.ts';
import { Source } from '../parse/position.ts';
import { reportProblem } from '../parse/report.ts';
import { firstProblem } from '../parse/syntax-error.ts';
import { DiscardLine, ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { MAX_VALUE } from '../state/variables.ts';
import { startSubshell } from './subshell.ts';

/** `$( )` and backticks: what the command prints, without the newlines at its end. */
export function* substitute(shell: Shell, script: ParsedScript, source: Source): Task<string> {
  const own = script.source === undefined ? source : new Source(script.source, shell.line);
  const problem = firstProblem(own.text.slice(0, script.end), script.errors);
  if (problem) {
    yield* reportProblem(shell, own, problem, 'command substitution');
    throw new DiscardLine(1);
  }
  const file = yield* readFileShortcut(shell, script);
  if (file !== undefined) return file;
  const { reader, writer } = makePipe();
  const child = yield* startSubshell(shell, script.commands, { output: writer, sameGroup: true }, own);
  reader.retain();
  let output: string;
  try {
    output = yield* collect(() => reader.read(shell.process, 65536));
  } finally {
    reader.release();
  }
  const status = yield* shell.process.waitFor(child);
  shell.childTime += child.cpuTime;
  shell.substitutionStatus = shellStatus(status);
  shell.status = shell.substitutionStatus;
  return output;
}

function* collect(read: () => Task<Uint8Array>): Task<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = yield* read();
    if (chunk.length === 0) break;
    size += chunk.length;
    if (size > MAX_VALUE) throw new ShellError(`xrealloc: cannot allocate ${size} bytes`, 'shell', 2);
    chunks.push(chunk);
  }
  const text = chunks.length === 0 ? '' : decode(concat(chunks));
  return text.replace(/\n+$/, '').replace(/\0/g, '');
}

/** `$(< file)` */
function* readFileShortcut(shell: Shell, script: ParsedScript): Task<string | undefined> {
  const statement = script.commands[0];
  const command = statement?.command;
  if (script.commands.length !== 1 || command?.type !== 'Command' || command.name || command.prefix.length !== 1) {
    return undefined;
  }
  const redirect = command.prefix[0];
  if (redirect?.type !== 'Redirect' || redirect.operator !== '<' || !redirect.target) return undefined;
  const [path = ''] = yield* expandTarget(shell, redirect.target);
  try {
    const file = openFile(shell.process, path, { read: true }).retain();
    try {
      const text = yield* collect(() => file.read(shell.process, 65536));
      shell.substitutionStatus = 0;
      return text;
    } finally {
      file.release();
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* shell.complain(`${path}: ${error.text}`);
    shell.substitutionStatus = 1;
    return '';
  }
}
