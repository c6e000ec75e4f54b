import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { splitLines } from './lines.ts';
import { Usage } from './options.ts';
import { quote } from './quote.ts';
import { compareText } from './text.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

function* readTwo(tool: Tool, operands: readonly string[]): Task<[string[], string[]]> {
  const [one, two, three] = operands;
  if (one === undefined) throw new Usage('missing operand');
  if (two === undefined) throw new Usage(`missing operand after ${quote(tool, one)}`);
  if (three !== undefined) throw new Usage(`extra operand ${quote(tool, three)}`);
  const lists: string[][] = [];
  for (const path of [one, two]) {
    try {
      lists.push(splitLines(yield* tool.readText(path)));
    } catch (error) {
      if (error instanceof Errno) throw new Fail(`${path}: ${error.text}`);
      throw error;
    }
  }
  return [lists[0] ?? [], lists[1] ?? []];
}

export const comm = utility({
  name: 'comm',
  usage: '[OPTION]... FILE1 FILE2',
  about: 'Compare sorted files FILE1 and FILE2 line by line.',
  options: [
    '-1',
    '-2',
    '-3',
    '--check-order',
    '--nocheck-order',
    '--output-delimiter=',
    '--total',
    '-z --zero-terminated',
  ],
  *run(tool, options) {
    const [left, right] = yield* readTwo(tool, options.operands);
    const tab = options.get('output-delimiter') ?? '\t';
    const second = options.has('1') ? '' : tab;
    const third = second + (options.has('2') ? '' : tab);
    let i = 0;
    let j = 0;
    while (i < left.length || j < right.length) {
      const a = left[i];
      const b = right[j];
      const order = a === undefined ? 1 : b === undefined ? -1 : compareText(a, b);
      if (order < 0 && !options.has('1')) tool.put(`${a}\n`);
      if (order > 0 && !options.has('2')) tool.put(`${second}${b}\n`);
      if (order === 0 && !options.has('3')) tool.put(`${third}${a}\n`);
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
    if (options.has('nocheck-order')) return 0;
    const disordered = [left, right].findIndex((list) =>
      list.some((line, at) => at > 0 && compareText(list[at - 1] ?? '', line) > 0),
    );
    if (disordered < 0) return 0;
    yield* tool.warn(`file ${disordered + 1} is not in sorted order`);
    yield* tool.warn('input is not in sorted order');
    return 1;
  },
});

export const join = utility({
  name: 'join',
  usage: '[OPTION]... FILE1 FILE2',
  about: 'For each pair of input lines with identical join fields, write a line to\nstandard output.',
  options: [
    '-a=',
    '-e=',
    '-i --ignore-case',
    '-j=',
    '-o=',
    '-t=',
    '-v=',
    '-1=',
    '-2=',
    '--check-order',
    '--nocheck-order',
    '--header',
  ],
  *run(tool, options) {
    const [left, right] = yield* readTwo(tool, options.operands);
    const separator = options.get('t');
    const at = [Number(options.get('1') ?? options.get('j') ?? 1), Number(options.get('2') ?? options.get('j') ?? 1)];
    const split = (line: string) => (separator === undefined ? line.trim().split(/[ \t]+/) : line.split(separator));
    const rows = [left, right].map((lines, side) =>
      lines.map((line) => {
        const fields = split(line);
        const key = fields[(at[side] ?? 1) - 1] ?? '';
        return { fields, key: options.has('i') ? key.toLowerCase() : key, shown: key };
      }),
    );
    type Row = { fields: string[]; key: string; shown: string };
    const empty = options.get('e') ?? '';
    const glue = separator ?? ' ';
    const format = options.get('o');
    const output = (a: Row | undefined, b: Row | undefined) => {
      const key = a?.shown ?? b?.shown ?? '';
      if (format !== undefined && format !== 'auto') {
        const cells = format.split(/[, ]+/).map((item) => {
          if (item === '0') return key;
          const [side, field] = item.split('.').map(Number);
          return (side === 1 ? a : b)?.fields[(field ?? 1) - 1] || empty;
        });
        tool.put(`${cells.join(glue)}\n`);
        return;
      }
      const others = [a, b].flatMap((row, side) => row?.fields.filter((_, i) => i !== (at[side] ?? 1) - 1) ?? []);
      tool.put(`${[key, ...others].join(glue)}\n`);
    };
    const unpaired = [...options.all('a'), ...options.all('v')];
    const pairs = !options.has('v');
    const [first = [], second = []] = rows;
    let i = 0;
    let j = 0;
    while (i < first.length || j < second.length) {
      const a = first[i];
      const b = second[j];
      const order = a === undefined ? 1 : b === undefined ? -1 : compareText(a.key, b.key);
      if (order < 0) {
        if (unpaired.includes('1')) output(a, undefined);
        i++;
      } else if (order > 0) {
        if (unpaired.includes('2')) output(undefined, b);
        j++;
      } else {
        let end = j;
        while (second[end]?.key === a?.key && end < second.length) end++;
        for (; i < first.length && first[i]?.key === b?.key; i++)
          if (pairs) for (let k = j; k < end; k++) output(first[i], second[k]);
        j = end;
        yield* tool.drain();
      }
    }
    return 0;
  },
});
