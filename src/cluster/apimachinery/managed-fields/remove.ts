import { isObject, type Json, type JsonObject, own, put } from '../json-value.ts';
import type { FieldSet } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import { fieldElement } from './path.ts';
import { type FieldType, formOf, memberType } from './types.ts';

/** A value without some of its fields; null when nothing is left. structured-merge-diff: typed/remove.go */
export function removeFields(value: Json, remove: FieldSet, type: FieldType | undefined): Json {
  const form = type && formOf(type, value);
  if (!form || 'scalar' in form) return value;
  if ('list' in form) {
    if (!Array.isArray(value) || value.length === 0 || form.list.atomic) return null;
    const kept: Json[] = [];
    for (const item of value) {
      const [element] = itemsByElement(form.list, [item]).keys();
      if (element !== undefined && remove.members.has(element)) continue;
      const below = element === undefined ? undefined : remove.below(element);
      kept.push(below ? removeFields(item, below, form.list.element) : item);
    }
    return kept.length > 0 ? kept : null;
  }
  if (!isObject(value) || form.map.atomic) return null;
  const kept: JsonObject = {};
  for (const name of Object.keys(value)) {
    const element = fieldElement(name);
    if (remove.members.has(element)) continue;
    const member = own(value, name) ?? null;
    const below = remove.below(element);
    put(kept, name, below ? removeFields(member, below, memberType(form.map, name)) : member);
  }
  return Object.keys(kept).length > 0 ? kept : null;
}
