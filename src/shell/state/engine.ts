import type { ArrayValue, CommandNode, ParsedScript, Statement, Word } from 'unbash';
import type { Task } from '../../world/task.ts';
import type { Piece } from '../expand/pieces.ts';
import type { WordContext } from '../expand/word.ts';
import type { Source } from '../parse/position.ts';
import type { Shell } from './shell.ts';
import type { Variable } from './variables.ts';

/**
 * The interpreter as its own parts see it: expansion runs commands, commands expand words, builtins do both.
 * One object, put together in `engine.ts`.
 */
export interface Engine {
  /** `last`: the process ends with them, and may become the program of the last one. */
  statements(shell: Shell, statements: readonly Statement[], last?: boolean): Task<number>;
  command(shell: Shell, node: CommandNode): Task<number>;
  /** Like `command`, in a process that ends with it: an external command takes the process over. */
  lastCommand(shell: Shell, node: CommandNode): Task<number>;
  /** Runs the lines of a text in this shell. `speaker` is how a syntax error names it. */
  evaluate(shell: Shell, text: string, speaker?: string, firstLine?: number): Task<number>;
  /** Output of a command substitution, without the last newlines. */
  substitute(shell: Shell, script: ParsedScript, source: Source): Task<string>;
  /** Everything a subshell's process does: runs the statements and gives the exit status. */
  subshell(
    shell: Shell,
    script: { readonly commands: readonly Statement[] },
    source: Source,
    /** A text to evaluate instead, aliases included. */
    text?: string,
  ): Task<number>;
  /** The same for one command: a stage of a pipeline. */
  subshellCommand(shell: Shell, node: CommandNode): Task<number>;
  wordPieces(shell: Shell, word: Word, context: WordContext, out: Piece[]): Task;
  expandPattern(shell: Shell, word: Word, inQuotes?: boolean): Task<string>;
  arithmeticText(shell: Shell, text: string): Task<string>;
  /** Computes an arithmetic text that needs no more expansion. Raises ShellError. */
  evaluateNumber(shell: Shell, text: string, speaker?: string): bigint;
  /** Fills the array of `declare x=( )`. */
  assignArray(shell: Shell, name: string, variable: Variable, value: ArrayValue, append: boolean): Task;
  /** A prompt's text with its escapes replaced (`${x@P}`). */
  promptText(shell: Shell, text: string): string;
  expandWords(shell: Shell, words: readonly Word[]): Task<string[]>;
  expandString(shell: Shell, word: Word): Task<string>;
  /** Runs a command given as strings: functions (unless told otherwise), builtins, files. */
  invoke(shell: Shell, argv: readonly string[], how?: InvokeOptions): Task<number>;
  callFunction(shell: Shell, name: string, args: readonly string[]): Task<number>;
  runPendingTraps(shell: Shell): Task;
  runTrap(shell: Shell, name: string): Task;
  isBuiltin(name: string): boolean;
  builtinNames(): string[];
}

export interface InvokeOptions {
  readonly functions?: boolean;
  readonly builtins?: boolean;
  /** Use the standard PATH. */
  readonly standardPath?: boolean;
  /** Replaces the shell's process. */
  readonly exec?: boolean;
  /** Begins messages about a command that cannot be run: `exec: `. */
  readonly speaker?: string;
  /** `exec -a NAME` */
  readonly argv0?: string;
}
