import { isObject, type Json, type JsonObject } from '../json-value.ts';
import { compareElements, fieldName, type Path, type PathElement } from './path.ts';
import type { FieldType } from './types.ts';

/** A set of fields of an object. structured-merge-diff: fieldpath/set.go */
export class FieldSet {
  readonly members = new Set<PathElement>();
  readonly children = new Map<PathElement, FieldSet>();

  /** Sets of paths, such as `[['f:spec', 'f:replicas']]`. */
  static of(...paths: Path[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** Reads FieldsV1. What is no path element is left out. */
  static decode(fields: Json | undefined): FieldSet {
    const set = new FieldSet();
    if (!isObject(fields)) return set;
    for (const [element, below] of Object.entries(fields)) {
      if (element === '.' || !/^[fkvi]:/.test(element) || !isObject(below)) continue;
      const keys = Object.keys(below);
      if (keys.length === 0 || '.' in below) set.members.add(element);
      if (keys.length > ('.' in below ? 1 : 0)) set.children.set(element, FieldSet.decode(below));
    }
    return set;
  }

  /** Writes FieldsV1, in the order of upstream. */
  encode(): JsonObject {
    const fields: JsonObject = {};
    const elements = [...new Set([...this.members, ...this.children.keys()])].sort(compareElements);
    for (const element of elements) {
      const below = this.children.get(element)?.encode() ?? {};
      fields[element] = this.members.has(element) && Object.keys(below).length > 0 ? { '.': {}, ...below } : below;
    }
    return fields;
  }

  get isEmpty(): boolean {
    if (this.members.size > 0) return false;
    for (const child of this.children.values()) if (!child.isEmpty) return false;
    return true;
  }

  /** Adds a path. Only for sets under construction. */
  insert(path: Path): void {
    let set: FieldSet = this;
    for (const element of path.slice(0, -1)) {
      let next = set.children.get(element);
      if (!next) {
        next = new FieldSet();
        set.children.set(element, next);
      }
      set = next;
    }
    const last = path.at(-1);
    if (last !== undefined) set.members.add(last);
  }

  has(path: Path): boolean {
    const [first, ...rest] = path;
    if (first === undefined) return false;
    return rest.length === 0 ? this.members.has(first) : (this.children.get(first)?.has(rest) ?? false);
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const element of this.members) result.members.add(element);
    for (const element of other.members) result.members.add(element);
    for (const [element, child] of this.children) {
      const its = other.children.get(element);
      result.children.set(element, its ? child.union(its) : child);
    }
    for (const [element, child] of other.children) {
      if (!this.children.has(element)) result.children.set(element, child);
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const element of this.members) if (other.members.has(element)) result.members.add(element);
    for (const [element, child] of this.children) {
      const its = other.children.get(element);
      if (its) result.keep(element, child.intersection(its));
    }
    return result;
  }

  /** What is in this set but not in the other. A field does not take its children with it. */
  difference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const element of this.members) if (!other.members.has(element)) result.members.add(element);
    for (const [element, child] of this.children) {
      const its = other.children.get(element);
      if (its) result.keep(element, child.difference(its));
      else result.children.set(element, child);
    }
    return result;
  }

  /** Like difference, but each field takes its children with it. */
  recursiveDifference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const element of this.members) if (!other.members.has(element)) result.members.add(element);
    for (const [element, child] of this.children) {
      if (other.members.has(element)) continue;
      const its = other.children.get(element);
      if (its) result.keep(element, child.recursiveDifference(its));
      else result.children.set(element, child);
    }
    return result;
  }

  /** The part below one element. */
  below(element: PathElement): FieldSet | undefined {
    const child = this.children.get(element);
    return child && !child.isEmpty ? child : undefined;
  }

  /** Fields that are declared and have children in the set are members too. */
  withNamedFields(type: FieldType | undefined): FieldSet {
    const result = new FieldSet();
    for (const element of this.members) result.members.add(element);
    for (const [element, child] of this.children) {
      const name = fieldName(element);
      const declared = name === undefined ? undefined : type?.map?.field(name);
      if (declared) result.members.add(element);
      const below = name === undefined ? type?.list?.element : (declared?.type ?? type?.map?.element);
      result.children.set(element, child.withNamedFields(below));
    }
    return result;
  }

  /** All paths in upstream's order: those of a level first, then those below. */
  paths(prefix: Path = []): Path[] {
    const here = [...this.members].sort(compareElements).map((element) => [...prefix, element]);
    const below = [...this.children].sort(([a], [b]) => compareElements(a, b));
    return [...here, ...below.flatMap(([element, child]) => child.paths([...prefix, element]))];
  }

  private keep(element: PathElement, child: FieldSet): void {
    if (!child.isEmpty) this.children.set(element, child);
  }
}
