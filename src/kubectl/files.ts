import { Errno } from '../world/errno.ts';
import { joinPath } from '../world/files/paths.ts';
import type { Process } from '../world/process.ts';

/** The absolute path of a word of the command line. */
export function resolvePath(process: Process, path: string): string {
  return path.startsWith('/') ? path : joinPath(process.cwd, path);
}

/** A file's text. Raises Errno. */
export function readText(process: Process, path: string): string {
  return process.machine.files.readText(resolvePath(process, path), process.credentials);
}

export function readBytes(process: Process, path: string): Uint8Array {
  return process.machine.files.readFile(resolvePath(process, path), process.credentials);
}

/** What Go's os package says of a failed call: `open x: no such file or directory`. */
export function goErrno(call: string, path: string, error: Errno): string {
  return `${call} ${path}: ${error.text.charAt(0).toLowerCase()}${error.text.slice(1)}`;
}

/** Reads a file and words its failure as Go does. Raises what `fail` makes of the text. */
export function readTextOr(process: Process, path: string, fail: (text: string) => Error): string {
  try {
    return readText(process, path);
  } catch (error) {
    if (error instanceof Errno) throw fail(goErrno(error.code === 'EISDIR' ? 'read' : 'open', path, error));
    throw error;
  }
}
