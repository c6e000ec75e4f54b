import type { PatchSchema } from '../../apimachinery/strategic/schema.ts';
import { typeOfKind } from './schema.ts';

/** The schema for strategic merge patches; undefined for custom resources, which have none. */
export function patchSchemaOf(resource: { group: string; version: string; kind: string }): PatchSchema | undefined {
  return typeOfKind(resource.group, resource.version, resource.kind);
}
