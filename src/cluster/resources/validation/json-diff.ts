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

/** A shortest edit by longest common subsequence, after what both begin and end with. */
function operationsOf(a: readonly string[], b: readonly string[]): Operation[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  const length = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    const row = lengths[i];
    for (let j = right.length - 1; j >= 0 && row; j--) {
      row[j] = left[i] === right[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const operations: Operation[] = [];
  const push = (kind: ' ' | '-' | '+', line: string | undefined, x: number, y: number) =>
    operations.push({ kind, line: line ?? '', a: x, b: y });
  for (let i = 0; i < head; i++) push(' ', a[i], i, i);
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) push(' ', left[i], head + i++, head + j++);
    else if (i < left.length && (j >= right.length || length(i + 1, j) >= length(i, j + 1)))
      push('-', left[i], head + i++, head + j);
    else push('+', right[j], head + i, head + j++);
  }
  for (let k = 0; k < tail; k++) push(' ', a[a.length - tail + k], a.length - tail + k, b.length - tail + k);
  return operations;
}
