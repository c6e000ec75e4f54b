import { concat, decode } from '../../world/bytes.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';

const LF = 0x0a;

/**
 * Reads up to and including `delimiter`, and not a byte more: what follows is for whoever reads next.
 * Undefined at the end of the input when nothing was left.
 */
export function* readUntil(
  process: Process,
  fd: number,
  delimiter: number,
  max = 1 << 24,
): Task<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < max) {
    const chunk = yield* process.file(fd).readThrough(process, delimiter, max - size);
    if (chunk.length === 0) break;
    chunks.push(chunk);
    size += chunk.length;
    if (chunk[chunk.length - 1] === delimiter) break;
  }
  return size === 0 ? undefined : concat(chunks);
}

/** A line without its newline; `complete` tells whether it had one. */
export function* readLine(process: Process, fd: number): Task<{ text: string; complete: boolean } | undefined> {
  const bytes = yield* readUntil(process, fd, LF);
  if (!bytes) return undefined;
  const complete = bytes[bytes.length - 1] === LF;
  return { text: decode(complete ? bytes.subarray(0, -1) : bytes), complete };
}
