import type { AndOr, CommandNode, Pipeline, PipelineNode, Statement } from 'unbash';
import type { Task } from '../../world/task.ts';
import { startBackground } from '../jobs/background.ts';
import { ExitShell } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { runPipeline } from './pipeline.ts';

// Every nested call of a shell function goes through these functions: as few generators as possible stand between
// two levels, because each takes a piece of the host's stack.

/** Runs statements one after the other; the status is the last one's. */
export function* runStatements(shell: Shell, statements: readonly Statement[], ends = false): Task<number> {
  let status = 0;
  for (const statement of statements) {
    const node = statement.command;
    const last = ends && statement === statements.at(-1);
    if (statement.background) {
      yield* startBackground(shell, statement);
      status = 0;
    } else if (node.type === 'AndOr') status = yield* runAndOr(shell, node, last);
    else {
      status = yield* runNode(shell, node, last);
      shell.status = status;
      if (node.type !== 'Pipeline') shell.pipeStatus = [status];
      if (status !== 0 && mustCheck(shell, node)) yield* failed(shell, status);
    }
    shell.status = status;
  }
  return status;
}

function* runAndOr(shell: Shell, node: AndOr, ends: boolean): Task<number> {
  let status = 0;
  const last = node.commands.length - 1;
  for (let index = 0; index <= last; index++) {
    const command = node.commands[index];
    if (!command || (index > 0 && (node.operators[index - 1] === '&&') !== (status === 0))) continue;
    if (index < last) shell.exempt++;
    try {
      status = yield* runNode(shell, command, ends && index === last);
    } finally {
      if (index < last) shell.exempt--;
    }
    shell.status = status;
    if (command.type !== 'Pipeline') shell.pipeStatus = [status];
    if (status !== 0 && index === last && mustCheck(shell, command)) yield* failed(shell, status);
  }
  return status;
}

/** `last`: nothing comes after it, so that the shell need not wait, unless it has traps to run. */
function runNode(shell: Shell, node: PipelineNode, last: boolean): Task<number> {
  if (node.type === 'Pipeline') return negated(shell, node);
  return last && shell.traps.size === 0 ? shell.engine.lastCommand(shell, node) : shell.engine.command(shell, node);
}

/** Kinds of commands after which `set -e` and the ERR trap look at the status themselves. */
const CHECKED = new Set<CommandNode['type'] | 'Pipeline'>([
  'Command',
  'Subshell',
  'TestCommand',
  'ArithmeticCommand',
  'Pipeline',
]);

function mustCheck(shell: Shell, node: PipelineNode): boolean {
  if (shell.exempt > 0) return false;
  if (node.type === 'Redirected') return CHECKED.has(node.command.type);
  if (node.type === 'Pipeline') return !node.prefixes.some((prefix) => prefix.type === 'Negation');
  return CHECKED.has(node.type);
}

/** A command has failed: the ERR trap, `set -e`. */
function* failed(shell: Shell, status: number): Task {
  if (shell.traps.has('ERR') && (shell.frames.length === 0 || shell.options.has('errtrace'))) {
    yield* shell.engine.runTrap(shell, 'ERR');
  }
  if (shell.options.has('errexit')) throw new ExitShell(status);
}

function* negated(shell: Shell, node: Pipeline): Task<number> {
  const inverted = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  if (!inverted) return yield* runPipeline(shell, node);
  shell.exempt++;
  try {
    return (yield* runPipeline(shell, node)) === 0 ? 1 : 0;
  } finally {
    shell.exempt--;
  }
}
