import { runOn } from '../../../shell/utilities/run-on.ts';
import type { Tool } from '../../../shell/utilities/tool.ts';
import { utility } from '../../../shell/utilities/utility.ts';
import { Errno } from '../../../world/errno.ts';
import { cidr, ipv4 } from '../../../world/network/address.ts';
import type { Link } from '../../../world/network/link.ts';
import type { Route } from '../../../world/network/routes.ts';
import type { Task } from '../../../world/task.ts';
import { capable } from '../capable.ts';
import { namedNamespace } from '../named-namespace.ts';
import { addressLines, flagsOf, linkText, type Shown } from './links.ts';
import { neighbours } from './neighbours.ts';
import { readRoute, routeGet, showRoutes } from './routes.ts';

const OBJECTS = ['address', 'link', 'neighbour', 'neighbor', 'netns', 'route', 'rule'];
const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { address | addrlabel | amt | fou | help | ila | ioam | l2tp |
                   link | macsec | maddress | monitor | mptcp | mroute | mrule |
                   neighbor | neighbour | netconf | netns | nexthop | ntable |
                   ntbl | route | rule | sr | tap | tcpmetrics |
                   token | tunnel | tuntap | vrf | xfrm }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec | -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | mpls | bridge | link } |
                    -4 | -6 | -M | -B | -0 |
                    -l[oops] { maximum-addr-flush-attempts } | -br[ief] |
                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |
                    -rc[vbuf] [size] | -n[etns] name | -N[umeric] | -a[ll] |
                    -c[olor]}
`;

/** A failed command of `ip`: what it says on stderr. */
class IpError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** ip of iproute2 6.1, and of busybox. */
export const ip = utility({
  name: 'ip',
  usage: '[OPTIONS] address|route|link|neigh|rule [ARGS]',
  about: 'ip [OPTIONS] address|route|link|neigh|rule [ARGS]\n\nOPTIONS := -f[amily] inet|inet6|link | -o[neline]',
  *run(tool) {
    const words = [...tool.args];
    const shown: { family?: 4 | 6; brief?: boolean; oneLine?: boolean; busybox: boolean } = { busybox: tool.busybox };
    while (words[0]?.startsWith('-')) {
      const word = words.shift() ?? '';
      if (word === '-4') shown.family = 4;
      else if (word === '-6') shown.family = 6;
      else if (/^-br(i(e(f)?)?)?$/.test(word)) shown.brief = true;
      else if (/^-o(neline)?$/.test(word)) shown.oneLine = true;
      else if (/^-V(ersion)?$/.test(word)) {
        tool.put('ip utility, iproute2-6.1.0, libbpf 1.3.0\n');
        return 0;
      } else if (/^-(c|color|s|stats|statistics|d|details|r|N)(=.*)?$/.test(word)) continue;
      else if (/^-(j|json|p|pretty|n|netns)$/.test(word)) {
        yield* tool.complain(`ip: kubetutor does not model ${word}\n`);
        return 255;
      } else {
        yield* tool.complain(`Option "${word}" is unknown, try "ip -help".\n`);
        return 255;
      }
    }
    const object = words.shift();
    if (object === undefined || object === 'help') {
      yield* tool.complain(USAGE);
      return 255;
    }
    const name = OBJECTS.find((candidate) => candidate.startsWith(object));
    try {
      if (name === 'address') return yield* address(tool, words, shown);
      if (name === 'link') return yield* link(tool, words, shown);
      if (name === 'route') return route(tool, words);
      if (name === 'neighbour' || name === 'neighbor') return showNeighbours(tool, words);
      if (name === 'netns') return yield* netns(tool, words);
      if (name === 'rule') {
        tool.put('0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n');
        return 0;
      }
    } catch (error) {
      if (!(error instanceof IpError)) throw error;
      const speaker = tool.busybox && error.message.startsWith('RTNETLINK') ? 'ip: ' : '';
      yield* tool.complain(`${speaker}${error.message}\n`);
      return error.status;
    }
    yield* tool.complain(`Object "${object}" is unknown, try "ip help".\n`);
    return 1;
  },
});

const starts = (full: string, word: string) => word !== '' && full.startsWith(word);

function network(tool: Tool) {
  return tool.p.machine.network;
}

/** The links that `show …` is about. */
function chosen(tool: Tool, words: readonly string[]): readonly Link[] {
  let links = network(tool).links;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === 'up') links = links.filter((one) => one.up);
    else if (word === 'type') {
      const kind = words[++at];
      links = links.filter((one) => one.kind === kind);
    } else if (word === 'master') {
      const master = words[++at];
      links = links.filter((one) => one.master?.name === master);
    } else {
      const name = (word === 'dev' ? (words[++at] ?? '') : word).replace(/@.*/, '');
      links = links.filter((one) => one.name === name);
      if (links.length === 0)
        throw new IpError(tool.busybox ? `ip: can't find device '${name}'` : `Device "${name}" does not exist.`, 1);
    }
  }
  return links;
}

