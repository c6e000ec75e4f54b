import { equal, isObject, type Json, type JsonObject, own } from '../json-value.ts';
import { FieldSet } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import { fieldElement, type Path } from './path.ts';
import { type FieldType, type Form, formOf, type ListType, type MapType, memberType } from './types.ts';

/** How two values differ. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

/** Which fields were removed, modified and added. structured-merge-diff: typed/compare.go */
export function compareFields(before: Json | undefined, after: Json | undefined, type: FieldType): Comparison {
  const comparison = { removed: new FieldSet(), modified: new FieldSet(), added: new FieldSet() };
  new Comparer(comparison).compare(before, after, type, []);
  return comparison;
}

/** The same without some fields and all below them. */
export function withoutFields({ removed, modified, added }: Comparison, fields: FieldSet): Comparison {
  return {
    removed: removed.recursiveDifference(fields),
    modified: modified.recursiveDifference(fields),
    added: added.recursiveDifference(fields),
  };
}

class Comparer {
  private readonly result: Comparison;

  constructor(result: Comparison) {
    this.result = result;
  }

  compare(before: Json | undefined, after: Json | undefined, type: FieldType | undefined, path: Path): void {
    if (!type || (before === undefined && after === undefined) || before === after) return;
    const left = formOf(type, before);
    const right = formOf(type, after);
    let leaf: boolean;
    if (after === undefined) leaf = this.byForm(left, before, after, path);
    else if (before === undefined || sameForm(left, right)) leaf = this.byForm(right, before, after, path);
    else {
      this.byForm(left, before, after, path);
      leaf = this.byForm(right, before, after, path);
    }
    if (leaf) return;
    if (before === undefined) this.result.added.insert(path);
    else if (after === undefined) this.result.removed.insert(path);
  }

  /** Gives back whether the value was taken as a whole. */
  private byForm(form: Form, before: Json | undefined, after: Json | undefined, path: Path): boolean {
    if (!form) return false;
    if ('scalar' in form) return this.leaf(before, after, path);
    if ('list' in form) {
      const left = Array.isArray(before) ? before : [];
      const right = Array.isArray(after) ? after : [];
      if (form.list.atomic || left.length + right.length === 0) return this.leaf(before, after, path);
      this.lists(form.list, left, right, path);
      return false;
    }
    const left = isObject(before) ? before : {};
    const right = isObject(after) ? after : {};
    const empty = Object.keys(left).length + Object.keys(right).length === 0;
    if (form.map.atomic || empty) return this.leaf(before, after, path);
    this.maps(form.map, left, right, path);
    return false;
  }

  private leaf(before: Json | undefined, after: Json | undefined, path: Path): true {
    if (before === undefined) this.result.added.insert(path);
    else if (after === undefined) this.result.removed.insert(path);
    else if (!equal(before, after)) this.result.modified.insert(path);
    return true;
  }

  private maps(map: MapType, left: JsonObject, right: JsonObject, path: Path): void {
    for (const [name, value] of Object.entries(left)) {
      this.compare(value, own(right, name), memberType(map, name), [...path, fieldElement(name)]);
    }
    for (const [name, value] of Object.entries(right)) {
      if (!Object.hasOwn(left, name))
        this.compare(undefined, value, memberType(map, name), [...path, fieldElement(name)]);
    }
  }

  private lists(list: ListType, left: Json[], right: Json[], path: Path): void {
    const before = itemsByElement(list, left);
    const after = itemsByElement(list, right);
    for (const element of new Set([...before.keys(), ...after.keys()])) {
      const was = before.get(element) ?? [];
      const is = after.get(element) ?? [];
      const below = [...path, element];
      if (was.length <= 1 && is.length <= 1) this.compare(was[0], is[0], list.element, below);
      else if (was.length >= 2 && is.length >= 2) {
        if (!equal(was, is)) this.result.modified.insert(below);
      } else if (was.length >= 2) {
        if (is.length > 0) this.compare(undefined, is[0], list.element, below);
        this.result.removed.insert(below);
      } else {
        if (was.length > 0) this.compare(was[0], undefined, list.element, below);
        this.result.added.insert(below);
      }
    }
  }
}

export function sameForm(a: Form, b: Form): boolean {
  if (!a || !b) return a === b;
  if ('map' in a) return 'map' in b;
  return 'scalar' in a ? 'scalar' in b : 'list' in b;
}
