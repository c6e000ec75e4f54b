import { Errno } from '../../world/errno.ts';
import { Directory, type Inode } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { LineReader } from './lines.ts';
import type { Tool } from './tool.ts';

/** A name within a directory, as the user wrote the directory. */
export function within(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** The last name of a path, without trailing slashes. */
export function lastName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? (path.startsWith('/') ? '/' : '') : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** Calls `attempt`; what it failed with, or undefined. */
export function failureOf(attempt: () => void): Errno | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof Errno) return error;
    throw error;
  }
}

export function childrenOf(tool: Tool, path: string): string[] {
  return tool.files.readDirectory(tool.path(path), tool.who);
}

export function isDirectory(inode: Inode | undefined): inode is Directory {
  return inode instanceof Directory;
}

/** Asks on stderr and reads the answer from stdin. */
export function* confirm(tool: Tool, question: string): Task<boolean> {
  yield* tool.complain(`${tool.name}: ${question} `);
  const answer = (yield* new LineReader(tool, 0).next()) ?? '';
  return /^[yY]/.test(answer);
}
