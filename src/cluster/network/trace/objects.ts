/** The objects of a cluster, as a trace asks for them: whatever way they are kept. */
export interface TraceObjects {
  get(kind: string, namespace: string | undefined, name: string): object | undefined;
  /** All namespaces when `namespace` is undefined; `selector` as in `kubectl -l`. */
  list(kind: string, namespace?: string, selector?: string): readonly object[];
}

/** The value at a path of an object; undefined when there is none. */
export function at(object: unknown, ...path: readonly (string | number)[]): unknown {
  let value = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

export function textAt(object: unknown, ...path: readonly (string | number)[]): string {
  const value = at(object, ...path);
  return typeof value === 'string' ? value : '';
}

export function listAt(object: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value : [];
}

/** `app=web,tier=front` of a map of labels. */
export function selectorText(labels: unknown): string {
  if (typeof labels !== 'object' || labels === null) return '';
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}
