import type { Client } from '../../../src/cluster/api/client.ts';
import { DEPLOYMENTS, EVENTS, NODES, PODS, REPLICA_SETS } from '../../../src/cluster/api/kinds.ts';
import type { Stored } from '../../../src/cluster/api/object.ts';
import type { Container, Deployment, Pod, PodSpec, PodTemplateSpec } from '../../../src/cluster/api/types.generated.ts';
import { Cluster, type Component } from '../../../src/cluster/cluster.ts';
import { startControllerManager } from '../../../src/cluster/controllers/controllers.ts';
import { startKwok } from '../../../src/cluster/node/kwok.ts';
import { startScheduler } from '../../../src/cluster/scheduler/scheduler.ts';
import { World } from '../../../src/world/world.ts';

/** A control plane with nodes that a fake kubelet runs, and an administrator's client. */
export class TestCluster {
  readonly world = new World({ seed: 'test', startTime: Date.parse('2026-11-21T02:00:00Z') });
  readonly cluster: Cluster;
  readonly admin: Client;
  /** What the controllers complained of. */
  readonly log: string[] = [];
  manager: Component;
  readonly scheduler: Component;
  readonly kwok: Component;

  constructor(options: { nodes?: number; cpu?: string; pods?: string } = {}) {
    this.cluster = new Cluster(this.world, {
      name: 'kubernetes',
      address: '192.168.64.10:6443',
      serviceCidr: '10.96.0.0/12',
    });
    this.cluster.apiServerRunning = true;
    this.cluster.etcdUp = true;
    this.admin = this.cluster.client('kubernetes-admin', ['system:masters'], 'kubectl');
    for (let i = 0; i < (options.nodes ?? 3); i++) this.addNode(i, options.cpu ?? '4', options.pods ?? '110');
    this.manager = startControllerManager(this.cluster, (text) => this.log.push(text));
    this.scheduler = startScheduler(this.cluster);
    this.kwok = startKwok(this.cluster);
    this.run(5);
  }

  private addNode(index: number, cpu: string, pods: string): void {
    const name = index === 0 ? 'controlplane' : `node0${index}`;
    this.admin.create(NODES, '', {
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      spec: {
        podCIDR: `10.244.${index}.0/24`,
        taints: index === 0 ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : undefined,
      },
      status: {
        allocatable: { cpu, memory: '8Gi', pods, 'ephemeral-storage': '50Gi' },
        addresses: [{ type: 'InternalIP', address: `192.168.64.${10 + index}` }],
      },
    });
  }

  /** Lets so many seconds pass. */
  run(seconds: number): void {
    this.world.loop.runUntil(this.world.now + seconds * 1000);
  }

  deployment(name: string, replicas: number, more: Partial<NonNullable<Deployment['spec']>> = {}): Stored<Deployment> {
    return this.admin.create(
      DEPLOYMENTS,
      'default',
      {
        metadata: { name },
        spec: { replicas, selector: { matchLabels: { app: name } }, template: template({ app: name }), ...more },
      },
      true,
    );
  }

  changeDeployment(name: string, change: (spec: NonNullable<Deployment['spec']>) => Partial<Deployment['spec']>): void {
    this.admin.modify(DEPLOYMENTS, 'default', name, (old) => {
      if (!old.spec) return old;
      return { ...old, spec: { ...old.spec, ...change(old.spec) } };
    });
  }

  setImage(name: string, image: string): void {
    this.changeDeployment(name, ({ template: old }) => ({ template: withImage(old, image) }));
  }

  pod(name: string, spec: Partial<PodSpec> = {}, labels: { [key: string]: string } = {}): Stored<Pod> {
    const containers = [{ name: 'app', image: 'nginx' }];
    return this.admin.create(PODS, 'default', { metadata: { name, labels }, spec: { containers, ...spec } }, true);
  }

  status(name: string) {
    return this.admin.get(DEPLOYMENTS, 'default', name)?.status;
  }

  /** `Progressing=True NewReplicaSetAvailable` of each condition, sorted. */
  conditions(name: string): string[] {
    return (this.status(name)?.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}`).sort();
  }

  /** Sizes of the ReplicaSets of a Deployment by revision. */
  sizes(name: string): Record<string, number> {
    const sizes: Record<string, number> = {};
    for (const set of this.admin.list(REPLICA_SETS, 'default')) {
      if (set.metadata.ownerReferences?.[0]?.name !== name) continue;
      sizes[set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? ''] = set.spec?.replicas ?? 0;
    }
    return sizes;
  }

  pods(app: string): Stored<Pod>[] {
    return this.admin.list(PODS, 'default').filter((pod) => pod.metadata.labels?.['app'] === app);
  }

  /** Reason and message of the events about an object, in their order, with hashes and random suffixes masked. */
  events(kind: string, name: string): string[] {
    return this.admin
      .list(EVENTS)
      .filter((event) => event.involvedObject.kind === kind && event.involvedObject.name?.startsWith(name))
      .sort((a, b) => ((a.metadata.name.split('.').at(-1) ?? '') < (b.metadata.name.split('.').at(-1) ?? '') ? -1 : 1))
      .map((event) => `${event.reason}: ${mask(event.message ?? '')}`);
  }
}

export function template(labels: { [key: string]: string }, spec: Partial<PodSpec> = {}): PodTemplateSpec {
  return { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx:1' }], ...spec } };
}

export function withImage(old: PodTemplateSpec, image: string): PodTemplateSpec {
  return withContainer(old, { image });
}

/** A template with changed containers; all else stays, defaults too. */
export function withContainer(old: PodTemplateSpec, change: Partial<Container>): PodTemplateSpec {
  const containers = (old.spec?.containers ?? []).map((container) => ({ ...container, ...change }));
  return { ...old, spec: { ...old.spec, containers } };
}

export function mask(text: string): string {
  return text
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}(?![a-z0-9])/g, '-HASH')
    .replace(/-HASH-[a-z0-9]{5}/g, '-HASH-RANDOM');
}
