import { diffArrays } from 'diff';

/** Lines `from`…`to` (exclusive, from 0) of the one file in the place of lines of the other. */
export interface Hunk {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** The differences of two lists of lines; `same` says which lines count as equal. */
export function hunksOf(left: readonly string[], right: readonly string[], same: (line: string) => string): Hunk[] {
  const hunks: { from: [number, number]; to: [number, number] }[] = [];
  let a = 0;
  let b = 0;
  let open: { from: [number, number]; to: [number, number] } | undefined;
  for (const part of diffArrays(left.map(same), right.map(same))) {
    const count = part.value.length;
    if (!part.added && !part.removed) {
      a += count;
      b += count;
      open = undefined;
      continue;
    }
    if (!open) {
      open = { from: [a, a], to: [b, b] };
      hunks.push(open);
    }
    if (part.removed) a += count;
    else b += count;
    open.from[1] = a;
    open.to[1] = b;
  }
  return hunks;
}

export interface DiffText {
  readonly lines: readonly string[];
  /** Whether the last line ended in a newline. */
  readonly terminated: boolean;
}

const NO_NEWLINE = '\\ No newline at end of file';

function show(mark: string, text: DiffText, from: number, to: number): string[] {
  const shown: string[] = [];
  for (let i = from; i < to; i++) {
    shown.push(mark + (text.lines[i] ?? ''));
    if (i === text.lines.length - 1 && !text.terminated) shown.push(NO_NEWLINE);
  }
  return shown;
}

const range = ([from, to]: readonly [number, number]) =>
  to - from > 1 ? `${from + 1},${to}` : String(to - from === 1 ? to : from);

/** `2c2`, `<`, `---`, `>`. */
export function normalDiff(left: DiffText, right: DiffText, hunks: readonly Hunk[]): string[] {
  return hunks.flatMap((hunk) => {
    const removed = hunk.from[1] > hunk.from[0];
    const added = hunk.to[1] > hunk.to[0];
    const head = `${range(hunk.from)}${removed && added ? 'c' : removed ? 'd' : 'a'}${range(hunk.to)}`;
    return [
      head,
      ...show('< ', left, ...hunk.from),
      ...(removed && added ? ['---'] : []),
      ...show('> ', right, ...hunk.to),
    ];
  });
}

const unifiedRange = (from: number, to: number) =>
  to - from === 1 ? String(from + 1) : `${to - from === 0 ? from : from + 1},${to - from}`;

/** `@@ -1,3 +1,4 @@`, without the two lines of names. */
export function unifiedDiff(left: DiffText, right: DiffText, hunks: readonly Hunk[], context: number): string[] {
  return groupsOf(hunks, context).flatMap((group) => {
    const first = group[0] ?? { from: [0, 0], to: [0, 0] };
    const last = group.at(-1) ?? first;
    const before = Math.min(context, first.from[0]);
    const after = Math.min(context, left.lines.length - last.from[1]);
    const lines: string[] = [];
    let a = first.from[0] - before;
    for (const hunk of group) {
      lines.push(
        ...show(' ', left, a, hunk.from[0]),
        ...show('-', left, ...hunk.from),
        ...show('+', right, ...hunk.to),
      );
      a = hunk.from[1];
    }
    lines.push(...show(' ', left, a, a + after));
    const header = `@@ -${unifiedRange(first.from[0] - before, last.from[1] + after)} +${unifiedRange(first.to[0] - before, last.to[1] + after)} @@`;
    return [header, ...lines];
  });
}

const contextRange = (from: number, to: number) =>
  to - from > 1 ? `${from + 1},${to}` : String(to - from === 1 ? to : from);

/** diff -c: the two files one after the other, without the two lines of names. diffutils: src/context.c */
export function contextDiff(left: DiffText, right: DiffText, hunks: readonly Hunk[], context: number): string[] {
  return groupsOf(hunks, context).flatMap((group) => {
    const first = group[0] ?? { from: [0, 0], to: [0, 0] };
    const last = group.at(-1) ?? first;
    const before = Math.min(context, first.from[0]);
    const after = Math.min(context, left.lines.length - last.from[1]);
    const side = (text: DiffText, key: 'from' | 'to', alone: string): string[] => {
      const other = key === 'from' ? 'to' : 'from';
      if (group.every((hunk) => hunk[key][1] === hunk[key][0])) return [];
      const lines: string[] = [];
      let at = first[key][0] - before;
      for (const hunk of group) {
        const mark = hunk[other][1] > hunk[other][0] ? '! ' : alone;
        lines.push(...show('  ', text, at, hunk[key][0]), ...show(mark, text, ...hunk[key]));
        at = hunk[key][1];
      }
      return [...lines, ...show('  ', text, at, at + after)];
    };
    const range = (key: 'from' | 'to') => contextRange(first[key][0] - before, last[key][1] + after);
    return [
      '***************',
      `*** ${range('from')} ****`,
      ...side(left, 'from', '- '),
      `--- ${range('to')} ----`,
      ...side(right, 'to', '+ '),
    ];
  });
}

/** diff -e: commands of ed, from the last difference to the first. */
export function edDiff(right: DiffText, hunks: readonly Hunk[]): string[] {
  return [...hunks].reverse().flatMap((hunk) => {
    const removed = hunk.from[1] > hunk.from[0];
    const added = hunk.to[1] > hunk.to[0];
    const head = `${range(hunk.from)}${removed && added ? 'c' : removed ? 'd' : 'a'}`;
    return added ? [head, ...right.lines.slice(...hunk.to), '.'] : [head];
  });
}

/** Hunks whose context touches are shown together. */
function groupsOf(hunks: readonly Hunk[], context: number): Hunk[][] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const last = groups.at(-1)?.at(-1);
    if (last && hunk.from[0] - last.from[1] <= context * 2) groups.at(-1)?.push(hunk);
    else groups.push([hunk]);
  }
  return groups;
}

