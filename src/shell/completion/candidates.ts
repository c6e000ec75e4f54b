import { Errno } from '../../world/errno.ts';
import { Directory, RegularFile } from '../../world/files/inode.ts';
import { SIGNALS } from '../../world/signals.ts';
import type { Task } from '../../world/task.ts';
import { expandTilde } from '../expand/tilde.ts';
import { expandEmbedded } from '../expand/word.ts';
import type { CompletionSpec } from '../state/completions.ts';
import type { Shell } from '../state/shell.ts';
import { users } from '../users.ts';

const KEYWORDS =
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc'.split(' ');
/** More names than anybody reads. */
const MAX_CANDIDATES = 20_000;

/** Whether a name begins so, upper and lower case the same where readline was told so. */
export function begins(shell: Shell, name: string, word: string): boolean {
  if (name.startsWith(word)) return true;
  if (!shell.keyBindings?.settings.isOn('completion-ignore-case')) return false;
  return name.toLowerCase().startsWith(word.toLowerCase());
}

/** Files whose path begins with `word`; directories end with a slash when `marked`. */
export function fileCandidates(shell: Shell, word: string, only: 'all' | 'directories', marked = false): string[] {
  const slash = word.lastIndexOf('/');
  const shown = word.slice(0, slash + 1);
  const start = word.slice(slash + 1);
  const { files } = shell.process.machine;
  const who = shell.process.credentials;
  const tilde = /^~([^/]*)\//.exec(shown);
  const home = tilde ? expandTilde(shell, tilde[1] ?? '') : undefined;
  const real = tilde && home !== undefined ? home + shown.slice(tilde[0].length - 1) : shown;
  const directory = real.startsWith('/') ? real : `${shell.process.cwd}/${real}`;
  try {
    const found: string[] = [];
    for (const name of files.readDirectory(directory, who)) {
      if (!begins(shell, name, start) || (name.startsWith('.') && !start.startsWith('.'))) continue;
      const isDirectory = files.tryStat(`${directory}/${name}`, who) instanceof Directory;
      if (only === 'directories' && !isDirectory) continue;
      found.push(`${shown}${name}${marked && isDirectory ? '/' : ''}`);
    }
    return found.slice(0, MAX_CANDIDATES);
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/** Names of commands: aliases, functions, builtins, keywords, files of PATH. */
export function commandCandidates(shell: Shell, word: string): string[] {
  const names = new Set<string>([
    ...shell.aliases.keys(),
    ...shell.functions.keys(),
    ...shell.engine.builtinNames(),
    ...KEYWORDS,
  ]);
  const { files } = shell.process.machine;
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    try {
      for (const name of files.readDirectory(directory || '.', shell.process.credentials)) {
        if (!begins(shell, name, word)) continue;
        const inode = files.tryStat(`${directory}/${name}`, shell.process.credentials);
        if (inode instanceof RegularFile && files.may(inode, 1, shell.process.credentials)) names.add(name);
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return [...names].filter((name) => begins(shell, name, word)).sort();
}

function ofAction(shell: Shell, action: string, word: string): string[] {
  const from = (names: Iterable<string>) => [...names].filter((name) => name.startsWith(word)).sort();
  switch (action) {
    case 'alias':
      return from(shell.aliases.keys());
    case 'builtin':
      return from(shell.engine.builtinNames());
    case 'command':
      return commandCandidates(shell, word);
    case 'directory':
      return fileCandidates(shell, word, 'directories');
    case 'file':
      return fileCandidates(shell, word, 'all');
    case 'export':
      return from(shell.variables.environment().keys());
    case 'variable':
    case 'arrayvar':
      return from(shell.variables.setNames());
    case 'function':
      return from(shell.functions.keys());
    case 'keyword':
      return from(KEYWORDS);
    case 'user':
      return from(users(shell.process).map((user) => user.name));
    case 'job':
      return from(shell.jobs.jobs.map((job) => job.text.split(' ')[0] ?? ''));
    case 'signal':
      return from(Object.keys(SIGNALS).map((name) => `SIG${name}`));
    case 'hostname':
      return from(hostNames(shell));
    default:
      return [];
  }
}

export function hostNames(shell: Shell): string[] {
  try {
    return shell.process.machine.files
      .readText('/etc/hosts')
      .split('\n')
      .flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1));
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/** What `compgen` prints for a specification without a function. */
export function* candidates(shell: Shell, spec: CompletionSpec, word: string): Task<string[]> {
  const found = spec.actions.flatMap((action) => ofAction(shell, action, word));
  if (spec.words !== undefined) {
    const text = yield* expandEmbedded(shell, spec.words);
    const ifs = shell.variables.get('IFS') ?? ' \t\n';
    const separators = new RegExp(`[${ifs.replace(/[\\\]^-]/g, '\\$&')}]+`);
    for (const item of ifs === '' ? [text] : text.split(separators)) {
      if (item !== '' && item.startsWith(word)) found.push(item);
    }
  }
  return found.map((name) => `${spec.prefix ?? ''}${name}${spec.suffix ?? ''}`);
}
