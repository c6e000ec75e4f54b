import { isObject, type Json, type JsonObject } from '../json-value.ts';

/**
 * What server-side apply must know of a type. Most types are one of the three; a type that may hold anything is all of them.
 * structured-merge-diff: schema/elements.go Atom
 */
export interface FieldType {
  readonly scalar?: ScalarKind;
  readonly list?: ListType;
  readonly map?: MapType;
}

/** Quantities, IntOrStrings and times are untyped: any scalar may stand there. */
export type ScalarKind = 'string' | 'numeric' | 'boolean' | 'untyped';

export interface ListType {
  /** Owned as a whole (`x-kubernetes-list-type: atomic`, the default), or item by item (`set`, `map`). */
  readonly atomic: boolean;
  /** `x-kubernetes-list-map-keys`; none for a set. */
  readonly keys: readonly string[];
  readonly element: FieldType;
}

export interface MapType {
  /** Owned as a whole (`x-kubernetes-map-type: atomic`). */
  readonly atomic: boolean;
  /** A declared field of a struct. */
  field(name: string): DeclaredField | undefined;
  /** The type of other members: of a map's values. Absent: there may be none. */
  readonly element: FieldType | undefined;
  /** What a struct holds when nothing was set in it: fields that JSON never leaves out. `{"spec":{"containers":null}}` */
  readonly zero: JsonObject;
}

export interface DeclaredField {
  readonly type: FieldType;
  /** Its default, where a key of a list may be left out (`protocol: TCP`). */
  readonly default?: Json | undefined;
}

/** Anything, owned as a whole. */
export const untyped: FieldType = {
  scalar: 'untyped',
  list: {
    atomic: true,
    keys: [],
    get element() {
      return untyped;
    },
  },
  map: {
    atomic: true,
    field: () => undefined,
    get element() {
      return untyped;
    },
    zero: {},
  },
};

/** Anything; objects are owned member by member. */
export const deduced: FieldType = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], element: untyped },
  map: {
    atomic: false,
    field: () => undefined,
    get element() {
      return deduced;
    },
    zero: {},
  },
};

/** Which of a type's forms a value has. */
export type Form = { map: MapType } | { scalar: ScalarKind } | { list: ListType } | undefined;

/** The form that fits a value; of a value that is absent or null the first there is. */
export function formOf(type: FieldType, value: Json | undefined): Form {
  if (value !== undefined && value !== null) {
    if (Array.isArray(value)) {
      if (type.list) return { list: type.list };
    } else if (isObject(value)) {
      if (type.map) return { map: type.map };
    } else if (type.scalar) return { scalar: type.scalar };
  }
  if (type.map) return { map: type.map };
  if (type.scalar) return { scalar: type.scalar };
  return type.list ? { list: type.list } : undefined;
}

/** The type of a member of an object; undefined when there may be none of that name. */
export function memberType(map: MapType, name: string): FieldType | undefined {
  return map.field(name)?.type ?? map.element;
}
