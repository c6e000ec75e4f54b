import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { LineReader } from './lines.ts';
import type { Options } from './options.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

export const uniq = utility({
  name: 'uniq',
  usage: '[OPTION]... [INPUT [OUTPUT]]',
  about: 'Filter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).',
  options: [
    '-c --count',
    '-d --repeated',
    '-D',
    '--all-repeated=?',
    '-f --skip-fields=',
    '--group=?',
    '-i --ignore-case',
    '-s --skip-chars=',
    '-u --unique',
    '-z --zero-terminated',
    '-w --check-chars=',
  ],
  *run(tool, options) {
    const path = options.operands[0] ?? '-';
    let fd: number;
    try {
      fd = tool.open(path);
    } catch (error) {
      if (error instanceof Errno) throw new Fail(`${path}: ${error.text}`);
      throw error;
    }
    const output = options.operands[1];
    if (output !== undefined) {
      const target = tool.openFor(output, { write: true, create: true, truncate: true });
      tool.p.setFile(1, tool.p.file(target));
      tool.close(target);
    }
    yield* filter(tool, options, fd);
    tool.close(fd);
    return 0;
  },
});

function* filter(tool: Tool, options: Options, fd: number): Task {
  const separator = options.has('z') ? 0 : 10;
  const end = String.fromCharCode(separator);
  const reader = new LineReader(tool, fd, separator);
  const all = options.has('D', 'all-repeated');
  let group: string[] = [];
  let count = 0;
  const emit = (first: boolean) => {
    if (group[0] === undefined) return;
    if (all) {
      if (count < 2) return;
      const method = options.get('all-repeated');
      if (method === 'prepend' || (method === 'separate' && !first)) tool.put(end);
      for (const line of group) tool.put(line + end);
      return;
    }
    if ((options.has('d') && count < 2) || (options.has('u') && count > 1)) return;
    tool.put((options.has('c') ? `${String(count).padStart(7)} ` : '') + group[0] + end);
  };
  let key: string | undefined;
  let first = true;
  // Where every group shows its first line, that line need not wait for the group's end.
  const atOnce = !options.has('c', 'd', 'u') && !all;
  for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
    const now = keyOf(line, options);
    if (key !== undefined && now === key) {
      count++;
      if (all) group.push(line);
      continue;
    }
    if (atOnce) tool.put(line + end);
    else emit(first);
    if (count > 1) first = false;
    group = [line];
    count = 1;
    key = now;
    yield* tool.drain();
  }
  if (!atOnce) emit(first);
}

function keyOf(line: string, options: Options): string {
  let key = line;
  for (let skip = Number(options.get('f') ?? 0); skip > 0; skip--) key = key.replace(/^[ \t]*[^ \t]*/, '');
  key = key.slice(Number(options.get('s') ?? 0));
  const width = options.get('w');
  if (width !== undefined) key = key.slice(0, Number(width));
  return options.has('i') ? key.toLowerCase() : key;
}
