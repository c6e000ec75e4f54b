import type { Assignment, Command, CommandArgument, Word } from 'unbash';
import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { traceQuote } from '../expand/quote.ts';
import { expandAssigned, expandWords, staticText } from '../expand/word.ts';
import { parseScript } from '../parse/unit.ts';
import { DiscardLine, ExitShell, FatalExpansion, ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { Variable } from '../state/variables.ts';
import { assign } from './assignments.ts';
import { RedirectionError, redirect } from './redirections.ts';
import { trace } from './trace.ts';

/** Builtins whose arguments of the form name=value are assignments: no splitting, tildes after colons. */
const DECLARING = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);
/** POSIX special builtins: an error in a redirection ends a script of theirs only in posix mode, so not here. */

const plainArguments = new WeakMap<Assignment, Word>();

/** An argument such as `a=b` of an ordinary command, as a word. */
function argumentWord(argument: CommandArgument): Word {
  if (argument.type === 'Word') return argument;
  const known = plainArguments.get(argument);
  if (known) return known;
  let word: Word = { type: 'Word', text: argument.text, value: argument.text, pos: argument.pos, end: argument.end };
  if (!/^[A-Za-z0-9_./:=+,@%~-]*$/.test(argument.text)) {
    // The empty quotes keep the parser from seeing an assignment.
    const command = parseScript(`: ""${argument.text}`).commands[0]?.command;
    const parsed = command?.type === 'Command' ? command.suffix[0] : undefined;
    if (parsed?.type === 'Word') word = parsed;
  }
  plainArguments.set(argument, word);
  return word;
}

/** Says what is wrong with an expansion, and gives up the line or the shell as bash does. */
export function* giveUp(shell: Shell, error: ShellError): Task<never> {
  yield* shell.complain(error.message);
  // The other shells end at any error of an expansion.
  if (shell.dialect !== 'bash' && !shell.interactive) throw new ExitShell(2);
  if (error.effect === 'shell' && !shell.interactive) {
    throw new ExitShell(
      shell.speaker === 'command string' && shell.subshellDepth === 0 ? error.status : Math.min(error.status, 1) || 1,
    );
  }
  throw error.effect === 'shell' && shell.subshellDepth > 0 ? new FatalExpansion(1) : new DiscardLine(1);
}

/** Runs a simple command. `last`: the process ends with it, so that an external command may take it over. */
export function* runSimple(shell: Shell, node: Command, last: boolean): Task<number> {
  shell.line = shell.source.lineAt(node.name?.pos ?? node.pos);
  shell.substitutionStatus = undefined;
  // A trap is told of the command that it came after. bash: execute_cmd.c the_printed_command_except_trap
  if (shell.runningTraps.size === 0) shell.command = shell.source.text.slice(node.pos, node.end);
  const files = shell.substitutionFiles;
  shell.substitutionFiles = [];
  try {
    if (shell.traps.has('DEBUG')) {
      yield* shell.engine.runTrap(shell, 'DEBUG');
    }
    return yield* runExpanded(shell, node, last);
  } catch (error) {
    if (error instanceof ShellError) return yield* giveUp(shell, error);
    if (error instanceof RedirectionError) {
      yield* shell.complain(error.message);
      return shell.dialect === 'dash' ? 2 : 1;
    }
    if (error instanceof Errno && error.code === 'EINTR') {
      shell.checkInterrupt();
      return 130;
    }
    throw error;
  } finally {
    for (const fd of shell.substitutionFiles) if (shell.process.hasFile(fd)) shell.process.closeFile(fd);
    shell.substitutionFiles = files;
  }
}

function* expandCommand(shell: Shell, node: Command): Task<{ argv: string[]; declarations: Assignment[] }> {
  if (!node.name) return { argv: [], declarations: [] };
  const name = staticText(node.name);
  const declaring = name !== undefined && DECLARING.has(name);
  if (!declaring)
    return { argv: yield* expandWords(shell, [node.name, ...node.args.map(argumentWord)]), declarations: [] };
  const argv = [name];
  const declarations: Assignment[] = [];
  for (const argument of node.args) {
    if (argument.type === 'Word') for (const text of yield* expandWords(shell, [argument])) argv.push(text);
    else if (argument.value.type === 'ArrayValue') {
      argv.push(`${argument.name}${argument.append ? '+' : ''}=(`);
      declarations.push(argument);
    } else {
      const index = argument.index ? `[${yield* shell.engine.expandString(shell, argument.index)}]` : '';
      argv.push(
        `${argument.name}${index}${argument.append ? '+' : ''}=${yield* expandAssigned(shell, argument.value)}`,
      );
    }
  }
  return { argv, declarations };
}

function* runExpanded(shell: Shell, node: Command, last: boolean): Task<number> {
  const { argv, declarations } = yield* expandCommand(shell, node);
  const assignments = node.prefix.filter((item) => item.type === 'Assignment');
  if (argv.length === 0) return yield* runAssignments(shell, node, assignments);
  const { undo, keep } = yield* redirect(shell, node.redirects);
  const restore: (() => void)[] = [];
  try {
    for (const assignment of assignments) {
      const text = yield* temporaryAssignment(shell, assignment, restore);
      if (shell.options.has('xtrace')) yield* trace(shell, text);
    }
    if (shell.options.has('xtrace')) yield* trace(shell, argv.map(traceQuote).join(' '));
    shell.declarations = declarations;
    shell.afterSpawn = undo;
    yield* shell.spend();
    const status = yield* shell.engine.invoke(shell, argv, { exec: last });
    if (argv[0] === 'exec' && argv.length === 1) keep();
    else undo();
    shell.lastArgument = argv.at(-1) ?? '';
    return status;
  } finally {
    undo();
    for (const back of restore.reverse()) back();
  }
}

function* runAssignments(shell: Shell, node: Command, assignments: readonly Assignment[]): Task<number> {
  if (node.redirects.length > 0) {
    const { undo } = yield* redirect(shell, node.redirects);
    undo();
  }
  for (const assignment of assignments) {
    const text = yield* assign(shell, assignment);
    if (shell.options.has('xtrace')) yield* trace(shell, text);
  }
  shell.lastArgument = '';
  yield* shell.spend(0.005);
  return shell.substitutionStatus ?? 0;
}

function* temporaryAssignment(shell: Shell, node: Assignment, restore: (() => void)[]): Task<string> {
  if (node.value.type === 'ArrayValue' || node.index) return yield* assign(shell, node);
  const value = yield* expandAssigned(shell, node.value);
  const before = shell.variables.find(node.name);
  if (before?.readonly) throw new ShellError(`${node.name}: readonly variable`);
  const variable = new Variable(node.append ? (before?.text ?? '') + value : value);
  variable.exported = true;
  restore.push(shell.variables.override(node.name, variable));
  return `${node.name}=${traceQuote(value)}`;
}
