/** Words and characters that one brace expansion may give. */
const MAX_WORDS = 200_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The expansion would be too large: bash leaves the word as it is, with a message. */
export class BraceOverflow {
  constructor(readonly elements: number) {}
}

/** Index after a quoted or nested stretch that begins at `at`, or `at` when there is none. */
function skipOpaque(text: string, at: number): number {
  const char = text[at];
  if (char === '\\') return Math.min(at + 2, text.length);
  if (char === "'") return after(text, text.indexOf("'", at + 1));
  if (char === '"') {
    let i = at + 1;
    while (i < text.length && text[i] !== '"')
      i = text[i] === '\\' ? i + 2 : text[i] === '$' ? skipDollar(text, i) : i + 1;
    return Math.min(i + 1, text.length);
  }
  if (char === '`') return after(text, text.indexOf('`', at + 1));
  if (char === '$') {
    if (text[at + 1] === "'") {
      let i = at + 2;
      while (i < text.length && text[i] !== "'") i += text[i] === '\\' ? 2 : 1;
      return Math.min(i + 1, text.length);
    }
    const next = skipDollar(text, at);
    return next > at + 1 ? next : at;
  }
  return at;
}

function after(text: string, index: number): number {
  return index < 0 ? text.length : index + 1;
}

/** Past `${…}` or `$(…)`; `at + 1` for another dollar. */
function skipDollar(text: string, at: number): number {
  const open = text[at + 1];
  const close = open === '{' ? '}' : open === '(' ? ')' : undefined;
  if (!close) return at + 1;
  let depth = 0;
  let i = at + 1;
  while (i < text.length) {
    if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i + 1;
    const next = text[i] === '$' ? i : skipOpaque(text, i);
    i = next > i ? next : i + 1;
  }
  return text.length;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly parts: string[];
}

/** The first brace with a comma or a `..` in it. */
function findBrace(text: string, from: number): Brace | undefined {
  for (let at = from; at < text.length; at++) {
    const skipped = skipOpaque(text, at);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    if (text[at] !== '{') continue;
    const brace = readBrace(text, at);
    if (brace && (brace.parts.length > 1 || sequence(brace.parts[0] ?? '') !== undefined)) return brace;
  }
  return undefined;
}

function readBrace(text: string, start: number): Brace | undefined {
  const parts: string[] = [];
  let depth = 0;
  let partStart = start + 1;
  for (let at = start + 1; at < text.length; at++) {
    const skipped = skipOpaque(text, at);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    const char = text[at];
    if (char === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    else if (char === '}') {
      parts.push(text.slice(partStart, at));
      return { start, end: at + 1, parts };
    } else if (char === ',' && depth === 0) {
      parts.push(text.slice(partStart, at));
      partStart = at + 1;
    }
  }
  return undefined;
}

/** `1..5`, `a..e`, `01..10..2`. bash: braces.c expand_seqterm */
function sequence(text: string): string[] | undefined {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  const [, from = '', to = '', by] = match ?? [];
  if (!match) return undefined;
  const numeric = /\d/.test(from);
  if (numeric !== /\d/.test(to)) return undefined;
  const first = numeric ? Number(from) : from.charCodeAt(0);
  const last = numeric ? Number(to) : to.charCodeAt(0);
  const step = Math.abs(by === undefined ? 1 : Number(by)) || 1;
  const count = Math.floor(Math.abs(last - first) / step) + 1;
  if (count > MAX_WORDS) throw new BraceOverflow(count);
  const padded = (numeric && /^-?0\d/.test(`${from}`)) || (numeric && /^-?0\d/.test(to));
  const width = padded ? Math.max(from.length, to.length) : 0;
  const sign = last >= first ? step : -step;
  return Array.from({ length: count }, (_, i) => {
    const value = first + i * sign;
    if (!numeric) return String.fromCharCode(value).replace('\\', '\\\\');
    const digits = String(Math.abs(value));
    return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
  });
}

/** Brace expansion of a word's text: the first thing that bash does, before it looks at anything else. */
export function expandBraces(text: string): string[] {
  const results: string[] = [];
  let size = 0;
  const visit = (prefix: string, rest: string, depth: number): void => {
    const brace = depth < 200 ? findBrace(rest, 0) : undefined;
    if (!brace) {
      size += prefix.length + rest.length;
      if (results.length >= MAX_WORDS || size > MAX_CHARACTERS) throw new BraceOverflow(results.length);
      results.push(prefix + rest);
      return;
    }
    const before = prefix + rest.slice(0, brace.start);
    const behind = rest.slice(brace.end);
    const only = brace.parts[0] ?? '';
    const choices = brace.parts.length > 1 ? brace.parts.flatMap(expandBraces) : (sequence(only) ?? [only]);
    for (const choice of choices) visit(before + choice, behind, depth + 1);
  };
  visit('', text, 0);
  return results;
}
