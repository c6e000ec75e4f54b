import { authorize } from '../cluster/api/authorization.ts';
import type { Stored } from '../cluster/api/object.ts';
import { qualifiedResource, type Resource } from '../cluster/api/resource.ts';
import { parseLabelSelector } from '../cluster/apimachinery/labels.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { addWorld, buildWorld, worldNames } from '../scenarios/build.ts';
import {
  type AccessQuestion,
  type BuiltWorld,
  type ClusterView,
  type KubeObject,
  type ObjectChange,
  UnknownWorld,
  type WorldSource,
} from './world-source.ts';

/** The worlds of `scenarios`, as the course sees them. */
export const scenarioSource: WorldSource = {
  names: worldNames,
  async load(name: string): Promise<void> {
    if (name === 'aws') addWorld(name, (await import('../scenarios/worlds/aws.ts')).buildAws);
  },
  build(name: string, seed: string): BuiltWorld {
    if (!worldNames().includes(name)) throw new UnknownWorld(name);
    const built = buildWorld(name, seed);
    const { world, workstation, learner } = built;
    const views = new Map<Cluster, StoreView>();
    const viewOf = (cluster: Cluster): StoreView => {
      const view = views.get(cluster) ?? new StoreView(cluster);
      views.set(cluster, view);
      return view;
    };
    return {
      world,
      workstation,
      learner,
      get clusters() {
        return built.clusters.map(viewOf);
      },
      account: built.account,
    };
  },
};

/** Reads a cluster's store: what was stored is true, whether the API server answers or not. */
class StoreView implements ClusterView {
  readonly name: string;

  constructor(private readonly cluster: Cluster) {
    this.name = cluster.options.name;
  }

  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const resource = this.resource(kind);
    if (!resource) return undefined;
    const key = resource.namespaced ? `${namespace ?? 'default'}/${name}` : name;
    return view(this.store.get(qualifiedResource(resource), key), resource);
  }

  list(kind: string, namespace?: string, selector?: string): readonly KubeObject[] {
    const resource = this.resource(kind);
    if (!resource) return [];
    const objects = this.store.list(qualifiedResource(resource), resource.namespaced ? (namespace ?? '') : '');
    const labels = selector === undefined ? undefined : parseLabelSelector(selector);
    const wanted = labels ? objects.filter((object) => labels.matches(object.metadata.labels)) : objects;
    return wanted.flatMap((object) => view(object, resource) ?? []);
  }

  events(object: KubeObject): readonly KubeObject[] {
    const about = object.metadata.uid;
    return this.list('Event', object.metadata.namespace ?? 'default')
      .filter((event) => uidOf(event['involvedObject']) === about)
      .sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  }

  may(question: AccessQuestion): boolean {
    const [resource = '', subresource = ''] = question.resource.split('/');
    const user = { name: question.user, groups: question.groups };
    const { verb, group, namespace = '', name = '' } = question;
    return authorize(this.store, user, { verb, group, resource, subresource, namespace, name }).allowed;
  }

  onChange(kind: string, listener: (change: ObjectChange) => void): () => void {
    const resource = this.resource(kind);
    if (!resource) return () => {};
    return this.store.subscribe(qualifiedResource(resource), (event) => {
      const object = view(event.object, resource);
      if (object) listener({ type: event.type, object });
    });
  }

  private get store() {
    return this.cluster.server.store;
  }

  /** `Pod`, `Ingress`, `Foo.example.com`: the first kind that is served. */
  private resource(kind: string): Resource | undefined {
    const [name, ...group] = kind.split('.');
    return this.cluster.server.resources
      .all()
      .find((resource) => resource.kind === name && (group.length === 0 || resource.group === group.join('.')));
  }
}

/** A stored object with its kind: the store need not repeat it in each. */
function view(object: Stored | undefined, resource: Resource): KubeObject | undefined {
  const whole: unknown = object && (object.kind === resource.kind ? object : { ...object, kind: resource.kind });
  return isKubeObject(whole) ? whole : undefined;
}

function isKubeObject(value: unknown): value is KubeObject {
  return typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
}

function uidOf(reference: unknown): unknown {
  return typeof reference === 'object' && reference !== null && 'uid' in reference ? reference.uid : undefined;
}

function timeOf(event: KubeObject): string {
  return String(event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata['creationTimestamp'] ?? '');
}
