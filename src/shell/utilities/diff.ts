import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { contextDiff, type DiffText, edDiff, hunksOf, normalDiff, sideBySide, unifiedDiff } from './diff-format.ts';
import { splitLines } from './lines.ts';
import { type Options, Usage } from './options.ts';
import { quoteIfNeeded } from './quote.ts';
import { decodeText } from './text.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { childrenOf, isDirectory, lastName, within } from './tree.ts';
import { utility } from './utility.ts';

/** `diff -u0`, as it was written long ago. */
const DIGITS = [...'0123456789'];

export const diff = utility({
  name: 'diff',
  usage: '[OPTION]... FILES',
  about: 'Compare FILES line by line.',
  package: 'GNU diffutils',
  usageStatus: 2,
  options: [
    '-a --text',
    '-b --ignore-space-change',
    '-B --ignore-blank-lines',
    '-c',
    '-C --context=',
    '--color=?',
    '-d --minimal',
    '-e --ed',
    '-E --ignore-tab-expansion',
    '-i --ignore-case',
    '-I=',
    '--label=',
    '-L=',
    '-N --new-file',
    '--normal',
    '-q --brief',
    '-r --recursive',
    '-s --report-identical-files',
    '--strip-trailing-cr',
    '--suppress-common-lines',
    '-t --expand-tabs',
    '-T',
    '-u',
    '-U=',
    '--unified=?',
    ...DIGITS.map((digit) => `-${digit}`),
    '-w --ignore-all-space',
    '-W --width=',
    '-x --exclude=',
    '-y --side-by-side',
    '-Z --ignore-trailing-space',
    '-p',
  ],
  *run(tool, options) {
    const [one, two, three] = options.operands;
    if (one === undefined || two === undefined) throw new Usage(`missing operand after '${one ?? tool.name}'`);
    if (three !== undefined) throw new Usage(`extra operand '${three}'`);
    const left = tool.tryStat(one);
    const right = tool.tryStat(two);
    // Of a directory and something that is not there, only the latter is spoken of.
    if (
      !options.has('N') &&
      ((isDirectory(left) && !right && two !== '-') || (isDirectory(right) && !left && one !== '-'))
    ) {
      yield* tool.warn(`${left ? two : one}: No such file or directory`, 2);
      return 2;
    }
    if (isDirectory(left) && isDirectory(right)) return yield* trees(tool, options, one, two);
    const first = isDirectory(left) && two !== '-' ? within(one, lastName(two)) : one;
    const second = isDirectory(right) && one !== '-' ? within(two, lastName(one)) : two;
    return yield* files(tool, options, first, second, undefined);
  },
});

function* load(tool: Tool, path: string, absentIsEmpty: boolean): Task<Uint8Array | undefined> {
  try {
    return yield* tool.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (absentIsEmpty && error.code === 'ENOENT') return new Uint8Array();
    yield* tool.warn(`${path}: ${error.text}`, 2);
    return undefined;
  }
}

function* files(tool: Tool, options: Options, one: string, two: string, header: string | undefined): Task<number> {
  const a = yield* load(tool, one, options.has('N'));
  const b = yield* load(tool, two, options.has('N'));
  if (!a || !b) return 2;
  if (a.length === b.length && a.every((byte, i) => byte === b[i])) {
    if (options.has('s')) tool.put(`Files ${one} and ${two} are identical\n`);
    else if (options.has('y') && !options.has('q')) yield* show(tool, options, one, two, a, b, header);
    return 0;
  }
  if ((a.includes(0) || b.includes(0)) && !options.has('a')) {
    tool.put(`${options.has('q') ? 'Files' : 'Binary files'} ${one} and ${two} differ\n`);
    return options.has('q') ? 1 : 2;
  }
  return yield* show(tool, options, one, two, a, b, header);
}

