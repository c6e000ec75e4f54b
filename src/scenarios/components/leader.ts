import { sha256 } from '@noble/hashes/sha2.js';
import { ApiUnreachable, type Client } from '../../cluster/api/client.ts';
import { LEASES } from '../../cluster/api/kinds.ts';
import { toMicroseconds } from '../../cluster/apimachinery/time.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { encode } from '../../world/bytes.ts';
import type { Timer } from '../../world/loop.ts';

const NAMESPACE = 'kube-system';
/** How often a lease is renewed, ms. Upstream's leaders do so every two seconds; who looks sees a lease that is held all the same. */
const RENEW_PERIOD = 10_000;
const LEADER_SECONDS = 15;
/** kubernetes: pkg/controlplane/instance.go IdentityLeaseDurationSeconds */
const IDENTITY_SECONDS = 3600;

/** How to stop holding a lease. `release`: it is free from now on for whoever comes next. */
export type StopLeading = (release: boolean) => void;

/** Holds the lease of a component that there is one of, while it runs. client-go: tools/leaderelection */
export function leadAs(cluster: Cluster, hostname: string, name: string): StopLeading {
  const client = cluster.client(`system:${name}`, [], name);
  const identity = `${hostname}_${cluster.world.random.uid()}`;
  return keepLease(cluster, client, name, identity, LEADER_SECONDS, {});
}

/** Holds the lease that says which API servers there are. kubernetes: pkg/controlplane/instance.go */
export function identifyServer(cluster: Cluster, hostname: string): () => void {
  const client = cluster.client('system:apiserver', ['system:masters'], 'kube-apiserver');
  const name = `apiserver-${base32(sha256(encode(hostname)).subarray(0, 16))}`;
  const stop = keepLease(cluster, client, name, `${name}_${cluster.world.random.uid()}`, IDENTITY_SECONDS, {
    'apiserver.kubernetes.io/identity': 'kube-apiserver',
    'kubernetes.io/hostname': hostname,
  });
  return () => stop(false);
}

function keepLease(
  cluster: Cluster,
  client: Client,
  name: string,
  holderIdentity: string,
  leaseDurationSeconds: number,
  labels: Record<string, string>,
): StopLeading {
  const { world } = cluster;
  let timer: Timer;
  const renew = () => {
    timer = world.loop.after(RENEW_PERIOD, renew);
    if (!client.available) return;
    const now = toMicroseconds(world.now);
    try {
      if (!client.get(LEASES, NAMESPACE, name))
        client.create(LEASES, NAMESPACE, {
          metadata: { name, namespace: NAMESPACE, ...(Object.keys(labels).length > 0 ? { labels } : {}) },
          spec: {
            ...(labels['kubernetes.io/hostname'] ? {} : { acquireTime: now, leaseTransitions: 0 }),
            holderIdentity,
            leaseDurationSeconds,
            renewTime: now,
          },
        });
      else
        client.modify(LEASES, NAMESPACE, name, (old) => {
          const mine = old.spec?.holderIdentity === holderIdentity;
          const taken = { acquireTime: now, leaseTransitions: (old.spec?.leaseTransitions ?? 0) + 1 };
          return {
            ...old,
            spec: {
              ...old.spec,
              ...(mine || labels['kubernetes.io/hostname'] ? {} : taken),
              holderIdentity,
              leaseDurationSeconds,
              renewTime: now,
            },
          };
        });
    } catch (error) {
      if (!(error instanceof ApiUnreachable)) throw error;
    }
  };
  timer = world.loop.soon(renew);
  return (release) => {
    timer.cancel();
    if (!release || !client.available || !client.get(LEASES, NAMESPACE, name)) return;
    const now = toMicroseconds(world.now);
    const freed = { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
    try {
      client.modify(LEASES, NAMESPACE, name, (old) => ({ ...old, spec: { ...old.spec, ...freed } }));
    } catch (error) {
      if (!(error instanceof ApiUnreachable)) throw error;
    }
  };
}

/** RFC 4648 without padding, in small letters. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += 'abcdefghijklmnopqrstuvwxyz234567'.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + 'abcdefghijklmnopqrstuvwxyz234567'.charAt((held << (5 - bits)) & 31) : text;
}
