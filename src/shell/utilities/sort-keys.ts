import { compareText } from './text.ts';
import { compareVersions } from './version-order.ts';

/** How values are compared: sort's ordering options. */
export interface Ordering {
  readonly kind: '' | 'n' | 'g' | 'h' | 'M' | 'V' | 'R';
  readonly reverse: boolean;
  readonly foldCase: boolean;
  readonly dictionary: boolean;
  readonly ignoreUnprintable: boolean;
  readonly blanksStart: boolean;
  readonly blanksEnd: boolean;
}

export interface Key {
  readonly fromField: number;
  readonly fromCharacter: number;
  readonly toField: number | undefined;
  readonly toCharacter: number;
  /** Undefined: the global ordering. */
  readonly ordering: Ordering | undefined;
}

export function orderingOf(letters: string): Ordering {
  const kind = [...letters].findLast((letter) => 'nghMVR'.includes(letter)) ?? '';
  return {
    kind: kind as Ordering['kind'],
    reverse: letters.includes('r'),
    foldCase: letters.includes('f'),
    dictionary: letters.includes('d'),
    ignoreUnprintable: letters.includes('i'),
    blanksStart: letters.includes('b'),
    blanksEnd: letters.includes('b'),
  };
}

/** `-k 2,3nr`; a message where it is wrong. */
export function parseKey(text: string): Key | string {
  const match = /^(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghiMnRrV]*))?$/.exec(text);
  if (!match) {
    const number = /^\d*/.exec(text)?.[0];
    return number
      ? `stray character in field spec: invalid field specification ‘${text}’`
      : `invalid number at field start: invalid count at start of ‘${text}’`;
  }
  if (Number(match[1]) === 0) return `-: invalid field specification ‘${text}’`.replace(/^-/, 'field number is zero');
  const letters = (match[3] ?? '') + (match[6] ?? '');
  const ordering =
    letters === ''
      ? undefined
      : {
          ...orderingOf(letters),
          blanksStart: (match[3] ?? '').includes('b'),
          blanksEnd: (match[6] ?? '').includes('b'),
        };
  return {
    fromField: Number(match[1]),
    fromCharacter: Number(match[2] ?? 1),
    toField: match[4] === undefined ? undefined : Number(match[4]),
    toCharacter: Number(match[5] ?? 0),
    ordering,
  };
}

/** The part of a line that a key names. */
export function keyText(line: string, key: Key, separator: string | undefined, ordering: Ordering): string {
  const starts = fieldStarts(line, separator);
  let start = starts[key.fromField - 1]?.[0] ?? line.length;
  if (ordering.blanksStart) while (line[start] === ' ' || line[start] === '\t') start++;
  start += key.fromCharacter - 1;
  if (key.toField === undefined) return line.slice(start);
  const field = starts[key.toField - 1];
  let end = field?.[1] ?? line.length;
  if (key.toCharacter > 0 && field) {
    let from = field[0];
    if (ordering.blanksEnd) while (line[from] === ' ' || line[from] === '\t') from++;
    end = Math.min(line.length, from + key.toCharacter);
  }
  return line.slice(start, Math.max(start, end));
}

/** Start and end of each field; without a separator blanks belong to the field after them. */
function fieldStarts(line: string, separator: string | undefined): [number, number][] {
  const fields: [number, number][] = [];
  if (separator !== undefined) {
    let at = 0;
    for (;;) {
      const end = line.indexOf(separator, at);
      fields.push([at, end < 0 ? line.length : end]);
      if (end < 0) return fields;
      at = end + separator.length;
    }
  }
  let at = 0;
  while (at < line.length) {
    let end = at;
    while (line[end] === ' ' || line[end] === '\t') end++;
    while (end < line.length && line[end] !== ' ' && line[end] !== '\t') end++;
    fields.push([at, end]);
    at = end;
  }
  return fields;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Compares two keys, before `reverse`. */
export function compareKeys(a: string, b: string, ordering: Ordering): number {
  switch (ordering.kind) {
    case 'n':
      return compareNumeric(a, b);
    case 'g':
      return compareGeneral(a, b);
    case 'h':
      return humanPower(a) - humanPower(b) || compareNumeric(a, b);
    case 'M':
      return month(a) - month(b);
    case 'V':
      return compareVersions(a, b);
    default:
      return compareText(prepared(a, ordering), prepared(b, ordering));
  }
}

function prepared(text: string, ordering: Ordering): string {
  let value = text;
  if (ordering.dictionary) value = value.replace(/[^A-Za-z0-9 \t]/g, '');
  if (ordering.ignoreUnprintable) value = value.replace(/[^\x20-\x7e]/g, '');
  return ordering.foldCase ? value.toUpperCase() : value;
}

function compareNumeric(a: string, b: string): number {
  return leading(a) - leading(b);
}

function leading(text: string): number {
  const match = /^[ \t]*(-?\d*(?:\.\d*)?)/.exec(text);
  return Number(match?.[1]) || 0;
}

function compareGeneral(a: string, b: string): number {
  const value = (text: string) => {
    const match = /^\s*[-+]?(?:inf(?:inity)?|nan|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)/i
      .exec(text)?.[0]
      .trim()
      .toLowerCase();
    if (match === undefined) return undefined;
    return match.includes('inf') ? (match.startsWith('-') ? -Infinity : Infinity) : Number(match);
  };
  const left = value(a);
  const right = value(b);
  if (left === undefined || right === undefined) return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  return left < right ? -1 : left > right ? 1 : 0;
}

function humanPower(text: string): number {
  const match = /^[ \t]*(-?)(\d*\.?\d*)([kKMGTPEZY]?)/.exec(text);
  if (!match?.[2] || Number(match[2]) === 0) return 0;
  const power = match[3] ? ' KMGTPEZY'.indexOf(match[3].toUpperCase()) : 0;
  return match[1] ? -power - 1 : power + 1;
}

function month(text: string): number {
  return MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase());
}
