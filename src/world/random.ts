/** kubernetes: apimachinery/pkg/util/rand: no vowels, no look-alikes. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = '0123456789abcdef';
const FOUR = 52;
const DASH = 45;
/** Where the variant of a UUID stands. */
const VARIANT_AT = 19;

/** FNV-1a over UTF-16 units: turns a seed of any length into 32 bits. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** The world's only source of chance: a seeded generator (sfc32), the same numbers on every machine. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(private readonly seed: string) {
    this.a = hash32(`${seed}/a`);
    this.b = hash32(`${seed}/b`);
    this.c = hash32(`${seed}/c`);
    for (let i = 0; i < 12; i++) this.word();
  }

  /** 32 random bits. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    return this.word() / 2 ** 32;
  }

  /** An integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.integer(items.length)];
  }

  /** A suffix as generateName and ReplicaSets append it. */
  suffix(length = 5): string {
    let text = '';
    for (let i = 0; i < length; i++) text += SAFE[this.integer(SAFE.length)];
    return text;
  }

  hex(length: number): string {
    const codes: number[] = [];
    for (let i = 0; i < length; i++) codes.push(HEX.charCodeAt(this.word() >>> 28));
    return String.fromCharCode(...codes);
  }

  /** A version 4 UUID. */
  uid(): string {
    const codes: number[] = [];
    for (let i = 0; i < 30; i++) {
      if (i === 8 || i === 12 || i === 15 || i === 18) codes.push(DASH);
      if (i === 12 || i === 15) codes.push(FOUR);
      codes.push(HEX.charCodeAt(this.word() >>> 28));
    }
    codes[VARIANT_AT] = '89ab'.charCodeAt(this.integer(4));
    return String.fromCharCode(...codes);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.word() >>> 24;
    return bytes;
  }

  /** An independent source for one purpose, so that drawing there changes nothing here. */
  fork(label: string): Random {
    return new Random(`${this.seed}/${label}`);
  }

  describe(): string {
    return `${this.a >>> 0}.${this.b >>> 0}.${this.c >>> 0}.${this.counter >>> 0}`;
  }
}