function deviceOf(tool: Tool, name: string): Link {
  const found = network(tool).link(name);
  if (!found) throw new IpError(`Cannot find device "${name}"`, 1);
  return found;
}

function mayChange(tool: Tool): void {
  if (!capable(tool.p, 'NET_ADMIN')) throw new IpError('RTNETLINK answers: Operation not permitted', 2);
}

function* address(tool: Tool, words: readonly string[], shown: Shown): Task<number> {
  const [verb = 'show', ...rest] = words;
  if (starts('show', verb) || starts('list', verb) || verb === 'lst') {
    for (const one of chosen(tool, rest)) tool.put(addressLines(one, shown));
    return 0;
  }
  if (!starts('add', verb) && !starts('delete', verb)) return unknown(verb, 'address');
  mayChange(tool);
  const device = deviceOf(tool, rest[rest.indexOf('dev') + 1] ?? '');
  const text = rest[0] ?? '';
  const value = ipv4(text.replace(/\/.*/, ''));
  const range = cidr(text);
  if (value === undefined || !range) throw new IpError(`Error: any valid prefix is expected rather than "${text}".`, 1);
  const plain = text.replace(/\/.*/, '');
  const has = device.addresses.some((one) => one.address === plain);
  if (starts('add', verb)) {
    if (has) throw new IpError('Error: ipv4: Address already assigned.', 2);
    device.addAddress(plain, range.prefix, rest.includes('brd') || rest.includes('broadcast'));
  } else {
    if (!has) throw new IpError('RTNETLINK answers: Cannot assign requested address', 2);
    device.removeAddress(plain);
  }
  return 0;
}

function* link(tool: Tool, words: readonly string[], shown: Shown): Task<number> {
  const [verb = 'show', ...rest] = words;
  if (starts('show', verb) || starts('list', verb) || verb === 'lst') {
    for (const one of chosen(tool, rest)) tool.put(linkText(one, shown));
    return 0;
  }
  if (!starts('set', verb)) return unknown(verb, 'link');
  if (tool.busybox && !capable(tool.p, 'NET_ADMIN')) throw new IpError('ip: SIOCSIFFLAGS: Operation not permitted', 2);
  mayChange(tool);
  const { name, up, mtu } = readLinkSet(rest);
  const device = deviceOf(tool, name);
  if (up !== undefined) device.set(up);
  if (mtu !== undefined && mtu > 67) device.mtu = mtu;
  return 0;
}

/** The device may stand anywhere, with or without `dev`. iproute2: ip/iplink.c, iplink_parse */
function readLinkSet(words: readonly string[]): { name: string; up: boolean | undefined; mtu: number | undefined } {
  let name = '';
  let up: boolean | undefined;
  let mtu: number | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === 'up' || word === 'down') up = word === 'up';
    else if (word === 'mtu') mtu = Number(words[++at]);
    else if (word === 'dev') name = words[++at] ?? '';
    else if (name === '') name = word;
  }
  return { name, up, mtu };
}

function route(tool: Tool, words: readonly string[]): number {
  const { routes } = network(tool);
  const [verb = 'show', ...rest] = words;
  if (starts('show', verb) || starts('list', verb) || verb === 'lst') {
    const dev = rest.includes('dev') ? rest[rest.indexOf('dev') + 1] : undefined;
    const type = rest.includes('type') ? rest[rest.indexOf('type') + 1] : undefined;
    const to = rest[0] === 'default' ? cidr('0.0.0.0/0') : cidr(rest[0] ?? '');
    showRoutes(
      tool,
      routes.all.filter(
        (one) =>
          (dev === undefined || one.link.name === dev) &&
          (type === undefined || (one.type ?? 'unicast') === type) &&
          (!to || (one.network === to.network && one.prefix === to.prefix)),
      ),
    );
    return 0;
  }
  if (starts('get', verb)) {
    const to = rest[0] === 'to' ? rest[1] : rest[0];
    if (to === undefined || ipv4(to) === undefined)
      throw new IpError(`Error: any valid prefix is expected rather than "${to ?? ''}".`, 1);
    const text = routeGet(network(tool), to, tool.who.uid, tool.busybox);
    if (text === undefined) throw new IpError('RTNETLINK answers: Network is unreachable', 2);
    tool.put(text);
    return 0;
  }
  const changes = ['add', 'delete', 'replace', 'change'].some((one) => starts(one, verb));
  if (!changes) return unknown(verb, 'route');
  mayChange(tool);
  return changeRoute(tool, verb, rest);
}

