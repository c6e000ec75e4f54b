// What route(8) and ifconfig(8) change. net-tools: lib/inet_sr.c, ifconfig.c; busybox says its name before
import type { Tool } from '../../shell/utilities/tool.ts';
import { cidr, ipv4 } from '../../world/network/address.ts';
import type { Link } from '../../world/network/link.ts';
import type { Task } from '../../world/task.ts';
import { capable } from './capable.ts';
import { readRoute } from './iproute/routes.ts';

interface Wanted {
  readonly to: string;
  readonly gateway: string | undefined;
  readonly device: string | undefined;
}

/** `route add|del …`: gives the exit status. */
export function* changeRoutes(tool: Tool, verb: string, words: readonly string[]): Task<number> {
  const adds = verb === 'add';
  const call = adds ? 'SIOCADDRT' : 'SIOCDELRT';
  const wanted = readWanted(words);
  if (typeof wanted === 'string') return yield* complain(tool, 'route', wanted);
  const failed = (what: string) => complain(tool, 'route', tool.busybox ? `${call}: ${what}` : what, call);
  if (!capable(tool.p, 'NET_ADMIN')) return yield* failed('Operation not permitted');
  const { network } = tool.p.machine;
  const { routes } = network;
  const range = cidr(wanted.to);
  const same = routes.all.filter((one) => one.network === range?.network && one.prefix === range.prefix);
  if (!adds) {
    const gone = same.find((one) => wanted.gateway === undefined || one.via === wanted.gateway);
    if (!gone) return yield* failed('No such process');
    routes.remove((one) => one === gone);
    return 0;
  }
  const via = wanted.gateway === undefined ? [] : ['via', wanted.gateway];
  const device = wanted.device === undefined ? [] : ['dev', wanted.device];
  const made = readRoute(network, [wanted.to, ...via, ...device]);
  if ('error' in made) {
    const away = wanted.device !== undefined && !network.link(wanted.device);
    return yield* failed(away || via.length === 0 ? 'No such device' : 'Network is unreachable');
  }
  if (same.length > 0) return yield* failed('File exists');
  routes.add(made);
  return 0;
}

/** What is wanted, or what is wrong with it. */
function readWanted(words: readonly string[]): Wanted | string {
  const rest = [...words];
  const kind = rest[0] === '-net' || rest[0] === '-host' ? rest.shift() : undefined;
  const target = rest.shift();
  if (target === undefined)
    return 'Usage: inet_route [-vF] del {-host|-net} Target[/prefix] [gw Gw] [metric M] [[dev] If]';
  let mask: string | undefined;
  let gateway: string | undefined;
  let device: string | undefined;
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (word === 'gw' || word === 'gateway') gateway = rest.shift();
    else if (word === 'netmask') mask = rest.shift();
    else if (word === 'dev' || word === 'device') device = rest.shift();
    else if (word === 'metric' || word === 'mss' || word === 'window') rest.shift();
    else device = word;
  }
  const prefix = target === 'default' ? 0 : mask === undefined ? undefined : prefixOf(mask);
  const address = target === 'default' ? '0.0.0.0' : target.replace(/\/.*/, '');
  if (ipv4(address) === undefined) return `${target}: Host name lookup failure`;
  if (gateway !== undefined && ipv4(gateway) === undefined) return `${gateway}: Host name lookup failure`;
  if (target.includes('/') || prefix !== undefined) {
    const to = target.includes('/') ? target : `${address}/${prefix}`;
    if (!cidr(to)) return `${target}: Unknown host`;
    return { to, gateway, device };
  }
  if (kind === '-net') return "netmask doesn't match route address";
  return { to: `${address}/32`, gateway, device };
}

function prefixOf(mask: string): number {
  const bits = (ipv4(mask) ?? 0).toString(2).padStart(32, '0');
  return bits.indexOf('0') < 0 ? 32 : bits.indexOf('0');
}

/** `ifconfig LINK up|down|mtu N …`: gives the exit status. */
export function* changeInterface(tool: Tool, link: Link, words: readonly string[]): Task<number> {
  if (!capable(tool.p, 'NET_ADMIN'))
    return yield* complain(tool, 'ifconfig', 'Operation not permitted', 'SIOCSIFFLAGS');
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === 'up' || word === 'down') link.set(word === 'up');
    else if (word === 'mtu' && Number(words[at + 1]) > 67) link.mtu = Number(words[++at]);
    else {
      yield* tool.complain(
        `ifconfig: kubetutor does not model ${ipv4(word) === undefined ? word : 'addresses'}; see ip address\n`,
      );
      return 1;
    }
  }
  return 0;
}

function* complain(tool: Tool, name: string, what: string, call?: string): Task<number> {
  const text = call === undefined || tool.busybox ? `${name}: ${what}` : `${call}: ${what}`;
  yield* tool.complain(`${text}\n`);
  return call === undefined ? 1 : tool.busybox ? 1 : 7;
}
