import type { Container } from '../../cluster/node/runtime/container.ts';
import type { LogLine } from '../../cluster/node/runtime/log.ts';
import type { Process } from '../../world/process.ts';
import { anyOf, Channel, type Task, wait } from '../../world/task.ts';
import { rawTermios, type Tty } from '../../world/tty.ts';
import { DockerError } from './flags.ts';

interface Written {
  readonly stream: LogLine['stream'];
  readonly bytes: Uint8Array;
}

/** What a container writes from now on. */
export function listen(run: Container): Channel<Written> {
  const items = new Channel<Written>();
  run.log.watchers.add((stream, bytes) => items.push({ stream, bytes: bytes.slice() }));
  return items;
}

/** The terminal of the client. Raises DockerError when there is none to type at. */
export function terminalOf(process: Process, tty: boolean, stdin: boolean): Tty | undefined {
  if (!tty) return undefined;
  const local = process.hasFile(0) ? process.file(0).tty : undefined;
  if (stdin && !local) throw new DockerError('the input device is not a TTY');
  return local;
}

/** Shows what a container writes, and hands on keys and signals, until it has ended. The value is its exit code. */
export function* attach(
  process: Process,
  run: Container,
  output: Channel<Written>,
  local: Tty | undefined,
): Task<number> {
  const { stdin, tty } = run.options;
  for (const name of ['INT', 'TERM'] as const)
    process.onSignal(name, { interrupt: false, handle: () => run.signal(name) });
  const typing = stdin && !local ? feed(process, run) : undefined;
  const before = local?.termios;
  if (local) {
    run.tty?.resize(local.columns, local.rows);
    process.onSignal('WINCH', { interrupt: false, handle: () => run.tty?.resize(local.columns, local.rows) });
    if (stdin && tty) local.termios = rawTermios();
  }
  try {
    for (;;) {
      const item = output.poll();
      if (item) yield* process.write(item.stream === 'stdout' ? 1 : 2, item.bytes);
      else if (run.log.ended) return run.exitCode;
      else if (local && stdin && local.readable) run.type(local.take(4096));
      else yield* wait(anyOf<unknown>(output.readable, run.log.changed, ...(local && stdin ? [local.typed] : [])));
    }
  } finally {
    if (local && before) local.termios = before;
    typing?.destroy();
  }
}

/** Standard input of the client goes to the container. */
function feed(process: Process, run: Container): Process | undefined {
  if (!process.hasFile(0)) return undefined;
  return process.spawn({
    argv: process.argv,
    *main(child) {
      for (;;) {
        const bytes = yield* child.read(0);
        if (bytes.length === 0) break;
        run.type(bytes);
      }
      run.endInput();
      return 0;
    },
  });
}
