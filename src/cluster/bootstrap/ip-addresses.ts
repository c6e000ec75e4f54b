import { at, type Stored } from '../api/object.ts';
import type { ApiServer } from '../api/server.ts';
import { toSeconds } from '../apimachinery/time.ts';

const TABLE = 'ipaddresses.networking.k8s.io';

/**
 * Keeps an IPAddress for each address that a Service has, as the allocator of kube-apiserver does.
 * kubernetes: pkg/registry/core/service/ipallocator/ipallocator.go
 */
export function keepIpAddresses(server: ApiServer): void {
  const { store } = server;
  store.subscribe('services', ({ type, object, old }) => {
    const before = addressesOf(old);
    const now = type === 'DELETED' ? [] : addressesOf(object);
    for (const address of before) if (!now.includes(address)) store.remove(TABLE, address);
    for (const address of now) if (!store.get(TABLE, address)) store.put(TABLE, ipAddress(server, address, object));
  });
}

function addressesOf(service: Stored | undefined): string[] {
  const ips = at(service, 'spec', 'clusterIPs');
  return Array.isArray(ips) ? ips.filter((ip): ip is string => typeof ip === 'string' && ip !== 'None') : [];
}

function ipAddress(server: ApiServer, name: string, { metadata }: Stored): Stored {
  const parent: object = {
    spec: { parentRef: { name: metadata.name, namespace: metadata.namespace, resource: 'services' } },
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name,
      uid: server.world.random.fork(`ip-address/${name}`).uid(),
      resourceVersion: '',
      generation: 1,
      creationTimestamp: toSeconds(server.world.now),
      labels: {
        'ipaddress.kubernetes.io/ip-family': name.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    ...parent,
  };
}
