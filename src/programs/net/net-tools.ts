import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { broadcastOf, ipv4, ipv4Text, networkOf } from '../../world/network/address.ts';
import type { Link } from '../../world/network/link.ts';
import type { Route } from '../../world/network/routes.ts';
import { linkLocal } from './iproute/links.ts';
import { neighbours } from './iproute/neighbours.ts';
import { type Socket, socketsOf, visibleOwner } from './iproute/sockets.ts';
import { changeInterface, changeRoutes } from './net-tools-change.ts';

/** netstat of net-tools and of busybox. */
export const netstat = utility({
  name: 'netstat',
  usage: '[-ral] [-tuwx] [-en]',
  about:
    "Display networking information\n\n\t-r\tRouting table\n\t-a\tAll sockets\n\t-l\tListening sockets\n\t\tElse: connected sockets\n\t-t\tTCP sockets\n\t-u\tUDP sockets\n\t-w\tRaw sockets\n\t-x\tUnix sockets\n\t\tElse: all socket types\n\t-e\tOther/more information\n\t-n\tDon't resolve names",
  options: [
    '-t --tcp',
    '-u --udp',
    '-l --listening',
    '-n --numeric',
    '-p --programs',
    '-a --all',
    '-r --route',
    '-w --raw',
    '-x --unix',
    '-e --extend',
    '-4',
    '-6',
  ],
  *run(tool, options) {
    if (options.has('r')) {
      tool.put(
        'Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n',
      );
      for (const route of shownRoutes(tool)) tool.put(`${routeStart(route)}  0 0          0 ${route.link.name}\n`);
      return 0;
    }
    const which = options.has('l') ? 'only servers' : options.has('a') ? 'servers and established' : 'w/o servers';
    const programs = options.has('p');
    const column = programs ? 'PID/Program name    ' : '';
    tool.put(
      `Active Internet connections (${which})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${column}\n`,
    );
    const kinds = options.has('t') === options.has('u') ? ['tcp', 'udp'] : options.has('t') ? ['tcp'] : ['udp'];
    for (const socket of socketsOf(tool.p.machine.network)) {
      if (!kinds.includes(socket.protocol)) continue;
      if (!options.has('a') && options.has('l') !== (socket.state !== 'ESTAB')) continue;
      tool.put(socketLine(tool, socket, programs));
    }
    return 0;
  },
});

function socketLine(tool: Tool, socket: Socket, programs: boolean): string {
  const six = socket.address === '::';
  const local = `${six ? '::' : socket.address}:${socket.port}`;
  const foreign = socket.peerAddress ? `${socket.peerAddress}:${socket.peerPort}` : six ? ':::*' : '0.0.0.0:*';
  const state = { LISTEN: 'LISTEN', UNCONN: '', ESTAB: 'ESTABLISHED' }[socket.state];
  const owner = visibleOwner(socket, tool.p);
  const program = programs ? (owner ? `${owner.pid}/${owner.comm}` : '-').padEnd(20) : '';
  const kind = (socket.protocol + (six ? '6' : '')).padEnd(5);
  return `${kind}${'0'.padStart(7)}${'0'.padStart(7)} ${local.padEnd(23)} ${foreign.padEnd(23)} ${state.padEnd(11)} ${program}\n`;
}

function shownRoutes(tool: Tool): Route[] {
  return tool.p.machine.network.routes.all.filter((route) => route.link.up && !route.type);
}

/** Destination, gateway, mask and flags. */
function routeStart({ network, prefix, via }: Route): string {
  const mask = ipv4Text(prefix === 0 ? 0 : 2 ** 32 - 2 ** (32 - prefix));
  const flags = `U${via === undefined ? '' : 'G'}${prefix === 32 ? 'H' : ''}`;
  const columns = [ipv4Text(network), via ?? '0.0.0.0', mask].map((text) => text.padEnd(16));
  return columns.join('') + flags.padEnd(5);
}

/** route(8): the table, and changes to it. */
export const route = utility({
  name: 'route',
  usage: '[{add|del|delete}]',
  about: 'Edit kernel routing tables',
  options: ['-n --numeric', '-e', '-A='],
  inOrder: true,
  *run(tool, options) {
    const [verb, ...words] = options.operands;
    if (verb === 'add' || verb === 'del' || verb === 'delete') return yield* changeRoutes(tool, verb, words);
    if (verb !== undefined) {
      yield* tool.complain(`route: kubetutor does not model ${verb}; see ip route\n`);
      return 1;
    }
    tool.put(
      'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n',
    );
    for (const one of shownRoutes(tool)) {
      const start = routeStart(one);
      const named = options.has('n') || one.prefix > 0 ? start : start.replace('0.0.0.0', 'default');
      tool.put(`${named} ${String(one.metric ?? 0).padEnd(6)} 0        0 ${one.link.name}\n`);
    }
    return 0;
  },
});

