import { isObject, type Json } from '../../cluster/apimachinery/json-value.ts';
import { KustomizeError } from './errors.ts';
import { changeField, specMatches } from './field-specs.ts';
import { idText, isClusterScoped, type Resource } from './resource.ts';
import { NAME_REFERENCES } from './specs.ts';

/** Lets fields that name objects follow their new names. Raises KustomizeError. kustomize: api/filters/nameref */
export function fixReferences(resources: readonly Resource[]): void {
  for (const { kinds, fields } of NAME_REFERENCES) {
    const candidates = resources.filter((one) => kinds.includes(one.id.kind) && one.previous.length > 0);
    if (candidates.length === 0) continue;
    for (const referrer of resources)
      for (const spec of fields)
        if (specMatches(spec, referrer.id))
          referrer.object = changeField(referrer.object, spec, (value) => followed(value, referrer, candidates, kinds));
  }
}

function followed(
  value: Json | undefined,
  referrer: Resource,
  candidates: readonly Resource[],
  kinds: readonly string[],
): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => followed(item, referrer, candidates, kinds) ?? item);
  if (typeof value === 'string') return chosen(value, undefined, referrer, candidates)?.id.name ?? value;
  if (!isObject(value)) return value;
  const { name, namespace } = value;
  if (typeof name !== 'string' || (value['kind'] !== undefined && !kinds.includes(String(value['kind'])))) return value;
  const found = chosen(name, typeof namespace === 'string' ? namespace : '', referrer, candidates);
  if (!found) return value;
  const place = found.id.namespace === '' ? {} : { namespace: found.id.namespace };
  return { ...value, name: found.id.name, ...place };
}

/** The object that had a name. `namespace`: where the reference says it lies; undefined: where the referrer lies. */
function chosen(
  name: string,
  namespace: string | undefined,
  referrer: Resource,
  candidates: readonly Resource[],
): Resource | undefined {
  const inNamespace = (wanted: string) => (id: { name: string; namespace: string }) =>
    id.name === name && (id.namespace || 'default') === (wanted || 'default');
  let found = candidates.filter((one) => one.hasId((id) => id.name === name));
  if (namespace !== undefined) found = found.filter((one) => one.hasId(inNamespace(namespace)));
  else {
    const { id } = referrer;
    const near = found.filter(
      (one) => isClusterScoped(id) || isClusterScoped(one.id) || one.id.namespace === id.namespace,
    );
    if (!isClusterScoped(id)) found = near;
  }
  found = preferred(found, (one) => one.affixes === referrer.affixes);
  found = preferred(found, (one) => one.id.namespace === referrer.id.namespace);
  const names = new Set(found.map((one) => one.id.name));
  if (names.size > 1)
    throw new KustomizeError(
      `updating name reference in field of '${idText(referrer.id)}': found multiple possible referrals: ${found.map((one) => idText(one.id)).join(', ')}`,
    );
  return found[0];
}

function preferred(found: readonly Resource[], better: (one: Resource) => boolean): Resource[] {
  const some = found.filter(better);
  return some.length > 0 ? some : [...found];
}
