/** Go's sort of short lists. With an ordering that is no strict one it matters which algorithm sorts. */
export function insertionSorted<T>(list: readonly T[], less: (a: T, b: T) => boolean): T[] {
  const sorted = [...list];
  for (let i = 1; i < sorted.length; i++) {
    const item = sorted[i] as T;
    let j = i;
    while (j > 0 && less(item, sorted[j - 1] as T)) {
      sorted[j] = sorted[j - 1] as T;
      j--;
    }
    sorted[j] = item;
  }
  return sorted;
}
