import { Errno } from '../../world/errno.ts';
import type { Inode } from '../../world/files/inode.ts';
import type { Shell } from '../state/shell.ts';

const KINDS: Readonly<Record<string, Inode['kind']>> = {
  b: 'device',
  d: 'directory',
  f: 'file',
  p: 'fifo',
  S: 'socket',
};

function find(shell: Shell, path: string, follow = true): Inode | undefined {
  if (path === '') return undefined;
  const { files } = shell.process.machine;
  const absolute = path.startsWith('/') ? path : `${shell.process.cwd}/${path}`;
  const descriptor = /^\/dev\/fd\/(\d+)$/.exec(absolute);
  try {
    if (descriptor && shell.process.hasFile(Number(descriptor[1]))) return files.lstat('/');
    return follow ? files.stat(absolute, shell.process.credentials) : files.lstat(absolute, shell.process.credentials);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** `-f FILE` and the other tests of one file, by letter. */
export function fileTest(shell: Shell, letter: string, path: string): boolean {
  const { process } = shell;
  if (letter === 't')
    return /^\d+$/.test(path) && process.hasFile(Number(path)) && process.file(Number(path)).tty !== undefined;
  const inode = find(shell, path, letter !== 'h' && letter !== 'L');
  if (!inode) return false;
  const who = process.credentials;
  const { files } = process.machine;
  switch (letter) {
    case 'a':
    case 'e':
      return true;
    case 'h':
    case 'L':
      return inode.kind === 'symlink';
    case 'c':
      return inode.kind === 'device';
    case 'b':
      return false;
    case 'r':
      return files.may(inode, 4, who);
    case 'w':
      return files.may(inode, 2, who);
    case 'x':
      return files.may(inode, 1, who);
    case 's':
      return inode.size > 0;
    case 'g':
      return (inode.mode & 0o2000) !== 0;
    case 'u':
      return (inode.mode & 0o4000) !== 0;
    case 'k':
      return (inode.mode & 0o1000) !== 0;
    case 'O':
      return inode.uid === who.uid;
    case 'G':
      return inode.gid === who.gid;
    case 'N':
      return true;
    default:
      return inode.kind === KINDS[letter];
  }
}

/** `A -nt B`, `A -ot B`, `A -ef B` */
export function compareFiles(shell: Shell, operator: string, left: string, right: string): boolean {
  const a = find(shell, left);
  const b = find(shell, right);
  if (operator === '-ef') return a !== undefined && a === b;
  if (operator === '-nt') return a !== undefined && (!b || a.mtime > b.mtime);
  return b !== undefined && (!a || a.mtime < b.mtime);
}