/** diff -y: two columns. */
export function sideBySide(
  left: DiffText,
  right: DiffText,
  hunks: readonly Hunk[],
  width: number,
  hideCommon: boolean,
): string[] {
  // diffutils: src/diff.c, sdiff_half_width and sdiff_column2_offset
  const offset = Math.floor((width + 8 + 3) / 16) * 8;
  const half = Math.max(0, Math.min(offset - 3, width - offset));
  const column = half > 0 ? offset : width;
  const gutter = Math.floor((half + column - 1) / 2);
  const shown: string[] = [];
  const row = (a: string | undefined, mark: string, b: string | undefined) => {
    const first = (a ?? '').slice(0, half);
    shown.push(
      mark === ' '
        ? `${pad(first, column)}${(b ?? '').slice(0, half)}`
        : `${pad(first, gutter)}${mark}${b === undefined ? '' : `${pad('', column, gutter + 1)}${b.slice(0, half)}`}`,
    );
  };
  let a = 0;
  const common = (to: number, offset: number) => {
    for (; a < to; a++) if (!hideCommon) row(left.lines[a], ' ', right.lines[a + offset]);
  };
  for (const hunk of hunks) {
    common(hunk.from[0], hunk.to[0] - hunk.from[0]);
    const count = Math.max(hunk.from[1] - hunk.from[0], hunk.to[1] - hunk.to[0]);
    for (let i = 0; i < count; i++) {
      const one = hunk.from[0] + i < hunk.from[1] ? left.lines[hunk.from[0] + i] : undefined;
      const two = hunk.to[0] + i < hunk.to[1] ? right.lines[hunk.to[0] + i] : undefined;
      row(one, one === undefined ? '>' : two === undefined ? '<' : '|', two);
    }
    a = hunk.from[1];
  }
  common(left.lines.length, right.lines.length - left.lines.length);
  return shown;
}

/** Tabs as far as they go, then blanks, as diff pads. */
function pad(text: string, column: number, from = text.length): string {
  let at = from;
  let out = text;
  while (at < column) {
    const next = (Math.floor(at / 8) + 1) * 8;
    if (next <= column) {
      out += '\t';
      at = next;
    } else {
      out += ' '.repeat(column - at);
      at = column;
    }
  }
  return out;
}
