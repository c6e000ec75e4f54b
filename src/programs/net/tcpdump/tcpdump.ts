import { utility } from '../../../shell/utilities/utility.ts';
import { Errno } from '../../../world/errno.ts';
import type { CapturedPacket } from '../../../world/network/capture.ts';
import { Channel } from '../../../world/task.ts';
import { capable } from '../capable.ts';
import { parseFilter } from './filter.ts';
import { packetLine } from './format.ts';

/** tcpdump 4.99: the conversations of the world, packet by packet, as an interface sees them. */
export const tcpdump = utility({
  name: 'tcpdump',
  usage: '[-AbdDefhHIJKlLnNOpqStuUvxX#] [ -c count ] [ -i interface ] [ expression ]',
  about: 'dump traffic on a network',
  options: [
    '-i --interface=',
    '-n',
    '-c=',
    '-q',
    '-v',
    '-e',
    '-l',
    '-t',
    '-A',
    '-X',
    '-s=',
    '-w=',
    '-D --list-interfaces',
    '-p',
    '-U',
    '-S',
  ],
  *run(tool, options) {
    const { p } = tool;
    const { network, world } = p.machine;
    const links = network.links.filter((link) => link.up);
    if (options.has('D')) {
      const names = [...links.slice(1).map((link) => `${link.name} [Up, Running, Connected]`)];
      const all = [
        ...names,
        'any (Pseudo-device that captures on all interfaces) [Up, Running]',
        'lo [Up, Running, Loopback]',
      ];
      tool.put(all.map((text, index) => `${index + 1}.${text}\n`).join(''));
      return 0;
    }
    if (options.has('w')) {
      yield* tool.complain('tcpdump: kubetutor does not model -w\n');
      return 1;
    }
    const name = options.get('i') ?? links[1]?.name ?? 'lo';
    const any = name === 'any';
    const link = links.find((one) => one.name === name);
    if (!any && !link) {
      yield* tool.complain(`tcpdump: ${name}: No such device exists\n(No such device exists)\n`);
      return 1;
    }
    if (!capable(p, 'NET_RAW')) {
      yield* tool.complain(
        `tcpdump: ${name}: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n`,
      );
      return 1;
    }
    const filter = parseFilter(options.operands);
    if (!filter) {
      yield* tool.complain("tcpdump: can't parse filter expression: syntax error\n");
      return 1;
    }
    const type = any ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)';
    yield* tool.complain(
      `${any ? 'tcpdump: data link type LINUX_SLL2\n' : ''}tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on ${name}, link-type ${type}, snapshot length 262144 bytes\n`,
    );
    const settings = { numeric: options.has('n'), quick: options.has('q'), any };
    const most = options.has('c') ? Number(options.get('c')) : Number.POSITIVE_INFINITY;
    const seen = new Channel<CapturedPacket>();
    const capture = (packet: CapturedPacket) => {
      const here = any ? packet.link.namespace === network : packet.link === link;
      if (!here || !filter(packet)) return;
      // A packet is told of when it is sent: where it still has to come to, others may pass before it.
      if (packet.time > world.now) world.loop.at(packet.time, () => seen.push(packet));
      else seen.push(packet);
    };
    world.network.captures.add(capture);
    for (const signal of ['INT', 'TERM'] as const) p.onSignal(signal, { handle: () => {}, interrupt: true });
    let count = 0;
    try {
      while (count < most) {
        const packet = yield* seen.next();
        if (!packet) break;
        count++;
        const line = packetLine(packet, settings);
        tool.put(options.has('t') ? line.replace(/^\S+ /, '') : line);
        yield* tool.flush();
      }
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      // It may have been in the middle of a line.
      tool.put('\n');
    } finally {
      world.network.captures.delete(capture);
    }
    const packets = `${count} packet${count === 1 ? '' : 's'}`;
    yield* tool.complain(`${packets} captured\n${packets} received by filter\n0 packets dropped by kernel\n`);
    return 0;
  },
});