const ROUTE_TYPES: ReadonlySet<string> = new Set(['unicast', 'unreachable', 'blackhole', 'prohibit', 'throw']);

function changeRoute(tool: Tool, verb: string, words: readonly string[]): number {
  const { routes } = network(tool);
  const same = (prefix: number, first: number) =>
    routes.all.some((one) => one.prefix === prefix && one.network === first);
  if (starts('delete', verb)) {
    const typed = ROUTE_TYPES.has(words[0] ?? '');
    const to = words[typed ? 1 : 0];
    const range = to === 'default' ? { network: 0, prefix: 0 } : cidr(to ?? '');
    const isIt = (one: Route) =>
      one.prefix === range?.prefix && one.network === range.network && (!typed || one.type === words[0]);
    if (!routes.all.some(isIt)) throw new IpError('RTNETLINK answers: No such process', 2);
    routes.remove(isIt);
    return 0;
  }
  const made = readRoute(network(tool), words);
  if ('error' in made) throw new IpError(made.error, 2);
  if (same(made.prefix, made.network)) {
    if (starts('add', verb)) throw new IpError('RTNETLINK answers: File exists', 2);
    routes.remove((one) => one.prefix === made.prefix && one.network === made.network);
  } else if (starts('change', verb)) throw new IpError('RTNETLINK answers: No such file or directory', 2);
  routes.add(made);
  return 0;
}

function showNeighbours(tool: Tool, words: readonly string[]): number {
  const dev = words.includes('dev') ? words[words.indexOf('dev') + 1] : undefined;
  for (const { address: to, link: on, mac, answers } of neighbours(network(tool)))
    if (dev === undefined || on.name === dev)
      tool.put(
        `${to} ${dev === undefined ? `dev ${on.name} ` : ''}${answers ? `lladdr ${mac} REACHABLE` : 'FAILED'} \n`,
      );
  return 0;
}

function* netns(tool: Tool, words: readonly string[]): Task<number> {
  const [verb = 'list', ...rest] = words;
  if (starts('exec', verb)) return yield* inNamespace(tool, rest);
  if (!starts('list', verb) && verb !== 'ls' && verb !== 'show')
    throw new IpError(`ip: kubetutor does not model netns ${verb}`, 1);
  const names = network(tool).links.flatMap((one) => one.peerNamespace?.() ?? []);
  for (const [id, name] of names.entries()) tool.put(`${name} (id: ${id + 1})\n`);
  return 0;
}

/** iproute2: ip/ipnetns.c on_netns_exec */
function* inNamespace(tool: Tool, [name, ...command]: readonly string[]): Task<number> {
  if (name === undefined) throw new IpError('No netns name specified', 255);
  if (command.length === 0) throw new IpError('No command specified', 255);
  const { p } = tool;
  const found = namedNamespace(network(tool), name);
  if (!found) throw new IpError(`Cannot open network namespace "${name}": No such file or directory`, 255);
  if (!capable(p, 'SYS_ADMIN'))
    throw new IpError(`setting the network namespace "${name}" failed: Operation not permitted`, 255);
  try {
    return yield* runOn(tool, p.machine.within({ network: found }), command, p.cwd);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new IpError(`exec of "${command[0]}" failed: ${error.text}`, 255);
  }
}

function unknown(verb: string, object: string): never {
  throw new IpError(`Command "${verb}" is unknown, try "ip ${object} help".`, 255);
}

/** bridge of iproute2. */
export const bridge = utility({
  name: 'bridge',
  usage: '[ OPTIONS ] OBJECT { COMMAND | help }',
  about: 'show / manipulate bridge addresses and devices',
  *run(tool) {
    const [object = ''] = tool.args.filter((word) => !word.startsWith('-'));
    if (object !== 'link' && object !== 'l') {
      yield* tool.complain(
        object === ''
          ? 'Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }\n'
          : `bridge: kubetutor does not model ${object}\n`,
      );
      return 255;
    }
    for (const port of network(tool).links) {
      if (!port.master) continue;
      const other = port.peer ? `@${port.peer.name}` : '';
      tool.put(
        `${port.index}: ${port.name}${other}: <${flagsOf(port).join(',')}> mtu ${port.mtu} master ${port.master.name} state ${port.up && port.carrier ? 'forwarding' : 'disabled'} priority 32 cost 2 \n`,
      );
    }
    return 0;
  },
});
