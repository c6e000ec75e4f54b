import { PODS, SERVICES } from '../../src/cluster/api/kinds.ts';
import { ServiceProxy } from '../../src/cluster/network/service-proxy.ts';
import { buildWorld } from '../../src/scenarios/build.ts';
import { NetworkNamespace } from '../../src/world/network/namespace.ts';
import { prepare, runStep } from '../conformance/player.ts';
import { cpu, median, row } from './measure.ts';

const NOW = '2026-09-01T09:00:00Z';

/** A control plane with so many Services and Pods, made as if they had always been there, and kube-proxy of three nodes. */
function crowd(services: number, endpoints: number) {
  const built = buildWorld('bare', 'bench');
  const { world, clusters } = built;
  const [cluster] = clusters;
  if (!cluster) throw new Error('no cluster');
  const client = cluster.client('kubernetes-admin', ['system:masters'], 'bench');
  for (let s = 0; s < services; s++) {
    const app = `app-${s}`;
    client.create(SERVICES, 'default', {
      metadata: { name: app },
      spec: {
        type: 'ClusterIP',
        clusterIP: `10.${100 + (s >> 8)}.${s & 255}.1`,
        clusterIPs: [`10.${100 + (s >> 8)}.${s & 255}.1`],
        ipFamilies: ['IPv4'],
        selector: { app },
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
    });
    for (let e = 0; e < endpoints; e++) {
      const id = s * endpoints + e;
      client.create(PODS, 'default', {
        metadata: { name: `${app}-${e}`, labels: { app } },
        spec: { nodeName: `node0${1 + (e % 2)}`, containers: [{ name: 'c', image: 'nginx' }] },
        status: {
          phase: 'Running',
          podIP: `10.244.${(id >> 8) & 255}.${id & 255}`,
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: NOW }],
        },
      });
    }
  }
  const networks = ['controlplane', 'node01', 'node02'].map((name) => new NetworkNamespace(name));
  const proxies = networks.map(
    (network) => new ServiceProxy(client, network.name, world.random.fork(network.name), network),
  );
  for (const proxy of proxies) proxy.start({ clusterCidr: '10.244.0.0/16' });
  world.loop.runUntil(world.now + 30_000);
  for (const proxy of proxies) proxy.sync();
  return { world, client, networks, proxies };
}

/** One Pod of 10,000 becomes unready: until EndpointSlice, Endpoints and the rules of three nodes say so. */
export function reconcileOne(): void {
  const { world, client, proxies, networks } = crowd(2000, 5);
  const times: number[] = [];
  for (let round = 0; round < 40; round++) {
    const name = `app-${round * 37}-2`;
    times.push(
      cpu(() => {
        client.modify(
          PODS,
          'default',
          name,
          (pod) => ({
            ...pod,
            status: { ...pod.status, conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: NOW }] },
          }),
          'status',
        );
        world.loop.runUntil(world.now + 50);
        for (const proxy of proxies) proxy.sync();
      }),
    );
  }
  const rules = networks[0]?.tables;
  const left = [...(rules?.table('nat').keys() ?? [])].filter((name) => name.startsWith('KUBE-SEP-')).length;
  row(`one Pod of 2,000 Services x 5 becomes unready (${left} left)`, `${median(times).toFixed(2)} ms CPU`, '2 ms');
}

/** Connections through the chains of a Service of 50 endpoints. */
export function requests(): void {
  const { networks } = crowd(1, 50);
  const [network] = networks;
  const rule = network?.nat[0];
  if (!network || !rule) throw new Error('no rules');
  const seen = new Set<string>();
  const time = cpu(() => {
    for (let i = 0; i < 5000; i++) {
      const packet = { protocol: 'tcp' as const, source: '10.244.1.9', address: '10.100.0.1', port: 80 };
      const change = rule({ ...packet, at: network, from: network });
      if (change && !('kind' in change)) seen.add(change.address);
    }
  });
  row(`5,000 connections through a Service (${seen.size} endpoints met)`, `${time.toFixed(0)} ms CPU`, '1000 ms');
}

/** Whole HTTP requests of a Pod: the name looked up once, then curl for each. */
export function httpRequests(): void {
  const built = buildWorld('kubeadm', 'bench');
  const { folder, home } = prepare(built);
  const run = (text: string) => runStep(built, text, folder, home);
  run('kubectl create deployment web --image=nginx --replicas=50; kubectl expose deployment web --port=80');
  built.world.loop.runUntil(built.world.now + 60_000);
  const address = run("kubectl get svc web -o jsonpath='{.spec.clusterIP}'").stdout ?? '';
  const network = built.world.machines.get('node01');
  if (!network) throw new Error('no node');
  const time = cpu(() => {
    let left = 5000;
    network.spawn({
      argv: ['client'],
      *main(process) {
        for (; left > 0; left--) yield* built.world.network.request(process, address, 80, { method: 'GET', path: '/' });
        return 0;
      },
      session: { tty: undefined },
    });
    for (let i = 0; i < 1000 && left > 0; i++) built.world.loop.runUntil(built.world.now + 100);
  });
  row('5,000 HTTP requests through a Service of 50 endpoints', `${time.toFixed(0)} ms CPU`, '1000 ms');
}
