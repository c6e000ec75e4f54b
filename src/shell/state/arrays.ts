/** An indexed array: sparse, walked in the order of its indexes. */
export class IndexedArray {
  private readonly items = new Map<number, string>();
  private last = -1;
  private sorted = true;
  /** In all elements. */
  characters = 0;
  /** Declared, but never assigned. */
  bare = false;

  static of(values: readonly string[]): IndexedArray {
    const array = new IndexedArray();
    values.forEach((value, index) => {
      array.set(index, value);
    });
    return array;
  }

  get(index: number): string | undefined {
    return this.items.get(index);
  }

  set(index: number, value: string): void {
    if (index < this.last && !this.items.has(index)) this.sorted = false;
    this.bare = false;
    this.characters += value.length - (this.items.get(index)?.length ?? 0);
    this.items.set(index, value);
    if (index > this.last) this.last = index;
  }

  delete(index: number): void {
    this.characters -= this.items.get(index)?.length ?? 0;
    this.items.delete(index);
    if (index === this.last) this.last = this.keys().at(-1) ?? -1;
  }

  /** The highest index, -1 when empty. */
  get highest(): number {
    return this.last;
  }

  get size(): number {
    return this.items.size;
  }

  keys(): number[] {
    const keys = [...this.items.keys()];
    return this.sorted ? keys : keys.sort((a, b) => a - b);
  }

  values(): string[] {
    return this.sorted ? [...this.items.values()] : this.keys().map((key) => this.items.get(key) ?? '');
  }

  copy(): IndexedArray {
    const copy = new IndexedArray();
    copy.bare = this.bare;
    for (const key of this.keys()) copy.set(key, this.items.get(key) ?? '');
    return copy;
  }
}

const BUCKETS = 1024;

/** bash: lib/sh/hashlib.c hash_string (FNV-1); the order of an associative array's keys follows from it. */
function bucketOf(key: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(key)) {
    hash = Math.imul(hash, 16777619);
    hash ^= byte;
  }
  return hash & (BUCKETS - 1);
}

/** An associative array, walked in the order that bash walks its hash table. */
export class AssociativeArray {
  private readonly items = new Map<string, string>();
  /** In all elements. */
  characters = 0;
  /** Declared, but never assigned. */
  bare = false;
  private order: string[] | undefined;

  get(key: string): string | undefined {
    return this.items.get(key);
  }

  set(key: string, value: string): void {
    if (!this.items.has(key)) this.order = undefined;
    this.bare = false;
    this.characters += value.length - (this.items.get(key)?.length ?? 0);
    this.items.set(key, value);
  }

  delete(key: string): void {
    this.characters -= this.items.get(key)?.length ?? 0;
    if (this.items.delete(key)) this.order = undefined;
  }

  get size(): number {
    return this.items.size;
  }

  keys(): string[] {
    if (!this.order) {
      // Newest first within a bucket.
      const byBucket = [...this.items.keys()].reverse().map((key) => ({ key, bucket: bucketOf(key) }));
      this.order = byBucket.sort((a, b) => a.bucket - b.bucket).map(({ key }) => key);
    }
    return [...this.order];
  }

  values(): string[] {
    return this.keys().map((key) => this.items.get(key) ?? '');
  }

  copy(): AssociativeArray {
    const copy = new AssociativeArray();
    copy.bare = this.bare;
    for (const [key, value] of this.items) copy.set(key, value);
    return copy;
  }
}
