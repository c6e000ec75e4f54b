import { Fail } from '../../shell/utilities/fail.ts';
import { Usage } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import type { Echo } from '../../world/network/network.ts';
import type { Task } from '../../world/task.ts';
import { capable } from './capable.ts';
import { isAddress, resolveHost } from './resolve.ts';

const PROBES = 3;
/** How long a probe is waited for; the others of its hop are under way meanwhile, ms. */
const PATIENCE = 5000;

/** traceroute of Debian, and of busybox: which machines pass a packet on. */
export const traceroute = utility({
  name: 'traceroute',
  usage: '[-46nIT] [-m MAXTTL] [-q PROBES] [-w SEC] HOST',
  about: 'Trace the route to HOST',
  usageStatus: 2,
  options: [
    '-n',
    '-m --max-hops=',
    '-I --icmp',
    '-T --tcp',
    '-q --queries=',
    '-w --wait=',
    '-4',
    '-6',
    '-p --port=',
    '-f --first=',
  ],
  *run(tool, options) {
    const [name] = options.operands;
    if (name === undefined) throw new Usage('');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) {
      if (tool.busybox) throw new Fail(`bad address '${name}'`);
      yield* tool.complain(
        `${name}: Name or service not known\nCannot handle "host" cmdline arg \`${name}' on position 1 (argc ${tool.args.length})\n`,
      );
      return 2;
    }
    // busybox: networking/traceroute.c listens by a raw socket; the others read the errors of their UDP socket.
    if (tool.busybox && !capable(tool.p, 'NET_RAW')) throw new Fail('socket: Operation not permitted');
    const most = Number(options.get('m') ?? '30');
    const probes = Number(options.get('q') ?? String(PROBES));
    const patience = options.has('w') ? Number(options.get('w')) * 1000 : PATIENCE;
    tool.put(`traceroute to ${name} (${address}), ${most} hops max, ${tool.busybox ? 46 : 60} byte packets\n`);
    const { world } = tool.p.machine;
    for (let hop = Number(options.get('f') ?? '1'); hop <= most; hop++) {
      const words: string[] = [];
      let last = '';
      let ended = false;
      for (let probe = 0; probe < probes; probe++) {
        const echo = world.network.echo(tool.p, address, tool.p.pid, hop, 32, hop);
        const time = yield* waitFor(tool, echo, patience, probe);
        const from = echo.kind === 'reply' ? address : echo.kind === 'error' ? echo.reporter : undefined;
        if (from === undefined || time === undefined) {
          words.push('*');
          continue;
        }
        const shown = from === last ? '' : `${shownHost(tool, from, options.has('n'))}  `;
        last = from;
        const mark = echo.kind === 'error' && echo.reason !== 'ttl' ? ` !${echo.reason === 'net' ? 'N' : 'H'}` : '';
        words.push(`${shown}${time.toFixed(3)} ms${mark}`);
        ended ||= echo.kind === 'reply' || mark !== '';
      }
      tool.put(
        `${String(hop).padStart(2)}  ${words.map((word, index) => (index > 0 ? (word === '*' || words[index - 1] === '*' ? ' ' : '  ') : '') + word).join('')}\n`,
      );
      yield* tool.flush();
      if (ended) break;
    }
    return 0;
  },
});

/** Waits for an answer; the value is how long it took, ms. */
function* waitFor(tool: Tool, echo: Echo, patience: number, probe: number): Task<number | undefined> {
  const jitter = tool.p.machine.world.random.next() * 0.05;
  if (echo.kind === 'lost' || echo.kind === 'no-network') {
    if (probe === 0) yield* tool.p.sleep(patience);
    return undefined;
  }
  const time = (echo.kind === 'reply' ? echo.time : echo.delay) + jitter;
  yield* tool.p.sleep(Math.min(time, patience));
  return time <= patience ? time : undefined;
}

/** `node01 (192.168.64.11)`, by /etc/hosts. */
function shownHost(tool: Tool, address: string, numeric: boolean): string {
  if (numeric) return address;
  const text = tool.tryStat('/etc/hosts') ? tool.files.readText('/etc/hosts') : '';
  for (const line of text.split('\n')) {
    const [known, host] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (known === address && host !== undefined && !isAddress(host)) return `${host} (${address})`;
  }
  return `${address} (${address})`;
}
