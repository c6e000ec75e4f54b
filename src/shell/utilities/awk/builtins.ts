import type { Task } from '../../../world/task.ts';
import { BoundedRegExp } from '../bounded-regex.ts';
import { Fail } from '../fail.ts';
import { compareText } from '../text.ts';
import { formatTime, zoneOf } from '../time-text.ts';
import type { Awk } from './interpreter.ts';
import type { Node } from './tree.ts';
import { awkFormat, compare, inputValue, toNumber, toText, type Value } from './values.ts';

/** Calls a function of awk's own; patterns and arrays among the arguments are not evaluated first. */
export function* callBuiltin(awk: Awk, name: string, args: readonly Node[]): Task<Value> {
  if (name === 'length') return yield* length(awk, args[0]);
  if (name === 'split') return yield* split(awk, args);
  if (name === 'sub' || name === 'gsub') return yield* substitute(awk, args, name === 'gsub');
  if (name === 'gensub') return yield* generalSubstitute(awk, args);
  if (name === 'match') return yield* match(awk, args);
  if (name === 'asort' || name === 'asorti') return sortArray(awk, name, args);
  const values: Value[] = [];
  for (const arg of args) values.push(yield* awk.evaluate(arg));
  const text = (i: number) => toText(values[i], awk.string('CONVFMT'));
  const number = (i: number) => toNumber(values[i]);
  switch (name) {
    case 'substr':
      return substring(text(0), number(1), args.length > 2 ? number(2) : undefined);
    case 'index': {
      const at = text(0).indexOf(text(1));
      return at < 0 ? 0 : [...text(0).slice(0, at)].length + 1;
    }
    case 'sprintf':
      return awkFormat(text(0), values.slice(1), awk.string('CONVFMT'));
    case 'tolower':
      return text(0).toLowerCase();
    case 'toupper':
      return text(0).toUpperCase();
    case 'sin':
      return Math.sin(number(0));
    case 'cos':
      return Math.cos(number(0));
    case 'atan2':
      return Math.atan2(number(0), number(1));
    case 'exp':
      return Math.exp(number(0));
    case 'log':
      return Math.log(number(0));
    case 'sqrt':
      return Math.sqrt(number(0));
    case 'int':
      return Math.trunc(number(0));
    case 'rand':
      return awk.tool.p.machine.world.random.next();
    case 'srand': {
      const before = awk.seed;
      awk.seed = args.length > 0 ? number(0) : Math.floor(awk.tool.p.now / 1000);
      return before;
    }
    case 'system':
      return yield* awk.streams.system(text(0));
    case 'close':
      return yield* awk.streams.close(text(0));
    case 'fflush':
      yield* awk.tool.flush();
      return 0;
    case 'systime':
      return Math.floor(awk.tool.p.now / 1000);
    case 'strftime':
      return formatTime(
        args.length > 0 ? text(0) : '%c',
        args.length > 1 ? number(1) * 1000 : awk.tool.p.now,
        zoneOf(awk.tool.env('TZ')),
      );
    case 'mktime': {
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = text(0).trim().split(/\s+/).map(Number);
      return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - zoneOf(awk.tool.env('TZ')).offset * 60;
    }
    case 'strtonum':
      return /^\s*0x/i.test(text(0)) ? Number.parseInt(text(0), 16) : number(0);
    case 'and':
      return Number(BigInt(Math.trunc(number(0))) & BigInt(Math.trunc(number(1))));
    case 'or':
      return Number(BigInt(Math.trunc(number(0))) | BigInt(Math.trunc(number(1))));
    case 'xor':
      return Number(BigInt(Math.trunc(number(0))) ^ BigInt(Math.trunc(number(1))));
    case 'lshift':
      return number(0) * 2 ** number(1);
    case 'rshift':
      return Math.floor(number(0) / 2 ** number(1));
    default:
      throw new Fail(`kubetutor's awk does not model ${name}()`, 2);
  }
}

function* length(awk: Awk, arg: Node | undefined): Task<Value> {
  if (!arg) return [...toText(yield* awk.evaluate({ type: 'field', of: { type: 'number', value: 0 } }))].length;
  const named = arg.type === 'group' && arg.list.length === 1 ? arg.list[0] : arg;
  if (named?.type === 'name') {
    const { array } = awk.cell(named.name);
    if (array) return array.size;
  }
  return [...toText(yield* awk.evaluate(arg), awk.string('CONVFMT'))].length;
}

/** POSIX: positions are rounded, what lies outside is cut. */
function substring(text: string, from: number, count: number | undefined): string {
  const characters = [...text];
  const start = Math.round(from);
  const end = count === undefined ? Number.POSITIVE_INFINITY : Math.round(from + count);
  if (Number.isNaN(start) || Number.isNaN(end)) return '';
  return characters.slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
}

function arrayName(node: Node | undefined): string {
  if (node?.type !== 'name') throw new Fail('type error: an array is needed here', 2);
  return node.name;
}

