import { startBash } from '../course/scripts.ts';
import type { BuiltWorld } from '../course/world-source.ts';
import { Collector } from '../world/files/devices.ts';
import type { OpenFile } from '../world/open-file.ts';
import { shellStatus } from '../world/process.ts';
import { HostStdin } from './host-stdin.ts';

/** Bytes of output that are kept back at most before the host takes them. */
const OUTPUT_AT_ONCE = 256 * 1024;

export interface PlayOptions {
  readonly built: BuiltWorld;
  readonly argv: readonly string[];
  /** What the script reads; undefined: the host's standard input, when it is read at all. */
  readonly stdin: OpenFile | undefined;
  /** Bound on virtual time, ms. */
  readonly timeout: number;
  /** Bound on computing, ms of the host's time. */
  readonly cpu: number;
}

export type Played = { readonly status: number } | { readonly ended: 'timeout' | 'cpu' };

/** Runs bash in a world with the host's standard streams. Time jumps from event to event. */
export async function playScript(options: PlayOptions): Promise<Played> {
  const { built } = options;
  const { loop } = built.world;
  const output = new HostOutput();
  const stdin = options.stdin ?? new HostStdin();
  const shell = startBash(built, {
    argv: options.argv,
    files: new Map<number, OpenFile>([
      [0, stdin],
      [1, output.file(process.stdout)],
      [2, output.file(process.stderr)],
    ]),
  });
  const deadline = loop.now + options.timeout;
  let computed = 0;
  let input: AsyncIterator<Uint8Array> | undefined;
  while (!shell.ended) {
    const begin = performance.now();
    const left = options.cpu - computed;
    let count = 0;
    const mayGoOn = () =>
      !shell.ended &&
      !(stdin instanceof HostStdin && stdin.wanted) &&
      output.size < OUTPUT_AT_ONCE &&
      ((++count & 255) !== 0 || performance.now() - begin < Math.min(left, 1000));
    const done = loop.runUntil(deadline, mayGoOn);
    computed += performance.now() - begin;
    await output.flush();
    if (shell.ended) break;
    if (done) return { ended: 'timeout' };
    if (computed >= options.cpu) return { ended: 'cpu' };
    if (stdin instanceof HostStdin && stdin.wanted) {
      input ??= process.stdin[Symbol.asyncIterator]();
      const next = await input.next();
      stdin.supply(next.done ? undefined : next.value);
    }
  }
  await output.flush();
  return { status: shellStatus(shell.ended ?? { kind: 'exited', code: 0 }) };
}

/** What the world has written for the host, in order. */
class HostOutput {
  size = 0;
  private pieces: { stream: NodeJS.WriteStream; bytes: Uint8Array }[] = [];

  file(stream: NodeJS.WriteStream): OpenFile {
    // Nobody reads any more (`| head`): the rest is for nobody.
    stream.on('error', () => process.exit(141));
    return new Collector((bytes) => {
      this.pieces.push({ stream, bytes: bytes.slice() });
      this.size += bytes.length;
    });
  }

  async flush(): Promise<void> {
    const { pieces } = this;
    this.pieces = [];
    this.size = 0;
    for (const { stream, bytes } of pieces) {
      if (!stream.write(bytes)) await new Promise((done) => stream.once('drain', done));
    }
  }
}
