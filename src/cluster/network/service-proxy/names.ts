import { sha256 } from '@noble/hashes/sha2.js';
import { encode } from '../../../world/bytes.ts';

// The names of kube-proxy's chains: a prefix and 16 characters of a hash. kubernetes: pkg/proxy/iptables/proxier.go

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function hash(text: string): string {
  const digest = sha256(encode(text));
  let name = '';
  let bits = 0;
  let value = 0;
  for (const byte of digest) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      name += ALPHABET[(value >>> (bits - 5)) & 31];
      bits -= 5;
      if (name.length === 16) return name;
    }
    value &= (1 << bits) - 1;
  }
  return name;
}

export interface ChainNames {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
}

/** `service` is `namespace/name:port`, or `namespace/name` for a port without a name. */
export function chainNames(service: string, protocol: string): ChainNames {
  const suffix = hash(`${service}${protocol}`);
  return {
    cluster: `KUBE-SVC-${suffix}`,
    local: `KUBE-SVL-${suffix}`,
    external: `KUBE-EXT-${suffix}`,
    firewall: `KUBE-FW-${suffix}`,
  };
}

export function endpointChain(service: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${hash(`${service}${protocol}${endpoint}`)}`;
}
