import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Task } from '../../world/task.ts';
import { setScalar } from '../expand/variables-access.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';

/** Changes the directory. Raises Errno. */
function changeTo(shell: Shell, path: string, physical: boolean): string {
  const { process } = shell;
  const { files } = process.machine;
  const logical = joinPath(shell.variables.get('PWD') ?? process.cwd, path);
  const target = physical ? (path.startsWith('/') ? path : `${process.cwd}/${path}`) : logical;
  const inode = files.stat(target, process.credentials);
  if (inode.kind !== 'directory') throw new Errno('ENOTDIR', path);
  if (!files.may(inode, 1, process.credentials)) throw new Errno('EACCES', path);
  const shown = physical ? files.realPath(target, process.credentials) : logical;
  process.cwd = shown;
  const old = shell.variables.get('PWD') ?? '';
  setScalar(shell, 'OLDPWD', old).exported = true;
  setScalar(shell, 'PWD', shown).exported = true;
  return shown;
}

export const cd: Builtin = {
  names: ['cd'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'LPe@');
    if (bad) return yield* badOption(shell, name, bad, 'cd [-L|[-P [-e]] [-@]] [dir]');
    if (rest.length > 1) return yield* fail(shell, name, 'too many arguments');
    let path = rest[0];
    let show = false;
    if (path === undefined) {
      path = shell.variables.get('HOME');
      if (path === undefined) return yield* fail(shell, name, 'HOME not set');
    } else if (path === '-') {
      path = shell.variables.get('OLDPWD');
      if (path === undefined) return yield* fail(shell, name, 'OLDPWD not set');
      show = true;
    }
    if (path === '') return 0;
    const physical = options.has('P') || shell.options.has('physical');
    const found = searchPath(shell, path);
    try {
      const shown = changeTo(shell, found ?? path, physical);
      return show || found !== undefined ? yield* print(shell, name, `${shown}\n`) : 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (shell.dialect === 'bash') return yield* fail(shell, name, `${path}: ${error.text}`);
      const text = shell.dialect === 'dash' ? `can't cd to ${path}` : `can't cd to ${path}: ${error.text}`;
      return yield* fail(shell, name, text, 2);
    }
  },
};

/** CDPATH */
function searchPath(shell: Shell, path: string): string | undefined {
  const cdpath = shell.variables.get('CDPATH');
  if (!cdpath || /^\.{0,2}\//.test(path) || path === '.' || path === '..') return undefined;
  for (const directory of cdpath.split(':')) {
    const candidate = joinPath(shell.process.cwd, `${directory || '.'}/${path}`);
    if (shell.process.machine.files.tryStat(candidate)?.kind === 'directory' && directory !== '' && directory !== '.') {
      return candidate;
    }
  }
  return undefined;
}

export const pwd: Builtin = {
  names: ['pwd'],
  *run(shell, args, name) {
    const { options, bad } = parseOptions(args, 'LP');
    if (bad) return yield* badOption(shell, name, bad, 'pwd [-LP]');
    const { process } = shell;
    const path = options.has('P')
      ? process.machine.files.realPath(process.cwd)
      : (shell.variables.get('PWD') ?? process.cwd);
    return yield* print(shell, name, `${path}\n`);
  },
};

function tilde(shell: Shell, path: string): string {
  const home = shell.variables.get('HOME');
  return home && home !== '/' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}

function* showStack(shell: Shell, name: string, options: ReadonlyMap<string, string>): Task<number> {
  const stack = [shell.process.cwd, ...shell.directoryStack];
  const shown = options.has('l') ? stack : stack.map((path) => tilde(shell, path));
  if (options.has('v')) {
    return yield* print(shell, name, shown.map((path, i) => `${String(i).padStart(2)}  ${path}\n`).join(''));
  }
  return yield* print(shell, name, `${shown.join(options.has('p') ? '\n' : ' ')}\n`);
}

export const dirs: Builtin = {
  names: ['dirs'],
  *run(shell, args, name) {
    const { options, bad } = parseOptions(args, 'clpv');
    if (bad) return yield* badOption(shell, name, bad, 'dirs [-clpv] [+N] [-N]');
    if (options.has('c')) {
      shell.directoryStack = [];
      return 0;
    }
    return yield* showStack(shell, name, options);
  },
};

export const pushd: Builtin = {
  names: ['pushd', 'popd'],
  *run(shell, args, name) {
    const before = shell.process.cwd;
    const stack = [before, ...shell.directoryStack];
    let next: string[];
    const [arg] = args.filter((item) => item !== '-n');
    if (arg !== undefined && /^[+-]\d+$/.test(arg)) {
      const at = arg.startsWith('+') ? Number(arg.slice(1)) : stack.length - 1 - Number(arg.slice(1));
      if (at < 0 || at >= stack.length) return yield* fail(shell, name, `${arg}: directory stack index out of range`);
      next = name === 'pushd' ? [...stack.slice(at), ...stack.slice(0, at)] : stack.filter((_, i) => i !== at);
    } else if (name === 'popd') {
      if (shell.directoryStack.length === 0) return yield* fail(shell, name, 'directory stack empty');
      next = stack.slice(1);
    } else if (arg === undefined) {
      if (stack.length < 2) return yield* fail(shell, name, 'no other directory');
      next = [stack[1] ?? '', stack[0] ?? '', ...stack.slice(2)];
    } else next = [joinPath(before, arg), ...stack];
    try {
      if (next[0] !== before) changeTo(shell, next[0] ?? '/', false);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return yield* fail(shell, name, `${arg ?? next[0]}: ${error.text}`);
    }
    shell.directoryStack = next.slice(1);
    return yield* showStack(shell, name, new Map());
  },
};
