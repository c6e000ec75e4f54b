/** Two values as JSON with one blank of indentation, compared line by line. kubernetes: apimachinery/pkg/util/diff/diff.go */
export function jsonDiff(before: unknown, after: unknown): string {
  return unifiedDiff(lines(before), lines(after), 3);
}

const lines = (value: unknown) =>
  JSON.stringify(value, null, 1)
    .split('\n')
    .map((line) => `${line}\n`);

type Operation = { readonly kind: ' ' | '-' | '+'; readonly line: string; readonly a: number; readonly b: number };

/** Hunks with `context` lines around each change and no file names. */
export function unifiedDiff(a: readonly string[], b: readonly string[], context: number): string {
  const operations = operationsOf(a, b);
  const changes = operations.flatMap((operation, i) => (operation.kind === ' ' ? [] : [i]));
  let out = '';
  for (let i = 0; i < changes.length; ) {
    const first = Math.max(0, (changes[i] ?? 0) - context);
    let last = changes[i] ?? 0;
    while (i < changes.length && (changes[i] ?? 0) - last <= 2 * context) last = changes[i++] ?? last;
    const hunk = operations.slice(first, last + context + 1);
    const head = hunk[0];
    const count = (kind: '-' | '+') =>
      hunk.filter((operation) => operation.kind === kind || operation.kind === ' ').length;
    out += `@@ -${range(head?.a ?? 0, count('-'))} +${range(head?.b ?? 0, count('+'))} @@\n`;
    for (const { kind, line } of hunk) out += kind + line;
  }
  return out;
}

function range(start: number, length: number): string {
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}

/** The edit that Python's difflib finds, which the server uses: by the longest block that both have, again and again. */
function operationsOf(a: readonly string[], b: readonly string[]): Operation[] {
  const operations: Operation[] = [];
  let x = 0;
  let y = 0;
  for (const { i, j, size } of [...matchingBlocks(a, b), { i: a.length, j: b.length, size: 0 }]) {
    for (; x < i; x++) operations.push({ kind: '-', line: a[x] ?? '', a: x, b: y });
    for (; y < j; y++) operations.push({ kind: '+', line: b[y] ?? '', a: x, b: y });
    for (let k = 0; k < size; k++, x++, y++) operations.push({ kind: ' ', line: a[x] ?? '', a: x, b: y });
  }
  return operations;
}

interface Block {
  readonly i: number;
  readonly j: number;
  readonly size: number;
}

/** Texts longer than this ignore lines that occur in more than a hundredth of it when they look for a block. */
const MANY_LINES = 200;

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const positions = new Map<string, number[]>();
  for (const [j, line] of b.entries()) {
    const known = positions.get(line);
    if (known) known.push(j);
    else positions.set(line, [j]);
  }
  if (b.length >= MANY_LINES) {
    const limit = Math.floor(b.length / 100) + 1;
    for (const [line, where] of positions) if (where.length > limit) positions.delete(line);
  }
  const blocks: Block[] = [];
  const search = (aLow: number, aHigh: number, bLow: number, bHigh: number): void => {
    const block = longestBlock(a, b, positions, aLow, aHigh, bLow, bHigh);
    if (block.size === 0) return;
    const { i, j, size } = block;
    if (aLow < i && bLow < j) search(aLow, i, bLow, j);
    blocks.push(block);
    if (i + size < aHigh && j + size < bHigh) search(i + size, aHigh, j + size, bHigh);
  };
  search(0, a.length, 0, b.length);
  return blocks;
}

function longestBlock(
  a: readonly string[],
  b: readonly string[],
  positions: ReadonlyMap<string, readonly number[]>,
  aLow: number,
  aHigh: number,
  bLow: number,
  bHigh: number,
): Block {
  let [i, j, size] = [aLow, bLow, 0];
  let lengths = new Map<number, number>();
  for (let x = aLow; x < aHigh; x++) {
    const next = new Map<number, number>();
    for (const y of positions.get(a[x] ?? '') ?? []) {
      if (y < bLow) continue;
      if (y >= bHigh) break;
      const length = (lengths.get(y - 1) ?? 0) + 1;
      next.set(y, length);
      if (length > size) [i, j, size] = [x - length + 1, y - length + 1, length];
    }
    lengths = next;
  }
  // Lines that were ignored may still stretch the block.
  while (i > aLow && j > bLow && a[i - 1] === b[j - 1]) [i, j, size] = [i - 1, j - 1, size + 1];
  while (i + size < aHigh && j + size < bHigh && a[i + size] === b[j + size]) size++;
  return { i, j, size };
}
