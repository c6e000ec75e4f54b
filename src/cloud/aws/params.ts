import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { AwsError } from './errors.ts';

/** The parameters of a request, by the API's names. */
export type Params = JsonObject;

export function textOf(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(params: Params, name: string): number | undefined {
  const value = params[name];
  return typeof value === 'number' ? value : undefined;
}

export function textsOf(params: Params, name: string): string[] {
  const value = params[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function objectOf(params: Params, name: string): JsonObject {
  const value = params[name];
  return isObject(value) ? value : {};
}

export function objectsOf(params: Params, name: string): JsonObject[] {
  const value = params[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Raises MissingParameter, as EC2 words it. */
export function required(params: Params, name: string): string {
  const value = textOf(params, name);
  if (value === undefined) throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

/** A copy as plain JSON of data whose interfaces name its fields. */
export function toJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) {
    const copy: JsonObject = {};
    for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = toJson(member);
    return copy;
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

export function toJsonObject(value: unknown): JsonObject {
  const json = toJson(value);
  return isObject(json) ? json : {};
}

export interface Tag {
  Key: string;
  Value: string;
}

export function tagsOf(value: Json | undefined): Tag[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((tag) => ({ Key: String(tag['Key'] ?? ''), Value: String(tag['Value'] ?? '') }));
}

/** EKS and others keep tags as a map. */
export function tagMap(value: Json | undefined): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
