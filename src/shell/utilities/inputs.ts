import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { LineReader } from './lines.ts';
import { quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';

/** How a tool says that an input cannot be read. */
export type Complaint = (path: string, error: Errno) => string;

export const plainComplaint: Complaint = (path, error) => `${path}: ${error.text}`;
/** head, tail: */
export const openComplaint: Complaint = (path, error) =>
  error.code === 'EISDIR'
    ? `error reading ${quoteShell(path)}: ${error.text}`
    : `cannot open ${quoteShell(path)} for reading: ${error.text}`;

/** Calls `use` for each input that opens; the others are complained about and make the status 1. */
export function* eachInput(
  tool: Tool,
  paths: readonly string[],
  use: (fd: number, path: string) => Task,
  complaint: Complaint = plainComplaint,
): Task {
  for (const path of paths.length > 0 ? paths : ['-']) {
    try {
      const fd = tool.open(path);
      try {
        yield* use(fd, path);
      } finally {
        tool.close(fd);
      }
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
      yield* tool.warn(tool.busybox && error.code === 'ENOENT' ? `${path}: ${error.text}` : complaint(path, error));
    }
  }
}

/** All lines of all inputs, one after the other. */
export function* eachLine(
  tool: Tool,
  paths: readonly string[],
  use: (line: string, reader: LineReader) => void,
  separator = 10,
  complaint: Complaint = plainComplaint,
): Task {
  const readLines = function* (fd: number): Task {
    const reader = new LineReader(tool, fd, separator);
    for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
      use(line, reader);
      yield* tool.drain();
    }
  };
  yield* eachInput(tool, paths, readLines, complaint);
}
