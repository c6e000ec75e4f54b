import { Fail } from '../../shell/utilities/fail.ts';
import type { Options } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { Channel, type Task } from '../../world/task.ts';

/** Answers come at once or never: this is only how long a lost datagram is waited for, ms. */
const ANSWER_TIME = 200;
/** nc without -w and -q waits for ever. */
const FOREVER = 2 ** 31;

/** `nc -u HOST PORT`: each piece of input is a datagram; answers are printed. */
export function* udpClient(tool: Tool, options: Options, address: string, port: number, place: string): Task<number> {
  const { p } = tool;
  const { network } = p.machine.world;
  if (options.has('z')) {
    try {
      yield* network.datagram(p, address, port, encode('X'), ANSWER_TIME);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return 1;
    }
    if (options.has('v')) yield* tool.complain(`Connection to ${place} ${port} port [udp/*] succeeded!\n`);
    return 0;
  }
  try {
    for (;;) {
      const bytes = yield* tool.read(0);
      if (bytes.length === 0) break;
      const answer = yield* network.datagram(p, address, port, bytes, ANSWER_TIME);
      if (answer) yield* p.write(1, answer);
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (tool.busybox) throw new Fail(`read error: ${error.text}`);
    return 1;
  }
  const idle = options.get('w') ?? options.get('q');
  yield* p.sleep(idle === undefined ? FOREVER : Number(idle) * 1000);
  return 0;
}

/** `nc -u -l PORT`: prints the datagrams that come. It sends nothing back. */
export function* udpServer(tool: Tool, port: number, refuse: string): Task<number> {
  const { p } = tool;
  const incoming = new Channel<Uint8Array>();
  const listener = {
    protocol: 'udp',
    address: '0.0.0.0',
    port,
    owner: p,
    datagram: (bytes: Uint8Array) => {
      incoming.push(bytes);
      return undefined;
    },
  } as const;
  if (!p.machine.network.listen(listener)) throw new Fail(refuse);
  try {
    for (;;) {
      const bytes = yield* incoming.next();
      if (!bytes) return 0;
      yield* p.write(1, bytes);
    }
  } finally {
    p.machine.network.close(listener);
  }
}
