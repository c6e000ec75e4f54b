import type { Link } from '../../../world/network/link.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';

export interface Neighbour {
  readonly address: string;
  readonly link: Link;
  readonly mac: string;
  /** Whether it would answer: no cable is cut and no end is down. */
  readonly answers: boolean;
}

/** Who shares a wire with a machine: kubetutor's machines know their neighbours without asking. */
export function neighbours(network: NetworkNamespace): Neighbour[] {
  const found: Neighbour[] = [];
  for (const link of network.links) {
    if (!link.segment || link.master) continue;
    for (const [address, other] of link.segment.owners)
      if (other !== link && other.namespace !== network)
        found.push({ address, link, mac: other.mac, answers: other.up && other.carrier && link.carrier });
  }
  return found;
}
