import type { NetworkNamespace } from '../../world/network/namespace.ts';

/** The network namespace that `ip netns` of a machine lists under a name: that of a Pod's sandbox. */
export function namedNamespace(network: NetworkNamespace, name: string): NetworkNamespace | undefined {
  return network.links.map((link) => link.peer?.namespace).find((one) => one?.netns === name);
}
