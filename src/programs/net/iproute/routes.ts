import type { Tool } from '../../../shell/utilities/tool.ts';
import { cidr, cidrText, ipv4Text } from '../../../world/network/address.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import type { Route } from '../../../world/network/routes.ts';

function destination({ network, prefix }: Route): string {
  if (prefix === 0) return 'default';
  return prefix === 32 ? ipv4Text(network) : cidrText({ network, prefix });
}

/** A line of `ip route`; it ends with a space, as the real one does. */
function routeLine(route: Route, busybox: boolean): string {
  const { type, via, link, protocol, scope, source, metric, onlink } = route;
  const words = [type ? `${type} ${destination(route)}` : destination(route)];
  if (via !== undefined) words.push(`via ${via}`);
  if (!type) words.push(`dev ${link.name}`);
  if (protocol && protocol !== 'boot' && !busybox) words.push(`proto ${protocol}`);
  if (scope === 'link') words.push(busybox ? 'scope link ' : 'scope link');
  if (source !== undefined) words.push(`src ${source}`);
  if (metric !== undefined) words.push(`metric ${metric}`);
  if (onlink) words.push('onlink');
  if (!type && !link.carrier) words.push('linkdown');
  return `${words.join(' ')} \n`;
}

export function showRoutes(tool: Tool, routes: readonly Route[]): void {
  for (const route of routes) if (route.type || route.link.up) tool.put(routeLine(route, tool.busybox));
}

/** `ip route get`. Undefined when there is none: the kernel says that the network is unreachable. */
export function routeGet(
  network: NetworkNamespace,
  address: string,
  uid: number,
  busybox: boolean,
): string | undefined {
  const tail = busybox ? ' ' : ` uid ${uid} `;
  const cache = (flags: string) => (busybox ? '' : `    cache ${flags}\n`);
  if (network.isLocal(address)) return `local ${address} dev lo src ${address}${tail}\n${cache('<local> ')}`;
  const route = network.routes.lookup(address);
  if (!route || route.type) return undefined;
  const via = route.via === undefined ? '' : ` via ${route.via}`;
  return `${address}${via} dev ${route.link.name} ${busybox ? ' ' : ''}src ${network.sourceFor(address) ?? ''}${tail}\n${cache('')}`;
}

/** Reads `DEST [via A] [dev D] [src S] [metric N]`, or says what is wrong. */
export function readRoute(network: NetworkNamespace, words: readonly string[]): Route | { readonly error: string } {
  const rest = [...words];
  let type: Route['type'];
  const first = rest[0];
  if (first === 'unreachable' || first === 'blackhole' || first === 'throw') {
    type = first;
    rest.shift();
  }
  const to = rest.shift() ?? '';
  const range = to === 'default' ? { network: 0, prefix: 0 } : cidr(to);
  if (!range) return { error: `Error: any valid prefix is expected rather than "${to}".` };
  const options = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 2) options.set(rest[at] ?? '', rest[at + 1] ?? '');
  const via = options.get('via');
  const device = options.get('dev');
  const named = device === undefined ? undefined : network.link(device);
  if (device !== undefined && !named) return { error: `Cannot find device "${device}"` };
  const way = via === undefined ? undefined : network.routes.lookup(via);
  if (via !== undefined && !named && (!way || way.via !== undefined))
    return { error: 'Error: Nexthop has invalid gateway.' };
  const link = named ?? way?.link ?? (type ? network.links[0] : undefined);
  if (!link) return { error: 'RTNETLINK answers: No such device' };
  const source = options.get('src');
  const metric = options.get('metric');
  return {
    ...range,
    link,
    ...(via === undefined ? {} : { via }),
    ...(via === undefined && !type ? { scope: 'link' as const } : {}),
    ...(source === undefined ? {} : { source }),
    ...(metric === undefined ? {} : { metric: Number(metric) }),
    ...(type ? { type } : {}),
  };
}
