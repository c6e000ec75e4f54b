import type { CommandNode, Statement } from 'unbash';
import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { expandAliases } from '../parse/alias.ts';
import type { Source } from '../parse/position.ts';
import { reportProblem } from '../parse/report.ts';
import { type Line, openHereDocuments, parseUnit, type Unit } from '../parse/unit.ts';
import {
  BreakLoop,
  ContinueLoop,
  DiscardLine,
  ExitShell,
  FatalExpansion,
  Interrupted,
  ReturnFrom,
} from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { runTrap } from './traps.ts';

/** Parses; a text nested too deeply for the host's stack is refused as bash refuses a full parser stack. */
export function* parseText(shell: Shell, text: string, firstLine: number): Task<Unit | undefined> {
  try {
    yield* shell.spend(text.length / 100_000);
    return parseUnit(text, firstLine);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    yield* shell.complain('memory exhausted');
    return undefined;
  }
}

/**
 * Runs the lines of a text. Errors that give up a line unwind through here; `main` loops catch them with `runLine`.
 * @param speaker how a syntax error names the text: `-c`, `eval`, the file
 */
export function* evaluate(shell: Shell, text: string, speaker = '', firstLine = 1): Task<number> {
  const unit = yield* parseText(shell, text, firstLine);
  if (!unit) return 2;
  const { source } = shell;
  shell.source = unit.source;
  try {
    let status = 0;
    for (const line of unit.lines) status = yield* runUnitLine(shell, unit, line);
    return (yield* reportRest(shell, unit, speaker)) ?? status;
  } finally {
    shell.source = source;
  }
}

/** Runs a line of a unit; aliases known by now are replaced in it first. */
export function* runUnitLine(shell: Shell, unit: Unit, line: Line, last = false): Task<number> {
  if (shell.aliases.size === 0 || !shell.options.shopt('expand_aliases')) {
    return yield* shell.engine.statements(shell, line.statements, last);
  }
  const at = unit.lines.indexOf(line);
  const { text } = unit.source;
  const own = text.slice(line.pos, unit.lines[at + 1]?.pos ?? (unit.problem ? unit.problemStart : text.length));
  const expanded = expandAliases(own, shell.aliases);
  if (expanded === own) return yield* shell.engine.statements(shell, line.statements);
  const inner = yield* parseText(shell, expanded, unit.source.lineAt(line.pos));
  if (!inner) return 2;
  shell.source = inner.source;
  try {
    let status = 0;
    for (const one of inner.lines) status = yield* shell.engine.statements(shell, one.statements);
    return (yield* reportRest(shell, inner, '')) ?? status;
  } finally {
    shell.source = unit.source;
  }
}

/** After the last good line: the syntax error, or here documents that the end of the text closed. */
export function* reportRest(shell: Shell, unit: Unit, speaker: string): Task<number | undefined> {
  if (!unit.problem) return undefined;
  yield* reportProblem(shell, unit.source, unit.problem, speaker);
  // bash -c '[[ a b ]]' really exits with 0.
  shell.status =
    unit.problem.kind === 'conditional' && unit.problem.near !== undefined && shell.speaker === 'command string'
      ? 0
      : 2;
  if (unit.problem.kind === 'quote' && unit.problem.array) shell.status = 1;
  return shell.status;
}

/** bash: parse.y here-document warning. */
export function* warnHereDocuments(shell: Shell, unit: Unit): Task {
  if (!unit.source.text.includes('<<')) return;
  for (const open of openHereDocuments(unit)) {
    const line = unit.source.lineAt(open.pos);
    const last = unit.source.lineAt(Math.max(0, unit.source.text.length - 1));
    const where = shell.interactive ? '' : `line ${Math.max(line, last)}: `;
    yield* shell.process.printError(
      `${shell.name}: ${where}warning: here-document at line ${line} delimited by end-of-file (wanted \`${open.delimiter}')\n`,
    );
  }
}

/** Runs statements of a main loop: an error that gives up the line ends here, with a status. */
export function* runLine(shell: Shell, unit: Unit, line: Line, last = false): Task<number> {
  try {
    return yield* runUnitLine(shell, unit, line, last);
  } catch (error) {
    return yield* settle(shell, error);
  }
}

/** What remains of an unwinding at the top of a shell; rethrows what ends it. */
export function* settle(shell: Shell, error: unknown): Task<number> {
  shell.exempt = 0;
  shell.loopDepth = 0;
  if (error instanceof DiscardLine || error instanceof FatalExpansion) {
    shell.status = error.status;
    if (shell.options.has('errexit') && !shell.interactive) throw new ExitShell(error.status);
    return error.status;
  }
  if (error instanceof ReturnFrom) return error.status;
  if (error instanceof BreakLoop || error instanceof ContinueLoop) return 0;
  if (error instanceof Interrupted) {
    shell.status = 130;
    if (!shell.interactive) throw new ExitShell(130);
    return 130;
  }
  if (error instanceof RangeError) {
    // The host's stack or memory is full: a learner's recursion must not end the world.
    const stack = error.message.includes('call stack');
    yield* shell.complain(stack ? 'maximum function nesting level exceeded' : 'xrealloc: cannot allocate memory');
    shell.status = 1;
    return 1;
  }
  if (error instanceof Errno && error.code === 'EINTR') {
    shell.interruptPending = false;
    return 130;
  }
  if (error instanceof Errno && error.code !== 'EPIPE') {
    yield* shell.complain(error.text);
    return 1;
  }
  throw error;
}

/** Runs the EXIT trap and gives the status to exit with. */
export function* leave(shell: Shell, status: number): Task<number> {
  shell.status = status;
  if (!shell.traps.has('EXIT')) return status;
  try {
    yield* runTrap(shell, 'EXIT');
  } catch (error) {
    if (error instanceof ExitShell) return error.status;
    return yield* settle(shell, error);
  }
  return status;
}

/** The life of a subshell's process. */
export function* subshellLife(shell: Shell, run: () => Task<number>): Task<number> {
  let status: number;
  try {
    status = yield* run();
  } catch (error) {
    if (error instanceof ExitShell) status = error.status;
    else if (error instanceof DiscardLine || error instanceof FatalExpansion) status = error.status;
    else {
      try {
        status = yield* settle(shell, error);
      } catch (final) {
        if (!(final instanceof ExitShell)) throw final;
        status = final.status;
      }
    }
  }
  return yield* leave(shell, status);
}

export function* runSubshellScript(
  shell: Shell,
  script: { readonly commands: readonly Statement[] },
  source: Source,
  text?: string,
): Task<number> {
  shell.source = source;
  if (text !== undefined) return yield* subshellLife(shell, () => evaluate(shell, text));
  return yield* subshellLife(shell, () => {
    const only = script.commands[0];
    const command = only?.command;
    if (script.commands.length === 1 && command?.type === 'Command' && !only?.background) {
      return lastStatement(shell, command);
    }
    return shell.engine.statements(shell, script.commands);
  });
}

/** The only command of a process: an external one takes the process over. */
function* lastStatement(shell: Shell, command: CommandNode): Task<number> {
  const status = yield* shell.engine.lastCommand(shell, command);
  shell.status = status;
  if (status !== 0 && shell.exempt === 0) {
    if (shell.traps.has('ERR')) yield* runTrap(shell, 'ERR');
    if (shell.options.has('errexit')) throw new ExitShell(status);
  }
  return status;
}

export function* runSubshellCommand(shell: Shell, node: CommandNode): Task<number> {
  return yield* subshellLife(shell, () => lastStatement(shell, node));
}
