import { sha256 } from '@noble/hashes/sha2.js';
import { FieldError } from '../apimachinery/errors.ts';
import { compareVersions } from '../apimachinery/version-order.ts';
import { type ApiObject, at, isRecord, keyOf, type Stored } from './object.ts';
import { type Column, type Conversion, type Resource, type ScalePaths, type Strategy, tableName } from './resource.ts';
import { ruleErrors } from './schema/custom-rules.ts';
import { duplicateErrors, pruned, validateCustom } from './schema/custom-schema.ts';
import type { ApiServer } from './server.ts';
import { ageColumn, ageSince, nameColumn } from './table.ts';
import type { CustomResourceDefinition } from './types.generated.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
/** The finalizer of a definition that waits until its instances are gone. */
export const CLEAN_UP = 'customresourcecleanup.apiextensions.k8s.io';
/** How often it is looked whether they are, ms. */
const CLEAN_UP_PERIOD = 5000;
const SYSTEM = { name: 'system:apiserver', groups: ['system:masters'] };
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
type Version = CustomResourceDefinition['spec']['versions'][number];

/**
 * Serves the kinds that CustomResourceDefinitions describe, from the moment one is stored until it is gone.
 * kubernetes: apiextensions-apiserver/pkg/apiserver/customresource_handler.go
 */
export function serveCustomResources(server: ApiServer): void {
  const served = new Map<string, readonly Resource[]>();
  const leaving = new Set<string>();
  const withdraw = (name: string) => {
    for (const resource of served.get(name) ?? []) server.resources.remove(resource);
    served.delete(name);
  };
  server.store.subscribe(DEFINITIONS, ({ type, object }) => {
    if (!isDefinition(object)) return;
    const { name } = object.metadata;
    withdraw(name);
    if (type === 'DELETED') {
      const table = `${object.spec.names.plural}.${object.spec.group}`;
      for (const instance of server.store.list(table)) server.store.remove(table, keyOf(instance));
      return;
    }
    const resources = object.spec.versions
      .filter((version) => version.served)
      .map((version) => resourceOf(object, version));
    served.set(name, resources);
    for (const resource of resources) server.resources.add(resource);
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp && finalizers.includes(CLEAN_UP) && !leaving.has(object.metadata.uid)) {
      leaving.add(object.metadata.uid);
      server.world.loop.soon(() => cleanUp(server, name, resources[0]));
    }
  });
}

/**
 * Deletes the instances of a definition that goes, and looks every now and then whether they are gone.
 * kubernetes: apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go
 */
function cleanUp(server: ApiServer, name: string, resource: Resource | undefined): void {
  const crd = server.store.get(DEFINITIONS, name);
  if (!crd?.metadata.deletionTimestamp || !resource) return;
  const table = tableName(resource);
  const write = { user: SYSTEM, fieldManager: 'kube-apiserver', dryRun: false, trusted: true };
  for (const { metadata } of server.store.list(table))
    if (!metadata.deletionTimestamp)
      server.registry.delete(resource, metadata.namespace ?? '', metadata.name, {}, write);
  if (server.store.list(table).length > 0) {
    server.world.loop.after(CLEAN_UP_PERIOD, () => cleanUp(server, name, resource));
    return;
  }
  const finalizers = (crd.metadata.finalizers ?? []).filter((one) => one !== CLEAN_UP);
  const next = { ...crd, metadata: { ...crd.metadata, finalizers } };
  if (finalizers.length > 0) server.store.put(DEFINITIONS, next);
  else server.store.remove(DEFINITIONS, name, next);
}

function isDefinition(object: ApiObject): object is Stored<CustomResourceDefinition> {
  return object.kind === 'CustomResourceDefinition' && isRecord(at(object, 'spec', 'names'));
}

/** A kind of a CRD, with what only custom kinds have. */
interface CustomResource extends Resource {
  readonly openAPIV3Schema: unknown;
  readonly storageVersionHash: string;
  /** What every request is told when the version is deprecated. */
  readonly deprecation: string | undefined;
}

function scalePathsOf(version: Version): ScalePaths | undefined {
  const scale = version.subresources?.scale;
  const way = (path: string) => path.split('.').slice(1);
  return (
    scale && {
      specReplicas: way(scale.specReplicasPath),
      statusReplicas: way(scale.statusReplicasPath),
      labelSelector: scale.labelSelectorPath ? way(scale.labelSelectorPath) : undefined,
    }
  );
}

function resourceOf(crd: Stored<CustomResourceDefinition>, version: Version): CustomResource {
  const { group, names, scope } = crd.spec;
  const stored = crd.spec.versions.find((candidate) => candidate.storage) ?? version;
  const { status, scale } = version.subresources ?? {};
  const subresources = [...(status ? ['status'] : []), ...(scale ? ['scale'] : [])];
  return {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    subresources,
    scale: scalePathsOf(version),
    type: undefined,
    strategy: strategyOf(version, subresources.includes('status')),
    openAPIV3Schema: version.schema?.openAPIV3Schema ?? {},
    storageVersionHash: storageHash(group, stored.name, names.kind),
    deprecation: deprecationOf(crd, version),
    conversion: conversionOf(crd, version, stored),
  };
}

/** kubernetes: apiserver/pkg/endpoints/discovery/storageversionhash.go */
function storageHash(group: string, version: string, kind: string): string {
  const digest = sha256(new TextEncoder().encode(`${group}/${version}/${kind}`)).slice(0, 8);
  return btoa(String.fromCharCode(...digest));
}

