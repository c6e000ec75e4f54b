import { Errno } from '../../world/errno.ts';
import type { Connection } from '../../world/network/connection.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';

export interface RelaySettings {
  /** Changes what is read from standard input before it is sent. */
  readonly outgoing?: (bytes: Uint8Array) => Uint8Array;
  /** What happens at the end of standard input: the sending half closes, or everything ends. */
  readonly atEnd?: 'half-close' | 'stop';
}

/**
 * Copies standard input to a connection and the connection to standard output until the other side closes. The value
 * is who ended it. The connection is released.
 */
export function* relay(
  process: Process,
  connection: Connection,
  settings: RelaySettings = {},
): Task<'remote' | 'local'> {
  let ended = false;
  const input = process.hasFile(0)
    ? process.spawn({
        argv: process.argv,
        *main(child) {
          try {
            for (;;) {
              const bytes = yield* child.read(0);
              if (bytes.length === 0) break;
              yield* connection.write(child, settings.outgoing?.(bytes) ?? bytes);
            }
          } catch (error) {
            if (!(error instanceof Errno)) throw error;
          }
          ended = true;
          connection.shutdown();
          return 0;
        },
      })
    : undefined;
  try {
    for (;;) {
      const bytes = yield* connection.read(process, 65536);
      if (bytes.length === 0) return settings.atEnd === 'stop' && ended ? 'local' : 'remote';
      yield* process.write(1, bytes);
    }
  } finally {
    input?.destroy();
    connection.release();
  }
}
