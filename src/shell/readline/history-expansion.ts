import type { History } from '../state/history.ts';

/** `!word` names nothing. */
export class HistoryError extends Error {}

/** Splits a line into the words that history expansion counts. */
export function historyWords(line: string): string[] {
  return (
    line.match(
      /(?:\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?|\$\((?:[^()]|\([^()]*\))*\)|[^\s;&|<>()"'\\$]|\$)+|&&|\|\||>>|<<|[;&|<>()]/g,
    ) ?? []
  );
}

interface Reference {
  readonly line: string;
  readonly length: number;
}

/** `!!`, `!-2`, `!5`, `!k`, `!?text?`, `!#`, `!$` at the start of `rest`. */
function findEvent(history: History, rest: string, before: string): Reference {
  const missing = (length: number): never => {
    throw new HistoryError(`${rest.slice(0, length)}: event not found`);
  };
  const last = history.at(-1);
  if (rest.startsWith('!!')) return last === undefined ? missing(2) : { line: last, length: 2 };
  if (rest.startsWith('!#')) return { line: before, length: 2 };
  if (/^![$^*:%-]/.test(rest) && !/^!-\d/.test(rest)) {
    if (last === undefined) return missing(2);
    return { line: last, length: 1 };
  }
  const number = /^!(-?\d+)/.exec(rest);
  if (number?.[1]) {
    const value = Number(number[1]);
    const line = value < 0 ? history.at(value) : history.byNumber(value);
    return line === undefined ? missing(number[0].length) : { line, length: number[0].length };
  }
  const search = /^!\?([^?\n]*)\??/.exec(rest);
  const prefix = /^!([^\s:;&|<>()"'`^$*!]+)/.exec(rest);
  const wanted = search?.[1] ?? prefix?.[1] ?? '';
  const length = (search ?? prefix)?.[0].length ?? 1;
  const lines = history.all();
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (search ? line.includes(wanted) : line.startsWith(wanted)) return { line, length };
  }
  return missing(length);
}

/** `:0`, `:$`, `:2-4`, `$`, `^`, `*` and the modifiers `:h :t :r :e :s/a/b/ :gs :p`. */
function applyModifiers(line: string, rest: string): { text: string; length: number; printOnly: boolean } {
  let text = line;
  let at = 0;
  let printOnly = false;
  const designator = /^(?::?([$^*%])|:(\d+|[$^])?(-)(\d+|\$)?|:(\d+)(\*)?)/.exec(rest);
  if (designator) {
    text = selectWords(line, designator);
    at = designator[0].length;
  }
  for (;;) {
    const modifier = /^:(?:([htrepq])|(g?)s(.)((?:\\.|(?!\3).)*)\3((?:\\.|(?!\3).)*)(?:\3|$))/.exec(rest.slice(at));
    if (!modifier) return { text, length: at, printOnly };
    at += modifier[0].length;
    const [, letter, global, , from = '', to = ''] = modifier;
    if (letter === 'p') printOnly = true;
    else if (letter === 'q') text = `'${text.replace(/'/g, `'\\''`)}'`;
    else if (letter === 'h') text = text.includes('/') ? text.replace(/\/[^/]*$/, '') : text;
    else if (letter === 't') text = text.slice(text.lastIndexOf('/') + 1);
    else if (letter === 'r') text = text.replace(/\.[^./]*$/, '');
    else if (letter === 'e') text = /\.[^./]*$/.exec(text)?.[0] ?? '';
    else text = substitute(text, from, to, global === 'g');
  }
}

function selectWords(line: string, match: RegExpExecArray): string {
  const words = historyWords(line);
  const last = words.length - 1;
  const [whole, single, from, dash, to, number, star] = match;
  const bad = (): never => {
    throw new HistoryError(`${whole}: bad word specifier`);
  };
  const index = (text: string | undefined, fallback: number) =>
    text === undefined ? fallback : text === '$' ? last : text === '^' ? 1 : Number(text);
  if (single === '$') return words[last] ?? bad();
  if (single === '^') return words[1] ?? bad();
  if (single === '*') return words.slice(1).join(' ');
  if (dash) return words.slice(index(from, 0), index(to, last - 1) + 1).join(' ');
  if (number !== undefined) {
    if (Number(number) > last) return bad();
    return star ? words.slice(Number(number)).join(' ') : (words[Number(number)] ?? bad());
  }
  return line;
}

function substitute(text: string, from: string, to: string, all: boolean): string {
  const plain = from.replace(/\\(.)/g, '$1');
  if (!text.includes(plain) || plain === '') throw new HistoryError(`:s${from}: substitution failed`);
  return all ? text.split(plain).join(to) : text.replace(plain, () => to);
}

export interface Expansion {
  readonly text: string;
  readonly changed: boolean;
  /** `:p`: show it, do not run it. */
  readonly printOnly: boolean;
}

/** History expansion of a typed line. Raises HistoryError. bash: lib/readline/histexpand.c */
export function expandHistory(history: History, line: string): Expansion {
  const quick = /^\^((?:\\.|[^^])*)\^((?:\\.|[^^])*)(?:\^(.*))?$/s.exec(line);
  if (quick) {
    const last = history.at(-1) ?? '';
    const [, from = '', to = '', tail = ''] = quick;
    if (!last.includes(from) || from === '') throw new HistoryError(`:s${line}: substitution failed`);
    return { text: last.replace(from, () => to) + tail, changed: true, printOnly: false };
  }
  if (!line.includes('!')) return { text: line, changed: false, printOnly: false };
  let out = '';
  let printOnly = false;
  let changed = false;
  let double = false;
  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? '';
    if (char === '\\') {
      out += line.slice(at, at + 2);
      at += 2;
    } else if (char === "'" && !double) {
      const end = line.indexOf("'", at + 1);
      out += line.slice(at, end < 0 ? undefined : end + 1);
      at = end < 0 ? line.length : end + 1;
    } else if (char === '!' && isReference(line, at, double)) {
      const event = findEvent(history, line.slice(at), out);
      const modified = applyModifiers(event.line, line.slice(at + event.length));
      out += modified.text;
      at += event.length + modified.length;
      changed = true;
      printOnly ||= modified.printOnly;
    } else {
      if (char === '"') double = !double;
      out += char;
      at++;
    }
  }
  return { text: out, changed, printOnly };
}

function isReference(line: string, at: number, double: boolean): boolean {
  const next = line[at + 1];
  if (next === undefined || /[\s=(]/.test(next) || (double && next === '"')) return false;
  // `$!` and `[!a]` are the shell's.
  return (
    line[at - 1] !== '$' && !(line[at - 1] === '[' && line.includes(']', at)) && !(line[at - 1] === '{' && next !== '!')
  );
}
