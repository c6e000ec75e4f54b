import type { AndOr, CommandNode, Pipeline, PipelineNode, Statement } from 'unbash';
import type { Task } from '../../world/task.ts';
import { startBackground } from '../jobs/background.ts';
import { ExitShell } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { runPipeline } from './pipeline.ts';

/** Runs statements one after the other; the status is the last one's. */
export function* runStatements(shell: Shell, statements: readonly Statement[]): Task<number> {
  let status = 0;
  for (const statement of statements) {
    if (statement.background) {
      yield* startBackground(shell, statement);
      status = 0;
    } else status = yield* runList(shell, statement.command);
    shell.status = status;
  }
  return status;
}

export function* runList(shell: Shell, node: PipelineNode | AndOr): Task<number> {
  if (node.type !== 'AndOr') return yield* runChecked(shell, node);
  let status = 0;
  for (let index = 0; index < node.commands.length; index++) {
    const command = node.commands[index];
    if (!command) continue;
    const operator = node.operators[index - 1];
    if (index > 0 && (operator === '&&') !== (status === 0)) continue;
    const last = index === node.commands.length - 1;
    if (last) status = yield* runChecked(shell, command);
    else {
      shell.exempt++;
      try {
        status = yield* runNode(shell, command);
      } finally {
        shell.exempt--;
      }
    }
    shell.status = status;
  }
  return status;
}

/** Kinds of commands after which `set -e` and the ERR trap look at the status themselves. */
const CHECKED = new Set<CommandNode['type'] | 'Pipeline'>([
  'Command',
  'Subshell',
  'TestCommand',
  'ArithmeticCommand',
  'Pipeline',
]);

function isChecked(node: PipelineNode): boolean {
  if (node.type === 'Redirected') return CHECKED.has(node.command.type);
  if (node.type === 'Pipeline') return !node.prefixes.some((prefix) => prefix.type === 'Negation');
  return CHECKED.has(node.type);
}

function* runChecked(shell: Shell, node: PipelineNode): Task<number> {
  const status = yield* runNode(shell, node);
  if (status === 0 || shell.exempt > 0 || !isChecked(node)) return status;
  shell.status = status;
  if (shell.traps.has('ERR') && (shell.frames.length === 0 || shell.options.has('errtrace')))
    yield* shell.engine.runTrap(shell, 'ERR');
  if (shell.options.has('errexit')) throw new ExitShell(status);
  return status;
}

function* runNode(shell: Shell, node: PipelineNode): Task<number> {
  if (node.type === 'Pipeline') return yield* negated(shell, node);
  const status = yield* shell.engine.command(shell, node);
  shell.pipeStatus = [status];
  return status;
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