/** arp(8): the neighbours. */
export const arp = utility({
  name: 'arp',
  usage: '[-vn] [-H type] [-i if] [-a] [hostname]',
  about: 'Manipulate ARP cache',
  options: ['-n --numeric', '-a', '-e', '-i=', '-v'],
  *run(tool, options) {
    const device = options.get('i');
    const known = neighbours(tool.p.machine.network).filter(({ link }) => device === undefined || link.name === device);
    if (options.has('a') || tool.busybox) {
      for (const { address, link, mac, answers } of known)
        tool.put(
          `? (${address}) at ${answers ? `${mac} [ether]` : '<incomplete>'}${tool.busybox ? ' ' : ''} on ${link.name}\n`,
        );
      return 0;
    }
    if (known.length > 0)
      tool.put('Address                  HWtype  HWaddress           Flags Mask            Iface\n');
    for (const { address, link, mac, answers } of known)
      tool.put(
        `${address.padEnd(24)} ${(answers ? 'ether' : '').padEnd(8)}${(answers ? mac : '(incomplete)').padEnd(20)}${answers ? 'C' : ' '}                     ${link.name}\n`,
      );
    return 0;
  },
});

/** ifconfig of net-tools and of busybox: what there is, and switching it. */
export const ifconfig = utility({
  name: 'ifconfig',
  usage: '[-a] [INTERFACE]',
  about: 'Configure a network interface',
  options: ['-a', '-s', '-v'],
  *run(tool, options) {
    const [name, ...more] = options.operands;
    const links = tool.p.machine.network.links.filter((link) =>
      name === undefined ? link.up || options.has('a') : link.name === name,
    );
    if (name !== undefined && links.length === 0) {
      const doing =
        more.length > 0 && !tool.busybox ? 'ERROR while getting interface flags: No such device' : undefined;
      if (doing !== undefined) {
        yield* tool.complain(`${name}: ${doing}\n`);
        return 255;
      }
      yield* tool.complain(
        tool.busybox
          ? `ifconfig: ${name}: error fetching interface information: Device not found\n`
          : `${name}: error fetching interface information: Device not found\n`,
      );
      return 1;
    }
    const [only] = links;
    if (only && more.length > 0) return yield* changeInterface(tool, only, more);
    const sorted = [...links].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const link of sorted) tool.put(tool.busybox ? busyboxInterface(link) : interfaceText(link));
    return 0;
  },
});

function maskOf(prefix: number): string {
  return ipv4Text(prefix === 0 ? 0 : 2 ** 32 - 2 ** (32 - prefix));
}

function broadcastText(address: string, prefix: number, set: boolean | undefined): string {
  const value = ipv4(address);
  return set && value !== undefined ? broadcastOf({ network: networkOf(value, prefix), prefix }) : '0.0.0.0';
}

// The world counts no packets.
const RX = 'RX packets 0  bytes 0 (0.0 B)';
const TX = 'TX packets 0  bytes 0 (0.0 B)';

function interfaceText(link: Link): string {
  const loop = link.kind === 'loopback';
  const flags = loop
    ? '73<UP,LOOPBACK,RUNNING>'
    : link.carrier
      ? '4163<UP,BROADCAST,RUNNING,MULTICAST>'
      : '4099<UP,BROADCAST,MULTICAST>';
  const lines = [`${link.name}: flags=${flags}  mtu ${link.mtu}`];
  const [first] = link.addresses;
  if (first) {
    const tail = loop ? '' : `  broadcast ${broadcastText(first.address, first.prefix, first.broadcast)}`;
    lines.push(`        inet ${first.address}  netmask ${maskOf(first.prefix)}${tail}`);
  }
  const local = linkLocal(link);
  if (local !== undefined)
    lines.push(
      loop
        ? '        inet6 ::1  prefixlen 128  scopeid 0x10<host>'
        : `        inet6 ${local}  prefixlen 64  scopeid 0x20<link>`,
    );
  lines.push(
    loop
      ? `        loop  txqueuelen ${link.queueLength}  (Local Loopback)`
      : `        ether ${link.mac}  txqueuelen ${link.queueLength}  (Ethernet)`,
    `        ${RX}`,
    '        RX errors 0  dropped 0  overruns 0  frame 0',
    `        ${TX}`,
    '        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0',
    '',
  );
  return `${lines.join('\n')}\n`;
}

function busyboxInterface(link: Link): string {
  const loop = link.kind === 'loopback';
  const lines = [
    `${link.name.padEnd(10)}Link encap:${loop ? 'Local Loopback' : `Ethernet  HWaddr ${link.mac.toUpperCase()}`}  `,
  ];
  const [first] = link.addresses;
  if (first) {
    const broadcast = loop ? '' : `  Bcast:${broadcastText(first.address, first.prefix, first.broadcast)}`;
    lines.push(`          inet addr:${first.address}${broadcast}  Mask:${maskOf(first.prefix)}`);
  }
  const local = linkLocal(link);
  if (local !== undefined)
    lines.push(`          inet6 addr: ${local}/${loop ? 128 : 64} Scope:${loop ? 'Host' : 'Link'}`);
  const flags = loop ? 'UP LOOPBACK RUNNING' : 'UP BROADCAST RUNNING MULTICAST';
  lines.push(
    `          ${flags}  MTU:${link.mtu}  Metric:1`,
    '          RX packets:0 errors:0 dropped:0 overruns:0 frame:0',
    '          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0',
    `          collisions:0 txqueuelen:${loop ? 1000 : 0} `,
    '          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)',
    '',
  );
  return `${lines.join('\n')}\n`;
}
