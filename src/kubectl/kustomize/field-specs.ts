import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { ResId } from './resource.ts';

/** A field of some kinds. kustomize: api/types/fieldspec.go */
export interface FieldSpec {
  /** Names separated by slashes; lists on the way are gone through. */
  readonly path: string;
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  /** Objects on the way are made. */
  readonly create?: boolean;
}

export function specMatches(spec: FieldSpec, id: ResId): boolean {
  return (
    (spec.kind === undefined || spec.kind === id.kind) &&
    (spec.group === undefined || spec.group === id.group) &&
    (spec.version === undefined || spec.version === id.version)
  );
}

/** The object with the fields of a path changed; `change` gets undefined where the field is missing and is to be made. */
export function changeField(
  object: JsonObject,
  spec: FieldSpec,
  change: (value: Json | undefined) => Json | undefined,
): JsonObject {
  const keys = spec.path.split(/(?<!\\)\//).map((key) => key.replaceAll('\\/', '/').replace(/\[\]$/, ''));
  const changed = walk(object, keys, spec.create === true, change);
  return isObject(changed) ? changed : object;
}

function walk(
  value: Json | undefined,
  keys: readonly string[],
  create: boolean,
  change: (value: Json | undefined) => Json | undefined,
): Json | undefined {
  const [key, ...rest] = keys;
  if (Array.isArray(value) && key !== undefined) return value.map((item) => walk(item, keys, create, change) ?? item);
  if (key === undefined) return value === undefined && !create ? undefined : change(value);
  if (value === undefined || value === null) {
    if (!create) return value;
    const made = walk(undefined, rest, create, change);
    return made === undefined ? value : { [key]: made };
  }
  if (!isObject(value)) return value;
  const next = walk(value[key], rest, create, change);
  return next === value[key] || next === undefined ? value : { ...value, [key]: next };
}
