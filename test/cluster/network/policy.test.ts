import { expect, test } from 'vitest';
import type { Stored } from '../../../src/cluster/api/object.ts';
import type { NetworkPolicy, Pod } from '../../../src/cluster/api/types.generated.ts';
import { Policies } from '../../../src/cluster/network/policy/policies.ts';
import { Random } from '../../../src/world/random.ts';

// Clusters of policies made at random, and every flow between their Pods and some outside addresses, judged by the
// product and by an evaluator written here from the documentation alone, which looks at everything every time.

const NAMESPACES: Record<string, Record<string, string>> = {
  shop: { 'kubernetes.io/metadata.name': 'shop', team: 'red' },
  bank: { 'kubernetes.io/metadata.name': 'bank', team: 'blue', tier: 'secret' },
  lab: { 'kubernetes.io/metadata.name': 'lab' },
};
const LABELS: Record<string, readonly string[]> = { app: ['web', 'db', 'api'], env: ['dev', 'prod'] };
const OUTSIDE = ['192.168.64.1', '203.0.113.7', '10.244.9.9'];
const PORTS = [80, 443, 5432, 8080];

interface SimplePod {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly labels: Record<string, string>;
  readonly ports: readonly { name: string; protocol: 'TCP' | 'UDP'; containerPort: number }[];
}

class Maker {
  constructor(private readonly random: Random) {}

  private pick<T>(items: readonly T[]): T {
    const item = items[this.random.integer(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  private chance(share: number): boolean {
    return this.random.next() < share;
  }

  pods(): SimplePod[] {
    return Array.from({ length: 7 }, (_, index) => {
      const labels: Record<string, string> = {};
      for (const [key, values] of Object.entries(LABELS)) if (this.chance(0.75)) labels[key] = this.pick(values);
      const ports: SimplePod['ports'][number][] = [];
      if (this.chance(0.7)) ports.push({ name: 'http', protocol: 'TCP', containerPort: this.pick(PORTS) });
      if (this.chance(0.3)) ports.push({ name: 'dns', protocol: 'UDP', containerPort: 53 });
      return {
        namespace: this.pick(Object.keys(NAMESPACES)),
        name: `pod-${index}`,
        ip: `10.244.${index % 3}.${index + 2}`,
        labels,
        ports,
      };
    });
  }

  private selector() {
    if (this.chance(0.25)) return {};
    const key = this.pick(Object.keys(LABELS));
    const value = this.pick(LABELS[key] ?? []);
    if (this.chance(0.6)) return { matchLabels: { [key]: value } };
    const operator = this.pick(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
    const values = operator === 'In' || operator === 'NotIn' ? { values: [value] } : {};
    return { matchExpressions: [{ key, operator, ...values }] };
  }

  private namespaceSelector() {
    if (this.chance(0.3)) return {};
    return { matchLabels: this.pick([{ team: 'red' }, { team: 'blue' }, { 'kubernetes.io/metadata.name': 'lab' }]) };
  }

  private peer() {
    const kind = this.random.integer(4);
    if (kind === 0) return { podSelector: this.selector() };
    if (kind === 1) return { namespaceSelector: this.namespaceSelector() };
    if (kind === 2) return { namespaceSelector: this.namespaceSelector(), podSelector: this.selector() };
    return {
      ipBlock: this.pick([
        { cidr: '0.0.0.0/0' },
        { cidr: '10.244.0.0/16', except: ['10.244.1.0/24'] },
        { cidr: '192.168.64.0/24' },
        { cidr: '203.0.113.0/24', except: ['203.0.113.7/32'] },
      ]),
    };
  }

  private port() {
    const kind = this.random.integer(5);
    if (kind === 0) return { port: 'http', protocol: 'TCP' as const };
    if (kind === 1) return { port: this.pick(PORTS) };
    if (kind === 2) return { port: 53, protocol: 'UDP' as const };
    if (kind === 3) return { port: 80, endPort: this.pick([443, 8080]), protocol: 'TCP' as const };
    return this.pick([
      { protocol: 'UDP' as const },
      { protocol: 'TCP' as const },
      { port: 'dns', protocol: 'UDP' as const },
    ]);
  }

  private list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.random.integer(most + 1) }, make);
  }

  policy(index: number): Stored<NetworkPolicy> {
    const rule = (side: 'from' | 'to') => {
      const peers = this.list(2, () => this.peer());
      const ports = this.list(2, () => this.port());
      return { ...(this.chance(0.8) ? { [side]: peers } : {}), ...(this.chance(0.6) ? { ports } : {}) };
    };
    const types = this.pick([['Ingress'], ['Egress'], ['Ingress', 'Egress']] as const);
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `policy-${index}`, namespace: this.pick(Object.keys(NAMESPACES)), uid: `p${index}` },
      spec: {
        podSelector: this.selector(),
        policyTypes: [...types],
        ...(types.includes('Ingress' as never) && this.chance(0.8)
          ? { ingress: this.list(2, () => rule('from')) }
          : {}),
        ...(types.includes('Egress' as never) && this.chance(0.8) ? { egress: this.list(2, () => rule('to')) } : {}),
      },
    } as unknown as Stored<NetworkPolicy>;
  }
}

