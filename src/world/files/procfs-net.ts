import type { Machine } from '../machine.ts';
import { ipv4 } from '../network/address.ts';
import type { Route } from '../network/routes.ts';

/** Eight digits of an address as a little-endian machine shows it. */
function hexAddress(address: string): string {
  const value = ipv4(address) ?? 0;
  const bytes = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const maskOf = (prefix: number) => (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);

function routeLine({ network, prefix, via, link }: Route): string {
  const flags = 1 | (via ? 2 : 0) | (prefix === 32 ? 4 : 0);
  const cells = [
    link.name,
    hexAddress(dotted(network)),
    hexAddress(via ?? '0.0.0.0'),
    flags.toString(16).toUpperCase().padStart(4, '0'),
    0,
    0,
    0,
    hexAddress(dotted(maskOf(prefix))),
    0,
    0,
    0,
  ];
  return `${cells.join('\t').padEnd(127)}\n`;
}

/** The files of /proc/net that the world can fill. */
export const NET_FILES: Readonly<Record<string, (machine: Machine) => string>> = {
  arp: () => 'IP address       HW type     Flags       HW address            Mask     Device\n',
  dev: ({ network }) =>
    `Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n${network.links
      .map(({ name }) => `${`${name}:`.padStart(7)}${ZEROS}\n`)
      .join('')}`,
  route: ({ network }) =>
    `${'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127)}\n${network.routes.all
      .filter(({ type }) => type === undefined)
      .map(routeLine)
      .join('')}`,
  tcp: (machine) => sockets(machine, 'tcp'),
  tcp6: () => SOCKET_HEADER,
  udp: (machine) => sockets(machine, 'udp'),
  udp6: () => SOCKET_HEADER,
};

const ZEROS =
  '       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0';
const SOCKET_HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n';

function sockets({ network }: Machine, protocol: 'tcp' | 'udp'): string {
  const rows = network.all
    .filter((one) => one.protocol === protocol)
    .map(({ address, port, owner }, index) => {
      const local = `${hexAddress(address)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
      const uid = String(owner?.credentials.uid ?? 0).padStart(5);
      return `${String(index).padStart(4)}: ${local} 00000000:0000 ${protocol === 'tcp' ? '0A' : '07'} 00000000:00000000 00:00000000 00000000 ${uid}        0 ${20_000 + port} 1 0000000000000000 100 0 0 10 0\n`;
    });
  return SOCKET_HEADER + rows.join('');
}
