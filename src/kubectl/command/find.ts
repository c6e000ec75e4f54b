import { editDistance } from '../../world/edit-distance.ts';
import type { Flag } from '../flags/index.ts';
import type { Command, CommandPath } from './command.ts';

/** Finds the command that the words name; the rest are its flags and arguments. spf13/cobra Command.Find */
export function findCommand(
  root: Command,
  words: readonly string[],
  globals: readonly Flag[],
): { readonly path: CommandPath; readonly rest: readonly string[] } {
  let path: CommandPath = [root];
  let rest = words;
  let command = root;
  for (;;) {
    const flags = [...(command.flags ?? []), ...globals];
    const name = withoutFlags(rest, flags)[0];
    const next = name === undefined ? undefined : subcommand(command, name);
    if (!next || name === undefined) return { path, rest };
    rest = withoutFirst(rest, name, flags);
    path = [...path, next];
    command = next;
  }
}

export function subcommand(command: Command, name: string): Command | undefined {
  return command.subcommands?.find((one) => one.name === name || one.aliases?.includes(name));
}

/** Whether the word is a flag that takes the next word as its value. */
function takesNext(word: string, flags: readonly Flag[]): boolean {
  if (word.startsWith('--')) {
    if (word.includes('=')) return false;
    if (word === '--help') return true;
    return flags.find((flag) => flag.name === word.slice(2))?.noOptDefVal === undefined;
  }
  if (!word.startsWith('-') || word.includes('=') || word.length !== 2) return false;
  return flags.find((flag) => flag.shorthand === word.charAt(1))?.noOptDefVal === undefined;
}

/** The words that are not flags or their values, up to `--`. cobra stripFlags */
export function withoutFlags(words: readonly string[], flags: readonly Flag[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (isHelp(word)) continue;
    if (takesNext(word, flags)) {
      if (words.length - at <= 2) break;
      at++;
    } else if (word !== '' && !word.startsWith('-')) out.push(word);
  }
  return out;
}

/** `--help` is not yet a flag of its own when cobra looks for the command: it takes the next word, `-h` does not. */
function isHelp(word: string): boolean {
  return word === '-h';
}

/** The words without the first `name` that is neither a flag nor its value. cobra argsMinusFirstX */
function withoutFirst(words: readonly string[], name: string, flags: readonly Flag[]): string[] {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (isHelp(word)) continue;
    if (takesNext(word, flags)) at++;
    else if (!word.startsWith('-') && word === name) return [...words.slice(0, at), ...words.slice(at + 1)];
  }
  return [...words];
}

/** What `name` may have meant: distance at most two, a beginning, or a word the command is looked for by. */
export function suggestions(command: Command, name: string): string[] {
  const out: string[] = [];
  for (const one of command.subcommands ?? []) {
    if (one.hidden) continue;
    if (editDistance(name.toLowerCase(), one.name.toLowerCase()) <= 2 || one.name.startsWith(name.toLowerCase()))
      out.push(one.name);
    if (one.suggestFor?.some((word) => word.toLowerCase() === name.toLowerCase())) out.push(one.name);
  }
  return out;
}