function* show(
  tool: Tool,
  options: Options,
  one: string,
  two: string,
  a: Uint8Array,
  b: Uint8Array,
  header: string | undefined,
): Task<number> {
  const left = textOf(decodeText(a));
  const right = textOf(decodeText(b));
  yield* tool.cost((a.length + b.length) * 10);
  // A missing newline at the end is a difference of the last line.
  const mark = (text: DiffText) => (i: number) => (i === text.lines.length - 1 && !text.terminated ? '\0' : '');
  const [markLeft, markRight] = [mark(left), mark(right)];
  let hunks = hunksOf(
    left.lines.map((line, i) => line + markLeft(i)),
    right.lines.map((line, i) => line + markRight(i)),
    normaliser(options),
  );
  if (options.has('B'))
    hunks = hunks.filter((hunk) =>
      [...left.lines.slice(...hunk.from), ...right.lines.slice(...hunk.to)].some((line) => line.trim() !== ''),
    );
  const status = hunks.length > 0 ? 1 : 0;
  if (status && options.has('q')) {
    tool.put(`Files ${one} and ${two} differ\n`);
    return 1;
  }
  let lines: string[];
  if (options.has('y'))
    lines = sideBySide(left, right, hunks, Number(options.get('W') ?? 130), options.has('suppress-common-lines'));
  else if (status === 0) return 0;
  else if (options.has('u', 'U', 'unified')) {
    const labels = [...options.all('label'), ...options.all('L')];
    lines = [
      `--- ${labels[0] ?? named(tool, one)}`,
      `+++ ${labels[1] ?? named(tool, two)}`,
      ...unifiedDiff(left, right, hunks, Number(options.get('U') ?? options.get('unified') ?? context(options))),
    ];
  } else if (options.has('c', 'C')) {
    const labels = [...options.all('label'), ...options.all('L')];
    lines = [
      `*** ${labels[0] ?? named(tool, one)}`,
      `--- ${labels[1] ?? named(tool, two)}`,
      ...contextDiff(left, right, hunks, Number(options.get('C') ?? context(options))),
    ];
  } else if (options.has('e')) lines = edDiff(right, hunks);
  else lines = normalDiff(left, right, hunks);
  if (header !== undefined) tool.put(`${header}\n`);
  const colour =
    options.has('color') && (options.get('color') === 'always' || (options.get('color') !== 'never' && tool.isTty(1)));
  tool.put(lines.map((line) => `${colour ? painted(line) : line}\n`).join(''));
  return status;
}

/** How many lines around a change, where no option has told. */
function context(options: Options): string {
  return DIGITS.find((digit) => options.has(digit)) ?? '3';
}

function painted(line: string): string {
  const colour = /^(---|\+\+\+) /.test(line)
    ? '1'
    : /^<|^-(?!--$)/.test(line)
      ? '31'
      : /^[+>]/.test(line)
        ? '32'
        : /^@@/.test(line) || /^\d+(,\d+)?[acd]/.test(line)
          ? '36'
          : undefined;
  return colour ? `\x1b[${colour}m${line}\x1b[0m` : line;
}

function textOf(text: string): DiffText {
  return { lines: splitLines(text), terminated: text === '' || text.endsWith('\n') };
}

function named(tool: Tool, path: string): string {
  const inode = path === '-' ? undefined : tool.tryStat(path);
  const ms = path === '-' ? tool.p.now : (inode?.mtime ?? 0);
  return tool.busybox ? path : `${path}\t${formatTime('%F %T.%N %z', ms, zoneOf(tool.env('TZ')))}`;
}

function normaliser(options: Options): (line: string) => string {
  return (line) => {
    let text = options.has('i') ? line.toLowerCase() : line;
    if (options.has('w')) text = text.replace(/[ \t\r]+/g, '');
    else if (options.has('b')) text = text.replace(/[ \t]+/g, ' ').replace(/ +$/, '');
    else if (options.has('Z')) text = text.replace(/[ \t]+$/, '');
    return options.has('strip-trailing-cr') ? text.replace(/\r$/, '') : text;
  };
}

function* trees(tool: Tool, options: Options, one: string, two: string): Task<number> {
  const left = childrenOf(tool, one);
  const right = childrenOf(tool, two);
  let status = 0;
  for (const name of [...new Set([...left, ...right])].sort()) {
    if (options.all('x').includes(name)) continue;
    const a = within(one, name);
    const b = within(two, name);
    const missing = !left.includes(name) ? one : !right.includes(name) ? two : undefined;
    if (missing !== undefined && !options.has('N')) {
      tool.put(`Only in ${missing === one ? two : one}: ${name}\n`);
      status = Math.max(status, 1);
      continue;
    }
    const kinds = [tool.tryStat(a), tool.tryStat(b)];
    if (isDirectory(kinds[0]) && isDirectory(kinds[1])) {
      if (options.has('r')) status = Math.max(status, yield* trees(tool, options, a, b));
      else tool.put(`Common subdirectories: ${a} and ${b}\n`);
    } else if (isDirectory(kinds[0]) !== isDirectory(kinds[1]) && missing === undefined) {
      const kind = (directory: boolean) => (directory ? 'directory' : 'regular file');
      tool.put(`File ${a} is a ${kind(isDirectory(kinds[0]))} while file ${b} is a ${kind(isDirectory(kinds[1]))}\n`);
      status = Math.max(status, 1);
    } else {
      const flags = tool.args
        .filter((word) => /^-./.test(word))
        .map(quoteIfNeeded)
        .join(' ');
      status = Math.max(status, yield* files(tool, options, a, b, `diff ${flags} ${a} ${b}`));
    }
  }
  return status;
}
