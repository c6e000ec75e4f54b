import { describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../../src/world/network/namespace.ts';
import { makeCluster } from '../../programs/support.ts';

// Every Service type x client place x traffic policy x protocol. What is expected comes from the documentation; each row
// names its page. The endpoint runs on node01.

const PLACES = ['podSame', 'podOther', 'nodeSame', 'nodeOther', 'outside'] as const;
type Place = (typeof PLACES)[number];
const INSIDE: readonly Place[] = ['podSame', 'podOther', 'nodeSame', 'nodeOther'];
const POLICIES = ['Cluster', 'Local'] as const;
type Policy = (typeof POLICIES)[number];
/** Which address of a Service the client speaks to. */
type Via = 'cluster' | 'portSame' | 'portOther' | 'balancer' | 'external' | 'pod';

interface Row {
  readonly via: Via;
  readonly internal?: Policy;
  readonly external?: Policy;
  readonly reach: readonly Place[];
  readonly source: string;
}

const DOCS = 'https://kubernetes.io/docs';
const TABLE: readonly Row[] = [
  {
    via: 'cluster',
    internal: 'Cluster',
    reach: INSIDE,
    source: `${DOCS}/concepts/services-networking/service/#type-clusterip: reachable from within the cluster only`,
  },
  {
    via: 'cluster',
    internal: 'Local',
    reach: ['podSame', 'nodeSame'],
    source: `${DOCS}/concepts/services-networking/service-traffic-policy/: as if there were no endpoints on other nodes`,
  },
  {
    via: 'portSame',
    external: 'Cluster',
    reach: PLACES,
    source: `${DOCS}/concepts/services-networking/service/#type-nodeport: each node proxies that port`,
  },
  {
    via: 'portSame',
    external: 'Local',
    reach: PLACES,
    source: `${DOCS}/reference/networking/virtual-ips/#external-traffic-policy: to endpoints of the node`,
  },
  {
    via: 'portOther',
    external: 'Cluster',
    reach: PLACES,
    source: `${DOCS}/concepts/services-networking/service/#type-nodeport: whichever node one connects to`,
  },
  {
    via: 'portOther',
    external: 'Local',
    reach: ['podOther', 'nodeOther'],
    source: `${DOCS}/reference/networking/virtual-ips/#external-traffic-policy: dropped without local endpoints; what the node itself and its Pods send is not external (golden/live-network/external-traffic-policy-from-everywhere.yaml)`,
  },
  {
    via: 'balancer',
    external: 'Cluster',
    reach: INSIDE,
    source: `${DOCS}/concepts/services-networking/service/#type-loadbalancer: kube-proxy serves the address in the cluster; nobody announces it outside`,
  },
  {
    via: 'balancer',
    external: 'Local',
    reach: INSIDE,
    source: `${DOCS}/reference/networking/virtual-ips/#external-traffic-policy: traffic that starts in the cluster goes to any endpoint`,
  },
  {
    via: 'external',
    external: 'Cluster',
    reach: PLACES,
    source: `${DOCS}/concepts/services-networking/service/#external-ips: traffic that comes to a node with that address and port`,
  },
  {
    via: 'external',
    external: 'Local',
    reach: INSIDE,
    source: `${DOCS}/reference/networking/virtual-ips/#external-traffic-policy: the node with the address has no endpoint`,
  },
  {
    via: 'pod',
    reach: INSIDE,
    source: `${DOCS}/concepts/services-networking/service/#headless-services: addresses of Pods, without a proxy`,
  },
];

const TYPES: Readonly<Record<string, readonly Via[]>> = {
  ClusterIP: ['cluster', 'external'],
  NodePort: ['cluster', 'portSame', 'portOther'],
  LoadBalancer: ['cluster', 'portSame', 'portOther', 'balancer'],
  headless: ['pod'],
};
const EXTERNAL_ADDRESS = '192.168.64.12';
const PORTS = { tcp: 80, udp: 53 } as const;

const { built, line } = makeCluster();
const { world, workstation } = built;

interface Made {
  readonly type: string;
  readonly internal: Policy;
  readonly external: Policy;
  readonly name: string;
  readonly index: number;
}

const services: Made[] = [];
for (const type of Object.keys(TYPES))
  for (const internal of POLICIES)
    for (const external of POLICIES)
      if (type !== 'headless' || (internal === 'Cluster' && external === 'Cluster'))
        services.push({ type, internal, external, index: services.length, name: `s${services.length}` });

const addressesOf = (index: number) => ({
  cluster: `10.96.60.${10 + index}`,
  balancer: `198.51.100.${10 + index}`,
  tcp: 31_000 + 2 * index,
  udp: 31_001 + 2 * index,
  external: { tcp: 7000 + 2 * index, udp: 7001 + 2 * index },
});

function manifest({ type, internal, external, name, index }: Made): string {
  const { cluster, tcp, udp, external: ports } = addressesOf(index);
  const outer = type === 'ClusterIP';
  const port = (protocol: 'tcp' | 'udp') => ({
    name: protocol,
    protocol: protocol.toUpperCase(),
    port: outer ? ports[protocol] : PORTS[protocol],
    targetPort: PORTS[protocol],
    ...(type === 'NodePort' || type === 'LoadBalancer' ? { nodePort: protocol === 'tcp' ? tcp : udp } : {}),
  });
  const spec = {
    type: type === 'headless' ? 'ClusterIP' : type,
    clusterIP: type === 'headless' ? 'None' : cluster,
    selector: { app: 'server' },
    internalTrafficPolicy: internal,
    ...(type === 'headless' ? {} : { externalTrafficPolicy: external }),
    ...(outer ? { externalIPs: [EXTERNAL_ADDRESS] } : {}),
    ports: [port('tcp'), port('udp')],
  };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
}

const pod = (name: string, node: string, image: string) =>
  `kubectl run ${name} --image=${image} --labels=app=${name} --overrides='{"spec":{"nodeName":"${node}"}}'${image === 'nginx' ? '' : ' --command -- sleep 3600'}\n`;
line(
  `${pod('server', 'node01', 'nginx')}${pod('same', 'node01', 'busybox')}${pod('other', 'node02', 'busybox')}sleep 10
${services.map((service) => `kubectl apply -f - <<'EOT'\n${manifest(service)}\nEOT`).join('\n')}
${services
  .filter(({ type }) => type === 'LoadBalancer')
  .map(
    ({ name, index }) =>
      `kubectl patch svc ${name} --subresource=status -p '{"status":{"loadBalancer":{"ingress":[{"ip":"${addressesOf(index).balancer}"}]}}}'`,
  )
  .join('\n')}
sleep 3`,
  120_000,
);
const podAddress = (name: string) => line(`kubectl get pod ${name} -o jsonpath='{.status.podIP}'`).stdout;
const server = podAddress('server');
const networkOf = (name: string): NetworkNamespace => {
  const found = world.network.namespaceOf(podAddress(name));
  if (!found) throw new Error(`no Pod ${name}`);
  return found;
};
const nodeNetwork = (name: string): NetworkNamespace => {
  const machine = world.machines.get(name);
  if (!machine) throw new Error(`no node ${name}`);
  return machine.network;
};
const clients: Readonly<Record<Place, NetworkNamespace>> = {
  podSame: networkOf('same'),
  podOther: networkOf('other'),
  nodeSame: nodeNetwork('node01'),
  nodeOther: nodeNetwork('node02'),
  outside: workstation.network,
};

function target(via: Via, index: number, protocol: 'tcp' | 'udp'): { address: string; port: number } {
  const own = addressesOf(index);
  switch (via) {
    case 'cluster':
      return {
        address: own.cluster,
        port: services[index]?.type === 'ClusterIP' ? own.external[protocol] : PORTS[protocol],
      };
    case 'portSame':
      return { address: '192.168.64.11', port: own[protocol] };
    case 'portOther':
      return { address: '192.168.64.12', port: own[protocol] };
    case 'balancer':
      return { address: own.balancer, port: PORTS[protocol] };
    case 'external':
      return { address: EXTERNAL_ADDRESS, port: own.external[protocol] };
    case 'pod':
      return { address: server, port: PORTS[protocol] };
  }
}

function reaches(from: NetworkNamespace, to: { address: string; port: number }, protocol: 'tcp' | 'udp'): boolean {
  const verdict = world.network.route({ from, protocol, ...to });
  return verdict.kind === 'delivered' && verdict.address === server && verdict.port === PORTS[protocol];
}

let cases = 0;
describe('who reaches a Service', () => {
  for (const row of TABLE)
    test(`${row.via} ${row.internal ?? ''}${row.external ?? ''}: ${row.source.replace(/^https?:\/\//, '')}`, () => {
      for (const { type, internal, external, index } of services) {
        if (!TYPES[type]?.includes(row.via)) continue;
        if ((row.internal ?? internal) !== internal || (row.external ?? external) !== external) continue;
        for (const protocol of ['tcp', 'udp'] as const)
          for (const place of PLACES) {
            cases++;
            const found = reaches(clients[place], target(row.via, index, protocol), protocol);
            const what = `${type} internal ${internal} external ${external} ${protocol} from ${place} by ${row.via}`;
            expect(`${what}: ${found}`).toBe(`${what}: ${row.reach.includes(place)}`);
          }
      }
    });

  test('are at least 200 cases', () => {
    expect(cases).toBeGreaterThanOrEqual(200);
  });
});

test('the receiver sees the node for external policy Cluster and the client for Local', () => {
  const seen = (external: Policy) => {
    const index = services.findIndex((service) => service.type === 'NodePort' && service.external === external);
    const verdict = world.network.route({
      from: clients.outside,
      protocol: 'tcp',
      ...target('portSame', index, 'tcp'),
    });
    return verdict.kind === 'delivered' ? verdict.source : verdict.kind;
  };
  expect(seen('Local')).toBe('192.168.64.1');
  expect(seen('Cluster')).toBe('10.244.1.1');
});
