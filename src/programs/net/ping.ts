import { Fail } from '../../shell/utilities/fail.ts';
import type { Options } from '../../shell/utilities/options.ts';
import { Usage } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { Errno } from '../../world/errno.ts';
import { sourceAddress } from '../../world/network/network.ts';
import type { Task } from '../../world/task.ts';
import { resolveHost } from './resolve.ts';

const OPTIONS = [
  '-c=',
  '-W=',
  '-w=',
  '-q',
  '-i=',
  '-s=',
  '-t=',
  '-I=',
  '-n',
  '-4',
  '-6',
  '-A',
  '-p=',
  '-D',
  '-O',
  '-v',
  '-f',
  '-M=',
];

interface Result {
  sent: number;
  errors: number;
  readonly times: number[];
}

/** What a packet meets: only machines and Pods answer, addresses of Services do not. */
function fate(tool: Tool, address: string): 'answers' | 'unreachable' | 'lost' {
  const { machine } = tool.p;
  // No port: rules of Services are about TCP and UDP.
  const verdict = machine.world.network.route({ from: machine.network, protocol: 'udp', address, port: 0 });
  return verdict.kind === 'delivered' ? 'answers' : verdict.kind === 'timeout' ? 'lost' : 'unreachable';
}

function* send(
  tool: Tool,
  options: Options,
  address: string,
  show: (sequence: number, ms: number | undefined) => string,
): Task<Result> {
  const { p } = tool;
  const count = Number(options.get('c') ?? Number.POSITIVE_INFINITY);
  const interval = Number(options.get('i') ?? '1') * 1000;
  const patience = Number(options.get('W') ?? '10') * 1000;
  const deadline = options.has('w') ? p.now + Number(options.get('w')) * 1000 : Number.POSITIVE_INFINITY;
  const result: Result = { sent: 0, errors: 0, times: [] };
  const random = p.machine.world.random;
  p.onSignal('INT', { handle: () => {}, interrupt: true });
  try {
    while (result.sent < count && p.now < deadline) {
      const sequence = result.sent++;
      const what = fate(tool, address);
      const own = address.startsWith('127.') || p.machine.network.addresses.has(address);
      const ms = what === 'answers' ? (own ? 0.04 : 0.3) + random.next() * 0.2 : undefined;
      if (ms !== undefined) {
        yield* p.sleep(ms);
        result.times.push(ms);
      } else if (what === 'unreachable') result.errors++;
      if (!options.has('q')) tool.put(show(sequence, what === 'lost' ? undefined : (ms ?? -1)));
      yield* tool.flush();
      const last = result.sent >= count;
      if (!last) yield* p.sleep(Math.min(interval, Math.max(0, deadline - p.now)));
      else if (ms === undefined) yield* p.sleep(Math.min(patience, Math.max(0, deadline - p.now)));
    }
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
  }
  return result;
}

function range(times: readonly number[]): { min: string; average: string; max: string; deviation: string } {
  const average = times.reduce((sum, one) => sum + one, 0) / times.length;
  const square = times.reduce((sum, one) => sum + one * one, 0) / times.length;
  return {
    min: Math.min(...times).toFixed(3),
    average: average.toFixed(3),
    max: Math.max(...times).toFixed(3),
    deviation: Math.sqrt(Math.max(0, square - average * average)).toFixed(3),
  };
}

/** busybox: networking/ping.c */
export const busyboxPing = utility({
  name: 'ping',
  usage: '[OPTIONS] HOST',
  about:
    'Send ICMP ECHO_REQUESTs to HOST\n\n\t-4,-6\t\tForce IP or IPv6 name resolution\n\t-c CNT\t\tSend only CNT pings\n\t-s SIZE\t\tSend SIZE data bytes in packets (default 56)\n\t-i SECS\t\tInterval\n\t-A\t\tPing as soon as reply is received\n\t-t TTL\t\tSet TTL\n\t-I IFACE/IP\tSource interface or IP address\n\t-W SEC\t\tSeconds to wait for the first response (default 10)\n\t\t\t(after all -c CNT packets are sent)\n\t-w SEC\t\tSeconds until ping exits (default:infinite)\n\t\t\t(can exit earlier with -c CNT)\n\t-q\t\tQuiet, only display output at start/finish\n\t-p HEXBYTE\tPayload pattern',
  options: OPTIONS,
  *run(tool, options) {
    const [name] = options.operands;
    if (name === undefined) throw new Usage('');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) throw new Fail(`bad address '${name}'`);
    const size = Number(options.get('s') ?? '56');
    tool.put(`PING ${name} (${address}): ${size} data bytes\n`);
    const result = yield* send(tool, options, address, (sequence, ms) =>
      ms === undefined || ms < 0
        ? ''
        : `${size + 8} bytes from ${address}: seq=${sequence} ttl=63 time=${ms.toFixed(3)} ms\n`,
    );
    const { sent, times } = result;
    const loss = sent === 0 ? 0 : Math.round(((sent - times.length) * 100) / sent);
    tool.put(
      `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n`,
    );
    if (times.length > 0) {
      const { min, average, max } = range(times);
      tool.put(`round-trip min/avg/max = ${min}/${average}/${max} ms\n`);
    }
    return times.length > 0 ? 0 : 1;
  },
});

/** ping of iputils. */
export const ping = utility({
  name: 'ping',
  usage: '[options] <destination>',
  about: 'Send ICMP ECHO_REQUEST to network hosts.',
  usageStatus: 2,
  options: OPTIONS,
  *run(tool, options) {
    const [name] = options.operands;
    if (name === undefined) throw new Fail('usage error: Destination address required', 1);
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) throw new Fail(`${name}: Name or service not known`, 2);
    const size = Number(options.get('s') ?? '56');
    const from = name === address ? address : `${name} (${address})`;
    tool.put(`PING ${name} (${address}) ${size}(${size + 28}) bytes of data.\n`);
    const started = tool.p.now;
    const source = sourceAddress(tool.p, address);
    const { sent, errors, times } = yield* send(tool, options, address, (sequence, ms) => {
      if (ms === undefined) return '';
      if (ms < 0) return `From ${source} icmp_seq=${sequence + 1} Destination Host Unreachable\n`;
      return `${size + 8} bytes from ${from}: icmp_seq=${sequence + 1} ttl=63 time=${ms.toPrecision(3)} ms\n`;
    });
    const loss = sent === 0 ? 0 : Math.round(((sent - times.length) * 100) / sent);
    const failed = errors > 0 ? ` +${errors} errors,` : '';
    tool.put(
      `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${times.length} received,${failed} ${loss}% packet loss, time ${Math.floor(tool.p.now - started)}ms\n`,
    );
    if (times.length > 0) {
      const { min, average, max, deviation } = range(times);
      tool.put(`rtt min/avg/max/mdev = ${min}/${average}/${max}/${deviation} ms\n`);
    } else tool.put('\n');
    return times.length > 0 ? 0 : 1;
  },
});
