/**
 * A function of a text alone that remembers what it gave for the last `limit` texts. For results that nobody changes. What it raises
 * is not remembered.
 */
export function memoize<T>(limit: number, compute: (text: string) => T): (text: string) => T {
  return memoizeBy(limit, (text) => text, compute);
}

/** As `memoize`, for a function of more than one argument: `keyOf` gives a text that is another one for other arguments. */
export function memoizeBy<A extends readonly unknown[], T>(
  limit: number,
  keyOf: (...args: A) => string,
  compute: (...args: A) => T,
): (...args: A) => T {
  const known = new Map<string, { readonly value: T }>();
  return (...args) => {
    const key = keyOf(...args);
    const hit = known.get(key);
    if (hit) return hit.value;
    const value = compute(...args);
    const [oldest] = known.keys();
    if (known.size >= limit && oldest !== undefined) known.delete(oldest);
    known.set(key, { value });
    return value;
  };
}
