import { Fail } from './fail.ts';

/**
 * One option as it is declared: names, then what argument it takes.
 * `-a --all` takes none, `-n --lines=` needs one, `--color=?` may have one (only as `--color=WHEN`, `-iSUFFIX`).
 */
export interface OptionSpec {
  readonly key: string;
  readonly shorts: readonly string[];
  readonly longs: readonly string[];
  readonly argument: 'none' | 'required' | 'optional';
}

export interface GivenOption {
  readonly key: string;
  readonly value: string | undefined;
}

/** How the words of a command line are read. */
export interface ParseSettings {
  /** Options end at the first operand (`+` of getopt): env, xargs, timeout. */
  readonly inOrder?: boolean;
  /** Takes words such as `-5` before options are looked at; true when it did. */
  readonly old?: (word: string) => GivenOption | undefined;
}

/** What was given on a command line, keyed by each option's first name without its dashes. */
export class Options {
  constructor(
    readonly given: readonly GivenOption[],
    readonly operands: readonly string[],
  ) {}

  has(...keys: string[]): boolean {
    return this.given.some((option) => keys.includes(option.key));
  }

  /** The value given last. */
  get(key: string): string | undefined {
    return this.given.findLast((option) => option.key === key)?.value;
  }

  all(key: string): string[] {
    return this.given.filter((option) => option.key === key).map((option) => option.value ?? '');
  }

  /** Which of several options that exclude each other was given last. */
  last(...keys: string[]): string | undefined {
    return this.given.findLast((option) => keys.includes(option.key))?.key;
  }

  count(key: string): number {
    return this.given.filter((option) => option.key === key).length;
  }
}

export function optionSpec(text: string): OptionSpec {
  const argument = text.endsWith('=?') ? 'optional' : text.endsWith('=') ? 'required' : 'none';
  const names = text.replace(/=\??$/, '').split(/[ ,]+/);
  const shorts = names.filter((name) => !name.startsWith('--')).map((name) => name.slice(1));
  const longs = names.filter((name) => name.startsWith('--')).map((name) => name.slice(2));
  return { key: names[0]?.replace(/^--?/, '') ?? '', shorts, longs, argument };
}

/** glibc: getopt_long. Raises Fail worded as glibc words it, without the `Try …` line. */
export function parseOptions(
  words: readonly string[],
  specs: readonly OptionSpec[],
  settings: ParseSettings = {},
): Options {
  const given: GivenOption[] = [];
  const operands: string[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at++] ?? '';
    const old = settings.old?.(word);
    if (old) given.push(old);
    else if (word === '--') {
      operands.push(...words.slice(at));
      break;
    } else if (word.startsWith('--')) at = parseLong(word, words, at, specs, given);
    else if (word.length > 1 && word.startsWith('-')) at = parseShort(word, words, at, specs, given);
    else {
      operands.push(word);
      if (!settings.inOrder) continue;
      operands.push(...words.slice(at));
      break;
    }
  }
  return new Options(given, operands);
}

function parseLong(
  word: string,
  words: readonly string[],
  at: number,
  specs: readonly OptionSpec[],
  given: GivenOption[],
): number {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const { spec, full } = findLong(name, word, specs);
  if (spec.argument === 'none' && value !== undefined) throw new Usage(`option '--${full}' doesn't allow an argument`);
  if (spec.argument === 'required' && value === undefined) {
    const next = words[at];
    if (next === undefined) throw new Usage(`option '--${full}' requires an argument`);
    given.push({ key: spec.key, value: next });
    return at + 1;
  }
  given.push({ key: spec.key, value });
  return at;
}

function findLong(name: string, word: string, specs: readonly OptionSpec[]): { spec: OptionSpec; full: string } {
  for (const spec of specs) if (spec.longs.includes(name)) return { spec, full: name };
  const matches = specs.flatMap((spec) =>
    spec.longs.filter((long) => long.startsWith(name)).map((full) => ({ spec, full })),
  );
  const first = matches[0];
  if (!first) throw new Usage(`unrecognized option '${word.split('=')[0]}'`);
  if (matches.some((match) => match.spec !== first.spec)) {
    const list = matches.map((match) => `'--${match.full}'`).join(' ');
    throw new Usage(`option '--${name}' is ambiguous; possibilities: ${list}`);
  }
  return first;
}

function parseShort(
  word: string,
  words: readonly string[],
  start: number,
  specs: readonly OptionSpec[],
  given: GivenOption[],
): number {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] ?? '';
    const spec = specs.find((one) => one.shorts.includes(letter));
    if (!spec) throw new Usage(`invalid option -- '${letter}'`);
    if (spec.argument === 'none') {
      given.push({ key: spec.key, value: undefined });
      continue;
    }
    const rest = word.slice(i + 1);
    if (rest !== '' || spec.argument === 'optional') {
      given.push({ key: spec.key, value: rest === '' ? undefined : rest });
      return start;
    }
    const next = words[start];
    if (next === undefined) throw new Usage(`option requires an argument -- '${letter}'`);
    given.push({ key: spec.key, value: next });
    return start + 1;
  }
  return start;
}

/** A wrong command line: the program says `Try '… --help'` after it. */
export class Usage extends Fail {}
