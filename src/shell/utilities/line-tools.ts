import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { compilePattern } from './bre.ts';
import { Fail } from './fail.ts';
import { eachInput, eachLine } from './inputs.ts';
import { LineReader, splitLines } from './lines.ts';
import { Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import { decodeText, displayWidth } from './text.ts';
import { utility } from './utility.ts';

export const nl = utility({
  name: 'nl',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE to standard output, with line numbers added.',
  options: [
    '-b --body-numbering=',
    '-h=',
    '-f=',
    '-i --line-increment=',
    '-n --number-format=',
    '-s --number-separator=',
    '-v --starting-line-number=',
    '-w --number-width=',
    '-p',
  ],
  *run(tool, options) {
    const style = options.get('b') ?? 't';
    const width = Number(options.get('w') ?? 6);
    const separator = options.get('s') ?? '\t';
    const format = options.get('n') ?? 'rn';
    const pattern = style.startsWith('p') ? compilePattern(style.slice(1), { syntax: 'basic' }) : undefined;
    let number = Number(options.get('v') ?? 1);
    yield* eachLine(tool, options.operands, (line) => {
      const counted = pattern ? pattern.test(line) : style === 'a' || (style === 't' && line !== '');
      if (!counted) {
        tool.put(`${' '.repeat(width + separator.length)}${line}\n`);
        return;
      }
      const text =
        format === 'ln' ? String(number).padEnd(width) : String(number).padStart(width, format === 'rz' ? '0' : ' ');
      tool.put(`${text}${separator}${line}\n`);
      number += Number(options.get('i') ?? 1);
    });
    return tool.status;
  },
});

export const tac = utility({
  name: 'tac',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE to standard output, last line first.',
  options: ['-b --before', '-r --regex', '-s --separator='],
  *run(tool, options) {
    const separator = options.get('s') ?? '\n';
    const reverse = function* (fd: number): Task {
      const text = decodeText(yield* tool.readAll(fd));
      const parts = text.split(separator);
      const last = parts.pop() ?? '';
      const lines = parts.map((line) => line + separator);
      if (last !== '') lines.push(last);
      tool.put(lines.reverse().join(''));
    };
    yield* eachInput(tool, options.operands, reverse, (path, error) =>
      error.code === 'EISDIR'
        ? `${path}: read error: Invalid argument`
        : `failed to open ${quoteShell(path)} for reading: ${error.text}`,
    );
    return tool.status;
  },
});

export const rev = utility({
  name: 'rev',
  usage: '[options] [<file> ...]',
  about: 'Reverse lines characterwise.',
  options: ['-0 --zero'],
  *run(tool, options) {
    yield* eachLine(
      tool,
      options.operands,
      (line, reader) => tool.put([...line].reverse().join('') + (reader.terminated ? '\n' : '')),
      undefined,
      (path, error) => (error.code === 'EISDIR' ? `${path}: 0: ${error.text}` : `cannot open ${path}: ${error.text}`),
    );
    return tool.status;
  },
});

export const paste = utility({
  name: 'paste',
  usage: '[OPTION]... [FILE]...',
  about:
    'Write lines consisting of the sequentially corresponding lines from\neach FILE, separated by TABs, to standard output.',
  options: ['-d --delimiters=', '-s --serial', '-z --zero-terminated'],
  *run(tool, options) {
    const delimiters = [
      ...(options.get('d') ?? '\t').replace(
        /\\(.)/g,
        (_, c: string) => ({ n: '\n', t: '\t', '\\': '\\', '0': '' })[c] ?? c,
      ),
    ];
    const delimiter = (i: number) => (delimiters.length === 0 ? '' : (delimiters[i % delimiters.length] ?? ''));
    const end = options.has('z') ? '\0' : '\n';
    const paths = options.operands.length > 0 ? options.operands : ['-'];
    if (options.has('s')) {
      yield* eachInput(tool, paths, function* (fd): Task {
        const lines = splitLines(decodeText(yield* tool.readAll(fd)), end);
        tool.put(lines.map((line, i) => (i === 0 ? line : delimiter(i - 1) + line)).join('') + end);
      });
      return tool.status;
    }
    const standard = new LineReader(tool, 0, end.charCodeAt(0));
    const readers: LineReader[] = [];
    for (const path of paths) {
      try {
        readers.push(path === '-' ? standard : new LineReader(tool, tool.open(path), end.charCodeAt(0)));
      } catch (error) {
        if (error instanceof Errno) throw new Fail(`${path}: ${error.text}`);
        throw error;
      }
    }
    for (;;) {
      const row: (string | undefined)[] = [];
      for (const reader of readers) row.push(yield* reader.next());
      if (row.every((line) => line === undefined)) return tool.status;
      tool.put(row.map((line, i) => (i === 0 ? '' : delimiter(i - 1)) + (line ?? '')).join('') + end);
      yield* tool.drain();
    }
  },
});

export const fold = utility({
  name: 'fold',
  usage: '[OPTION]... [FILE]...',
  about: 'Wrap input lines in each FILE, writing to standard output.',
  options: ['-b --bytes', '-s --spaces', '-w --width='],
  old: (word) => (/^-\d+$/.test(word) ? { key: 'w', value: word.slice(1) } : undefined),
  *run(tool, options) {
    const width = Number(options.get('w') ?? 80);
    if (!(width > 0)) throw new Fail(`invalid number of columns: ${quote(tool, options.get('w') ?? '')}`);
    yield* eachLine(tool, options.operands, (line, reader) => {
      let rest = line;
      while (displayWidth(rest) > width) {
        const characters = [...rest];
        let cut = 0;
        for (let used = 0; cut < characters.length; cut++) {
          used += displayWidth(characters[cut] ?? '');
          if (used > width) break;
        }
        if (options.has('s')) {
          const blank = characters.slice(0, cut).lastIndexOf(' ');
          if (blank >= 0) cut = blank + 1;
        }
        tool.put(`${characters.slice(0, Math.max(1, cut)).join('')}\n`);
        rest = characters.slice(Math.max(1, cut)).join('');
      }
      tool.put(rest + (reader.terminated ? '\n' : ''));
    });
    return tool.status;
  },
});

export const fmt = utility({
  name: 'fmt',
  usage: '[-WIDTH] [OPTION]... [FILE]...',
  about: 'Reformat each paragraph in the FILE(s), writing to standard output.',
  options: ['-w --width=', '-s --split-only', '-u --uniform-spacing', '-t', '-c', '-g=', '-p='],
  old: (word) => (/^-\d+$/.test(word) ? { key: 'w', value: word.slice(1) } : undefined),
  *run(tool, options) {
    const width = Number(options.get('w') ?? 75);
    let words: string[] = [];
    let indent = '';
    const end = () => {
      // GNU fmt balances lines below the width; greedy filling at 93 % of it comes near.
      const goal = Math.floor(width * 0.935);
      let line = indent;
      let empty = true;
      for (const word of words) {
        if (!empty && line.length + 1 + word.length > goal) {
          tool.put(`${line}\n`);
          line = indent;
          empty = true;
        }
        line += empty ? word : ` ${word}`;
        empty = false;
      }
      if (!empty) tool.put(`${line}\n`);
      words = [];
    };
    yield* eachLine(tool, options.operands, (line) => {
      const own = /^[ \t]*/.exec(line)?.[0] ?? '';
      if (line.trim() === '') {
        end();
        tool.put('\n');
        return;
      }
      if (words.length > 0 && own !== indent) end();
      if (words.length === 0) indent = own;
      words.push(...line.trim().split(/\s+/));
      if (options.has('s')) end();
    });
    end();
    return tool.status;
  },
});

function tabStops(text: string | undefined): (column: number) => number {
  const stops = (text ?? '8').split(/[, ]/).map(Number);
  const every = stops.length === 1 ? (stops[0] ?? 8) : 0;
  return (column) =>
    every > 0 ? (Math.floor(column / every) + 1) * every : (stops.find((stop) => stop > column) ?? column + 1);
}

export const expand = utility({
  name: 'expand',
  usage: '[OPTION]... [FILE]...',
  about: 'Convert tabs in each FILE to spaces, writing to standard output.',
  options: ['-i --initial', '-t --tabs='],
  *run(tool, options) {
    const next = tabStops(options.get('t'));
    yield* eachLine(tool, options.operands, (line, reader) => {
      let text = '';
      let column = 0;
      let initial = true;
      for (const character of line) {
        if (character === '\t' && (initial || !options.has('i'))) {
          const stop = next(column);
          text += ' '.repeat(stop - column);
          column = stop;
          continue;
        }
        if (character !== ' ') initial = false;
        text += character;
        column += displayWidth(character);
      }
      tool.put(text + (reader.terminated ? '\n' : ''));
    });
    return tool.status;
  },
});

export const unexpand = utility({
  name: 'unexpand',
  usage: '[OPTION]... [FILE]...',
  about: 'Convert blanks in each FILE to tabs, writing to standard output.',
  options: ['-a --all', '--first-only', '-t --tabs='],
  *run(tool, options) {
    const size = Number(options.get('t') ?? 8);
    yield* eachLine(tool, options.operands, (line) => {
      const lead = /^[ \t]*/.exec(line)?.[0] ?? '';
      let column = 0;
      for (const character of lead) column = character === '\t' ? (Math.floor(column / size) + 1) * size : column + 1;
      tool.put(`${'\t'.repeat(Math.floor(column / size))}${' '.repeat(column % size)}${line.slice(lead.length)}\n`);
    });
    return tool.status;
  },
});

export const shuf = utility({
  name: 'shuf',
  usage: '[OPTION]... [FILE]\n  or:  shuf -e [OPTION]... [ARG]...\n  or:  shuf -i LO-HI [OPTION]...',
  about: 'Write a random permutation of the input lines to standard output.',
  options: [
    '-e --echo',
    '-i --input-range=',
    '-n --head-count=',
    '-r --repeat',
    '-z --zero-terminated',
    '-o --output=',
    '--random-source=',
  ],
  *run(tool, options) {
    const range = options.get('i');
    let items: string[];
    if (range !== undefined) {
      const [low, high] = range.split('-').map(Number);
      if (low === undefined || high === undefined || !(high >= low))
        throw new Fail(`invalid input range: ${quote(tool, range)}`);
      if (high - low > 1_000_000) throw new Fail('memory exhausted');
      items = Array.from({ length: high - low + 1 }, (_, i) => String(low + i));
    } else
      items = options.has('e')
        ? [...options.operands]
        : splitLines(decodeText(yield* tool.readFile(options.operands[0] ?? '-')));
    const { random } = tool.p.machine.world;
    const wanted = options.get('n');
    if (options.has('r')) {
      if (wanted === undefined) throw new Fail("kubetutor's shuf does not model -r without -n");
      items = Array.from({ length: Number(wanted) }, () => random.pick(items) ?? '');
    } else
      for (let i = items.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [items[i], items[j]] = [items[j] ?? '', items[i] ?? ''];
      }
    for (const item of items.slice(0, Number(wanted ?? items.length))) tool.put(`${item}\n`);
    return 0;
  },
});

export const split = utility({
  name: 'split',
  usage: '[OPTION]... [FILE [PREFIX]]',
  about: "Output pieces of FILE to PREFIXaa, PREFIXab, ...;\ndefault size is 1000 lines, and default PREFIX is 'x'.",
  options: [
    '-a --suffix-length=',
    '--additional-suffix=',
    '-b --bytes=',
    '-C=',
    '-d',
    '--numeric-suffixes=?',
    '-l --lines=',
    '-n --number=',
    '--verbose',
  ],
  *run(tool, options) {
    if (options.has('C', 'n')) throw new Usage("kubetutor's split does not model -C and -n");
    const [path = '-', prefix = 'x'] = options.operands;
    let bytes: Uint8Array;
    try {
      bytes = yield* tool.readFile(path);
    } catch (error) {
      if (error instanceof Errno) throw new Fail(`cannot open ${quote(tool, path)} for reading: ${error.text}`);
      throw error;
    }
    const length = Number(options.get('a') ?? 2);
    const size = options.get('b');
    const lines = Number(options.get('l') ?? 1000);
    let at = 0;
    for (let part = 0; at < bytes.length; part++) {
      let end = at;
      if (size !== undefined) end = Math.min(bytes.length, at + Math.max(1, parseBytes(size)));
      else
        for (let line = 0; line < lines && end < bytes.length; line++) {
          const next = bytes.indexOf(10, end);
          end = next < 0 ? bytes.length : next + 1;
        }
      const suffix = options.has('d', 'numeric-suffixes')
        ? String(part).padStart(length, '0')
        : lettersOf(part, length);
      const name = `${prefix}${suffix}${options.get('additional-suffix') ?? ''}`;
      if (options.has('verbose')) tool.put(`creating file ${quote(tool, name)}\n`);
      tool.files.writeFile(tool.path(name), bytes.slice(at, end), tool.who, 0o666 & ~tool.p.umask);
      at = end;
    }
    return 0;
  },
});

function parseBytes(text: string): number {
  const match = /^(\d+)([kKmM]?)/.exec(text);
  return Number(match?.[1] ?? 1) * ({ '': 1, k: 1024, m: 1024 * 1024 }[(match?.[2] ?? '').toLowerCase()] ?? 1);
}

function lettersOf(number: number, length: number): string {
  let text = '';
  for (let rest = number, i = 0; i < length; i++, rest = Math.floor(rest / 26))
    text = String.fromCharCode(97 + (rest % 26)) + text;
  return text;
}
