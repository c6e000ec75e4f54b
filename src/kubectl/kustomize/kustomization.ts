import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { asError } from '../errors.ts';
import { parseYaml } from '../yaml.ts';
import { KustomizeError } from './errors.ts';

/** A kustomization file as written, checked as far as kustomize checks it. kustomize: api/types/kustomization.go */
export interface Kustomization {
  readonly kind: string;
  readonly fields: JsonObject;
  /** What is said of old fields. */
  readonly warnings: readonly string[];
}

type FieldType = 'string' | 'list' | 'strings' | 'map' | 'object';

const FIELDS: Readonly<Record<string, FieldType>> = {
  apiVersion: 'string',
  bases: 'strings',
  buildMetadata: 'strings',
  commonAnnotations: 'map',
  commonLabels: 'map',
  components: 'strings',
  configMapGenerator: 'list',
  configurations: 'strings',
  crds: 'strings',
  generatorOptions: 'object',
  generators: 'strings',
  helmChartInflationGenerator: 'list',
  helmCharts: 'list',
  helmGlobals: 'object',
  images: 'list',
  kind: 'string',
  labels: 'list',
  metadata: 'object',
  namePrefix: 'string',
  nameSuffix: 'string',
  namespace: 'string',
  openapi: 'map',
  patches: 'list',
  patchesJson6902: 'list',
  patchesStrategicMerge: 'strings',
  replacements: 'list',
  replicas: 'list',
  resources: 'strings',
  secretGenerator: 'list',
  sortOptions: 'object',
  transformers: 'strings',
  validators: 'strings',
  vars: 'list',
};

const GO_TYPES: Readonly<Record<FieldType, string>> = {
  string: 'string',
  strings: '[]string',
  list: '[]types.',
  map: 'map[string]string',
  object: 'types.',
};

/** What Go calls the items of some fields. kubernetes: sigs.k8s.io/kustomize/api/types */
const GO_ITEMS: Readonly<Record<string, string>> = { images: 'Image' };

/** Fields that kubetutor does not play. */
const UNMODELLED = [
  'buildMetadata',
  'configurations',
  'crds',
  'generators',
  'helmChartInflationGenerator',
  'helmCharts',
  'openapi',
  'transformers',
  'validators',
  'vars',
];

const DEPRECATED: readonly (readonly [field: string, instead: string])[] = [
  ['bases', "'resources' instead."],
  ['commonLabels', "'labels' instead."],
  ['patchesJson6902', "'patches' instead."],
  ['patchesStrategicMerge', "'patches' instead."],
  ['vars', "'replacements' instead. [EXPERIMENTAL]"],
];

/** Raises KustomizeError. `root`: the folder, for messages. */
export function parseKustomization(text: string, root: string): Kustomization {
  let value: Json;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw invalid(asError(error).message);
  }
  if (value === null) throw new KustomizeError('kustomization.yaml is empty');
  if (!isObject(value))
    throw invalid(`json: cannot unmarshal ${jsonType(value)} into Go value of type types.Kustomization`);
  for (const key of Object.keys(value).sort()) checkField(key, value[key] ?? null);
  const kind = typeof value['kind'] === 'string' && value['kind'] !== '' ? value['kind'] : 'Kustomization';
  const { apiVersion, kind: _, metadata: __, ...content } = value;
  const bases = stringsOf(value, 'bases');
  const fields: JsonObject =
    bases.length > 0 ? { ...content, resources: [...stringsOf(value, 'resources'), ...bases] } : content;
  if (Object.values(fields).every(isEmpty)) throw new KustomizeError('kustomization.yaml is empty');
  checkKind(kind, apiVersion, root);
  for (const field of UNMODELLED)
    if (!isEmpty(fields[field] ?? null))
      throw new KustomizeError(`kubetutor does not model the field ${field} of kustomizations`);
  const old = DEPRECATED.filter(([field]) => value[field] !== undefined && value[field] !== null);
  return {
    kind,
    fields,
    warnings: old.map(
      ([field, instead]) =>
        `# Warning: '${field}' is deprecated. Please use ${instead} Run 'kustomize edit fix' to update your Kustomization automatically.`,
    ),
  };
}

function checkField(key: string, value: Json): void {
  const type = FIELDS[key];
  if (type === undefined) throw invalid(`json: unknown field ${JSON.stringify(key)}`);
  if (value === null) return;
  const fail = (found: Json) =>
    invalid(
      `json: cannot unmarshal ${jsonType(found)} into Go struct field Kustomization.${key} of type ${GO_TYPES[type]}${GO_ITEMS[key] ?? ''}`,
    );
  if (type === 'string' && typeof value !== 'string') throw fail(value);
  if ((type === 'list' || type === 'strings') && !Array.isArray(value)) throw fail(value);
  if ((type === 'map' || type === 'object') && !isObject(value)) throw fail(value);
  if (key === 'labels') checkLabels(value);
  const items: readonly Json[] = type === 'strings' ? (Array.isArray(value) ? value : []) : [];
  const entries = type === 'map' && isObject(value) ? Object.values(value) : items;
  for (const item of entries)
    if (item !== null && typeof item !== 'string')
      throw invalid(
        `json: cannot unmarshal ${jsonType(item)} into Go struct field Kustomization.${key} of type string`,
      );
}

/** kustomize: api/types/labels.go */
function checkLabels(labels: Json): void {
  for (const label of Array.isArray(labels) ? labels.filter(isObject) : [])
    for (const value of Object.values(isObject(label['pairs']) ? label['pairs'] : {}))
      if (value !== null && typeof value !== 'string')
        throw invalid(
          `json: cannot unmarshal ${jsonType(value)} into Go struct field Label.labels.pairs of type string`,
        );
}

function checkKind(kind: string, apiVersion: Json | undefined, root: string): void {
  const problems: string[] = [];
  if (kind !== 'Kustomization' && kind !== 'Component') problems.push('kind should be Kustomization or Component');
  const wanted = `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`;
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== wanted)
    problems.push(`apiVersion for ${kind} should be ${wanted}`);
  if (problems.length > 0)
    throw new KustomizeError(`Failed to read kustomization file under ${root}:\n${problems.join('\n')}`);
}

function invalid(text: string): KustomizeError {
  return new KustomizeError(`invalid Kustomization: ${text}`);
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === null || value === '';
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

export function stringsOf(object: JsonObject, key: string): string[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
