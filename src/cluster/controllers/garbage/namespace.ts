import { NAMESPACES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { at } from '../../api/object.ts';
import { qualifiedResource, type Resource } from '../../api/resource.ts';
import type { Namespace, NamespaceCondition, Pod } from '../../api/types.generated.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { findCondition } from '../conditions.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { WorkQueue } from '../work-queue.ts';

/** A namespace is emptied this long after it was deleted, ms. */
const GRACE_PERIOD = 5000;
/** What finalizers of others are given before the next look, s. */
const FINALIZER_TIME = 15;

/** Types in the order in which they are listed, with reason and message when all is well. */
const FINE = {
  NamespaceDeletionDiscoveryFailure: ['ResourcesDiscovered', 'All resources successfully discovered'],
  NamespaceDeletionGroupVersionParsingFailure: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  NamespaceDeletionContentFailure: [
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  NamespaceContentRemaining: ['ContentRemoved', 'All content successfully removed'],
  NamespaceFinalizersRemaining: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
} as const;

interface Trouble {
  readonly reason: string;
  readonly message: string;
}

type Troubles = Partial<Record<keyof typeof FINE, Trouble>>;

interface Remaining {
  /** `configmaps.` and the like, with how many there are. */
  readonly resources: Map<string, number>;
  readonly finalizers: Map<string, number>;
  /** When to look again, s. */
  estimate: number;
  readonly errors: string[];
}

/** Empties namespaces that are deleted, Pods first, and then lets them go. kubernetes: pkg/controller/namespace */
export const namespaceController: Controller = {
  name: 'namespace-controller',
  start: (context) => new NamespaceController(context).start(),
};

class NamespaceController {
  private readonly queue: WorkQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((name) => this.sync(name));
  }

  start(): void {
    this.context.informer(NAMESPACES, ({ type, object }) => {
      if (type !== 'DELETED' && object.metadata.deletionTimestamp) {
        this.queue.addAfter(object.metadata.name, GRACE_PERIOD);
      }
    });
  }

  private sync(name: string): void {
    const { client } = this.context;
    const namespace = client.get(NAMESPACES, '', name);
    if (!namespace?.metadata.deletionTimestamp) return;
    const remaining: Remaining = { resources: new Map(), finalizers: new Map(), estimate: 0, errors: [] };
    const done = this.empty(name, remaining);
    this.writeConditions(namespace, done ? troublesOf(remaining) : {});
    if (remaining.errors.length > 0) throw new Error(remaining.errors.join(', '));
    if (remaining.resources.size > 0 || !done) {
      this.queue.addAfter(name, (Math.floor(remaining.estimate / 2) + 1) * 1000);
      return;
    }
    client.modify(
      NAMESPACES,
      '',
      name,
      (old) => ({
        ...old,
        spec: { ...old.spec, finalizers: (old.spec?.finalizers ?? []).filter((each) => each !== 'kubernetes') },
      }),
      'finalize',
    );
  }

  /** False when it waits for Pods before anything else is deleted. */
  private empty(namespace: string, remaining: Remaining): boolean {
    const resources = this.context.client.server.resources
      .all()
      .filter((resource) => resource.namespaced && resource.verbs.includes('delete'));
    const pods = resources.find((resource) => qualifiedResource(resource) === 'pods');
    if (pods && this.deleteAll(pods, namespace, remaining) > 0) return false;
    const seen = new Set(['pods']);
    for (const resource of resources) {
      const name = qualifiedResource(resource);
      if (seen.has(name)) continue;
      seen.add(name);
      this.deleteAll(resource, namespace, remaining);
    }
    return true;
  }

  /** How many objects are left. */
  private deleteAll(resource: Resource, namespace: string, remaining: Remaining): number {
    const { server, user } = this.context.client;
    const options = { user, fieldManager: 'kube-controller-manager', dryRun: false, trusted: true };
    const name = qualifiedResource(resource);
    for (const { metadata } of server.store.list(name, namespace)) {
      try {
        server.registry.delete(resource, namespace, metadata.name, { propagationPolicy: 'Background' }, options);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        if (error.reason !== 'NotFound') remaining.errors.push(error.message);
      }
    }
    const left = server.store.list(name, namespace);
    if (left.length === 0) return 0;
    remaining.resources.set(`${resource.plural}.${resource.group}`, left.length);
    for (const object of left) {
      for (const finalizer of object.metadata.finalizers ?? []) {
        remaining.finalizers.set(finalizer, (remaining.finalizers.get(finalizer) ?? 0) + 1);
        remaining.estimate = Math.max(remaining.estimate, FINALIZER_TIME);
      }
      if (name === 'pods') remaining.estimate = Math.max(remaining.estimate, gracePeriod(object));
    }
    return left.length;
  }

  private writeConditions(namespace: Stored<Namespace>, troubles: Troubles): void {
    const time = toSeconds(this.context.now);
    const conditions = Object.entries(FINE).map(([type, [reason, message]]): NamespaceCondition => {
      const trouble = Object.entries(troubles).find(([name]) => name === type)?.[1];
      const next = trouble
        ? { type, status: 'True', lastTransitionTime: time, ...trouble }
        : { type, status: 'False', lastTransitionTime: time, reason, message };
      const old = findCondition(namespace.status?.conditions, type);
      return old?.status === next.status ? { ...next, lastTransitionTime: old.lastTransitionTime } : next;
    });
    this.context.client.modify(
      NAMESPACES,
      '',
      namespace.metadata.name,
      (old) => ({ ...old, status: { ...old.status, phase: 'Terminating' as const, conditions } }),
      'status',
    );
  }
}

function gracePeriod(pod: Pod | Stored): number {
  return Number(at(pod, 'spec', 'terminationGracePeriodSeconds') ?? 0);
}

function troublesOf({ resources, finalizers, errors }: Remaining): Troubles {
  const troubles: Troubles = {};
  if (errors.length > 0) {
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${errors.join(', ')}`;
    troubles.NamespaceDeletionContentFailure = { reason: 'ContentDeletionFailed', message };
  }
  if (resources.size > 0) {
    const list = [...resources].map(([name, count]) => `${name} has ${count} resource instances`).sort();
    const message = `Some resources are remaining: ${list.join(', ')}`;
    troubles.NamespaceContentRemaining = { reason: 'SomeResourcesRemain', message };
  }
  if (finalizers.size > 0) {
    const list = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).sort();
    const message = `Some content in the namespace has finalizers remaining: ${list.join(', ')}`;
    troubles.NamespaceFinalizersRemaining = { reason: 'SomeFinalizersRemain', message };
  }
  return troubles;
}
