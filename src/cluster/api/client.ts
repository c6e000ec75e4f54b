import { StatusError } from '../apimachinery/errors.ts';
import type { User } from './authentication.ts';
import { authorize } from './authorization.ts';
import type { ApiObject, Stored } from './object.ts';
import { type DeleteOptions, EVERYTHING, type WriteOptions } from './options.ts';
import { qualifiedResource, type Resource } from './resource.ts';
import type { ApiServer } from './server.ts';
import type { StoreEvent } from './store.ts';

/** Names a kind together with its type: `PODS` is a `Kind<Pod>`. See kinds.ts. */
export interface Kind<T extends ApiObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Never there: carries the type. */
  readonly type?: T;
}

const RBAC = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(
  (plural) => `${plural}.rbac.authorization.k8s.io`,
);

/** The API server does not answer: its process is down, or the network between is. */
export class ApiUnreachable extends Error {}

/**
 * The way of the cluster's own components (controllers, scheduler, kubelet) to the API server: typed and in process,
 * with the identity and the rights of the component. What it writes counts as defaulted and valid already, unless
 * `trusted` is false. Every call raises StatusError, or ApiUnreachable while the API server is down.
 */
export class Client {
  private readonly options: WriteOptions;
  private known: WeakMap<Kind<ApiObject>, Set<string>> | undefined;

  constructor(
    readonly server: ApiServer,
    readonly user: User,
    fieldManager: string,
    /** Whether the API server can be reached now. */
    private readonly reachable: () => boolean = () => true,
  ) {
    this.options = { user, fieldManager, dryRun: false, trusted: true };
  }

  get now(): number {
    return this.server.world.now;
  }

  get available(): boolean {
    return this.reachable();
  }

  /** Reads are from the component's cache: they work while the API server is down. */
  get<T extends ApiObject>(kind: Kind<T>, namespace: string, name: string): Stored<T> | undefined {
    return typed<T>(this.server.registry.find(this.resource(kind), namespace, name));
  }

  /** All objects of a namespace, or of all with ''. */
  list<T extends ApiObject>(kind: Kind<T>, namespace = ''): Stored<T>[] {
    return this.server.registry.list(this.resource(kind), namespace, EVERYTHING).map((object) => need<T>(object));
  }

  /** Objects that name `uid` as an owner. */
  *ownedBy<T extends ApiObject>(kind: Kind<T>, uid: string): Iterable<Stored<T>> {
    for (const object of this.server.store.ownedBy(qualifiedResource(this.resource(kind)), uid)) yield need<T>(object);
  }

  /** Pods bound to a node. */
  *onNode<T extends ApiObject>(kind: Kind<T>, node: string): Iterable<Stored<T>> {
    for (const object of this.server.store.onNode(qualifiedResource(this.resource(kind)), node)) yield need<T>(object);
  }

  /** `checked`: defaults and validation run as for a request from outside. */
  create<T extends ApiObject>(kind: Kind<T>, namespace: string, object: T, checked = false): Stored<T> {
    this.check();
    this.mustMay('create', kind, namespace, object.metadata?.name ?? '', '');
    const options = checked ? { ...this.options, trusted: false } : this.options;
    return need<T>(this.server.registry.create(this.resource(kind), namespace, object, options));
  }

  /** Writes `next`, made from a stored object; conflicts when that has changed meanwhile. */
  update<T extends ApiObject>(kind: Kind<T>, next: Stored<T>, subresource = ''): Stored<T> {
    return this.modify(kind, next.metadata.namespace ?? '', next.metadata.name, () => next, subresource);
  }

  updateStatus<T extends ApiObject>(kind: Kind<T>, next: Stored<T>): Stored<T> {
    return this.update(kind, next, 'status');
  }

  /** Makes the new object from the stored one, whatever that is now: the component's patch. */
  modify<T extends ApiObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    change: (old: Stored<T>) => T,
    subresource = '',
  ): Stored<T> {
    this.check();
    this.mustMay('update', kind, namespace, name, subresource);
    const resource = this.resource(kind);
    const transform = (old: Stored) => change(need<T>(old));
    return need<T>(this.server.registry.update(resource, namespace, name, transform, this.options, subresource));
  }

  /** True when the object is gone, false while finalizers or a grace period keep it. */
  delete<T extends ApiObject>(kind: Kind<T>, namespace: string, name: string, options: DeleteOptions = {}): boolean {
    this.check();
    this.mustMay('delete', kind, namespace, name, '');
    return this.server.registry.delete(this.resource(kind), namespace, name, options, this.options).gone;
  }

  /** Calls `listener` after every write to the kind. Returns how to stop. */
  watch<T extends ApiObject>(kind: Kind<T>, listener: (event: StoreEvent<T>) => void): () => void {
    return this.server.store.subscribe(qualifiedResource(this.resource(kind)), (event) => listener(eventOf<T>(event)));
  }

  resource<T extends ApiObject>(kind: Kind<T>): Resource {
    return this.server.resources.needKind(kind);
  }

  private check(): void {
    if (!this.reachable()) throw new ApiUnreachable(`dial tcp ${this.server.address}: connect: connection refused`);
  }

  /** What this user was allowed since roles or bindings last changed. */
  private rightsOn(kind: Kind<ApiObject>): Set<string> {
    if (!this.known) {
      this.known = new WeakMap();
      const forget = () => {
        this.known = new WeakMap();
      };
      for (const resource of RBAC) this.server.store.subscribe(resource, forget);
    }
    let rights = this.known.get(kind);
    if (!rights) {
      rights = new Set();
      this.known.set(kind, rights);
    }
    return rights;
  }

  private mustMay(verb: string, kind: Kind<ApiObject>, namespace: string, name: string, subresource: string): void {
    const right = `${verb} ${subresource} ${namespace}`;
    const rights = this.rightsOn(kind);
    if (rights.has(right)) return;
    // What is one call here is a patch, an update or, for bindings, a create over HTTP: each has a right of its own.
    const verbs = subresource === 'binding' ? ['create'] : verb === 'update' ? ['update', 'patch'] : [verb];
    const { group, plural: resource } = kind;
    const may = (name: string) =>
      verbs.some(
        (each) =>
          authorize(this.server.store, this.user, { verb: each, group, resource, subresource, namespace, name })
            .allowed,
      );
    if (may('')) {
      rights.add(right);
      return;
    }
    // Rights on single objects are asked for every time.
    if (name !== '' && may(name)) return;
    throw StatusError.forbidden(
      kind,
      name,
      `User "${this.user.name}" cannot ${verb} resource "${kind.plural}${subresource === '' ? '' : `/${subresource}`}" in API group "${kind.group}"`,
    );
  }
}

/** The one place where a stored object gets the type of its kind: what is stored was decoded against its schema. */
function typed<T extends ApiObject>(object: Stored | undefined): Stored<T> | undefined {
  return object as Stored<T> | undefined;
}

function need<T extends ApiObject>(object: Stored): Stored<T> {
  return object as Stored<T>;
}

function eventOf<T extends ApiObject>(event: StoreEvent): StoreEvent<T> {
  return event as StoreEvent<T>;
}
