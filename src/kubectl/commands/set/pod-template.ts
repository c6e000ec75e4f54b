import { equal, isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';

/** Where each kind keeps its pod spec. kubernetes: kubectl/pkg/polymorphichelpers/updatepodspec.go */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** Raises KubectlError for kinds without pods. */
function podSpecPath(object: JsonObject): readonly string[] {
  const kind = textAt(object, 'kind');
  const path = PATHS[kind];
  if (path) return path;
  const version = textAt(object, 'apiVersion').replace(/^.*\//, '');
  throw new KubectlError(`the object is not a pod or does not have a pod template: *${version}.${kind}`);
}

export function podSpecOf(object: JsonObject): JsonObject {
  return objectAt(object, ...podSpecPath(object));
}

export function withPodSpec(object: JsonObject, spec: JsonObject): JsonObject {
  return putAt(object, podSpecPath(object), spec);
}

function putAt(object: JsonObject, path: readonly string[], value: JsonObject): JsonObject {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return { ...object, [first]: putAt(objectAt(object, first), rest, value) };
}

/** Changes the containers that `selected` lets through, of both lists. */
export function mapContainers(
  spec: JsonObject,
  selected: (name: string) => boolean,
  change: (container: JsonObject) => JsonObject,
): { readonly spec: JsonObject; readonly count: number } {
  let count = 0;
  const out: JsonObject = { ...spec };
  for (const field of ['containers', 'initContainers']) {
    if (!Array.isArray(spec[field])) continue;
    out[field] = listAt(spec, field).map((container) => {
      if (!selected(textAt(container, 'name'))) return container;
      count++;
      return change(container);
    });
  }
  return { spec: out, count };
}

/** A name against a pattern with `*`. kubernetes: kubectl/pkg/cmd/set selectString */
export function nameMatches(name: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(name);
}

/** Lists of named things, which a strategic merge patch merges by name. */
const MERGE_KEYS: Readonly<Record<string, string>> = { containers: 'name', initContainers: 'name', env: 'name' };

/** A strategic merge patch that makes `before` into `after`; undefined when they are the same. Lists other than of containers and variables are replaced. */
export function strategicPatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: JsonObject = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]];
    if (equal(old, now)) continue;
    const mergeKey = MERGE_KEYS[key];
    if (now === undefined) patch[key] = null;
    else if (isObject(old) && isObject(now)) patch[key] = strategicPatch(old, now) ?? {};
    else if (mergeKey !== undefined && Array.isArray(old) && Array.isArray(now)) {
      // Without the order, a merge would put new items before the old ones.
      patch[`$setElementOrder/${key}`] = now.filter(isObject).map((item) => ({ [mergeKey]: item[mergeKey] ?? null }));
      const items = listPatch(old, now, mergeKey);
      if (items.length > 0) patch[key] = items;
    } else patch[key] = now;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function listPatch(old: readonly Json[], now: readonly Json[], mergeKey: string): Json[] {
  const byName = new Map(old.filter(isObject).map((item) => [item[mergeKey], item]));
  const out: Json[] = [];
  for (const item of now.filter(isObject)) {
    const name = item[mergeKey] ?? null;
    const before = byName.get(name);
    byName.delete(name);
    if (!before) out.push(item);
    else {
      const change = strategicPatch(before, item);
      if (change) out.push({ ...change, [mergeKey]: name });
    }
  }
  for (const name of byName.keys()) out.push({ $patch: 'delete', [mergeKey]: name ?? null });
  return out;
}

/** What Go's types add to an object that was read from a file: empty structures that are never left out. */
export function typed(object: JsonObject): JsonObject {
  const kind = textAt(object, 'kind');
  if (!(kind in PATHS)) return object;
  const spec = podSpecOf(object);
  const { spec: filled } = mapContainers(
    spec,
    () => true,
    (container) => ({ resources: {}, ...container }),
  );
  const out = withPodSpec({ status: {}, ...object }, filled);
  if (kind === 'Deployment') out['spec'] = { strategy: {}, ...objectAt(out, 'spec') };
  if (kind === 'DaemonSet' || kind === 'StatefulSet') out['spec'] = { updateStrategy: {}, ...objectAt(out, 'spec') };
  return out;
}
