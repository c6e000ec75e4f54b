import { describe, expect, test } from 'vitest';
import type { Hop } from '../../src/world/network/packet.ts';
import type { Attempt } from '../../src/world/network/walk.ts';
import { makeCluster } from '../programs/support.ts';

const { built, line } = makeCluster();
const { network } = built.world;
line('kubectl run web --image=nginx --overrides=\'{"spec":{"nodeName":"node01"}}\'');
line('kubectl run far --image=nginx --overrides=\'{"spec":{"nodeName":"node02"}}\'; sleep 10');

function pod(name: string) {
  const address = line(`kubectl get pod ${name} -o jsonpath='{.status.podIP}'`).stdout;
  const namespace = network.namespaceOf(address);
  if (!namespace) throw new Error(`no Pod at ${address}`);
  return { address, namespace };
}

const web = pod('web');
const far = pod('far');

/** `podA>node01 node01>node02 …`: which machines it crosses, and how it ends. */
function way(attempt: Attempt): string {
  const hops: Hop[] = [];
  const verdict = network.route(attempt, hops);
  const crossed = hops.flatMap((hop) =>
    hop.kind === 'crossed' ? [`${hop.out.name}>${hop.in.namespace?.name}/${hop.in.name}`] : [],
  );
  const end = verdict.kind === 'delivered' ? `ttl ${verdict.ttl}` : `${verdict.kind} ${verdict.reason}`;
  return [...crossed, end].join(' ');
}

describe('the way of a packet', () => {
  test('from Pod to Pod on another node', () => {
    expect(way({ from: web.namespace, protocol: 'tcp', address: far.address, port: 80 })).toBe(
      'eth0>node01/cni0 eth0>node02/eth0 cni0>default/far/eth0 ttl 62',
    );
  });

  test('from the workstation only nodes can be reached', () => {
    const from = built.workstation.network;
    expect(way({ from, protocol: 'tcp', address: '192.168.64.11', port: 22 })).toBe('br0>node01/eth0 ttl 64');
    expect(way({ from, protocol: 'tcp', address: web.address, port: 80 })).toBe('no-network no-route');
    expect(way({ from, protocol: 'tcp', address: '203.0.113.9', port: 80 })).toBe(
      'enp0s1>home-router/lan timeout no-neighbour',
    );
    expect(way({ from, protocol: 'tcp', address: '192.168.64.77', port: 80 })).toBe('unreachable no-neighbour');
  });

  test('an address of no Pod is found out by the node that it belongs to', () => {
    expect(way({ from: web.namespace, protocol: 'tcp', address: '10.244.2.99', port: 80 })).toBe(
      'eth0>node01/cni0 eth0>node02/eth0 unreachable no-neighbour',
    );
  });

  test('a route that is gone, an interface that is down', () => {
    const { routes } = web.namespace;
    const link = web.namespace.link('eth0');
    if (!link) throw new Error('no eth0');
    link.up = false;
    expect(way({ from: web.namespace, protocol: 'tcp', address: far.address, port: 80 })).toBe('no-network no-route');
    link.up = true;
    const [first] = routes.all;
    routes.remove((route) => route.prefix === 0);
    expect(way({ from: web.namespace, protocol: 'tcp', address: far.address, port: 80 })).toBe('no-network no-route');
    if (first) routes.add(first);
  });

  test('what arrives has the address that it was given on the way', () => {
    const hop = network.route({ from: web.namespace, protocol: 'tcp', address: '23.192.228.80', port: 80 });
    expect(hop).toMatchObject({ kind: 'delivered', source: '198.51.100.20' });
    const direct = network.route({ from: web.namespace, protocol: 'tcp', address: far.address, port: 80 });
    expect(direct).toMatchObject({ kind: 'delivered', source: web.address });
  });

  test('it costs little', () => {
    const begin = process.cpuUsage();
    for (let round = 0; round < 5000; round++)
      network.route({ from: web.namespace, protocol: 'tcp', address: far.address, port: 80 });
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(200);
  });
});
