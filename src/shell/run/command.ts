import type { BraceGroup, CommandNode, CompoundCommand, If, Redirected, Subshell, While } from 'unbash';
import type { Task } from '../../world/task.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { runArithmeticCommand, runArithmeticFor } from './arithmetic-command.ts';
import { runCase } from './case.ts';
import { startCoproc } from './coproc.ts';
import { runFor, runSelect } from './for.ts';
import { defineFunction } from './functions.ts';
import { runIf } from './if.ts';
import { RedirectionError, redirect } from './redirections.ts';
import { giveUp, runSimple } from './simple-command.ts';
import { runSubshell } from './subshell.ts';
import { runTestCommand } from './test-command.ts';
import { runWhile } from './while.ts';

/** Runs any command. `last`: the process has nothing to do after it. */
export function runCommand(shell: Shell, node: CommandNode, last = false): Task<number> {
  switch (node.type) {
    case 'Command':
      return runSimple(shell, node, last);
    case 'Redirected':
      return runRedirected(shell, node);
    case 'Function':
      return defineFunction(shell, node);
    case 'Coproc':
      return startCoproc(shell, node);
    default:
      return runCompound(shell, node);
  }
}

function runCompound(shell: Shell, node: CompoundCommand): Task<number> {
  switch (node.type) {
    case 'BraceGroup':
      return shell.engine.statements(shell, node.body.commands);
    case 'Subshell':
      return runSubshell(shell, node);
    case 'If':
      return runIf(shell, node);
    case 'While':
      return runWhile(shell, node);
    default:
      return runExpanding(shell, node);
  }
}

/** Those that expand words themselves: an error in an expansion is told here, where it happened. */
function* runExpanding(shell: Shell, node: Exclude<CompoundCommand, BraceGroup | Subshell | If | While>): Task<number> {
  try {
    switch (node.type) {
      case 'For':
        return yield* runFor(shell, node);
      case 'Select':
        return yield* runSelect(shell, node);
      case 'Case':
        return yield* runCase(shell, node);
      case 'ArithmeticFor':
        return yield* runArithmeticFor(shell, node);
      case 'ArithmeticCommand':
        return yield* runArithmeticCommand(shell, node);
      default:
        return yield* runTestCommand(shell, node);
    }
  } catch (error) {
    if (error instanceof ShellError) return yield* giveUp(shell, error);
    throw error;
  }
}

function* runRedirected(shell: Shell, node: Redirected): Task<number> {
  const files = shell.substitutionFiles;
  shell.substitutionFiles = [];
  let undo = () => {};
  try {
    ({ undo } = yield* redirect(shell, node.redirects));
    return yield* runCompound(shell, node.command);
  } catch (error) {
    if (error instanceof ShellError) return yield* giveUp(shell, error);
    if (!(error instanceof RedirectionError)) throw error;
    shell.line = shell.source.lineAt(node.redirects[0]?.pos ?? node.pos);
    yield* shell.complain(error.message);
    return 1;
  } finally {
    undo();
    for (const fd of shell.substitutionFiles) if (shell.process.hasFile(fd)) shell.process.closeFile(fd);
    shell.substitutionFiles = files;
  }
}
