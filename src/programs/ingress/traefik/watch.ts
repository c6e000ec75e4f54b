import { ApiUnreachable, type Kind } from '../../../cluster/api/client.ts';
import {
  ENDPOINT_SLICES, INGRESS_CLASSES, INGRESSES, NAMESPACES, NODES, SECRETS, SERVICES,
} from '../../../cluster/api/kinds.ts'; // biome-ignore format: a list
import type { ApiObject } from '../../../cluster/api/object.ts';
import { StatusError } from '../../../cluster/apimachinery/errors.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import {
  BACKEND_TLS_POLICIES,
  GATEWAY_CLASSES,
  GATEWAYS,
  GRPC_ROUTES,
  HTTP_ROUTES,
  REFERENCE_GRANTS,
} from '../gateway/types.ts';
import { type InCluster, mayNotList } from '../in-cluster.ts';
import { klog, structured } from '../klog.ts';
import type { Entry, Logger } from './logger.ts';
import type { Router } from './router.ts';

/** What a provider hands to Traefik. */
export interface Provided {
  readonly routers: readonly Router[];
  readonly certificates: readonly string[];
  readonly log: readonly Entry[];
}

/** A source of routers with the kinds that it watches, those of a row before those of the next. */
export interface Provider {
  readonly kinds: readonly (readonly Kind<ApiObject>[])[];
  /** Raises StatusError, ApiUnreachable. */
  readonly load: () => Provided;
}

/** traefik: pkg/provider/kubernetes/ingress/client.go WatchAll */
export const INGRESS_KINDS: Provider['kinds'] = [
  [INGRESSES, SERVICES, ENDPOINT_SLICES, SECRETS],
  [INGRESS_CLASSES, NODES],
];
/** traefik: pkg/provider/kubernetes/gateway/client.go WatchAll */
export const GATEWAY_KINDS: Provider['kinds'] = [
  [
    NAMESPACES, GATEWAY_CLASSES, GATEWAYS, HTTP_ROUTES, GRPC_ROUTES, REFERENCE_GRANTS, BACKEND_TLS_POLICIES, SERVICES, ENDPOINT_SLICES,
    SECRETS,
  ],
]; // biome-ignore format: a list

const KIND_NAMES: Readonly<Record<string, string>> = {
  backendtlspolicies: 'v1.BackendTLSPolicy',
  endpointslices: 'v1.EndpointSlice',
  gatewayclasses: 'v1.GatewayClass',
  gateways: 'v1.Gateway',
  grpcroutes: 'v1.GRPCRoute',
  httproutes: 'v1.HTTPRoute',
  ingressclasses: 'v1.IngressClass',
  ingresses: 'v1.Ingress',
  namespaces: 'v1.Namespace',
  nodes: 'v1.Node',
  referencegrants: 'v1beta1.ReferenceGrant',
  secrets: 'v1.Secret',
  services: 'v1.Service',
};
const REFLECTOR = 'k8s.io/client-go@v0.34.3/tools/cache/reflector.go:290';
/** ms between two configurations: providersThrottleDuration. */
const THROTTLE = 2000;
/** ms after which kinds that could not be listed are tried again: client-go's back-off of reflectors. */
const BACKOFF = [800, 1600, 3200, 6400, 12_800, 25_600, 30_000];
/** ms in which what follows one change is taken together with it. */
const GATHER = 50;

/** Follows the kinds of one provider. `step` does what is due and says when there is more to do. */
export class Watcher {
  private row = 0;
  private failures = 0;
  private retryAt = 0;
  private dirty = true;
  private loadAt = 0;
  private provided: Provided | undefined;
  private applied = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly process: Process,
    private readonly logger: Logger,
    private readonly inCluster: InCluster,
    private readonly provider: Provider,
    private readonly apply: (provided: Provided) => Task,
  ) {}

  /** Calls `changed` after each change that there is something to do about. */
  subscribe(changed: () => void): () => void {
    const { store } = this.inCluster.client.server;
    const mark = () => {
      if (!this.dirty) this.loadAt = this.process.now + GATHER;
      this.dirty = true;
      changed();
    };
    const stops = this.provider.kinds
      .flat()
      .map(({ plural, group }) => store.subscribe(group === '' ? plural : `${plural}.${group}`, mark));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The time of the next step, ms; infinite while nothing changes. */
  *step(): Task<number> {
    if (!(yield* this.sync())) return this.retryAt;
    const { now } = this.process;
    if (this.dirty && now >= this.loadAt) {
      this.dirty = false;
      yield* this.load();
    }
    const due = this.applied + THROTTLE;
    if (this.provided && now >= due) {
      this.applied = now;
      yield* this.apply(this.provided);
      this.provided = undefined;
    }
    return Math.min(
      this.dirty ? this.loadAt : Number.POSITIVE_INFINITY,
      this.provided ? due : Number.POSITIVE_INFINITY,
    );
  }

  /** Whether all kinds can be listed. */
  private *sync(): Task<boolean> {
    if (this.process.now < this.retryAt) return false;
    for (; this.row < this.provider.kinds.length; this.row++) {
      let blocked = false;
      for (const kind of this.provider.kinds[this.row] ?? []) blocked = (yield* this.cannotList(kind)) || blocked;
      if (!blocked) continue;
      const delay = BACKOFF[Math.min(this.failures++, BACKOFF.length - 1)] ?? 30_000;
      this.retryAt = this.process.now + delay;
      return false;
    }
    return true;
  }

  private *cannotList(kind: Kind<ApiObject>): Task<boolean> {
    const { resources } = this.inCluster.client.server;
    const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
    const problem =
      mayNotList(this.inCluster, kind) ??
      (resources.find(kind.group, kind.version, kind.plural)
        ? undefined
        : `the server could not find the requested resource (get ${resource})`);
    if (problem === undefined) return false;
    const type = `*${KIND_NAMES[kind.plural] ?? kind.plural}`;
    const values = {
      err: `failed to list ${type}: ${problem}`,
      logger: 'UnhandledError',
      reflector: REFLECTOR,
      type,
    };
    yield* this.process.printError(
      klog(this.process.now, 'E', 'reflector.go:205', structured('Failed to watch', values)),
    );
    return true;
  }

  private *load(): Task {
    try {
      this.provided = this.provider.load();
      for (const { level, message, fields } of this.provided.log) yield* this.logger.log(level, message, fields);
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ApiUnreachable)) throw error;
      yield* this.logger.log('WARN', 'Unable to update status', { error: error.message });
    }
  }
}
