import type { Client, Kind } from '../../cluster/api/client.ts';
import type { ApiObject, Stored } from '../../cluster/api/object.ts';
import { cidr, ipv4, ipv4Text } from '../../world/network/address.ts';

const GROUP = 'metallb.io';
const VERSION = 'v1beta1';

export interface IPAddressPool extends ApiObject {
  readonly spec?: {
    readonly addresses?: readonly string[];
    readonly autoAssign?: boolean;
    readonly avoidBuggyIPs?: boolean;
  };
}

export interface L2Advertisement extends ApiObject {
  readonly spec?: { readonly ipAddressPools?: readonly string[] };
}

export const IP_ADDRESS_POOLS: Kind<IPAddressPool> = { group: GROUP, version: VERSION, plural: 'ipaddresspools' };
export const L2_ADVERTISEMENTS: Kind<L2Advertisement> = { group: GROUP, version: VERSION, plural: 'l2advertisements' };

/** What a service shows of the pool that its address came from. */
export const FROM_POOL = `${GROUP}/ip-allocated-from-pool`;

/** The objects of a kind, none while its CRD is not there. */
export function listIfServed<T extends ApiObject>(client: Client, kind: Kind<T>): Stored<T>[] {
  const { resources } = client.server;
  if (!resources.find(kind.group, kind.version, kind.plural)) return [];
  return client.list(kind).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** `192.168.64.240-192.168.64.250` or `192.168.64.240/28`, first and last. Undefined for what is neither. */
function rangeOf(text: string): { readonly first: number; readonly last: number } | undefined {
  const [from = '', to] = text.split('-').map((part) => part.trim());
  if (to !== undefined) {
    const [first, last] = [ipv4(from), ipv4(to)];
    return first === undefined || last === undefined ? undefined : { first, last };
  }
  const range = cidr(from);
  return range && { first: range.network, last: range.network + 2 ** (32 - range.prefix) - 1 };
}

/** Every address of a pool, in order. */
export function* addressesOf({ spec }: IPAddressPool): Iterable<string> {
  for (const text of spec?.addresses ?? []) {
    const range = rangeOf(text);
    if (!range) continue;
    for (let value = range.first; value <= range.last; value++) {
      const end = value % 256;
      if (!spec?.avoidBuggyIPs || (end !== 0 && end !== 255)) yield ipv4Text(value);
    }
  }
}

export function poolHas({ spec }: IPAddressPool, address: string): boolean {
  const value = ipv4(address);
  return (spec?.addresses ?? []).some((text) => {
    const range = rangeOf(text);
    return range !== undefined && value !== undefined && range.first <= value && value <= range.last;
  });
}
