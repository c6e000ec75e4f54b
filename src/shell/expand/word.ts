import type { ParsedScript, Word, WordPart } from 'unbash';
import type { Task } from '../../world/task.ts';
import { parseScript } from '../parse/unit.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { BraceOverflow, expandBraces } from './braces.ts';
import { expandGlob } from './glob.ts';
import { literalPieces, type TildePlace } from './literal.ts';
import { expandParameter, isAllParameters } from './parameter.ts';
import { unescapePattern } from './pattern.ts';
import {
  expanded,
  type Field,
  globOf,
  joinPieces,
  type Piece,
  piecesToPattern,
  plain,
  quoted,
  splitFields,
} from './pieces.ts';
import { openProcessSubstitution } from './process-substitution.ts';
import { arithmetic } from './variables-access.ts';

/** How a word is expanded. */
export interface WordContext {
  /** Inside double quotes. */
  readonly quoted: boolean;
  /** Its result will be split into fields. */
  readonly split: boolean;
  readonly tilde: TildePlace;
}

const ARGUMENT: WordContext = { quoted: false, split: true, tilde: 'start' };
const STRING: WordContext = { quoted: false, split: false, tilde: 'start' };
const ASSIGNED: WordContext = { quoted: false, split: false, tilde: 'assignment' };
export const IN_QUOTES: WordContext = { quoted: true, split: false, tilde: 'none' };

export const DEFAULT_IFS = ' \t\n';
/** Characters that the words of one command may have. */
const MAX_EXPANDED = 32 * 1024 * 1024;

/** The text of a word without anything to expand; undefined when there is something. */
export function staticText(word: Word): string | undefined {
  if (word.parts !== undefined) return undefined;
  return /[\\~]/.test(word.text) ? undefined : word.text;
}

export function* wordPieces(shell: Shell, word: Word, context: WordContext, out: Piece[]): Task {
  const { parts } = word;
  if (parts === undefined) {
    if (context.quoted) out.push(quoted(unescapeOperand(word.text)));
    else literalPieces(shell, word.text, context.tilde, out, false);
    return;
  }
  yield* partsPieces(shell, parts, context, out);
}

