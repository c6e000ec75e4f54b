import { encode } from '../../../world/bytes.ts';
import { compareText } from '../text.ts';
import { formatTime, MONTHS, zoneOf } from '../time-text.ts';
import { type Format, formatValue } from './formats.ts';
import { type Json, JsonError, parseJson } from './json.ts';
import { splitText } from './operators.ts';
import { deletePaths, indicesOf, setPath } from './paths.ts';
import { captures, matchAll } from './regex.ts';
import { compareJson, isObject, JqError, shown, toJson, typeOf } from './values.ts';

/** What a program sees of its surroundings. */
export interface NativeContext {
  env(): Json;
  /** ms since 1970. */
  now(): number;
  /** The next input; undefined when there is none. */
  input(): Json | undefined;
  line(): number;
  fileName(): Json;
  /** Text for stderr. */
  message(text: string): void;
}

export type Native = (context: NativeContext, input: Json, args: readonly Json[]) => Json;

const arg = (args: readonly Json[], i = 0): Json => args[i] ?? null;

function length(value: Json): Json {
  if (value === null) return 0;
  if (typeof value === 'boolean') throw new JqError(`${shown(value)} has no length`);
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'string') return [...value].length;
  return Array.isArray(value) ? value.length : value.size;
}

function keys(value: Json, sorted: boolean): Json {
  if (Array.isArray(value)) return value.map((_, i) => i);
  if (!isObject(value)) throw new JqError(`${shown(value)} has no keys`);
  const names = [...value.keys()];
  return sorted ? names.sort(compareText) : names;
}

function has(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return value.has(key);
  if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length;
  throw new JqError(
    `Cannot check whether ${typeOf(value)} has a ${typeof key === 'string' ? 'string' : typeOf(key)} key`,
  );
}

function contains(a: Json, b: Json): boolean {
  if (isObject(a) && isObject(b))
    return [...b].every(([key, value]) => a.has(key) && contains(a.get(key) ?? null, value));
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((wanted) => a.some((item) => typeOf(item) === typeOf(wanted) && contains(item, wanted)));
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (typeOf(a) !== typeOf(b)) throw new JqError(`${shown(a)} and ${shown(b)} cannot have their containment checked`);
  return compareJson(a, b) === 0;
}

function flatten(value: Json, depth: number): Json[] {
  const items = Array.isArray(value) ? value : isObject(value) ? [...value.values()] : undefined;
  if (!items) throw new JqError(`Cannot iterate over ${shown(value)}`);
  return items.flatMap((item) => (Array.isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]));
}

function toNumber(value: Json): Json {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw new JqError(`${shown(value)} cannot be parsed as a number`);
  const text = value.trim();
  if (/^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (text === 'nan') return Number.NaN;
  return fromJson(value);
}

function text(value: Json, what: string): string {
  if (typeof value !== 'string') throw new JqError(what);
  return value;
}

function number(value: Json, name: string): number {
  if (typeof value !== 'number')
    throw new JqError(name.endsWith('()') ? `${name} requires a number` : `${shown(value)} number required`);
  return value;
}

function fromJson(value: Json): Json {
  const source = text(value, `${shown(value)} only strings can be parsed`);
  try {
    return parseJson(source);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const before = source.slice(0, error.at);
    const line = before.split('\n').length;
    const atEnd = error.at >= source.length;
    const where = `${atEnd ? 'EOF at ' : ''}line ${line}, column ${atEnd ? source.length - before.lastIndexOf('\n') - 1 : error.at}`;
    throw new JqError(`${error.message} at ${where} (while parsing '${source}')`);
  }
}

function implode(value: Json): Json {
  if (!Array.isArray(value)) throw new JqError('implode input must be an array');
  return value
    .map((code) => {
      if (typeof code !== 'number') throw new JqError('Unicode codepoint must be numeric');
      return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    })
    .join('');
}

function join(value: Json, separator: Json): Json {
  if (!Array.isArray(value)) throw new JqError(`Cannot iterate over ${value === null ? 'null (null)' : shown(value)}`);
  if (value.length === 0) return '';
  return value
    .map((item) => {
      if (item === null) return '';
      if (Array.isArray(item) || isObject(item))
        throw new JqError(`${shown(separator)} and ${shown(item)} cannot be added`);
      return typeof item === 'string' ? item : toJson(item);
    })
    .join(typeof separator === 'string' ? separator : '');
}

/** Broken down time: [year, month, day, hours, minutes, seconds, weekday, day of the year]. */
function brokenDown(seconds: number): Json {
  const date = new Date(Math.floor(seconds) * 1000);
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  const fraction = seconds - Math.floor(seconds);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + fraction,
    date.getUTCDay(),
    Math.floor((date.getTime() - start) / 86_400_000),
  ];
}

