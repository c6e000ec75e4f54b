import { memoizeBy } from '../../world/memoize.ts';

/** A shell pattern as tokens. Quoted characters have been escaped with a backslash before. */
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly has: (char: string) => boolean }
  | { readonly kind: 'group'; readonly operator: string; readonly alternatives: readonly (readonly Token[])[] };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[\p{L}\p{Nd}]/u,
  alpha: /\p{L}/u,
  ascii: /[\0-\x7f]/,
  blank: /[ \t]/,
  cntrl: /\p{Cc}/u,
  digit: /[0-9]/,
  graph: /[^\s\p{Cc}]/u,
  lower: /\p{Ll}/u,
  print: /\P{Cc}/u,
  punct: /[!-/:-@[-`{-~\p{P}\p{S}]/u,
  space: /\s/,
  upper: /\p{Lu}/u,
  word: /[\p{L}\p{Nd}_]/u,
  xdigit: /[0-9A-Fa-f]/,
};

class Compiler {
  private at = 0;

  constructor(
    private readonly text: readonly string[],
    private readonly fold: boolean,
  ) {}

  sequence(inGroup: boolean): Token[] {
    const tokens: Token[] = [];
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? '';
      if (inGroup && (char === '|' || char === ')')) break;
      tokens.push(this.token(char));
    }
    return tokens;
  }

  private token(char: string): Token {
    if ('?*+@!'.includes(char) && this.text[this.at + 1] === '(') {
      const group = this.group(char);
      if (group) return group;
    }
    this.at++;
    if (char === '\\' && this.at < this.text.length) return this.char(this.text[this.at++] ?? '');
    if (char === '?') return { kind: 'any' };
    if (char === '*') return { kind: 'star' };
    if (char === '[') return this.set() ?? this.char('[');
    return this.char(char);
  }

  private char(char: string): Token {
    return { kind: 'char', char: this.fold ? char.toLowerCase() : char };
  }

  private group(operator: string): Token | undefined {
    const start = this.at;
    this.at += 2;
    const alternatives: Token[][] = [];
    for (;;) {
      alternatives.push(this.sequence(true));
      const end = this.text[this.at++];
      if (end === ')') return { kind: 'group', operator, alternatives };
      if (end !== '|') break;
    }
    this.at = start;
    return undefined;
  }

  private set(): Token | undefined {
    let at = this.at;
    const negated = this.text[at] === '!' || this.text[at] === '^';
    if (negated) at++;
    const singles = new Set<string>();
    const ranges: [string, string][] = [];
    const classes: RegExp[] = [];
    for (let first = true; ; first = false) {
      let char = this.text[at++];
      if (char === undefined) return undefined;
      if (char === ']' && !first) break;
      if (char === '[' && this.text[at] === ':') {
        const end = this.text.indexOf(']', at);
        const name = this.text.slice(at + 1, end - 1).join('');
        const found = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
        if (end > 0 && this.text[end - 1] === ':' && found) {
          classes.push(found);
          at = end + 1;
          continue;
        }
      }
      if (char === '\\') char = this.text[at++] ?? '\\';
      const to = this.text[at + 1];
      if (this.text[at] === '-' && to !== undefined && to !== ']') {
        ranges.push([char, to === '\\' ? (this.text[at + 2] ?? '') : to]);
        at += to === '\\' ? 3 : 2;
      } else singles.add(char);
    }
    this.at = at;
    const { fold } = this;
    const inSet = (char: string) =>
      singles.has(char) ||
      ranges.some(([from, to]) => char >= from && char <= to) ||
      classes.some((known) => known.test(char));
    const has = fold ? (char: string) => inSet(char.toLowerCase()) || inSet(char.toUpperCase()) : inSet;
    return { kind: 'set', negated, has };
  }
}

function reversed(tokens: readonly Token[]): Token[] {
  return tokens
    .map((token) => (token.kind === 'group' ? { ...token, alternatives: token.alternatives.map(reversed) } : token))
    .reverse();
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** Every place where a match of `tokens` that begins at one of `starts` can end, in ascending order. */
function ends(tokens: readonly Token[], text: readonly string[], starts: readonly number[]): readonly number[] {
  let places = starts;
  for (const token of tokens) {
    if (places.length === 0) return places;
    places = step(token, text, places);
  }
  return places;
}

function step(token: Token, text: readonly string[], places: readonly number[]): readonly number[] {
  switch (token.kind) {
    case 'star': {
      const from = places[0] ?? 0;
      return Array.from({ length: text.length - from + 1 }, (_, i) => from + i);
    }
    case 'group':
      return groupEnds(token, text, places);
    default: {
      const next: number[] = [];
      for (const place of places) {
        const char = text[place];
        if (char !== undefined && matchesChar(token, char)) next.push(place + 1);
      }
      return next;
    }
  }
}

function matchesChar(token: Exclude<Token, { kind: 'star' | 'group' }>, char: string): boolean {
  if (token.kind === 'any') return true;
  return token.kind === 'char' ? token.char === char : token.has(char) !== token.negated;
}

function groupEnds(
  token: Extract<Token, { kind: 'group' }>,
  text: readonly string[],
  places: readonly number[],
): readonly number[] {
  const once = (from: readonly number[]): number[] =>
    token.alternatives.reduce<number[]>((all, tokens) => union(all, ends(tokens, text, from)), []);
  if (token.operator === '@') return once(places);
  if (token.operator === '?') return union(places, once(places));
  if (token.operator === '!') {
    const all = new Set<number>();
    for (const place of places) {
      const excluded = new Set(once([place]));
      for (let end = place; end <= text.length; end++) if (!excluded.has(end)) all.add(end);
    }
    return [...all].sort((a, b) => a - b);
  }
  let reached = token.operator === '*' ? [...places] : once(places);
  let frontier = reached;
  while (frontier.length > 0) {
    const known = new Set(reached);
    frontier = once(frontier).filter((place) => !known.has(place));
    reached = union(reached, frontier);
  }
  return reached;
}

/** Characters that a replacement may make. */
const MAX_RESULT = 8 * 1024 * 1024;

/** A compiled shell pattern. Matching takes time proportional to pattern times text: no blow-up. */
export class Pattern {
  private readonly tokens: readonly Token[];
  private readonly backwards: readonly Token[];
  /** The text that the pattern stands for when it has nothing special in it. */
  readonly literal: string | undefined;

  constructor(
    pattern: string,
    private readonly fold = false,
  ) {
    this.tokens = new Compiler([...pattern], fold).sequence(false);
    this.backwards = reversed(this.tokens);
    this.literal = this.tokens.every((token) => token.kind === 'char')
      ? this.tokens.map((token) => (token.kind === 'char' ? token.char : '')).join('')
      : undefined;
  }

  private chars(text: string): string[] {
    return [...(this.fold ? text.toLowerCase() : text)];
  }

  matches(text: string): boolean {
    if (this.literal !== undefined) return (this.fold ? text.toLowerCase() : text) === this.literal;
    const chars = this.chars(text);
    return ends(this.tokens, chars, [0]).at(-1) === chars.length;
  }

  /** `text` without the shortest or longest prefix that matches. */
  removePrefix(text: string, longest: boolean): string {
    const found = ends(this.tokens, this.chars(text), [0]);
    const end = longest ? found.at(-1) : found[0];
    return end === undefined ? text : [...text].slice(end).join('');
  }

  removeSuffix(text: string, longest: boolean): string {
    const found = ends(this.backwards, this.chars(text).reverse(), [0]);
    const end = longest ? found.at(-1) : found[0];
    if (end === undefined) return text;
    const chars = [...text];
    return chars.slice(0, chars.length - end).join('');
  }

  /** Replaces the first match, or all; each match is the longest at its place. */
  replace(text: string, replacement: (match: string) => string, where: '/' | '//' | '/#' | '/%'): string {
    // `${x//?/$x}` must not eat the host's memory.
    const limited = (result: string): string => {
      if (result.length > MAX_RESULT) throw new RangeError('result too long');
      return result;
    };
    const original = [...text];
    const chars = this.chars(text);
    if (where === '/#' || where === '/%') {
      const kept = where === '/#' ? this.removePrefix(text, true) : this.removeSuffix(text, true);
      const front = where === '/#';
      const found = ends(front ? this.tokens : this.backwards, front ? chars : [...chars].reverse(), [0]).length > 0;
      if (!found) return text;
      const size = text.length - kept.length;
      return front ? replacement(text.slice(0, size)) + kept : kept + replacement(size === 0 ? '' : text.slice(-size));
    }
    if (this.literal !== undefined && !this.fold) return this.replaceLiteral(text, replacement, where === '//');
    let result = '';
    let at = 0;
    while (at <= chars.length) {
      const end = ends(this.tokens, chars, [at]).at(-1);
      if (end === undefined || (end === at && chars.length > 0)) {
        result += original[at] ?? '';
        at++;
        continue;
      }
      result = limited(result + replacement(original.slice(at, end).join('')));
      at = end;
      if (where === '/' || at >= chars.length) break;
    }
    return result + original.slice(at).join('');
  }

  private replaceLiteral(text: string, replacement: (match: string) => string, all: boolean): string {
    const wanted = this.literal ?? '';
    if (wanted === '') return text;
    if (all) {
      const parts = text.split(wanted);
      const put = replacement(wanted);
      if (parts.length * put.length > MAX_RESULT) throw new RangeError('result too long');
      return parts.join(put);
    }
    const at = text.indexOf(wanted);
    return at < 0 ? text : text.slice(0, at) + replacement(wanted) + text.slice(at + wanted.length);
  }
}

export const compilePattern = memoizeBy(
  500,
  (pattern: string, fold?: boolean) => `${fold ? 'i' : 'c'}${pattern}`,
  (pattern: string, fold?: boolean) => new Pattern(pattern, fold ?? false),
);

/** Makes every character of a quoted text stand for itself. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]!@+()|^-]/g, '\\$&');
}

export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1');
}

/** Whether a pattern has anything special; escaped characters are not. */
export function hasGlob(pattern: string): boolean {
  if (!/[*?[(]/.test(pattern)) return false;
  return /[*?]|\[|[@!+]\(/.test(pattern.replace(/\\[\s\S]/g, ''));
}
