import type { Json } from './json.ts';
import { compareJson, isObject, JqError, typeOf } from './values.ts';

/** How large an array may become by an index. */
const LARGEST_INDEX = 536_870_911;

/** `.[key]` of a value. Raises JqError worded as jq words it. */
export function indexInto(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return value.get(key) ?? null;
  if (Array.isArray(value) && typeof key === 'number') {
    const at = Math.floor(key);
    return value[at < 0 ? at + value.length : at] ?? null;
  }
  if (isObject(key) && (value === null || Array.isArray(value) || typeof value === 'string'))
    return sliceOf(value, key.get('start') ?? null, key.get('end') ?? null);
  if (Array.isArray(value) && Array.isArray(key)) return indicesOf(value, key);
  if (value === null && (typeof key === 'string' || typeof key === 'number' || key === null)) return null;
  throw cannotIndex(value, key);
}

function cannotIndex(value: Json, key: Json): JqError {
  return new JqError(
    `Cannot index ${typeOf(value)} with ${typeof key === 'string' ? `string ${JSON.stringify(key)}` : typeOf(key)}`,
  );
}

function bounds(length: number, from: Json, to: Json): [number, number] {
  if ((from !== null && typeof from !== 'number') || (to !== null && typeof to !== 'number'))
    throw new JqError('Start and end indices of an array slice must be numbers');
  const clamp = (value: number) => Math.min(length, Math.max(0, value < 0 ? value + length : value));
  const start = clamp(Math.floor(from ?? 0));
  return [start, Math.max(start, clamp(Math.ceil(to ?? length)))];
}

export function sliceOf(value: Json, from: Json, to: Json): Json {
  if (value === null) return null;
  if (typeof value === 'string') {
    const characters = [...value];
    return characters.slice(...bounds(characters.length, from, to)).join('');
  }
  if (!Array.isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with object`);
  return value.slice(...bounds(value.length, from, to));
}

/** Where a list occurs in another. */
export function indicesOf(value: Json, wanted: Json): Json {
  if (value === null) return null;
  if (typeof value === 'string' && typeof wanted === 'string') {
    const found: number[] = [];
    if (wanted === '') return null;
    const characters = [...value];
    const pattern = [...wanted];
    for (let i = 0; i + pattern.length <= characters.length; i++)
      if (pattern.every((one, j) => characters[i + j] === one)) found.push(i);
    return found;
  }
  if (!Array.isArray(value)) throw cannotIndex(value, wanted);
  const list = Array.isArray(wanted) ? wanted : [wanted];
  const found: number[] = [];
  if (list.length === 0) return null;
  for (let i = 0; i + list.length <= value.length; i++)
    if (list.every((one, j) => compareJson(value[i + j] ?? null, one) === 0)) found.push(i);
  return found;
}

export function getPath(value: Json, path: readonly Json[]): Json {
  let at = value;
  for (const key of path) {
    if (at === null) return null;
    at = indexInto(at, key);
  }
  return at;
}

/** A copy of `value` with another value at `path`. */
export function setPath(value: Json, path: readonly Json[], to: Json): Json {
  return updatePath(value, path, 0, () => to);
}

export function updatePath(value: Json, path: readonly Json[], depth: number, update: (old: Json) => Json): Json {
  if (depth >= path.length) return update(value);
  const key = path[depth] ?? null;
  if (typeof key === 'string' && (value === null || isObject(value))) {
    const copy = new Map(value ?? []);
    copy.set(key, updatePath(copy.get(key) ?? null, path, depth + 1, update));
    return copy;
  }
  if (typeof key === 'number' && (value === null || Array.isArray(value))) {
    const copy = [...(value ?? [])];
    let at = Math.floor(key);
    if (at < 0) at += copy.length;
    if (at < 0) throw new JqError('Out of bounds negative array index');
    if (at > LARGEST_INDEX || at > copy.length + 10_000_000) throw new JqError('Array index too large');
    while (copy.length < at) copy.push(null);
    copy[at] = updatePath(copy[at] ?? null, path, depth + 1, update);
    return copy;
  }
  if (isObject(key) && (value === null || Array.isArray(value))) {
    const list = value ?? [];
    const [start, end] = bounds(list.length, key.get('start') ?? null, key.get('end') ?? null);
    const made = updatePath(list.slice(start, end), path, depth + 1, update);
    if (!Array.isArray(made)) throw new JqError('A slice of an array can only be assigned another array');
    return [...list.slice(0, start), ...made, ...list.slice(end)];
  }
  throw cannotIndex(value, key);
}

/** A copy without what is at the paths. */
export function deletePaths(value: Json, paths: readonly (readonly Json[])[]): Json {
  // The last ones first, so that indexes stay right.
  const ordered = [...paths].sort((a, b) => compareJson([...b], [...a]));
  let result = value;
  for (const path of ordered) result = deletePath(result, path, 0);
  return result;
}

function deletePath(value: Json, path: readonly Json[], depth: number): Json {
  if (depth >= path.length || value === null) return null;
  const key = path[depth] ?? null;
  const last = depth === path.length - 1;
  if (isObject(value) && typeof key === 'string') {
    if (!value.has(key)) return value;
    const copy = new Map(value);
    if (last) copy.delete(key);
    else copy.set(key, deletePath(value.get(key) ?? null, path, depth + 1));
    return copy;
  }
  if (Array.isArray(value) && typeof key === 'number') {
    const at = Math.floor(key) < 0 ? Math.floor(key) + value.length : Math.floor(key);
    if (at < 0 || at >= value.length) return value;
    if (last) return value.filter((_, i) => i !== at);
    return value.map((item, i) => (i === at ? deletePath(item, path, depth + 1) : item));
  }
  if (Array.isArray(value) && isObject(key)) {
    const [start, end] = bounds(value.length, key.get('start') ?? null, key.get('end') ?? null);
    if (last) return [...value.slice(0, start), ...value.slice(end)];
    return updatePath(value, path.slice(0, depth + 1), depth, (part) => deletePath(part, path, depth + 1));
  }
  if (last && isObject(value)) throw new JqError(`Cannot delete field at object index of ${typeOf(key)}`);
  if (last && Array.isArray(value)) throw new JqError(`Cannot delete field at array index of ${typeOf(key)}`);
  if (last)
    throw new JqError(
      `Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${typeOf(value)}`,
    );
  throw cannotIndex(value, key);
}
