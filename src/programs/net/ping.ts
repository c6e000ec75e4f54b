import { Fail } from '../../shell/utilities/fail.ts';
import type { Options } from '../../shell/utilities/options.ts';
import { Usage } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { Errno } from '../../world/errno.ts';
import type { Echo } from '../../world/network/network.ts';
import type { Task } from '../../world/task.ts';
import { capable } from './capable.ts';
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

const NO_NETWORK = new Errno('ENETUNREACH').text;

/** What a machine on the way says. iputils: ping/ping_common.c pr_icmph */
const ERRORS = {
  host: 'Destination Host Unreachable',
  net: 'Destination Net Unreachable',
  ttl: 'Time to live exceeded',
} as const;

interface Result {
  sent: number;
  errors: number;
  /** Virtual time of the last request, ms. */
  last: number;
  readonly times: number[];
}

function* send(
  tool: Tool,
  options: Options,
  address: string,
  show: (sequence: number, echo: Echo, ms: number) => string,
): Task<Result> {
  const { p } = tool;
  const count = Number(options.get('c') ?? Number.POSITIVE_INFINITY);
  const interval = Number(options.get('i') ?? '1') * 1000;
  const patience = Number(options.get('W') ?? '10') * 1000;
  const deadline = options.has('w') ? p.now + Number(options.get('w')) * 1000 : Number.POSITIVE_INFINITY;
  const size = Number(options.get('s') ?? '56');
  const ttl = options.has('t') ? Number(options.get('t')) : undefined;
  const result: Result = { sent: 0, errors: 0, last: p.now, times: [] };
  const { random, network } = p.machine.world;
  /** What is on its way back, by the time it comes. */
  let coming: { at: number; sequence: number; echo: Echo; ms: number }[] = [];
  function* take(until: number): Task {
    for (;;) {
      const next = coming.reduce<(typeof coming)[number] | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
      if (!next || next.at > until) return;
      yield* p.sleep(Math.max(0, next.at - p.now));
      coming = coming.filter((one) => one !== next);
      if (next.echo.kind === 'reply') result.times.push(next.ms);
      else result.errors++;
      if (!options.has('q')) tool.put(show(next.sequence, next.echo, next.ms));
      // Without an answer busybox leaves its output in the buffer until it ends; iputils writes line by line.
      if (next.echo.kind === 'reply' || !tool.busybox) yield* tool.flush();
    }
  }
  p.onSignal('INT', { handle: () => {}, interrupt: true });
  try {
    if (!tool.busybox || tool.isTty(1)) yield* tool.flush();
    while (result.sent < count && p.now < deadline) {
      const sequence = result.sent++;
      result.last = p.now;
      const next = p.now + interval;
      const echo = network.echo(p, address, p.pid, sequence + (tool.busybox ? 0 : 1), size, ttl);
      if (echo.kind === 'no-network') throw new Errno('ENETUNREACH');
      const ms = echo.kind === 'reply' ? echo.time + 0.03 + random.next() * 0.2 : 0;
      if (echo.kind === 'reply') coming.push({ at: p.now + ms, sequence, echo, ms });
      if (echo.kind === 'error') coming.push({ at: p.now + echo.delay, sequence, echo, ms });
      const end = Math.min(result.sent < count ? next : result.last + patience, deadline);
      yield* take(end);
      const done = result.sent >= count && result.times.length + result.errors >= count;
      if (!done) yield* p.sleep(Math.max(0, end - p.now));
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

/** A raw socket needs CAP_NET_RAW; containerd lets everybody have ICMP sockets beside (ping_group_range), CRI-O does not. */
function mayNotSend(tool: Tool): boolean {
  const { capabilities, uid } = tool.who;
  if (!capabilities || tool.p.machine.facts.get('runtime') !== 'cri-o') return false;
  return uid !== 0 || !capabilities.has('NET_RAW');
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
    for (const letter of ['c', 's', 't', 'W', 'w', 'i'])
      if (options.has(letter) && !/^\d+(?:\.\d+)?$/.test(options.get(letter) ?? ''))
        throw new Fail(`invalid number '${options.get(letter)}'`);
    if (name === undefined) throw new Usage('');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) throw new Fail(`bad address '${name}'`);
    const size = Number(options.get('s') ?? '56');
    tool.put(`PING ${name} (${address}): ${size} data bytes\n`);
    // busybox opens a raw socket, for which it must be root with NET_RAW.
    if (!capable(tool.p, 'NET_RAW')) throw new Fail('permission denied (are you root?)');
    let result: Result;
    try {
      result = yield* send(tool, options, address, (sequence, echo, ms) =>
        echo.kind === 'reply'
          ? `${size + 8} bytes from ${address}: seq=${sequence} ttl=${echo.ttl} time=${ms.toFixed(3)} ms\n`
          : '',
      );
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`sendto: ${error.text}`);
    }
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
    if (mayNotSend(tool)) {
      yield* tool.complain(
        'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?\n',
      );
      return 2;
    }
    const size = Number(options.get('s') ?? '56');
    const from = name === address ? address : `${name} (${address})`;
    const way = tool.p.machine.network.routes.lookup(address);
    if (way?.type === 'blackhole') throw new Fail(`connect: ${new Errno('EINVAL').text}`, 2);
    if (tool.p.machine.network.sourceFor(address) === undefined) throw new Fail(`connect: ${NO_NETWORK}`, 2);
    tool.put(`PING ${name} (${address}) ${size}(${size + 28}) bytes of data.\n`);
    const started = tool.p.now;
    let result: Result;
    try {
      result = yield* send(tool, options, address, (sequence, echo, ms) => {
        if (echo.kind === 'error') return `From ${echo.reporter} icmp_seq=${sequence + 1} ${ERRORS[echo.reason]}\n`;
        if (echo.kind !== 'reply') return '';
        return `${size + 8} bytes from ${from}: icmp_seq=${sequence + 1} ttl=${echo.ttl} time=${ms.toPrecision(3)} ms\n`;
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`connect: ${error.text}`, 2);
    }
    const { sent, errors, times } = result;
    const loss = sent === 0 ? 0 : Math.round(((sent - times.length) * 100) / sent);
    const failed = errors > 0 ? ` +${errors} errors,` : '';
    tool.put(
      `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${times.length} received,${failed} ${loss}% packet loss, time ${Math.floor(result.last - started)}ms\n`,
    );
    if (times.length > 0) {
      const { min, average, max, deviation } = range(times);
      tool.put(`rtt min/avg/max/mdev = ${min}/${average}/${max}/${deviation} ms\n`);
    } else tool.put('\n');
    return times.length > 0 ? 0 : 1;
  },
});
