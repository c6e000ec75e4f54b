import { isObject, type Json } from '../json-value.ts';
import { FieldSet } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import { fieldElement, type Path } from './path.ts';
import { type FieldType, formOf, memberType } from './types.ts';

/** The fields that a value sets. structured-merge-diff: typed/tofieldset.go */
export function fieldsOf(value: Json, type: FieldType): FieldSet {
  const set = new FieldSet();
  collect(value, type, [], set);
  return set;
}

function collect(value: Json, type: FieldType | undefined, path: Path, set: FieldSet): void {
  const form = type && formOf(type, value);
  if (!form) return;
  if ('scalar' in form) set.insert(path);
  else if ('list' in form) {
    if (form.list.atomic) set.insert(path);
    else if (Array.isArray(value)) {
      for (const [element, items] of itemsByElement(form.list, value)) {
        const below = [...path, element];
        if (items.length === 1) collect(items[0] ?? null, form.list.element, below, set);
        set.insert(below);
      }
    }
  } else if (form.map.atomic) set.insert(path);
  else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const below = [...path, fieldElement(name)];
      collect(member, memberType(form.map, name), below, set);
      const empty = member === null || (isObject(member) && Object.keys(member).length === 0);
      if (empty || !form.map.field(name)) set.insert(below);
    }
  }
}
