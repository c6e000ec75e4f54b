import { decodeDns, encodeDns } from '../../world/network/dns-message.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { World } from '../../world/world.ts';

const DNS = { protocol: 'udp', port: 53, owner: undefined } as const;

/**
 * The resolver of the workstation for names of the small internet: at 127.0.0.53 for itself, and at `addresses` for the
 * machines of the data centre. Whom it does not know it tells only itself: others wait in vain, as in the recordings,
 * unless `tellsAll`.
 */
export function addResolver(
  world: World,
  machine: NetworkNamespace,
  addresses: readonly string[],
  tellsAll = false,
): void {
  machine.listen({ ...DNS, address: '127.0.0.53', datagram: (bytes) => answer(world, bytes, true) });
  for (const address of addresses) {
    machine.listen({ ...DNS, address, datagram: (bytes) => answer(world, bytes, tellsAll) });
  }
}

/** A resolver of the internet: at its own address it tells everybody whatever there is. */
export function addPublicResolver(world: World, machine: NetworkNamespace): void {
  machine.listen({ ...DNS, address: '0.0.0.0', datagram: (bytes) => answer(world, bytes, true) });
}

function answer(world: World, bytes: Uint8Array, tellsAll: boolean): Uint8Array | undefined {
  const query = decodeDns(bytes);
  if (!query?.question) return undefined;
  const { name, type } = query.question;
  const known = world.network.names.get(name.toLowerCase());
  if (!known && !tellsAll) return undefined;
  return encodeDns({
    ...query,
    response: true,
    code: known ? 'NOERROR' : 'NXDOMAIN',
    authoritative: false,
    recursionAvailable: true,
    answers: type === 'A' && known ? known.map((value) => ({ name, type, ttl: 300, value })) : [],
  });
}