/** kubernetes: apiextensions-apiserver/pkg/apiserver/customresource_handler.go: the default names a newer stable version. */
function deprecationOf({ spec }: Stored<CustomResourceDefinition>, version: Version): string | undefined {
  if (!version.deprecated) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const { group, names } = spec;
  const text = `${group}/${version.name} ${names.kind} is deprecated`;
  const newer = spec.versions
    .filter((other) => other.served && !other.deprecated && compareVersions(other.name, version.name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name))[0];
  return newer ? `${text}; use ${group}/${newer.name} ${names.kind}` : text;
}

/** Versions differ by name only (strategy None), but each is pruned and defaulted by its own schema when it is read. */
function conversionOf(crd: Stored<CustomResourceDefinition>, version: Version, stored: Version): Conversion {
  const { group, names } = crd.spec;
  const schema = version.schema?.openAPIV3Schema ?? {};
  const apiVersion = `${group}/${stored.name}`;
  return {
    table: `${names.plural}.${group}`,
    apiVersion,
    toStored: (object) => ({ ...object, apiVersion }),
    fromStored: (object) => ({ ...(pruned(object, schema, '', []) as Stored), apiVersion: `${group}/${version.name}` }),
  };
}

function strategyOf(version: Version, hasStatus: boolean): Strategy {
  const schema = version.schema?.openAPIV3Schema;
  const rules = mentions(schema, 'x-kubernetes-validations');
  const lists = mentions(schema, 'x-kubernetes-list-type');
  const selectable = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.split('.').slice(1));
  const validate = (object: ApiObject, old?: Stored): FieldError[] => {
    const errors = [...validateCustom(object, schema, '', old), ...(lists ? duplicateErrors(object, schema, '') : [])];
    if (!rules) return errors;
    if (!errors.some(hidesRules)) return [...errors, ...ruleErrors(object, old, schema)];
    const text =
      'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    return [...errors, FieldError.invalid('<nil>', null, text)];
  };
  return {
    generation: true,
    validate: (object) => validate(object),
    validateUpdate: validate,
    ...(hasStatus ? { prepareForUpdate: keepStatus } : {}),
    fieldLabelError: (label) => `field label not supported: ${label}`,
    ...(selectable.length > 0 ? { selectableFields: (object) => selectedFields(object, selectable) } : {}),
    columns: columnsOf(version),
  };
}

/** kubernetes: apiextensions-apiserver/pkg/registry/customresource/strategy.go: what is not there is the empty value of its type. */
function selectedFields(object: Stored, paths: readonly (readonly string[])[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path.join('.'), String(at(object, ...path) ?? '')]));
}

function keepStatus(object: ApiObject, old: Stored): void {
  Object.assign(object, { status: at(old, 'status') });
}

function mentions(schema: unknown, extension: string): boolean {
  return JSON.stringify(schema ?? {}).includes(JSON.stringify(extension));
}

/** Rules are not looked at where something is of another type, missing or too large. */
function hidesRules({ type }: FieldError): boolean {
  return [
    'FieldValueRequired',
    'FieldValueTypeInvalid',
    'FieldValueTooLong',
    'FieldValueTooMany',
    'FieldValueNotSupported',
  ].includes(type);
}

function columnsOf(version: Version): Column[] {
  const given = version.additionalPrinterColumns ?? [];
  if (given.length === 0) return [nameColumn, ageColumn];
  const read = withDefaults(version.schema?.openAPIV3Schema);
  return [
    nameColumn,
    ...given.map(
      (column): Column => ({
        name: column.name,
        ...(column.priority ? { priority: column.priority } : {}),
        value: (object, now) => cell(read(object), column.jsonPath, column.type === 'date' ? now : undefined),
      }),
    ),
  ];
}

/** Objects as they are read: with the schema's defaults, status and all. Worked out once for each. */
function withDefaults(schema: unknown): (object: Stored) => unknown {
  const known = new WeakMap<Stored, unknown>();
  return (object) => {
    if (!known.has(object)) known.set(object, pruned(object, schema, '', []));
    return known.get(object);
  };
}

/** What a path of a column finds. kubernetes: apiextensions-apiserver/pkg/registry/customresource/tableconvertor */
function cell(object: unknown, path: string, now: number | undefined): string | number {
  // Of many values the first is shown.
  const [first] = valuesAt(object, path);
  if (first === undefined || first === null) return '';
  if (typeof first === 'string') return now === undefined ? first : ageSince(first, now);
  return typeof first === 'number' ? first : JSON.stringify(first);
}

/** A field, `['field']`, `[0]`, `[*]`, `[?(@.a=="b")]`. Other parts of JSONPath find nothing: kubetutor does not model them here. */
const PATH_STEP = /\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]|(\[\*\])|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/gy;

function valuesAt(object: unknown, path: string): unknown[] {
  let values: unknown[] = [object];
  let end = 0;
  for (const [whole, field, quoted, index, all, key, wanted] of path.matchAll(PATH_STEP)) {
    end += whole.length;
    const name = field ?? quoted;
    values = values.flatMap((value) => {
      if (name !== undefined) return [at(value, name)];
      const items: unknown[] = Array.isArray(value) ? value : [];
      if (index !== undefined) return items.slice(Number(index), Number(index) + 1);
      if (all !== undefined) return items;
      return items.filter((item) => at(item, ...(key ?? '').split('.')) === wanted);
    });
  }
  return end === path.length ? values : [];
}
