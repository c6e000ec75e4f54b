import { byteLength, isObject, type Json, type JsonObject, own } from '../json-value.ts';
import { formatFloat } from './float.ts';
import { sortedForYaml } from './key-order.ts';
import { isPlainString } from './resolve.ts';

/**
 * JSON as sigs.k8s.io/yaml prints it: sorted keys, lists at the column of their key, long texts folded.
 * Ends with a line feed. go-yaml: encode.go, emitterc.go
 */
export function jsonToYaml(value: Json): string {
  const out: string[] = [];
  if (Array.isArray(value) && value.length > 0) writeList(value, 0, out);
  else if (isObject(value) && Object.keys(value).length > 0) writeObject(value, 0, out);
  else out.push(scalar(value, 2, 0), '\n');
  return out.join('');
}

const indentation: string[] = [];
function spaces(count: number): string {
  indentation[count] ??= ' '.repeat(count);
  return indentation[count];
}

// The cursor is where the first key belongs; each further line is indented.
function writeObject(object: JsonObject, indent: number, out: string[]): void {
  const keys = sortedForYaml(Object.keys(object));
  let first = true;
  for (const key of keys) {
    if (!first) out.push(spaces(indent));
    first = false;
    const width = writeKey(key, indent, out);
    writeMember(own(object, key) ?? null, indent, width, out);
  }
}

/** Gives back how wide the key and its colon are. */
function writeKey(key: string, indent: number, out: string[]): number {
  // A key that is long or has lines is no simple one.
  if ((key.length > 42 && byteLength(key) > 128) || lineBreak.test(key)) return writeComplexKey(key, indent, out);
  const text = textScalar(key, indent, undefined);
  out.push(text, ':');
  return text.length + 1;
}

function writeComplexKey(key: string, indent: number, out: string[]): number {
  out.push('? ', textScalar(key, indent + 2, indent + 2), '\n', spaces(indent), ':');
  return 1;
}

function writeMember(value: Json, indent: number, width: number, out: string[]): void {
  const complex = width === 1;
  if (Array.isArray(value) && value.length > 0) {
    out.push(complex ? ' ' : `\n${spaces(indent)}`);
    writeList(value, complex ? indent + 2 : indent, out);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    out.push(complex ? ' ' : `\n${spaces(indent + 2)}`);
    writeObject(value, indent + 2, out);
  } else out.push(' ', scalar(value, indent + 2, indent + width + 1), '\n');
}

function writeList(list: Json[], indent: number, out: string[]): void {
  let first = true;
  for (const item of list) {
    if (!first) out.push(spaces(indent));
    first = false;
    out.push('- ');
    if (Array.isArray(item) && item.length > 0) writeList(item, indent + 2, out);
    else if (isObject(item) && Object.keys(item).length > 0) writeObject(item, indent + 2, out);
    else out.push(scalar(item, indent + 2, indent + 2), '\n');
  }
}

/** A scalar; `indent` is where its further lines begin, `column` where itself does. */
function scalar(value: Json, indent: number, column: number): string {
  if (typeof value === 'string') return textScalar(value, indent, column);
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : formatFloat(value);
  if (Array.isArray(value)) return '[]';
  return isObject(value) ? '{}' : String(value);
}

const lineBreak = /[\n\r\x85\u2028\u2029]/;
const bestWidth = 80;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** Neither ASCII that prints, nor anything else that go-yaml takes for printable. */
const unprintable = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const indicatorFirst = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$)|---|\.\.\.)/;

// Without a column the text is a key and stays on its line.
function textScalar(value: string, indent: number, column: number | undefined): string {
  if (value === '') return '""';
  const special = unprintable.test(value);
  if (value.includes('\n')) {
    if (special || column === undefined || value.endsWith(' ') || / \n/.test(value))
      return doubleQuoted(value, indent, column);
    return literal(value, indent);
  }
  if (special || !isPlainString(value) || base60.test(value)) return doubleQuoted(value, indent, column);
  const plain =
    !indicatorFirst.test(value) && !/:(?:[ \t]|$)|[ \t]#/.test(value) && !value.startsWith(' ') && !value.endsWith(' ');
  if (plain) return folded(value, indent, column, false);
  return `'${folded(value, indent, column === undefined ? undefined : column + 1, true)}'`;
}

/** A text broken at single blanks beyond the best width; `'` doubled within quotes. */
function folded(value: string, indent: number, column: number | undefined, quoted: boolean): string {
  const text = quoted ? value.replaceAll("'", "''") : value;
  if (column === undefined || column + text.length <= bestWidth) return text;
  const newLine = `\n${spaces(indent)}`;
  let out = '';
  let at = column;
  const last = text.length - 1;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    const alone = character === ' ' && text[i - 1] !== ' ' && text[i + 1] !== ' ';
    if (alone && at > bestWidth && (!quoted || (i > 0 && i < last))) {
      out += newLine;
      at = indent;
      continue;
    }
    out += character;
    // A character of two halves is one column.
    if (character < '\udc00' || character > '\udfff') at++;
  }
  return out;
}

function literal(value: string, indent: number): string {
  const hint = /^[ \n]/.test(value) ? '2' : '';
  const chomping = !value.endsWith('\n') ? '-' : value === '\n' || value.endsWith('\n\n') ? '+' : '';
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const prefix = spaces(indent);
  const lines = body.split('\n').map((line) => (line === '' ? '' : prefix + line));
  return `|${hint}${chomping}\n${lines.join('\n')}`;
}

const named: Record<number, string> = {
  0: '0',
  7: 'a',
  8: 'b',
  9: 't',
  10: 'n',
  11: 'v',
  12: 'f',
  13: 'r',
  27: 'e',
  34: '"',
  92: '\\',
  133: 'N',
  160: '_',
  8232: 'L',
  8233: 'P',
};

function doubleQuoted(value: string, indent: number, column: number | undefined): string {
  const characters = [...value];
  let out = '"';
  let at = (column ?? Number.NEGATIVE_INFINITY) + 1;
  for (const [i, character] of characters.entries()) {
    const blank = character === ' ' && characters[i - 1] !== ' ' && i > 0 && i < characters.length - 1;
    if (blank && at > bestWidth) {
      out += `\n${spaces(indent)}${characters[i + 1] === ' ' ? '\\' : ''}`;
      at = indent + (characters[i + 1] === ' ' ? 1 : 0);
      continue;
    }
    const written = escaped(character);
    out += written;
    at += written.length;
  }
  return `${out}"`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character !== '\n' && character !== '"' && character !== '\\' && !needsEscape(character, code)) return character;
  if (named[code] !== undefined) return `\\${named[code]}`;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function needsEscape(character: string, code: number): boolean {
  return code > 0xffff || code === 0x2028 || code === 0x2029 || unprintable.test(character);
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
