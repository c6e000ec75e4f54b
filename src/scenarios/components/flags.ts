import { parseDuration } from '../../cluster/apimachinery/duration.ts';
import { FormatError } from '../../cluster/apimachinery/format-error.ts';
import { COMPONENT_FLAGS } from './component-flags.ts';

/** A command line that a component does not understand; the text is pflag's. */
export class FlagError extends Error {}

/** The flags of a component's command line. Raises FlagError. pflag: flag.go parseArgs */
export function readFlags(component: string, args: readonly string[]): Map<string, string> {
  const known = flagsOf(component);
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '-v') {
      given.set('v', args[++at] ?? '');
      continue;
    }
    if (/^-v=?\d/.test(word)) continue;
    if (/^-[^-]/.test(word)) throw new FlagError(`unknown shorthand flag: '${word.charAt(1)}' in ${word}`);
    if (!word.startsWith('--'))
      throw new FlagError(
        `${JSON.stringify(component)} does not take any arguments, got ${JSON.stringify(args.slice(at))}`,
      );
    const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const kind = known.get(name);
    if (kind === undefined) throw new FlagError(`unknown flag: --${name}`);
    const text = value ?? (kind === 'b' ? 'true' : args[++at]);
    if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    const problem = valueProblem(kind, text);
    if (problem !== undefined)
      throw new FlagError(`invalid argument ${JSON.stringify(text)} for "--${name}" flag: ${problem}`);
    given.set(name, text);
  }
  return given;
}

const read = new Map<string, ReadonlyMap<string, string>>();

function flagsOf(component: string): ReadonlyMap<string, string> {
  const known = read.get(component);
  if (known) return known;
  const words = (COMPONENT_FLAGS[component] ?? '').split(/\s+/);
  const made = new Map(words.map((word): [string, string] => [word.split(':')[0] ?? '', word.split(':')[1] ?? '']));
  read.set(component, made);
  return made;
}

function valueProblem(kind: string, text: string): string | undefined {
  const syntax = (parser: string) => `strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`;
  if (kind === 'i') return /^[+-]?\d+$/.test(text) ? undefined : syntax('ParseInt');
  if (kind === 'f') return text.trim() !== '' && !Number.isNaN(Number(text)) ? undefined : syntax('ParseFloat');
  if (kind === 'b')
    return /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text) ? undefined : syntax('ParseBool');
  if (kind !== 'd') return undefined;
  try {
    parseDuration(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.message;
  }
}
