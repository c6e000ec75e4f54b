/**
 * What strategic merge patch must know of a type. `field` of a struct finds its fields; of a map (labels, …) it answers for
 * any key with the schema of the map's values.
 */
export interface PatchSchema {
  /** The name of the type in Go, for errors: `PodSpec`. */
  readonly name: string;
  /** undefined: the type has no such field. */
  field(name: string): FieldSchema | undefined;
}

/** What strategic merge patch must know of a field. */
export interface FieldSchema {
  /** `x-kubernetes-patch-strategy`, split at commas: `merge`, `replace`, `retainKeys`. */
  readonly patchStrategy: readonly string[];
  /** `x-kubernetes-patch-merge-key`; '' for none. */
  readonly patchMergeKey: string;
  /** Of an object: its type. Of a list: the type of its items. Absent for scalars and lists of scalars. */
  readonly schema: PatchSchema | undefined;
}

/** A patch that cannot be used. `badRequest`: the server blames the patch itself. */
export class PatchError extends Error {
  override name = 'PatchError';
  readonly kind: 'badRequest' | 'unprocessable' | 'other';

  constructor(message: string, kind: 'badRequest' | 'unprocessable' | 'other' = 'other') {
    super(message);
    this.kind = kind;
  }
}

export interface Strategy {
  readonly retainKeys: boolean;
  readonly strategy: string;
  readonly mergeKey: string;
  readonly schema: PatchSchema;
}

const opaque: PatchSchema = { name: 'interface {}', field: () => undefined };

/** How a field is patched, its strategies taken apart. PatchError when the type has no such field. */
export function strategyOf(schema: PatchSchema, key: string): Strategy {
  const field = schema.field(key);
  if (!field) throw new PatchError(`unable to find api field in struct ${schema.name} for the json field "${key}"`);
  const others = field.patchStrategy.filter((name) => name !== 'retainKeys');
  return {
    retainKeys: others.length < field.patchStrategy.length,
    strategy: others[0] ?? '',
    mergeKey: field.patchMergeKey,
    schema: field.schema ?? opaque,
  };
}

export const directive = '$patch';
export const retainKeys = '$retainKeys';
export const deleteFromPrimitiveList = '$deleteFromPrimitiveList';
export const setElementOrder = '$setElementOrder';
