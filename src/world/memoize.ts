/**
 * A function of a text alone that remembers what it gave for the last `limit` texts. For results that nobody changes. What it raises
 * is not remembered.
 */
export function memoize<T>(limit: number, compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const hit = known.get(text);
    if (hit) return hit.value;
    const value = compute(text);
    const [oldest] = known.keys();
    if (known.size >= limit && oldest !== undefined) known.delete(oldest);
    known.set(text, { value });
    return value;
  };
}