// ---- the evaluator to compare with ----

type Any = Record<string, unknown>;

function labelsFit(selector: Any | undefined, labels: Record<string, string>): boolean {
  for (const [key, value] of Object.entries((selector?.['matchLabels'] as Any) ?? {}))
    if (labels[key] !== value) return false;
  for (const expression of (selector?.['matchExpressions'] as Any[]) ?? []) {
    const value = labels[String(expression['key'])];
    const listed = ((expression['values'] as string[]) ?? []).includes(value ?? ' none ');
    const fits = { In: listed, NotIn: !listed, Exists: value !== undefined, DoesNotExist: value === undefined };
    if (!fits[expression['operator'] as keyof typeof fits]) return false;
  }
  return true;
}

const bits = (ip: string) =>
  ip
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
function within(block: string, ip: string): boolean {
  const [network = '', length = ''] = block.split('/');
  return bits(ip).startsWith(bits(network).slice(0, Number(length)));
}

function bruteForce(
  policies: readonly Stored<NetworkPolicy>[],
  pods: readonly SimplePod[],
  from: string,
  to: string,
  protocol: string,
  port: number,
): boolean {
  const podAt = (ip: string) => pods.find((pod) => pod.ip === ip);
  for (const [own, other, type, key, side] of [
    [podAt(from), to, 'Egress', 'egress', 'to'],
    [podAt(to), from, 'Ingress', 'ingress', 'from'],
  ] as const) {
    if (!own) continue;
    const applying = policies.filter(
      (policy) =>
        policy.metadata.namespace === own.namespace &&
        policy.spec?.policyTypes?.includes(type) &&
        labelsFit(policy.spec.podSelector as Any, own.labels),
    );
    if (applying.length === 0) continue;
    const passes = applying.some((policy) =>
      ((policy.spec as Any)[key] as Any[] | undefined)?.some((rule) => {
        const ports = (rule['ports'] as Any[] | undefined) ?? [];
        const peers = (rule[side] as Any[] | undefined) ?? [];
        const portFits =
          ports.length === 0 ||
          ports.some((one) => {
            if ((one['protocol'] ?? 'TCP') !== protocol) return false;
            const wanted = one['port'];
            if (wanted === undefined) return true;
            if (typeof wanted === 'string')
              return podAt(to)?.ports.some(
                (p) => p.name === wanted && p.containerPort === port && p.protocol === protocol,
              );
            return port >= Number(wanted) && port <= Number(one['endPort'] ?? wanted);
          });
        const peerFits =
          peers.length === 0 ||
          peers.some((peer) => {
            const block = peer['ipBlock'] as { cidr: string; except?: string[] } | undefined;
            if (block) return within(block.cidr, other) && !(block.except ?? []).some((one) => within(one, other));
            const pod = podAt(other);
            if (!pod) return false;
            const spaces = peer['namespaceSelector'] as Any | undefined;
            if (
              spaces ? !labelsFit(spaces, NAMESPACES[pod.namespace] ?? {}) : pod.namespace !== policy.metadata.namespace
            )
              return false;
            return labelsFit(peer['podSelector'] as Any | undefined, pod.labels);
          });
        return portFits && peerFits;
      }),
    );
    if (!passes) return false;
  }
  return true;
}

test('200 clusters of generated policies judge every flow as the documentation says', () => {
  const counts = { policies: 0, allowed: 0, denied: 0 };
  for (let round = 0; round < 200; round++) {
    const make = new Maker(new Random(`policies-${round}`));
    const pods = make.pods();
    const policies = Array.from({ length: 1 + (round % 4) }, (_, index) => make.policy(index));
    counts.policies += policies.length;
    const known = new Policies();
    for (const [name, labels] of Object.entries(NAMESPACES))
      known.setNamespace({ metadata: { name, labels } } as never);
    for (const { namespace, name, ip, labels, ports } of pods)
      known.setPod({
        metadata: { name, namespace, labels },
        spec: { containers: [{ name: 'main', ports: [...ports] }] },
        status: { podIP: ip, phase: 'Running' },
      } as unknown as Stored<Pod>);
    for (const policy of policies) known.setPolicy(policy);
    const places = [...pods.map((pod) => pod.ip), ...OUTSIDE];
    for (const from of places)
      for (const to of places)
        for (const [protocol, port] of [
          ...PORTS.map((one) => ['TCP', one] as const),
          ['UDP', 53] as const,
          ['ICMP', 0] as const,
        ]) {
          if (from === to) continue;
          const flow = { protocol, port, from: known.end(from), to: known.end(to) };
          const out = known.judge('egress', flow);
          const into = known.judge('ingress', flow);
          const actual = out?.allowed !== false && into?.allowed !== false;
          const expected = bruteForce(policies, pods, from, to, protocol, port);
          if (actual !== expected)
            expect.fail(`${round}: ${from} → ${to} ${protocol}/${port}: ${JSON.stringify({ actual, policies, pods })}`);
          counts[actual ? 'allowed' : 'denied']++;
        }
  }
  expect(counts.policies).toBe(500);
  // Neither answer is the rule.
  expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(15_000);
});
