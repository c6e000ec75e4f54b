import type { Machine } from '../world/machine.ts';
import type { Credentials } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** An object as the API server gives it. Checks read it by path. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface AccessQuestion {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  /** Plural, with `/subresource` where it is about one. */
  readonly resource: string;
  readonly group: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** A cluster, read only, as checks see it. It answers although the API server is down: what was stored is still true. */
export interface ClusterView {
  readonly name: string;
  /** `namespace` is undefined for kinds without. Kinds by their name (`Pod`), or `Kind.group`. */
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** All namespaces when `namespace` is undefined. `selector` as in `kubectl -l`. */
  list(kind: string, namespace?: string, selector?: string): readonly KubeObject[];
  /** The Events about an object, oldest first. */
  events(object: KubeObject): readonly KubeObject[];
  /** Whether RBAC allows it. */
  may(question: AccessQuestion): boolean;
  /** Calls `listener` at each change of a kind that is stored. Returns how to stop. */
  onChange(kind: string, listener: (change: ObjectChange) => void): () => void;
}

/** Who sits at the workstation. */
export interface Learner {
  readonly credentials: Credentials;
  readonly home: string;
  /** Path of the login shell. */
  readonly shell: string;
  readonly env: ReadonlyMap<string, string>;
}

/** Something that a cloud account holds and did not have from the start. */
export interface AccountItem {
  /** `nat-gateway`, `load-balancer`, `eks-cluster`, … */
  readonly kind: string;
  readonly id: string;
  readonly region: string;
  /** US dollars an hour. */
  readonly hourly: number;
}

/** A cloud account, read only. */
export interface AccountView {
  items(): readonly AccountItem[];
  /** What it has cost so far, US dollars. */
  total(): number;
}

/** A world with what `course` must know of it. */
export interface BuiltWorld {
  readonly world: World;
  readonly workstation: Machine;
  readonly learner: Learner;
  /** The first is the one that checks mean unless they name another. Clusters of a cloud come and go. */
  readonly clusters: readonly ClusterView[];
  readonly account?: AccountView | undefined;
}

/** Builds worlds from scenarios. The same name and seed give the same world. */
export interface WorldSource {
  names(): readonly string[];
  /** Loads the code of a world that is not part of every start; to be awaited before `build`. Nothing for the others. */
  load?(name: string): Promise<void>;
  /** Raises UnknownWorld. */
  build(name: string, seed: string): BuiltWorld;
}

export class UnknownWorld extends Error {
  constructor(readonly world: string) {
    super(`unknown world: ${world}`);
  }
}
