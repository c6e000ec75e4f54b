import { decodeDns, encodeDns } from '../../world/network/dns-message.ts';
import type { LateAnswer, NetworkNamespace } from '../../world/network/namespace.ts';

/** Where containers on networks that people made find their name server. moby: libnetwork/resolver.go */
export const NAME_SERVER = '127.0.0.11';

/**
 * The engine's name server inside a container: `lookup` knows containers on its networks by name; everything else is
 * asked of `forward`, the host's resolver.
 */
export function addNameServer(
  sandbox: NetworkNamespace,
  lookup: (name: string) => string | undefined,
  forward: (bytes: Uint8Array) => LateAnswer | undefined,
): void {
  sandbox.listen({
    protocol: 'udp',
    address: NAME_SERVER,
    port: 53,
    owner: undefined,
    datagram: (bytes) => {
      const query = decodeDns(bytes);
      if (!query?.question) return undefined;
      const { name, type } = query.question;
      const address = lookup(name.toLowerCase().replace(/\.$/, ''));
      if (address === undefined) return forward(bytes);
      return encodeDns({
        ...query,
        response: true,
        code: 'NOERROR',
        authoritative: false,
        recursionAvailable: true,
        answers: type === 'A' ? [{ name, type, ttl: 600, value: address }] : [],
      });
    },
  });
}
