import type { Task } from '../../world/task.ts';
import { backslashQuote } from '../expand/quote.ts';
import type { Candidate, Completion } from '../readline/completion-list.ts';
import type { CompletionKind } from '../readline/editor.ts';
import type { CompletionSpec } from '../state/completions.ts';
import type { Shell } from '../state/shell.ts';
import { users } from '../users.ts';
import { begins, candidates, commandCandidates, fileCandidates, hostNames } from './candidates.ts';
import { askCobra } from './cobra.ts';
import { runCompletionFunction } from './function.ts';
import { type TypedCommand, typedCommand } from './words.ts';

/** Commands whose arguments are directories, or commands, also where nothing was registered. */
const BUILT_IN: Readonly<Record<string, 'directories' | 'commands' | 'variables'>> = {
  cd: 'directories',
  pushd: 'directories',
  rmdir: 'directories',
  which: 'commands',
  type: 'commands',
  command: 'commands',
  sudo: 'commands',
  man: 'commands',
  unset: 'variables',
  export: 'variables',
};

/** What Tab offers at the cursor, or another key that wants one kind only. */
export function* completeLine(
  shell: Shell,
  chars: readonly string[],
  cursor: number,
  kind: CompletionKind = 'any',
): Task<Completion | undefined> {
  const typed = typedCommand(chars.slice(0, cursor).join(''));
  return kind === 'any' ? yield* anything(shell, typed, chars, cursor) : ofKind(shell, typed, kind);
}

function ofKind(shell: Shell, typed: TypedCommand, kind: Exclude<CompletionKind, 'any'>): Completion {
  const { current } = typed;
  const fitting = (names: readonly string[]) => names.filter((name) => begins(shell, name, current.value));
  switch (kind) {
    case 'command':
      return plain(current.start, commandCandidates(shell, current.value), ' ');
    case 'filename':
      return files(shell, typed, 'all');
    case 'hostname':
      return plain(current.start, fitting(hostNames(shell)), ' ');
    case 'username':
      return plain(current.start, fitting(users(shell.process).map((user) => `~${user.name}`)), '/');
    case 'variable':
      return plain(current.start, fitting(shell.variables.setNames().map((name) => `$${name}`)), ' ');
  }
}

