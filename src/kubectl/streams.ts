import { Errno } from '../world/errno.ts';
import type { RemoteSession } from '../world/network/http.ts';
import type { OpenFile } from '../world/open-file.ts';
import type { Process } from '../world/process.ts';
import { anyOf, type Channel, type Task, type Wait, wait } from '../world/task.ts';
import { rawTermios } from '../world/tty.ts';

export interface StreamOptions {
  readonly stdin: boolean;
  /** The terminal of the process is that of the container: keys go over as they are typed. */
  readonly tty: boolean;
}

/** Joins standard input and output of a process to an exec or attach until it ends; its Status comes back, if one was sent. */
export function* streamSession(process: Process, session: RemoteSession, options: StreamOptions): Task<unknown> {
  const terminal = options.tty ? process.tty : undefined;
  const before = terminal?.termios;
  if (terminal) {
    terminal.termios = rawTermios();
    session.resize.push({ columns: terminal.columns, rows: terminal.rows });
  }
  try {
    return yield* pump(process, session, options.stdin);
  } finally {
    if (terminal && before) terminal.termios = before;
    session.stdin.end();
    session.stdout.close();
    session.stderr.close();
  }
}

function* pump(process: Process, session: RemoteSession, stdin: boolean): Task<unknown> {
  let input: OpenFile | undefined = stdin && process.hasFile(0) ? process.file(0) : undefined;
  for (;;) {
    yield* drain(process, 1, session.stdout);
    yield* drain(process, 2, session.stderr);
    const status = session.status.poll();
    if (status !== undefined) {
      yield* drain(process, 1, session.stdout);
      yield* drain(process, 2, session.stderr);
      return status;
    }
    if (session.status.done && session.stdout.done && session.stderr.done) return undefined;
    if (input?.readable()) {
      const bytes = yield* readInput(process);
      if (bytes.length > 0) session.stdin.push(bytes);
      else {
        session.stdin.end();
        input = undefined;
      }
      continue;
    }
    const waits: Wait<void>[] = [session.status, session.stdout, session.stderr]
      .filter((channel) => !channel.done)
      .map((channel: Channel<unknown>) => channel.readable);
    if (input?.change) waits.push(input.change);
    yield* wait(anyOf(...waits));
  }
}

function* readInput(process: Process): Task<Uint8Array> {
  try {
    return yield* process.read(0);
  } catch (error) {
    if (error instanceof Errno && error.code === 'EIO') return new Uint8Array(0);
    throw error;
  }
}

function* drain(process: Process, fd: number, channel: Channel<Uint8Array>): Task {
  for (let bytes = channel.poll(); bytes !== undefined; bytes = channel.poll()) yield* process.write(fd, bytes);
}
