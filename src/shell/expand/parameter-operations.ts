import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash';
import type { Task } from '../../world/task.ts';
import { IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { MAX_VALUE } from '../state/variables.ts';
import type { ParameterValue } from './parameter-values.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { joinPieces, type Piece } from './pieces.ts';
import { transform } from './transform.ts';
import { arithmetic, setElement } from './variables-access.ts';
import type { WordContext } from './word.ts';

export interface Operand {
  readonly name: string;
  readonly subscript: string | undefined;
  readonly value: ParameterValue;
  readonly part: ParameterExpansionPart;
  readonly context: WordContext;
}

export function isDefaultOperation(operation: ParameterOperation): boolean {
  return operation.type === 'Default';
}

/** Applies the operation of `${x…}`. Gives the value to add, or nothing when it has added pieces itself. */
export function* applyOperation(shell: Shell, operand: Operand, out: Piece[]): Task<ParameterValue | undefined> {
  const { operation } = operand.part;
  const { value } = operand;
  switch (operation?.type) {
    case 'Default':
      return yield* applyDefault(shell, operand, operation.operator, operation.operand, out);
    case 'Remove': {
      const pattern = yield* patternOf(shell, operation.operand, operand.context);
      const longest = operation.operator.length === 2;
      return each(value, (text) =>
        operation.operator.startsWith('#') ? pattern.removePrefix(text, longest) : pattern.removeSuffix(text, longest),
      );
    }
    case 'Replace': {
      const source = yield* shell.engine.expandPattern(shell, operation.pattern, operand.context.quoted);
      if (source === '' && (operation.operator === '/' || operation.operator === '//')) return value;
      const pattern = compilePattern(source, shell.options.shopt('nocasematch'));
      const pieces: Piece[] = [];
      yield* shell.engine.wordPieces(
        shell,
        operation.replacement,
        { quoted: false, split: false, tilde: 'start' },
        pieces,
      );
      const replace = replacer(shell, pieces);
      return each(value, (text) => bounded(pattern.replace(text, replace, operation.operator)));
    }
    case 'Slice':
      return yield* slice(shell, operand, operation.offset, operation.length);
    case 'CaseModification': {
      const source = operation.operand ? yield* shell.engine.expandPattern(shell, operation.operand) : '?';
      const pattern = compilePattern(source === '' ? '?' : source);
      return each(value, (text) => changeCase(text, operation.operator, pattern));
    }
    case 'Transform':
      return transform(shell, operand, operation.operand.text);
    default:
      throw new ShellError(`${operand.part.text}: bad substitution`);
  }
}

function bounded(text: string): string {
  if (text.length > MAX_VALUE) throw new ShellError(`xrealloc: cannot allocate ${text.length} bytes`, 'shell', 2);
  return text;
}

function each(value: ParameterValue, change: (text: string) => string): ParameterValue {
  if (value.kind === 'all') return { ...value, values: value.values.map(change) };
  return { kind: 'one', value: change(value.value ?? '') };
}

/** `&` in a replacement is the match, where it is not quoted (patsub_replacement). */
function replacer(shell: Shell, pieces: readonly Piece[]): (match: string) => string {
  const special = shell.options.shopt('patsub_replacement') && pieces.some((p) => !p.quoted && p.text.includes('&'));
  if (!special) {
    const text = joinPieces(pieces);
    return () => text;
  }
  return (match) => pieces.map((piece) => (piece.quoted ? piece.text : piece.text.split('&').join(match))).join('');
}

function* patternOf(shell: Shell, word: Word, context: WordContext): Task<Pattern> {
  return compilePattern(
    yield* shell.engine.expandPattern(shell, word, context.quoted),
    shell.options.shopt('nocasematch'),
  );
}

function changeCase(text: string, operator: '^' | '^^' | ',' | ',,', pattern: Pattern): string {
  const up = operator.startsWith('^');
  const change = (char: string) => (pattern.matches(char) ? (up ? char.toUpperCase() : char.toLowerCase()) : char);
  const chars = [...text];
  return operator.length === 2 ? chars.map(change).join('') : change(chars[0] ?? '') + chars.slice(1).join('');
}

function* applyDefault(
  shell: Shell,
  operand: Operand,
  operator: string,
  word: Word,
  out: Piece[],
): Task<ParameterValue | undefined> {
  const { value, context } = operand;
  const colon = operator.startsWith(':');
  const missing =
    value.kind === 'one'
      ? value.value === undefined || (colon && value.value === '')
      : value.values.length === 0 || (colon && value.values.join('') === '');
  const kind = operator.at(-1);
  if (kind === '+' ? missing : !missing) return kind === '+' ? { kind: 'one', value: '' } : value;
  if (kind === '-' || kind === '+') {
    yield* shell.engine.wordPieces(shell, word, context, out);
    return undefined;
  }
  const pieces: Piece[] = [];
  yield* shell.engine.wordPieces(shell, word, { ...context, split: false }, pieces);
  const text = joinPieces(pieces);
  if (kind === '=') {
    if (!/^[A-Za-z_]/.test(operand.name)) throw new ShellError(`$${operand.name}: cannot assign in this way`);
    setElement(shell, operand.name, operand.subscript, text);
    return { kind: 'one', value: text };
  }
  const message = text === '' ? (colon ? 'parameter null or not set' : 'parameter not set') : text;
  throw new ShellError(`${operand.name}: ${message}`, 'shell', 127);
}

function* slice(shell: Shell, operand: Operand, offsetWord: Word, lengthWord: Word | undefined): Task<ParameterValue> {
  const number = function* (word: Word): Task<number> {
    return Number(arithmetic(shell, yield* shell.engine.arithmeticText(shell, word.text)));
  };
  const offset = yield* number(offsetWord);
  const length = lengthWord ? yield* number(lengthWord) : undefined;
  const { value } = operand;
  if (value.kind === 'one') {
    const chars = [...(value.value ?? '')];
    const start = offset < 0 ? chars.length + offset : offset;
    if (start < 0 || start > chars.length) return { kind: 'one', value: '' };
    const end = sliceEnd(start, length, chars.length, lengthWord);
    return { kind: 'one', value: chars.slice(start, end).join('') };
  }
  if (length !== undefined && length < 0) {
    throw new ShellError(`${lengthWord?.text ?? ''}: substring expression < 0`);
  }
  if (operand.name === '@' || operand.name === '*') {
    const all = [shell.name, ...value.values];
    const start = offset < 0 ? all.length + offset : offset;
    const from = start <= 0 && offset !== 0 ? all.length : start;
    const items = from === 0 ? all : all.slice(from);
    return { ...value, values: length === undefined ? items : items.slice(0, length) };
  }
  const variable = shell.variables.find(operand.name)?.value;
  if (variable instanceof IndexedArray) {
    const from = offset < 0 ? variable.highest + 1 + offset : offset;
    if (from < 0) return { ...value, values: [] };
    const items = variable
      .keys()
      .filter((key) => key >= from)
      .map((key) => variable.get(key) ?? '');
    return { ...value, values: length === undefined ? items : items.slice(0, length) };
  }
  const from = Math.max(0, offset < 0 ? value.values.length + offset : offset);
  return { ...value, values: value.values.slice(from, length === undefined ? undefined : from + length) };
}

function sliceEnd(start: number, length: number | undefined, size: number, word: Word | undefined): number {
  if (length === undefined) return size;
  const end = length < 0 ? size + length : start + length;
  if (end < start) throw new ShellError(`${word?.text ?? ''}: substring expression < 0`);
  return end;
}