function* anything(
  shell: Shell,
  typed: TypedCommand,
  chars: readonly string[],
  cursor: number,
): Task<Completion | undefined> {
  const { current, words, quote } = typed;
  const dollar = /^(.*\$\{?)([A-Za-z_][A-Za-z0-9_]*)?$/s.exec(quote === "'" ? '' : current.raw);
  if (dollar && !/\\\$\{?$/.test(dollar[1] ?? '')) return variables(shell, typed, dollar[1] ?? '', dollar[2] ?? '');
  if (/^~[^/]*$/.test(current.value) && quote === undefined) {
    const names = users(shell.process)
      .map((user) => `~${user.name}`)
      .filter((name) => begins(shell, name, current.value));
    if (names.length > 0) return plain(current.start, names, '/');
  }
  if (typed.redirect) return files(shell, typed, 'all');
  if (words.length === 0) {
    if (current.value.includes('/')) return files(shell, typed, 'all');
    if (current.value === '' && shell.options.shopt('no_empty_cmd_completion')) return undefined;
    return plain(current.start, commandCandidates(shell, current.value), ' ');
  }
  return yield* argument(shell, typed, chars, cursor);
}

function* argument(
  shell: Shell,
  typed: TypedCommand,
  chars: readonly string[],
  cursor: number,
): Task<Completion | undefined> {
  const name = typed.words[0]?.value ?? '';
  const table = shell.completions.byCommand;
  const spec = table.get(name) ?? table.get(name.slice(name.lastIndexOf('/') + 1)) ?? table.get('-D');
  if (spec) {
    const found = yield* bySpec(shell, spec, typed, chars, cursor);
    if (found) return found;
    return spec.options.has('default') || spec.options.has('bashdefault') ? files(shell, typed, 'all') : undefined;
  }
  switch (BUILT_IN[name]) {
    case 'directories':
      return files(shell, typed, 'directories');
    case 'commands':
      return typed.current.value.includes('/') || (name === 'sudo' && typed.words.length > 1)
        ? files(shell, typed, 'all')
        : plain(typed.current.start, commandCandidates(shell, typed.current.value), ' ');
    case 'variables':
      return plain(
        typed.current.start,
        shell.variables.setNames().filter((one) => begins(shell, one, typed.current.value)),
        '',
      );
    default:
      return files(shell, typed, 'all');
  }
}

function* bySpec(
  shell: Shell,
  spec: CompletionSpec,
  typed: TypedCommand,
  chars: readonly string[],
  cursor: number,
): Task<Completion | undefined> {
  const { current } = typed;
  if (spec.functionName !== undefined && /^__start_\w+$/.test(spec.functionName)) {
    const answer = yield* askCobra(shell, typed);
    if (!answer) return undefined;
    if (answer.files) return files(shell, typed, answer.files, answer.extensions);
    return { start: current.start, candidates: answer.candidates };
  }
  if (spec.functionName !== undefined) {
    const found = yield* runCompletionFunction(shell, spec, typed, chars.join(''), cursor);
    if (found.names.length === 0) return undefined;
    const fileNames = found.options.has('filenames');
    const suffix = found.options.has('nospace') ? '' : ' ';
    return {
      start: found.start,
      candidates: unique(found.names).map((item) => ({
        insert: fileNames ? backslashQuote(item) : item,
        show: item,
        suffix: fileNames && isDirectory(shell, item) ? '/' : suffix,
      })),
    };
  }
  const names = yield* candidates(shell, spec, current.value);
  if (names.length === 0) return undefined;
  if (spec.actions.includes('file') || spec.actions.includes('directory')) {
    return files(shell, typed, spec.actions.includes('file') ? 'all' : 'directories');
  }
  return plain(current.start, names, spec.options.has('nospace') ? '' : ' ');
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function plain(start: number, names: readonly string[], suffix: string): Completion {
  return { start, candidates: unique(names).map((name) => ({ insert: name, show: name, suffix })) };
}

function variables(shell: Shell, typed: TypedCommand, before: string, start: string): Completion {
  const braced = before.endsWith('{');
  const names = shell.variables.setNames().filter((name) => begins(shell, name, start));
  const candidate = (name: string): Candidate => {
    const value = shell.variables.get(name) ?? '';
    const directory = isDirectory(shell, value);
    const close = braced ? '}' : '';
    const quote = typed.quote ?? '';
    return {
      insert: before + name,
      show: (braced ? '${' : '$') + name,
      suffix: directory ? `${close}/` : `${close}${quote} `,
    };
  };
  return { start: typed.current.start, candidates: names.map(candidate) };
}

function isDirectory(shell: Shell, path: string): boolean {
  if (path === '') return false;
  const absolute = path.startsWith('/') ? path : `${shell.process.cwd}/${path}`;
  return shell.process.machine.files.tryStat(absolute, shell.process.credentials)?.kind === 'directory';
}

/** Files and directories, quoted as the word is; where none has one of the endings, all. bash_completion: _filedir */
function files(
  shell: Shell,
  typed: TypedCommand,
  only: 'all' | 'directories',
  extensions?: readonly string[],
): Completion {
  const { current, quote } = typed;
  // `--file=x`, `a:b`: only what follows the separator is a path.
  const head = quote === undefined ? (/^(?:.*[=:])(?=[^=:]*$)/.exec(current.value)?.[0] ?? '') : '';
  const path = current.value.slice(head.length);
  const all = fileCandidates(shell, path, only, true);
  const fitting = all.filter(
    (name) => name.endsWith('/') || extensions?.includes(name.slice(name.lastIndexOf('.') + 1)),
  );
  const names = fitting.length > 0 && extensions ? fitting : all;
  const candidate = (name: string): Candidate => {
    const directory = name.endsWith('/');
    const bare = directory ? name.slice(0, -1) : name;
    const inner = quote === undefined ? tildeSafe(bare) : bare;
    const insert = (quote ?? '') + head + inner + (directory ? '/' : '');
    const base = bare.slice(bare.lastIndexOf('/') + 1);
    return { insert, show: directory ? `${base}/` : base, suffix: directory ? '' : `${quote ?? ''} ` };
  };
  return { start: current.start, candidates: names.map(candidate) };
}

/** Quotes a path but leaves a tilde in front as it is. */
function tildeSafe(path: string): string {
  return path.startsWith('~') ? `~${backslashQuote(path.slice(1)).replace(/^''$/, '')}` : backslashQuote(path);
}
