import { type Command, forEachChild, type SyntaxNode, type Word } from 'unbash';
import { parseScript } from './unit.ts';

/** Replacements in one text: aliases that lead to each other must end. */
const MAX_REPLACEMENTS = 200;
const MAX_LENGTH = 1_000_000;

interface Range {
  start: number;
  end: number;
  /** Aliases whose text this is: they are not expanded in it again. */
  readonly names: ReadonlySet<string>;
}

/** Command words in the order of the text, with those that an alias ending in a blank makes expandable. */
function candidates(text: string, blankEnds: ReadonlySet<number>): Word[] {
  const words: Word[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') add(node);
    forEachChild(node, visit);
  };
  const add = (command: Command) => {
    if (command.name) words.push(command.name);
    for (const argument of command.args) {
      if (argument.type === 'Word' && blankEnds.has(lastBlank(text, argument.pos))) words.push(argument);
    }
  };
  visit(parseScript(text));
  return words.sort((a, b) => a.pos - b.pos);
}

/** Where the blanks before `pos` begin. */
function lastBlank(text: string, pos: number): number {
  let at = pos;
  while (at > 0 && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
  return at;
}

/** Replaces aliases in a text that is about to be run. bash: parse.y alias_expand_token */
export function expandAliases(text: string, aliases: ReadonlyMap<string, string>): string {
  if (![...aliases.keys()].some((name) => text.includes(name))) return text;
  let current = text;
  let ranges: Range[] = [];
  let blankEnds = new Set<number>();
  for (let count = 0; count < MAX_REPLACEMENTS && current.length < MAX_LENGTH; count++) {
    const word = candidates(current, blankEnds).find((one) => {
      if (!aliases.has(one.text) || current.slice(one.pos, one.end) !== one.text) return false;
      return !ranges.some((range) => range.start <= one.pos && one.end <= range.end && range.names.has(one.text));
    });
    if (!word) return current;
    const value = aliases.get(word.text) ?? '';
    const inside = ranges.filter((range) => range.start <= word.pos && word.end <= range.end);
    const names = new Set([word.text, ...inside.flatMap((range) => [...range.names])]);
    const shift = value.length - (word.end - word.pos);
    const moved = (at: number) => (at >= word.end ? at + shift : at);
    ranges = ranges.map((range) => ({ start: moved(range.start), end: moved(range.end), names: range.names }));
    blankEnds = new Set([...blankEnds].map(moved));
    ranges.push({ start: word.pos, end: word.pos + value.length, names });
    if (/[ \t]$/.test(value)) blankEnds.add(word.pos + value.trimEnd().length);
    current = current.slice(0, word.pos) + value + current.slice(word.end);
  }
  return current;
}
