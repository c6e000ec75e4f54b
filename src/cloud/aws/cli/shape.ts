import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { membersOf } from '../models/models.ts';

/** An answer as botocore reads it: members in the model's order, times as text, nothing that the model does not have. */
export function shaped(service: string, type: string, value: Json): Json {
  if (type.startsWith('['))
    return Array.isArray(value) ? value.map((item) => shaped(service, type.slice(1), item)) : [];
  if (type.startsWith('{')) {
    if (!isObject(value)) return {};
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shaped(service, type.slice(1), item)]));
  }
  if (type.startsWith('@')) return isObject(value) ? structure(service, type.slice(1), value) : {};
  if (type === 't') return typeof value === 'number' ? isoTime(value) : value;
  return value;
}

function structure(service: string, shape: string, value: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const { name, type } of membersOf(service, shape)) {
    const member = value[name];
    if (member === undefined || member === null) continue;
    // Documents of IAM have no shape: they are text to the model and structures to the client.
    out[name] = type === 's' && typeof member === 'object' ? member : shaped(service, type, member);
  }
  return out;
}

/** `2026-09-01T09:00:00+00:00`, with microseconds where there are any. Python: datetime.isoformat */
export function isoTime(ms: number): string {
  const text = new Date(Math.floor(ms)).toISOString();
  const fraction = text.slice(20, 23);
  return `${text.slice(0, 19)}${fraction === '000' ? '' : `.${fraction}000`}+00:00`;
}
