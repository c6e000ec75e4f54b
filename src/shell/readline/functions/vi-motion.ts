/** Where vi's motions lead in a line of characters. readline: vi_mode.c */
type Line = readonly string[];

const isIdentifier = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);
const isBlank = (character: string | undefined) => character === ' ' || character === '\t';
const isOther = (character: string | undefined) =>
  character !== undefined && !isIdentifier(character) && !isBlank(character);
const isBig = (character: string | undefined) => character !== undefined && !isBlank(character);

type Class = (character: string | undefined) => boolean;

/** The class of characters that a word of this one is made of. */
function classOf(character: string | undefined, big: boolean): Class {
  if (big) return isBig;
  return isIdentifier(character) ? isIdentifier : isOther;
}

/** w and W */
export function nextWord(line: Line, from: number, big: boolean): number {
  let at = from;
  const inside = classOf(line[at], big);
  while (at < line.length && inside(line[at])) at++;
  while (at < line.length && isBlank(line[at])) at++;
  return at;
}

/** e and E */
export function endOfWord(line: Line, from: number, big: boolean): number {
  let at = from + 1;
  while (at < line.length && isBlank(line[at])) at++;
  if (at >= line.length) return Math.max(0, line.length - 1);
  const inside = classOf(line[at], big);
  while (inside(line[at + 1])) at++;
  return at;
}

/** b and B */
export function wordBefore(line: Line, from: number, big: boolean): number {
  let at = from - 1;
  while (at > 0 && isBlank(line[at])) at--;
  if (at <= 0) return 0;
  const inside = classOf(line[at], big);
  while (at > 0 && inside(line[at - 1])) at--;
  return at;
}

/** ^ */
export function firstPrinting(line: Line): number {
  return Math.max(0, line.findIndex(isBig));
}

/** f, F, t and T: as many as there are; undefined when there is no such character. */
export function toCharacter(
  line: Line,
  from: number,
  command: string,
  character: string,
  count: number,
): number | undefined {
  const step = command === 'f' || command === 't' ? 1 : -1;
  let found: number | undefined;
  for (let at = from + step, left = count; left > 0 && at >= 0 && at < line.length; at += step) {
    if (line[at] !== character) continue;
    found = at;
    left--;
  }
  return found === undefined || /^[fF]$/.test(command) ? found : found - step;
}

const PAIRS = ['()', '[]', '{}'];

/** % */
export function matchingBracket(line: Line, from: number): number | undefined {
  let start = from;
  const pairOf = (at: number) => PAIRS.find((pair) => pair.includes(line[at] ?? ' '));
  while (start < line.length && !pairOf(start)) start++;
  const pair = pairOf(start);
  if (!pair) return undefined;
  const step = line[start] === pair[0] ? 1 : -1;
  for (let at = start, depth = 0; at >= 0 && at < line.length; at += step) {
    if (line[at] === line[start]) depth++;
    else if (pair.includes(line[at] ?? ' ') && --depth === 0) return at;
  }
  return undefined;
}
