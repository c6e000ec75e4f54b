import { isObject, type Json, type JsonObject } from '../cluster/apimachinery/json-value.ts';

/** Whether a value from outside is plain data. */
export function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.values(value).every((item) => item === undefined || isJson(item));
}

/** The object at a path of keys; empty when there is none. */
export function objectAt(value: JsonObject, ...keys: readonly string[]): JsonObject {
  let current: Json | undefined = value;
  for (const key of keys) current = isObject(current) ? current[key] : undefined;
  return isObject(current) ? current : {};
}

/** The text at a path of keys; empty when there is none. */
export function textAt(value: JsonObject, ...keys: readonly string[]): string {
  const last = keys.at(-1) ?? '';
  const found = objectAt(value, ...keys.slice(0, -1))[last];
  return typeof found === 'string' ? found : '';
}

/** The objects of the list at a path of keys. */
export function listAt(value: JsonObject, ...keys: readonly string[]): JsonObject[] {
  const last = keys.at(-1) ?? '';
  const found = objectAt(value, ...keys.slice(0, -1))[last];
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The texts of the list at a path of keys. */
export function textsAt(value: JsonObject, ...keys: readonly string[]): string[] {
  const last = keys.at(-1) ?? '';
  const found = objectAt(value, ...keys.slice(0, -1))[last];
  return Array.isArray(found) ? found.filter((item): item is string => typeof item === 'string') : [];
}