function makeTime(value: Json, name: string): number {
  if (!Array.isArray(value) || value.length < 6) throw new JqError(`${name} requires array of 6 numbers`);
  const parts = value.map((part) => {
    if (typeof part !== 'number') throw new JqError(`${name} requires parsed datetime inputs`);
    return Math.floor(part);
  });
  return Date.UTC(parts[0] ?? 1970, parts[1], parts[2], parts[3], parts[4], parts[5]) / 1000;
}

function formatSeconds(value: Json, format: Json): Json {
  if (typeof value !== 'number' && !Array.isArray(value))
    throw new JqError('strftime/1 requires parsed datetime inputs');
  const seconds = typeof value === 'number' ? value : makeTime(value, 'strftime/1');
  return formatTime(text(format, 'strftime/1 requires a string format'), Math.floor(seconds) * 1000, zoneOf('UTC'));
}

function parseTime(value: Json, format: Json): Json {
  const source = text(value, `strptime/1 requires string inputs and arguments`);
  const names: string[] = [];
  const pattern = text(format, 'strptime/1 requires string inputs and arguments')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%T', '%H:%M:%S')
    .replaceAll('%F', '%Y-%m-%d')
    .replace(/%([A-Za-z%])/g, (_, letter: string) => {
      if (letter === '%') return '%';
      names.push(letter);
      return (
        {
          Y: '(\\d{4})',
          Z: '([A-Za-z]+|[-+]\\d\\d:?\\d\\d)',
          z: '([-+]\\d\\d:?\\d\\d|Z)',
          b: '([A-Za-z]+)',
          B: '([A-Za-z]+)',
          a: '([A-Za-z]+)',
          A: '([A-Za-z]+)',
          s: '(\\d+)',
          j: '(\\d{1,3})',
          p: '([AP]M)',
        }[letter] ?? '\\s*(\\d{1,2})'
      );
    });
  const match = new RegExp(`^${pattern}$`).exec(source);
  if (!match) throw new JqError(`date "${source}" does not match format "${String(format)}"`);
  const part = (letter: string) => (names.includes(letter) ? match[names.indexOf(letter) + 1] : undefined);
  if (names.includes('s')) return brokenDown(Number(part('s')));
  const monthName = (part('b') ?? part('B'))?.slice(0, 3).toLowerCase();
  const month = monthName
    ? MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === monthName)
    : Number(names.includes('m') ? part('m') : 1) - 1;
  const get = (letter: string, otherwise: number) => (names.includes(letter) ? Number(part(letter)) : otherwise);
  return brokenDown(
    Date.UTC(
      get('Y', 1900),
      month,
      names.includes('d') ? Number(part('d')) : get('e', 1),
      get('H', get('I', 0)),
      get('M', 0),
      get('S', 0),
    ) / 1000,
  );
}

const math = (name: string, run: (value: number) => number): [string, Native] => [
  `${name}/0`,
  (_, input) => run(number(input, name)),
];

function trimBlanks(value: Json, pattern: RegExp): Json {
  return text(value, `trim input must be a string`).replace(pattern, '');
}

