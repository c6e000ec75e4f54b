import type { Tool } from '../../shell/utilities/tool.ts';
import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';

/** Copies standard input to a connection and the connection to standard output, until the other side closes. Raises Errno. */
export function* plainExchange(tool: Tool, address: string, port: number, connected: () => Task): Task {
  const { p } = tool;
  const connection = (yield* p.machine.world.network.connect(p, address, port)).retain();
  const input = p.spawn({
    argv: p.argv,
    *main(child) {
      try {
        for (;;) {
          const bytes = yield* child.read(0);
          // The end of the input ends nothing: there may be more to come from the other side.
          if (bytes.length === 0) return 0;
          yield* connection.write(child, bytes);
        }
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        return 1;
      }
    },
  });
  try {
    yield* connected();
    for (;;) {
      const bytes = yield* connection.read(p, 65536);
      if (bytes.length === 0) return;
      yield* p.write(1, bytes);
    }
  } finally {
    input.destroy();
    connection.release();
  }
}
