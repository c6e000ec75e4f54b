import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { eachInput } from './inputs.ts';
import { displayWidth } from './text.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

const COLUMNS = ['l', 'w', 'm', 'c', 'L'] as const;
type Counts = Record<(typeof COLUMNS)[number], number>;

export const wc = utility({
  name: 'wc',
  usage: '[OPTION]... [FILE]...',
  about: 'Print newline, word, and byte counts for each FILE, and a total line if\nmore than one FILE is specified.',
  options: ['-c --bytes', '-m --chars', '-l --lines', '-w --words', '-L --max-line-length', '--files0-from='],
  *run(tool, options) {
    const wanted = COLUMNS.filter((key) => options.has(key));
    const columns = wanted.length > 0 ? wanted : (['l', 'w', 'c'] as const);
    const paths = options.operands.length > 0 ? options.operands : [undefined];
    const rows: { counts: Counts; path: string | undefined }[] = [];
    const total: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 };
    const width = columns.length === 1 && paths.length === 1 ? 1 : widthFor(tool, paths);
    const print = (counts: Counts, path: string | undefined) => {
      const numbers = columns.map((key) =>
        tool.busybox
          ? columns.length === 1
            ? String(counts[key])
            : String(counts[key]).padStart(9)
          : String(counts[key]).padStart(width),
      );
      tool.put(`${numbers.join(tool.busybox ? ' ' : ' ')}${path === undefined ? '' : ` ${path}`}\n`);
    };
    for (const path of paths) {
      let counts: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 };
      let opened = false;
      const count = function* (fd: number): Task {
        opened = true;
        yield* countInput(tool, fd, counts);
      };
      try {
        yield* eachInput(tool, [path ?? '-'], count);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        counts = { l: 0, w: 0, m: 0, c: 0, L: 0 };
      }
      if (!opened) continue;
      print(counts, path);
      rows.push({ counts, path });
      for (const key of COLUMNS) total[key] = key === 'L' ? Math.max(total.L, counts.L) : total[key] + counts[key];
    }
    if (paths.length > 1) print(total, 'total');
    return tool.status;
  },
});

/** GNU wc: as wide as the sum of the files' sizes needs, 7 where something is no regular file. */
function widthFor(tool: Tool, paths: readonly (string | undefined)[]): number {
  let sum = 0;
  let least = 1;
  for (const path of paths) {
    const inode = path === undefined || path === '-' ? undefined : tool.tryStat(path);
    if (inode?.kind === 'file') sum += inode.size;
    else if (inode || path === undefined || path === '-') least = 7;
  }
  return Math.max(String(sum).length, least);
}

function* countInput(tool: Tool, fd: number, counts: Counts): Task {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let inWord = false;
  let line = '';
  for (;;) {
    const chunk = yield* tool.read(fd);
    const text = decoder.decode(chunk, { stream: chunk.length > 0 });
    counts.c += chunk.length;
    for (const character of text) {
      counts.m++;
      const blank = character === ' ' || (character >= '\t' && character <= '\r');
      if (!blank && !inWord) counts.w++;
      inWord = !blank;
      if (character === '\n') {
        counts.l++;
        counts.L = Math.max(counts.L, displayWidth(line));
        line = '';
      } else if (line.length < 1_000_000) line += character === '\t' ? ' '.repeat(8 - (line.length % 8)) : character;
    }
    if (chunk.length === 0) break;
  }
  counts.L = Math.max(counts.L, displayWidth(line));
}
