import type { HttpResponse } from '../../world/network/http.ts';
import type { FieldError } from '../apimachinery/errors.ts';
import type { User } from './authentication.ts';
import type { ApiObject, Stored } from './object.ts';
import type { ApiRequest, ApiServer } from './server.ts';

/** A column of the server's Table. `priority` 0 is always shown, 1 with `-o wide`. */
export interface Column<T extends ApiObject = ApiObject> {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'date';
  readonly format?: string;
  readonly priority?: number;
  /** `now` in ms, for ages. */
  value(object: Stored<T>, now: number): string | number;
}

/** What a strategy may ask for while it prepares or checks an object. */
export interface StrategyContext {
  readonly server: ApiServer;
  /** Virtual time, ms. */
  readonly now: number;
  readonly dryRun: boolean;
  /** Who asks. */
  readonly user?: User;
  /** Of an update: which subresource it came by. */
  readonly subresource?: string;
}

/**
 * What the API server knows about a kind beyond its schema: one file a kind in `src/cluster/resources`.
 * Functions that prepare get an object of their own and may change it; stored objects are never changed.
 */
export interface Strategy<T extends ApiObject = ApiObject> {
  /** Defaults that Go code sets. kubernetes: pkg/apis/GROUP/VERSION/defaults.go */
  setDefaults?(object: T): void;
  /** kubernetes: pkg/registry/…/strategy.go PrepareForCreate. The status has already been dropped. */
  prepareForCreate?(object: T, context: StrategyContext): void;
  /** The status is already that of `old`. */
  prepareForUpdate?(object: T, old: Stored<T>, context: StrategyContext): void;
  validate?(object: T, context: StrategyContext): FieldError[];
  validateUpdate?(object: T, old: Stored<T>, context: StrategyContext): FieldError[];
  validateStatusUpdate?(object: T, old: Stored<T>): FieldError[];
  warnings?(object: T, old: Stored<T> | undefined): string[];
  /** How names are checked: as a DNS subdomain when absent. */
  readonly nameRule?: 'subdomain' | 'label' | 'label1035' | 'path-segment';
  /** Whether a changed spec raises metadata.generation; `fixed` for kinds whose generation stays at 1. */
  readonly generation?: boolean | 'fixed';
  readonly columns?: readonly Column<T>[];
  /** Fields that field selectors may name beside metadata.name and metadata.namespace. */
  selectableFields?(object: Stored<T>): Readonly<Record<string, string>>;
  /** What the server says of a field label that it does not know, when the kind has its own words. */
  fieldLabelError?(label: string): string;
  /** The order of a table's rows, where it is not that of the names. */
  tableOrder?(a: Stored<T>, b: Stored<T>): number;
  /** Seconds until the object may go after a delete: undefined for at once. kubernetes: rest.RESTGracefulDeleteStrategy */
  gracePeriod?(object: Stored<T>, requested: number | undefined): number | undefined;
  /** After it has gone from the store. */
  afterDelete?(object: Stored<T>, context: StrategyContext): void;
  /** What deletion does to dependents when the request does not say. */
  readonly defaultPropagation?: 'Orphan' | 'Background';
  /** Whether something beside finalizers keeps a deleted object until its controller is done (namespaces). */
  holdsDeletion?(object: Stored<T>, context: StrategyContext): boolean;
  /** What else changes when deletion begins. */
  markDeleted?(object: Stored<T>, context: StrategyContext): Stored<T>;
  readonly allowsUnconditionalUpdate?: boolean;
  /** PUT may create. kubernetes: AllowCreateOnUpdate */
  readonly allowsCreateOnUpdate?: boolean;
}

/** How a kind that is served in several versions is kept: in one of them. Both functions are pure. */
export interface Conversion {
  /** Where the store has it: `plural.group` of the stored version. */
  readonly table: string;
  readonly apiVersion: string;
  toStored(object: ApiObject): ApiObject;
  fromStored(object: Stored): Stored;
}

/** A served kind. */
/** Ways to fields: `['spec', 'replicas']`. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly labelSelector: readonly string[] | undefined;
}

export interface Resource<T extends ApiObject = ApiObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, as in paths. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** Name of its type in the schema, as `io.k8s.api.apps.v1.Deployment`; undefined for types without one. */
  readonly type: string | undefined;
  readonly strategy: Strategy<T>;
  /** For versions that are not the stored one. Strategies always get the stored form. */
  readonly conversion?: Conversion | undefined;
  /** Where a custom resource has what its scale subresource shows. */
  readonly scale?: ScalePaths | undefined;
  /** Another server answers for it: nothing is stored. kubernetes: kube-aggregator */
  readonly aggregated?: (server: ApiServer, request: ApiRequest) => HttpResponse;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployments.apps`, `pods`: how error texts name a resource. */
export function qualifiedResource(resource: { group: string; plural: string }): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** The name of the store's table that has a resource's objects. */
export function tableName(resource: Resource): string {
  let name = tableNames.get(resource);
  if (name === undefined) {
    name = resource.conversion?.table ?? qualifiedResource(resource);
    tableNames.set(resource, name);
  }
  return name;
}

/** Every read and write asks for it: a text that is made each time has to be hashed each time. */
const tableNames = new WeakMap<Resource, string>();
