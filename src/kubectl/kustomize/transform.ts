import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { KustomizeError } from './errors.ts';
import { changeField, type FieldSpec, specMatches } from './field-specs.ts';
import { isClusterScoped, type Resource } from './resource.ts';
import { ANNOTATIONS, METADATA_LABELS, REPLICAS, SELECTORS, TEMPLATE_LABELS, UNPREFIXED } from './specs.ts';

/** Puts all objects into a namespace. kustomize: api/filters/namespace */
export function setNamespace(resources: readonly Resource[], namespace: string): void {
  if (namespace === '') return;
  for (const resource of resources) {
    const { id } = resource;
    if (id.kind === 'Namespace' && id.group === '') resource.rename({ name: namespace });
    else if (!isClusterScoped(id)) resource.rename({ namespace });
    else if (id.kind === 'APIService')
      resource.object = changeField(resource.object, { path: 'spec/service/namespace', create: true }, () => namespace);
    if (id.kind === 'RoleBinding' || id.kind === 'ClusterRoleBinding')
      resource.object = changeField(resource.object, { path: 'subjects' }, (subjects) =>
        Array.isArray(subjects)
          ? subjects.map((one) => (isDefaultAccount(one) ? { ...one, namespace } : one))
          : subjects,
      );
  }
}

/** The account that each namespace has follows its binding. */
function isDefaultAccount(subject: Json): subject is JsonObject {
  return isObject(subject) && subject['kind'] === 'ServiceAccount' && subject['name'] === 'default';
}

/** namePrefix and nameSuffix. */
export function addAffixes(resources: readonly Resource[], prefix: string, suffix: string): void {
  if (prefix === '' && suffix === '') return;
  for (const resource of resources) {
    resource.affixes += `/${prefix}-${suffix}`;
    if (!UNPREFIXED.includes(resource.id.kind)) resource.rename({ name: `${prefix}${resource.id.name}${suffix}` });
  }
}

/** labels and commonLabels. */
export function addLabels(resources: readonly Resource[], fields: JsonObject): void {
  for (const label of listAt(fields, 'labels')) {
    const specs: FieldSpec[] = listAt(label, 'fields').flatMap((spec) => {
      const at = (key: string) => textAt(spec, key);
      const only = (key: 'group' | 'version' | 'kind') => (at(key) === '' ? {} : { [key]: at(key) });
      return [
        { path: at('path'), create: spec['create'] === true, ...only('group'), ...only('version'), ...only('kind') },
      ];
    });
    const selectors = label['includeSelectors'] === true;
    if (selectors) specs.push(...SELECTORS, ...TEMPLATE_LABELS);
    else if (label['includeTemplates'] === true) specs.push(...TEMPLATE_LABELS);
    addEntries(resources, objectAt(label, 'pairs'), [...METADATA_LABELS, ...specs]);
  }
  addEntries(resources, objectAt(fields, 'commonLabels'), [...METADATA_LABELS, ...SELECTORS, ...TEMPLATE_LABELS]);
}

export function addAnnotations(resources: readonly Resource[], fields: JsonObject): void {
  addEntries(resources, objectAt(fields, 'commonAnnotations'), ANNOTATIONS);
}

function addEntries(resources: readonly Resource[], entries: JsonObject, specs: readonly FieldSpec[]): void {
  if (Object.keys(entries).length === 0) return;
  for (const resource of resources)
    for (const spec of specs)
      if (specMatches(spec, resource.id))
        resource.object = changeField(resource.object, spec, (old) => ({ ...(isObject(old) ? old : {}), ...entries }));
}

/** Raises KustomizeError when a name fits nothing. */
export function setReplicas(resources: readonly Resource[], fields: JsonObject): void {
  for (const replica of listAt(fields, 'replicas')) {
    const name = textAt(replica, 'name');
    let found = false;
    for (const resource of resources) {
      const spec = REPLICAS.find((one) => specMatches(one, resource.id));
      if (!spec || !resource.hasId((id) => id.name === name)) continue;
      found = true;
      resource.object = changeField(resource.object, spec, () => replica['count'] ?? 0);
    }
    if (found) continue;
    const kinds = REPLICAS.map((spec) => `${spec.kind}.[noVer].[noGrp]`).join(' ');
    throw new KustomizeError(`resource with name ${name} does not match a config with the following GVK [${kinds}]`);
  }
}

export function setImages(resources: readonly Resource[], fields: JsonObject): void {
  for (const image of listAt(fields, 'images'))
    for (const resource of resources) {
      if (resource.id.kind === 'CustomResourceDefinition') continue;
      const changed = inContainers(resource.object, (name) => newImage(name, image));
      if (isObject(changed)) resource.object = changed;
    }
}

/** Changes the images of all containers, wherever they stand. kustomize: api/filters/imagetag/legacy.go */
function inContainers(value: Json, change: (image: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => inContainers(item, change));
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const list = (key === 'containers' || key === 'initContainers') && Array.isArray(item);
    out[key] = list
      ? item.map((one) => {
          const image = isObject(one) ? one['image'] : undefined;
          return isObject(one) && typeof image === 'string' ? { ...one, image: change(image) } : one;
        })
      : inContainers(item, change);
  }
  return out;
}

/** kustomize: api/filters/imagetag/updater.go */
function newImage(given: string, image: JsonObject): string {
  const at = (key: string) => (image[key] === undefined || image[key] === null ? '' : String(image[key]));
  const [, rest = given, digest = ''] = /^(.*?)(?:@(.*))?$/s.exec(given) ?? [];
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  const name = tagged ? rest.slice(0, colon) : rest;
  if (name !== at('name')) return given;
  let tag = tagged ? rest.slice(colon + 1) : '';
  let sum = digest;
  if (at('newTag') !== '' || at('digest') !== '') [tag, sum] = [at('newTag'), at('digest')];
  else if (at('tagSuffix') !== '') [tag, sum] = [tag + at('tagSuffix'), ''];
  return `${at('newName') || name}${tag === '' ? '' : `:${tag}`}${sum === '' ? '' : `@${sum}`}`;
}