/** Functions of values, by name and number of arguments. */
export const NATIVE: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['length/0', (_, input) => length(input)],
  ['utf8bytelength/0', (_, input) => encode(text(input, `${shown(input)} only strings have UTF-8 byte length`)).length],
  ['not/0', (_, input) => input === null || input === false],
  ['keys/0', (_, input) => keys(input, true)],
  ['keys_unsorted/0', (_, input) => keys(input, false)],
  ['has/1', (_, input, args) => has(input, arg(args))],
  ['contains/1', (_, input, args) => contains(input, arg(args))],
  ['type/0', (_, input) => typeOf(input)],
  ['tostring/0', (_, input) => (typeof input === 'string' ? input : toJson(input))],
  ['tonumber/0', (_, input) => toNumber(input)],
  ['tojson/0', (_, input) => toJson(input)],
  ['fromjson/0', (_, input) => fromJson(input)],
  ['ascii/0', (_, input) => implode([input])],
  ['explode/0', (_, input) => [...text(input, 'explode input must be a string')].map((c) => c.codePointAt(0) ?? 0)],
  ['implode/0', (_, input) => implode(input)],
  [
    'split/1',
    (_, input, args) => {
      if (typeof input !== 'string' || typeof arg(args) !== 'string')
        throw new JqError('split input and separator must be strings');
      return splitText(input, String(arg(args)));
    },
  ],
  ['join/1', (_, input, args) => join(input, arg(args))],
  [
    'startswith/1',
    (_, input, args) =>
      text(input, 'startswith() requires string inputs').startsWith(
        text(arg(args), 'startswith() requires string inputs'),
      ),
  ],
  [
    'endswith/1',
    (_, input, args) =>
      text(input, 'endswith() requires string inputs').endsWith(text(arg(args), 'endswith() requires string inputs')),
  ],
  [
    'ltrimstr/1',
    (_, input, args) =>
      typeof input === 'string' && typeof arg(args) === 'string' && input.startsWith(String(arg(args)))
        ? input.slice(String(arg(args)).length)
        : input,
  ],
  [
    'rtrimstr/1',
    (_, input, args) =>
      typeof input === 'string' &&
      typeof arg(args) === 'string' &&
      arg(args) !== '' &&
      input.endsWith(String(arg(args)))
        ? input.slice(0, -String(arg(args)).length)
        : input,
  ],
  ['trim/0', (_, input) => trimBlanks(input, /^\s+|\s+$/g)],
  ['ltrim/0', (_, input) => trimBlanks(input, /^\s+/g)],
  ['rtrim/0', (_, input) => trimBlanks(input, /\s+$/g)],
  [
    '_fold/1',
    (_, input, args) => {
      const source = text(input, `ascii_${String(arg(args))}case input must be a string`);
      return arg(args) === 'up'
        ? source.replace(/[a-z]/g, (c) => c.toUpperCase())
        : source.replace(/[A-Z]/g, (c) => c.toLowerCase());
    },
  ],
  [
    'reverse/0',
    (_, input) => {
      if (input === null) return [];
      if (typeof input === 'string') return [...input].reverse().join('');
      if (Array.isArray(input)) return [...input].reverse();
      throw new JqError(`Cannot index ${typeOf(input)} with number`);
    },
  ],
  ['flatten/0', (_, input) => flatten(input, 1e9)],
  [
    'flatten/1',
    (_, input, args) => {
      if (typeof arg(args) === 'number' && Number(arg(args)) < 0)
        throw new JqError('flatten depth must not be negative');
      return flatten(input, Number(arg(args)));
    },
  ],
  ['indices/1', (_, input, args) => indicesOf(input, arg(args))],
  [
    'bsearch/1',
    (_, input, args) => {
      if (!Array.isArray(input)) throw new JqError(`${shown(input)} cannot be searched from`);
      let low = 0;
      let high = input.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compareJson(input[middle] ?? null, arg(args)) < 0) low = middle + 1;
        else high = middle;
      }
      return low < input.length && compareJson(input[low] ?? null, arg(args)) === 0 ? low : -1 - low;
    },
  ],
  [
    'transpose/0',
    (_, input) => {
      const rows = Array.isArray(input) ? input : [];
      const width = Math.max(0, ...rows.map((row) => (Array.isArray(row) ? row.length : 0)));
      return Array.from({ length: width }, (_unused, i) =>
        rows.map((row) => (Array.isArray(row) ? (row[i] ?? null) : null)),
      );
    },
  ],
  [
    'setpath/2',
    (_, input, args) => {
      const path = arg(args);
      if (!Array.isArray(path)) throw new JqError('Path must be specified as an array');
      return setPath(input, path, arg(args, 1));
    },
  ],
  [
    'delpaths/1',
    (_, input, args) => {
      const paths = arg(args);
      if (!Array.isArray(paths)) throw new JqError('Paths must be specified as an array');
      return deletePaths(
        input,
        paths.map((path) => {
          if (!Array.isArray(path)) throw new JqError('Path must be specified as an array');
          return path;
        }),
      );
    },
  ],
  ['_match/3', (_, input, args) => matchAll(input, arg(args), arg(args, 1), arg(args, 2) === true)],
  ['_captures/0', (_, input) => captures(input)],
  [
    'format/1',
    (_, input, args) =>
      formatValue(`@${text(arg(args), `${shown(arg(args))} is not a valid format`)}` as Format, input),
  ],
  ['now/0', (context) => context.now() / 1000],
  ['mktime/0', (_, input) => makeTime(input, 'mktime')],
  ['gmtime/0', (_, input) => brokenDown(number(input, 'gmtime()'))],
  ['localtime/0', (_, input) => brokenDown(number(input, 'localtime()'))],
  ['strftime/1', (_, input, args) => formatSeconds(input, arg(args))],
  ['strflocaltime/1', (_, input, args) => formatSeconds(input, arg(args))],
  ['strptime/1', (_, input, args) => parseTime(input, arg(args))],
  ['infinite/0', () => Number.POSITIVE_INFINITY],
  ['nan/0', () => Number.NaN],
  ['null/0', () => null],
  ['isinfinite/0', (_, input) => !Number.isFinite(number(input, '')) && !Number.isNaN(input)],
  ['isnan/0', (_, input) => Number.isNaN(number(input, ''))],
  [
    'isnormal/0',
    (_, input) => Number.isFinite(number(input, '')) && Math.abs(Number(input)) >= 2.2250738585072014e-308,
  ],
  ['pow/2', (_, _input, args) => number(arg(args), 'pow') ** number(arg(args, 1), 'pow')],
  ['atan2/2', (_, _input, args) => Math.atan2(number(arg(args), ''), number(arg(args, 1), ''))],
  ['fmin/2', (_, _input, args) => Math.min(number(arg(args), ''), number(arg(args, 1), ''))],
  ['fmax/2', (_, _input, args) => Math.max(number(arg(args), ''), number(arg(args, 1), ''))],
  math('floor', Math.floor),
  math('ceil', Math.ceil),
  math('round', (value) => Math.sign(value) * Math.round(Math.abs(value))),
  math('trunc', Math.trunc),
  math('fabs', Math.abs),
  math('sqrt', Math.sqrt),
  math('cbrt', Math.cbrt),
  math('exp', Math.exp),
  math('exp2', (value) => 2 ** value),
  math('exp10', (value) => 10 ** value),
  math('log', Math.log),
  math('log2', Math.log2),
  math('log10', Math.log10),
  math('sin', Math.sin),
  math('cos', Math.cos),
  math('tan', Math.tan),
  math('asin', Math.asin),
  math('acos', Math.acos),
  math('atan', Math.atan),
]);