function* split(awk: Awk, args: readonly Node[]): Task<Value> {
  const [source, target, separator] = args;
  if (!source) throw new Fail('not enough arguments in call to split', 2);
  const text = toText(yield* awk.evaluate(source), awk.string('CONVFMT'));
  const array = awk.array(arrayName(target));
  let parts: string[];
  if (separator?.type === 'regex') {
    // A text divided by a pattern: empty matches divide nothing.
    parts = text === '' ? [] : text.split(new BoundedRegExp(awk.pattern(separator.source).source, 'u'));
  } else parts = awk.line.splitText(text, separator ? toText(yield* awk.evaluate(separator)) : awk.string('FS'));
  array.clear();
  parts.forEach((part, i) => {
    array.set(String(i + 1), inputValue(part));
  });
  return parts.length;
}

const RECORD: Node = { type: 'field', of: { type: 'number', value: 0 } };

function* substitute(awk: Awk, args: readonly Node[], global: boolean): Task<Value> {
  const [patternNode, replacementNode, target = RECORD] = args;
  if (!patternNode || !replacementNode) throw new Fail(`not enough arguments in call to ${global ? 'gsub' : 'sub'}`, 2);
  const pattern = yield* awk.regex(patternNode);
  const replacement = toText(yield* awk.evaluate(replacementNode), awk.string('CONVFMT'));
  const text = toText(yield* awk.evaluate(target), awk.string('CONVFMT'));
  const result = replaceAll(text, pattern, global ? 0 : 1, (match) =>
    replacement.replace(/\\\\|\\&|&/g, (one) => (one === '&' ? match[0] : one === '\\&' ? '&' : '\\')),
  );
  if (result.count > 0) yield* awk.assign(target, result.text);
  return result.count;
}

/** `nth` 0 replaces all. An empty match right after a match does not count. */
function replaceAll(
  text: string,
  pattern: RegExp,
  nth: number,
  replacement: (match: RegExpExecArray) => string,
): { text: string; count: number } {
  let out = '';
  let at = 0;
  let count = 0;
  let seen = 0;
  let lastEnd = -1;
  for (const match of text.matchAll(new BoundedRegExp(pattern.source, pattern.flags))) {
    const index = match.index ?? 0;
    if (match[0] === '' && index === lastEnd) continue;
    lastEnd = index + match[0].length;
    seen++;
    if (nth > 0 && seen !== nth) continue;
    out += text.slice(at, index) + replacement(match as RegExpExecArray);
    at = lastEnd;
    count++;
    if (nth > 0) break;
  }
  return { text: out + text.slice(at), count };
}

function* generalSubstitute(awk: Awk, args: readonly Node[]): Task<Value> {
  const [patternNode, replacementNode, howNode, target = RECORD] = args;
  if (!patternNode || !replacementNode || !howNode) throw new Fail('not enough arguments in call to gensub', 2);
  const pattern = yield* awk.regex(patternNode);
  const replacement = toText(yield* awk.evaluate(replacementNode));
  const how = toText(yield* awk.evaluate(howNode));
  const text = toText(yield* awk.evaluate(target), awk.string('CONVFMT'));
  const nth = /^[gG]/.test(how) ? 0 : Math.max(1, Math.trunc(Number(how)) || 1);
  return replaceAll(text, pattern, nth, (match) =>
    replacement.replace(/\\\\|\\&|\\(\d)|&/g, (one, group: string | undefined) =>
      group !== undefined ? (match[Number(group)] ?? '') : one === '&' ? match[0] : one === '\\&' ? '&' : '\\',
    ),
  ).text;
}

function* match(awk: Awk, args: readonly Node[]): Task<Value> {
  const [source, patternNode, arrayNode] = args;
  if (!source || !patternNode) throw new Fail('not enough arguments in call to match', 2);
  const text = toText(yield* awk.evaluate(source), awk.string('CONVFMT'));
  const found = (yield* awk.regex(patternNode)).exec(text);
  const start = found ? [...text.slice(0, found.index)].length + 1 : 0;
  awk.setVariable('RSTART', start);
  awk.setVariable('RLENGTH', found ? [...found[0]].length : -1);
  if (arrayNode) {
    const array = awk.array(arrayName(arrayNode));
    array.clear();
    found?.forEach((group, i) => {
      if (group !== undefined) array.set(String(i), inputValue(group));
    });
  }
  return start;
}

function sortArray(awk: Awk, name: string, args: readonly Node[]): Value {
  const source = awk.array(arrayName(args[0]));
  const values: Value[] =
    name === 'asorti'
      ? [...source.keys()].sort(compareText)
      : [...source.values()].sort((a, b) => compare(a, b, awk.string('CONVFMT')) || 0);
  const target = args[1] ? awk.array(arrayName(args[1])) : source;
  target.clear();
  values.forEach((value, i) => {
    target.set(String(i + 1), value);
  });
  return values.length;
}
