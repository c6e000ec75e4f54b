import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Task } from '../../world/task.ts';
import { editedText } from '../edited-text.ts';
import { expandHistory, HistoryError } from '../readline/history-expansion.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';

const HISTORY_USAGE = 'history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]';
const FC_USAGE = 'fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]';
/** Entries that `fc -l` shows. */
const LISTED = 16;

/** bash: builtins/history.def */
export const history: Builtin = {
  names: ['history'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'canrwps', 'd');
    if (bad) return yield* badOption(shell, name, bad, HISTORY_USAGE);
    const list = shell.history;
    if (options.has('c')) {
      list.clear();
      return 0;
    }
    const position = options.get('d');
    if (position !== undefined) {
      const number = Number(position);
      const at = number < 0 ? list.length + number : number - list.firstNumber;
      if (!Number.isInteger(at) || at < 0 || at >= list.length) {
        return yield* fail(shell, name, `${position}: history position out of range`);
      }
      list.remove(at);
      return 0;
    }
    if (options.has('s')) {
      forget(shell);
      list.add(rest.join(' '));
      return 0;
    }
    if (options.has('p')) return yield* printExpanded(shell, name, rest);
    if ('wanr'.split('').some((one) => options.has(one))) return yield* historyFile(shell, name, options, rest[0]);
    const [count] = rest;
    if (count !== undefined && !/^\d+$/.test(count))
      return yield* fail(shell, name, `${count}: numeric argument required`);
    return yield* showHistory(shell, name, count === undefined ? list.length : Number(count));
  },
};

function* showHistory(shell: Shell, name: string, count: number): Task<number> {
  const list = shell.history;
  const from = Math.max(0, list.length - count);
  let text = '';
  list
    .all()
    .slice(from)
    .forEach((line, index) => {
      text += `${String(list.firstNumber + from + index).padStart(5)}  ${line}\n`;
    });
  return yield* print(shell, name, text);
}

/** history -p: what `!` makes of words. The line itself is no part of the history meanwhile. */
function* printExpanded(shell: Shell, name: string, words: readonly string[]): Task<number> {
  const list = shell.history;
  if (list.lineAdded) list.remove(list.length - 1);
  list.lineAdded = false;
  for (const word of words) {
    try {
      yield* print(shell, name, `${expandHistory(list, word).text}\n`);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      return yield* fail(shell, name, `${word}: history expansion failed`);
    }
  }
  return 0;
}

function* historyFile(
  shell: Shell,
  name: string,
  options: ReadonlyMap<string, string>,
  given: string | undefined,
): Task<number> {
  const { process, history: list } = shell;
  const { files } = process.machine;
  if (given === undefined && (options.has('w') || options.has('a'))) {
    shell.saveHistory?.(options.has('a'));
    return 0;
  }
  const file = given ?? shell.variables.get('HISTFILE');
  if (!file) return 0;
  const path = joinPath(process.cwd, file);
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  try {
    if (options.has('w')) files.writeFile(path, text(list.all()), process.credentials, 0o600);
    else if (options.has('a')) files.appendFile(path, text(list.all().slice(list.saved)), process.credentials);
    else for (const line of files.readText(path, process.credentials).split('\n')) if (line !== '') list.add(line);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* fail(shell, name, `${file}: ${error.text}`);
  }
  return 0;
}

/** Lists, edits and runs lines of the history again. bash: builtins/fc.def */
export const fc: Builtin = {
  names: ['fc'],
  *run(shell, args, name) {
    // -3 is a place, not an option.
    const at = args.findIndex((word) => /^-\d+$/.test(word) || !word.startsWith('-'));
    const editor = args.indexOf('-e');
    const from = at < 0 ? args.length : editor >= 0 && at === editor + 1 ? editor + 2 : at;
    const { options, rest, bad } = parseOptions(args.slice(0, from), 'lnrs', 'e');
    if (bad) return yield* badOption(shell, name, bad, FC_USAGE);
    const words = [...rest, ...args.slice(from)];
    const list = shell.history;
    const last = list.length - (list.lineAdded ? 2 : 1);
    if (last < 0) return 0;
    if (options.has('s') || options.get('e') === '-') return yield* runAgain(shell, name, words, last);
    const listing = options.has('l');
    const first = place(shell, words[0], last, listing, listing ? Math.max(0, last - LISTED + 1) : last);
    const end = place(shell, words[1], last, listing, listing ? last : (first ?? last));
    if (first === undefined || end === undefined) return yield* fail(shell, name, 'no command found');
    const turned = options.has('r') !== first > end;
    const [low, high] = [Math.min(first, end), Math.max(first, end)];
    const numbers = Array.from({ length: high - low + 1 }, (_, i) => (turned ? high - i : low + i));
    if (!listing) return yield* runEdited(shell, options.get('e'), numbers);
    const number = (index: number) => (options.has('n') ? '' : String(list.firstNumber + index));
    return yield* print(shell, name, numbers.map((index) => `${number(index)}\t ${list.at(index)}\n`).join(''));
  },
};

/** The entry that a number, a negative one or the beginning of a line means. bash: fc_gethnum */
function place(
  shell: Shell,
  word: string | undefined,
  last: number,
  listing: boolean,
  otherwise: number,
): number | undefined {
  if (word === undefined) return otherwise;
  const list = shell.history;
  if (/^-?\d+$/.test(word)) {
    const number = Number(word);
    if (number < 0) return Math.max(0, last + 1 + number);
    if (number === 0) return last;
    const at = number - list.firstNumber;
    return at > last ? (listing ? 0 : last) : Math.max(0, at);
  }
  for (let at = last; at >= 0; at--) if (list.at(at)?.startsWith(word)) return at;
  return undefined;
}

/** What is run stands in the history, `fc` does not. */
function forget(shell: Shell): void {
  const list = shell.history;
  if (list.lineAdded) list.remove(list.length - 1);
  list.lineAdded = false;
}

/** fc -s [old=new ...] [command] */
function* runAgain(shell: Shell, name: string, words: readonly string[], last: number): Task<number> {
  const changes = words.filter((word, i) => word.includes('=') && words.slice(0, i).every((one) => one.includes('=')));
  const at = place(shell, words[changes.length], last, false, last);
  const found = at === undefined ? undefined : shell.history.at(at);
  if (found === undefined) return yield* fail(shell, name, 'no command found');
  let line = found;
  for (const change of changes) {
    const [, old = '', fresh = ''] = /^([^=]*)=(.*)$/s.exec(change) ?? [];
    if (old !== '') line = line.replaceAll(old, () => fresh);
  }
  forget(shell);
  yield* shell.process.printError(`${line}\n`);
  shell.history.add(line);
  return yield* shell.engine.evaluate(shell, line, 'fc');
}

/** Lines of the history in an editor, and what it leaves of them run. */
function* runEdited(shell: Shell, editor: string | undefined, numbers: readonly number[]): Task<number> {
  const { process, history: list } = shell;
  const lines = numbers.map((index) => list.at(index) ?? '');
  forget(shell);
  const given = lines.map((line) => `${line}\n`).join('');
  const text = yield* editedText(shell, editor ?? '${FCEDIT:-${EDITOR:-vi}}', given);
  if (text === undefined) return 1;
  let status = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    yield* process.printError(`${line}\n`);
    list.add(line);
    status = yield* shell.engine.evaluate(shell, line, 'fc');
  }
  return status;
}
