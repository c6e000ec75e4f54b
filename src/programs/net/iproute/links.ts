import { broadcastOf, ipv4, networkOf } from '../../../world/network/address.ts';
import type { Link, LinkAddress } from '../../../world/network/link.ts';

/** Which addresses and how: `-4`, `-br`, `-o`. */
export interface Shown {
  readonly family?: 4 | 6 | undefined;
  readonly brief?: boolean;
  readonly oneLine?: boolean;
  readonly busybox: boolean;
}

/** What `<…>` holds. */
export function flagsOf(link: Link, busybox = false): string[] {
  const alive = link.up && link.carrier;
  const lower = alive ? ['LOWER_UP'] : [];
  const up = link.up ? ['UP'] : [];
  if (link.kind === 'loopback') return ['LOOPBACK', ...up, ...lower];
  if (link.kind === 'ipip') return ['NOARP', ...up, ...lower];
  const none = link.up && !link.carrier ? ['NO-CARRIER'] : [];
  const down = link.peer && !link.peer.up ? ['M-DOWN'] : [];
  // busybox looks for the other end in its own namespace and finds another interface, or none.
  const foreign = busybox && link.kind === 'veth' && down.length === 0 ? ['M-DOWN'] : [];
  return [...none, 'BROADCAST', 'MULTICAST', ...up, ...lower, ...down, ...foreign];
}

function stateOf(link: Link): string {
  if (link.kind === 'loopback') return 'UNKNOWN';
  if (!link.up) return 'DOWN';
  if (link.kind === 'vxlan' || link.kind === 'ipip') return 'UNKNOWN';
  return link.carrier ? 'UP' : link.kind === 'veth' ? 'LOWERLAYERDOWN' : 'DOWN';
}

/** `eth0@if3`; `veth1@eth0` where both ends are in one namespace. */
export function linkName(link: Link): string {
  if (link.kind === 'ipip') return `${link.name}@NONE`;
  if (!link.peer) return link.name;
  return `${link.name}@${link.peer.namespace === link.namespace ? link.peer.name : `if${link.peer.index}`}`;
}

/** `fe80::…/64` of a link, made from its hardware address (EUI-64). */
export function linkLocal(link: Link): string | undefined {
  if (link.kind === 'loopback') return '::1';
  if (!link.up || !link.carrier || link.kind === 'ipip') return undefined;
  const bytes = link.mac.split(':').map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, (0xfe << 8) | d, (e << 8) | f];
  return `fe80::${groups.map((group) => group.toString(16)).join(':')}`;
}

function scopeOf(link: Link): string {
  return link.kind === 'loopback' ? 'host' : 'global';
}

function netnsOf(link: Link, busybox: boolean): string {
  if (busybox || !link.peer || link.peer.namespace === link.namespace) return '';
  const name = link.peerNamespace?.();
  return name === undefined ? ' link-netnsid 0' : ` link-netns ${name}`;
}

function headLine(link: Link, shown: Shown, mode: boolean): string {
  const { busybox } = shown;
  const master = link.master ? ` master ${link.master.name}` : '';
  const queue = link.queueLength > 0 ? `qlen ${link.queueLength}` : '';
  const start = `${link.index}: ${linkName(link)}: <${flagsOf(link, busybox).join(',')}> mtu ${link.mtu} qdisc noqueue`;
  if (busybox) return `${start}${master} ${queue}`;
  return `${start}${master} state ${stateOf(link)}${mode ? ' mode DEFAULT' : ''} group default ${queue}`;
}

function hardwareLine(link: Link, busybox: boolean): string {
  if (link.kind === 'loopback') return '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00';
  if (link.kind === 'ipip') return '    link/ipip 0.0.0.0 brd 0.0.0.0';
  return `    link/ether ${link.mac} brd ff:ff:ff:ff:ff:ff${netnsOf(link, busybox)}`;
}

function addressText(link: Link, { address, prefix, broadcast }: LinkAddress): string {
  const value = ipv4(address);
  const brd =
    broadcast && value !== undefined ? ` brd ${broadcastOf({ network: networkOf(value, prefix), prefix })}` : '';
  return `inet ${address}/${prefix}${brd} scope ${scopeOf(link)} ${link.name}`;
}

const FOREVER = '       valid_lft forever preferred_lft forever';

/** `ip link`: the lines of one link. */
export function linkText(link: Link, shown: Shown): string {
  if (shown.brief) return `${briefName(link)} ${link.mac} <${flagsOf(link).join(',')}> \n`;
  const line = headLine(link, shown, !shown.busybox);
  const end = shown.busybox ? '' : ' ';
  const head = link.queueLength > 0 || shown.busybox ? line : line.trimEnd() + end;
  return `${head}${shown.oneLine ? '\\' : '\n'}${hardwareLine(link, shown.busybox)}\n`;
}

function briefName(link: Link): string {
  return `${linkName(link).padEnd(16)} ${stateOf(link).padEnd(14)}`;
}

/** `ip address`: the lines of one link; empty when the family leaves nothing to show. */
export function addressLines(link: Link, shown: Shown): string {
  const four = shown.family === 6 ? [] : link.addresses.map((one) => addressText(link, one));
  const local = shown.family === 4 ? undefined : linkLocal(link);
  const scope = link.kind === 'loopback' ? 'host' : 'link';
  const six = local === undefined ? [] : [`inet6 ${local}/${link.kind === 'loopback' ? 128 : 64} scope ${scope} `];
  if (shown.family !== undefined && four.length + six.length === 0) return '';
  if (shown.brief) {
    const plain = [...four, ...six].map((text) => `${text.split(' ')[1]} `).join('');
    return `${briefName(link)} ${plain}\n`;
  }
  if (shown.oneLine)
    return [...four, ...six].map((text) => `${link.index}: ${link.name}    ${text}\\${FOREVER}\n`).join('');
  const head = headLine(link, shown, false);
  const lines = [link.queueLength > 0 || shown.busybox ? head : `${head.trimEnd()} `];
  if (shown.family === undefined) lines.push(hardwareLine(link, shown.busybox));
  for (const text of [...four, ...six]) lines.push(`    ${text}`, FOREVER);
  return `${lines.join('\n')}\n`;
}
