import { Directory } from '../../world/files/inode.ts';
import type { Process } from '../../world/process.ts';
import { compilePattern, hasGlob, unescapePattern } from './pattern.ts';

export interface GlobOptions {
  readonly dotglob: boolean;
  readonly globstar: boolean;
  readonly nocase: boolean;
}

/** Names that one pattern may give, and directories that it may look into: a bound on the host's memory. */
const MAX_NAMES = 100_000;

/** Splits at slashes that are neither escaped nor inside brackets. */
function segments(pattern: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '\\') part += char + (pattern[++at] ?? '');
    else if (char === '/') {
      parts.push(part);
      part = '';
    } else part += char;
  }
  parts.push(part);
  return parts;
}

/** Paths that match, sorted; empty when none does. */
export function expandGlob(process: Process, pattern: string, options: GlobOptions): string[] {
  const { files } = process.machine;
  const who = process.credentials;
  const absolute = (path: string) => (path.startsWith('/') ? path : `${process.cwd}/${path}`);
  const list = (path: string): string[] => {
    try {
      return files.readDirectory(absolute(path === '' ? '.' : path), who);
    } catch {
      return [];
    }
  };
  const isDirectory = (path: string) => files.tryStat(absolute(path), who) instanceof Directory;
  const exists = (path: string) => {
    try {
      files.lstat(absolute(path), who);
      return true;
    } catch {
      return false;
    }
  };
  const allBelow = (path: string, found: string[]): void => {
    for (const name of list(path)) {
      if (found.length >= MAX_NAMES) return;
      if (name.startsWith('.') && !options.dotglob) continue;
      const below = path + name;
      let link = false;
      try {
        link = files.lstat(absolute(below), who).kind === 'symlink';
      } catch {
        continue;
      }
      if (link || !isDirectory(below)) continue;
      found.push(`${below}/`);
      allBelow(`${below}/`, found);
    }
  };

  const parts = segments(pattern);
  let paths = [''];
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    const next: string[] = [];
    for (const path of paths) {
      if (next.length >= MAX_NAMES) break;
      if (part === '') {
        // A leading, doubled or trailing slash.
        if (!last) next.push(`${path}/`);
        else if (isDirectory(path || '/')) next.push(path);
      } else if (options.globstar && part === '**') {
        const below: string[] = [];
        allBelow(path, below);
        if (last) {
          next.push(...everything(path, [path, ...below], list, options.dotglob));
        } else next.push(path, ...below);
      } else if (!hasGlob(part)) {
        const name = path + unescapePattern(part);
        if (last ? exists(name) : isDirectory(name)) next.push(last ? name : `${name}/`);
      } else {
        const compiled = compilePattern(part, options.nocase);
        const dots = options.dotglob || part.startsWith('.') || part.startsWith('\\.');
        const names = list(path);
        for (const name of names) {
          if ((name.startsWith('.') && !dots) || !compiled.matches(name)) continue;
          if (last) next.push(path + name);
          else if (isDirectory(path + name)) next.push(`${path}${name}/`);
        }
      }
    }
    paths = collapse(next, last);
  });
  return paths.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function everything(
  path: string,
  directories: readonly string[],
  list: (path: string) => string[],
  dotglob: boolean,
): string[] {
  const names = path === '' ? [] : [path];
  for (const directory of directories) {
    for (const name of list(directory)) {
      if ((dotglob || !name.startsWith('.')) && names.length < MAX_NAMES) names.push(directory + name);
    }
  }
  return names;
}

/** `a//b` keeps its slashes as typed; a directory's slash and the separator are one. */
function collapse(paths: readonly string[], last: boolean): string[] {
  return last ? [...new Set(paths)] : paths.map((path) => path.replace(/([^/])\/\/$/, '$1/'));
}
