import { builtinNames, findBuiltinByName } from './builtins/registry.ts';
import { arithmetic } from './expand/variables-access.ts';
import { arithmeticText, expandToPattern, expandToString, expandWords, wordPieces } from './expand/word.ts';
import { promptText } from './readline/prompt.ts';
import { assignArray } from './run/assignments.ts';
import { runCommand } from './run/command.ts';
import { evaluate, runSubshellCommand, runSubshellScript } from './run/evaluate.ts';
import { callFunction } from './run/functions.ts';
import { invoke } from './run/invoke.ts';
import { runStatements } from './run/statements.ts';
import { substitute } from './run/substitution.ts';
import { runPendingTraps, runTrap } from './run/traps.ts';
import type { Engine } from './state/engine.ts';

/** The interpreter, put together. */
export const engine: Engine = {
  statements: runStatements,
  command: (shell, node) => runCommand(shell, node),
  lastCommand: (shell, node) => runCommand(shell, node, true),
  evaluate,
  subshell: runSubshellScript,
  subshellCommand: runSubshellCommand,
  substitute,
  wordPieces,
  expandWords,
  expandString: (shell, word) => expandToString(shell, word),
  expandPattern: expandToPattern,
  arithmeticText,
  evaluateNumber: arithmetic,
  assignArray,
  promptText,
  invoke,
  callFunction,
  runPendingTraps,
  runTrap,
  isBuiltin: (name) => findBuiltinByName(name) !== undefined,
  builtinNames,
};