/** In double quotes a backslash is only special before a few characters. */
function unescapeInQuotes(text: string): string {
  return text.includes('\\') ? text.replace(/\\([$`"\\])|\\\n/g, '$1') : text;
}

/** In the operand of `"${name:-operand}"` before `}` too. */
function unescapeOperand(text: string): string {
  return text.includes('\\') ? text.replace(/\\([$`"\\}])|\\\n/g, '$1') : text;
}

export function* partsPieces(shell: Shell, parts: readonly WordPart[], context: WordContext, out: Piece[]): Task {
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    if (part) yield* partPieces(shell, part, index === 0, index < parts.length - 1, context, out);
  }
}

function* partPieces(
  shell: Shell,
  part: WordPart,
  first: boolean,
  goesOn: boolean,
  context: WordContext,
  out: Piece[],
): Task {
  switch (part.type) {
    case 'Literal': {
      if (context.quoted) out.push(quoted(unescapeInQuotes(part.text)));
      else {
        const tilde = context.tilde === 'start' && !first ? 'none' : context.tilde;
        literalPieces(shell, part.text, tilde === 'assignment' && !first ? afterColon(part.text) : tilde, out, goesOn);
      }
      return;
    }
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      out.push(quoted(part.value));
      return;
    case 'DoubleQuoted':
    case 'LocaleString': {
      const inner: Piece[] = [];
      yield* partsPieces(shell, part.parts, IN_QUOTES, inner);
      if (inner.length === 0 && !part.parts.some(isAllParameters)) inner.push(quoted(''));
      for (const piece of inner) out.push(piece);
      return;
    }
    case 'SimpleExpansion':
    case 'ParameterExpansion':
      yield* expandParameter(shell, part, context, out);
      return;
    case 'CommandExpansion': {
      const text = part.script ? yield* substitution(shell, part.script) : '';
      out.push(context.quoted ? quoted(text) : context.split ? expanded(text) : quotedUnlessPattern(text));
      return;
    }
    case 'ArithmeticExpansion': {
      const text = yield* arithmeticText(shell, arithmeticBody(part.text));
      const value = String(arithmetic(shell, text));
      out.push(context.quoted ? quoted(value) : context.split ? expanded(value) : plain(value));
      return;
    }
    case 'ProcessSubstitution':
      if (part.script) out.push(quoted(yield* openProcessSubstitution(shell, part.script, part.operator)));
      return;
    case 'Glob': {
      if (part.kind !== 'bracket') {
        out.push(context.quoted ? quoted(part.text) : plain(part.text));
        return;
      }
      if (context.quoted || part.parts.length === 0) {
        out.push(context.quoted ? quoted(part.text) : plain(part.text));
        return;
      }
      out.push(plain('['));
      yield* partsPieces(shell, part.parts, { ...context, tilde: 'none' }, out);
      out.push(plain(']'));
      return;
    }
    case 'ExtendedGlob': {
      if (context.quoted) {
        out.push(quoted(part.text));
        return;
      }
      out.push(plain(`${part.operator}(`));
      if (part.parts) yield* partsPieces(shell, part.parts, { ...context, tilde: 'none' }, out);
      else literalPieces(shell, part.pattern, 'none', out, false);
      out.push(plain(')'));
      return;
    }
    case 'BraceExpansion': {
      if (!part.parts || context.quoted) {
        literalPieces(shell, part.text, 'none', out, false);
        return;
      }
      out.push(plain('{'));
      yield* partsPieces(shell, part.parts, { ...context, tilde: 'none' }, out);
      out.push(plain('}'));
    }
  }
}

/** Unsplit results of expansions are patterns where a pattern is wanted. */
function quotedUnlessPattern(text: string): Piece {
  return plain(text);
}

function afterColon(text: string): TildePlace {
  return text.includes(':~') ? 'assignment' : 'none';
}

export function* substitution(shell: Shell, script: ParsedScript): Task<string> {
  return yield* shell.engine.substitute(shell, script, shell.source);
}

/** What stands between `$((` and `))`, or `$[` and `]`. */
function arithmeticBody(text: string): string {
  return text.startsWith('$[') ? text.slice(2, -1) : text.slice(3, -2);
}

/** Expands an arithmetic text as in double quotes; quotes themselves vanish. */
export function* arithmeticText(shell: Shell, body: string): Task<string> {
  if (!/[$`"'\\]/.test(body)) return body;
  const text = yield* expandEmbedded(shell, body);
  return text.includes('"') ? text.replace(/"/g, '') : text;
}

/** Expands a text as the body of a here document: parameters, commands and arithmetic, no quotes. */
export function* expandEmbedded(shell: Shell, text: string): Task<string> {
  if (!/[$`\\]/.test(text)) return text;
  const script = parseScript(`:<<\u0001\n${text}\n\u0001\n`);
  const command = script.commands[0]?.command;
  const redirect = command?.type === 'Command' ? command.redirects[0] : undefined;
  if (redirect?.type !== 'HereDoc') return text;
  if (!redirect.body.parts) return redirect.body.text.slice(0, -1);
  const out: Piece[] = [];
  yield* hereDocPieces(shell, redirect.body.parts, out);
  return joinPieces(out).slice(0, -1);
}

export function* hereDocPieces(shell: Shell, parts: readonly WordPart[], out: Piece[], stripTabs = false): Task {
  for (const part of parts) {
    if (part.type === 'Literal') out.push(quoted(stripTabs ? part.value.replace(/^\t+/gm, '') : part.value));
    else yield* partPieces(shell, part, false, true, IN_QUOTES, out);
  }
}

/** A word that stays one string: assignments' values without `~` after colons, case words, here strings. */
export function* expandToString(shell: Shell, word: Word, context: WordContext = STRING): Task<string> {
  const text = staticText(word);
  if (text !== undefined) return text;
  const out: Piece[] = [];
  yield* wordPieces(shell, word, context, out);
  return joinPieces(out);
}

/** The value of an assignment. */
export function* expandAssigned(shell: Shell, word: Word): Task<string> {
  return yield* expandToString(shell, word, ASSIGNED);
}

/** A pattern: quoted characters are escaped. */
export function* expandToPattern(shell: Shell, word: Word, inQuotes = false): Task<string> {
  const out: Piece[] = [];
  // Inside "${x#…}" the pattern's own quoting counts, not the outer quotes.
  yield* wordPieces(shell, word, inQuotes ? { ...STRING, tilde: 'none' } : STRING, out);
  return piecesToPattern(out);
}

/** A regular expression for `=~`: quoted characters stand for themselves. */
export function* expandToRegex(shell: Shell, word: Word): Task<string> {
  const out: Piece[] = [];
  if (word.parts === undefined) return word.text;
  for (const part of word.parts) {
    // The literal's backslashes belong to the regular expression.
    if (part.type === 'Literal') out.push(plain(part.text));
    else if (part.type === 'Glob' || part.type === 'ExtendedGlob') out.push(plain(part.text));
    else yield* partPieces(shell, part, false, true, STRING, out);
  }
  return out.map((piece) => (piece.quoted ? piece.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : piece.text)).join('');
}

/** Words after brace expansion; the pieces are parsed again, as their text says. */
function* braced(shell: Shell, word: Word): Task<readonly Word[]> {
  if (!word.parts?.some((part) => part.type === 'BraceExpansion') || !shell.options.has('braceexpand')) return [word];
  let texts: string[];
  try {
    texts = expandBraces(word.text);
  } catch (error) {
    if (!(error instanceof BraceOverflow)) throw error;
    yield* shell.complain(`brace expansion: failed to allocate memory for ${error.elements} elements`);
    return [word];
  }
  if (texts.length === 1 && texts[0] === word.text) return [word];
  yield* shell.spend(texts.length / 1000);
  return texts.flatMap((text) => (text === '' ? [] : [wordOf(text)]));
}

/** A word for a text that brace expansion made. */
function wordOf(text: string): Word {
  if (/^[A-Za-z0-9_./:=+,@%-]+$/.test(text)) return { type: 'Word', text, value: text, pos: 0, end: 0 };
  const command = parseScript(`: ${text}`).commands[0]?.command;
  const argument = command?.type === 'Command' ? command.suffix[0] : undefined;
  if (argument?.type === 'Word') return argument;
  return { type: 'Word', text, value: text, pos: 0, end: 0 };
}

/** The arguments that words give: every expansion, splitting, globbing. */
export function* expandWords(shell: Shell, words: readonly Word[]): Task<string[]> {
  const result: string[] = [];
  shell.expandedLength = 0;
  for (const word of words) {
    const text = staticText(word);
    if (text !== undefined) {
      result.push(text);
      continue;
    }
    for (const one of yield* braced(shell, word)) yield* expandArgument(shell, one, result);
  }
  return result;
}

function* expandArgument(shell: Shell, word: Word, result: string[]): Task {
  const text = staticText(word);
  if (text !== undefined) {
    result.push(text);
    return;
  }
  const pieces: Piece[] = [];
  yield* wordPieces(shell, word, ARGUMENT, pieces);
  for (const field of splitFields(pieces, shell.variables.get('IFS') ?? DEFAULT_IFS)) {
    const before = result.length;
    yield* globField(shell, field, result);
    for (let at = before; at < result.length; at++) shell.expandedLength += result[at]?.length ?? 0;
    if (result.length > 500_000 || shell.expandedLength > MAX_EXPANDED)
      throw new ShellError('xrealloc: cannot allocate memory', 'shell', 2);
  }
}

function* globField(shell: Shell, field: Field, result: string[]): Task {
  const text = joinPieces(field);
  const pattern = shell.options.has('noglob') ? undefined : globOf(field);
  if (pattern === undefined) {
    result.push(text);
    return;
  }
  const paths = expandGlob(shell.process, pattern, {
    dotglob: shell.options.shopt('dotglob'),
    globstar: shell.options.shopt('globstar'),
    nocase: shell.options.shopt('nocaseglob'),
  });
  yield* shell.spend(0.01 + paths.length / 1000);
  if (paths.length > 0) {
    for (const path of paths) result.push(path);
  } else if (shell.options.shopt('failglob')) throw new ShellError(`no match: ${unescapePattern(pattern)}`);
  else if (!shell.options.shopt('nullglob')) result.push(text);
}

/** Fields of a redirection's target. */
export function* expandTarget(shell: Shell, word: Word): Task<string[]> {
  return yield* expandWords(shell, [word]);
}
