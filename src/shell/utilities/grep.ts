import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { BoundedRegExp } from './bounded-regex.ts';
import { BadPattern, compilePattern, escapeLiteral, type Syntax } from './bre.ts';
import { Fail } from './fail.ts';
import { globPattern } from './glob.ts';
import { LineReader, splitLines } from './lines.ts';
import type { Options } from './options.ts';
import type { Tool } from './tool.ts';
import { childrenOf, lastName, within } from './tree.ts';
import { type Utility, utility } from './utility.ts';

const OPTIONS = [
  '-E --extended-regexp',
  '-F --fixed-strings',
  '-G --basic-regexp',
  '-P --perl-regexp',
  '-e --regexp=',
  '-f --file=',
  '-i -y --ignore-case',
  '--no-ignore-case',
  '-w --word-regexp',
  '-x --line-regexp',
  '-z --null-data',
  '-s --no-messages',
  '-v --invert-match',
  '-V',
  '-m --max-count=',
  '-b --byte-offset',
  '-n --line-number',
  '--line-buffered',
  '-H --with-filename',
  '-h --no-filename',
  '--label=',
  '-o --only-matching',
  '-q --quiet --silent',
  '--binary-files=',
  '-a --text',
  '-I',
  '-d --directories=',
  '-D --devices=',
  '-r --recursive',
  '-R --dereference-recursive',
  '--include=',
  '--exclude=',
  '--exclude-from=',
  '--exclude-dir=',
  '-L --files-without-match',
  '-l --files-with-matches',
  '-c --count',
  '-T --initial-tab',
  '-Z --null',
  '-B --before-context=',
  '-A --after-context=',
  '-C --context=',
  '--color=?',
  '--colour=?',
  '-U --binary',
  '-u',
];

function grepUtility(name: string, standard: Syntax): Utility {
  return utility({
    name,
    usage: '[OPTION]... PATTERNS [FILE]...',
    about: 'Search for PATTERNS in each FILE.',
    package: 'GNU grep',
    usageStatus: 2,
    options: OPTIONS,
    usageText: (called) =>
      `Usage: ${called} [OPTION]... PATTERNS [FILE]...\nTry '${called} --help' for more information.\n`,
    old: (word) => (/^-\d+$/.test(word) ? { key: 'C', value: word.slice(1) } : undefined),
    *run(tool, options) {
      return yield* new Grep(tool, options, standard).run();
    },
  });
}

export const grep = grepUtility('grep', 'basic');
export const egrep = grepUtility('egrep', 'extended');
export const fgrep = grepUtility('fgrep', 'fixed');

class Grep {
  private pattern = /(?:)/u;
  private anything = false;
  private failed = false;
  private matched = false;
  private done = false;
  private names = false;
  private colour = false;

  constructor(
    private readonly tool: Tool,
    private readonly options: Options,
    private readonly standard: Syntax,
  ) {}

  *run(): Task<number> {
    const { tool, options } = this;
    const operands = [...options.operands];
    const patterns: string[] = [];
    for (const { key, value = '' } of options.given) {
      if (key === 'e') patterns.push(...value.split('\n'));
      if (key === 'f') patterns.push(...(yield* this.patternFile(value)));
    }
    if (!options.has('e', 'f')) {
      const first = operands.shift();
      if (first === undefined) {
        const usage = tool.busybox
          ? `BusyBox v1.37.0 () multi-call binary.\n\nUsage: ${tool.name} [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...\n`
          : `Usage: ${tool.name} [OPTION]... PATTERNS [FILE]...\nTry '${tool.name} --help' for more information.\n`;
        yield* tool.complain(usage);
        return 2;
      }
      patterns.push(...first.split('\n'));
    }
    for (const key of ['A', 'B', 'C', 'm']) this.count(key);
    this.compile(patterns);
    const recursive = options.has('r', 'R') || options.get('d') === 'recurse';
    const many = operands.length > 1 || recursive;
    this.names = options.last('H', 'h') === 'H' || (many && options.last('H', 'h') !== 'h');
    if (recursive && operands.length === 1 && !(tool.tryStat(operands[0] ?? '') instanceof Directory))
      this.names = options.last('H', 'h') === 'H';
    const when = options.get('color') ?? options.get('colour');
    this.colour =
      when === 'always' ||
      (options.has('color', 'colour') && when !== 'never' && tool.isTty(1) && tool.env('TERM') !== 'dumb');
    for (const path of operands.length > 0 ? operands : recursive ? [''] : ['-']) {
      if (this.done) break;
      if (recursive && path !== '-') yield* this.walk(path, true);
      else yield* this.file(path);
    }
    if (options.has('q') && this.matched) return 0;
    return this.failed ? 2 : this.matched ? 0 : 1;
  }

  private count(key: string): number | undefined {
    const text = this.options.get(key);
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text) && !(key === 'm' && /^-\d+$/.test(text)))
      throw new Fail(key === 'm' ? 'invalid max count' : `${text}: invalid context length argument`, 2);
    return Number(text);
  }

  private *patternFile(path: string): Task<string[]> {
    try {
      return splitLines(yield* this.tool.readText(path));
    } catch (error) {
      if (error instanceof Errno) throw new Fail(`${path}: ${error.text}`, 2);
      throw error;
    }
  }

  private compile(patterns: readonly string[]): void {
    const { options, tool } = this;
    const kind = options.last('E', 'F', 'G', 'P');
    const syntax: Syntax =
      kind === 'E'
        ? 'extended'
        : kind === 'F'
          ? 'fixed'
          : kind === 'P'
            ? 'perl'
            : kind === 'G'
              ? 'basic'
              : this.standard;
    const ignoreCase = options.last('i', 'no-ignore-case') === 'i';
    // No pattern at all (an empty file of patterns) matches nothing.
    if (patterns.length === 0) {
      this.pattern = /(?!)/u;
      return;
    }
    const sources = patterns.map((pattern) => {
      try {
        return compilePattern(pattern, { syntax }).source;
      } catch (error) {
        if (error instanceof BadPattern && tool.busybox) throw new Fail(`bad regex '${pattern}': ${error.message}`, 2);
        throw error;
      }
    });
    this.anything = patterns.some((pattern) => pattern === '');
    const joined = sources.length === 1 ? (sources[0] ?? '') : sources.map((source) => `(?:${source})`).join('|');
    const wrapped = options.has('x')
      ? `^(?:${joined})$`
      : options.has('w')
        ? `(?<![\\p{L}\\p{N}_])(?:${joined})(?![\\p{L}\\p{N}_])`
        : joined;
    try {
      this.pattern = new BoundedRegExp(wrapped, ignoreCase ? 'giu' : 'gu');
    } catch {
      try {
        this.pattern = new BoundedRegExp(wrapped.replaceAll('\\p{L}\\p{N}', 'A-Za-z0-9'), ignoreCase ? 'gi' : 'g');
      } catch {
        throw new Fail(`kubetutor's grep does not understand the pattern ${escapeLiteral(patterns.join(' '))}`, 2);
      }
    }
  }

  private *walk(path: string, named: boolean): Task {
    const { tool, options } = this;
    const actual = path === '' ? '.' : path;
    const inode = named || options.has('R') ? tool.tryStat(actual) : tool.tryLstat(actual);
    if (inode?.kind === 'symlink' || (inode?.kind === 'device' && !named)) return;
    if (!(inode instanceof Directory)) {
      if (!this.skipped(path)) yield* this.file(path);
      return;
    }
    if (
      path !== '' &&
      !(named && /^\.\.?$/.test(path)) &&
      options.all('exclude-dir').some((glob) => globPattern(glob.replace(/\/$/, '')).test(lastName(path)))
    )
      return;
    let names: string[] = [];
    try {
      names = childrenOf(tool, actual);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* this.complain(actual, error);
    }
    for (const name of names) {
      if (this.done) return;
      yield* this.walk(path === '' ? name : within(path, name), false);
    }
  }

  private skipped(path: string): boolean {
    const { options } = this;
    const name = lastName(path);
    const matches = (glob: string) => globPattern(glob).test(name) || globPattern(glob).test(path);
    if (options.has('include') && !options.all('include').some(matches)) return true;
    return options.all('exclude').some(matches);
  }

  private *complain(path: string, error: Errno): Task {
    this.failed = true;
    if (!this.options.has('s')) yield* this.tool.warn(`${path}: ${error.text}`, 2);
  }

  private *file(path: string): Task {
    const { tool, options } = this;
    try {
      if (path !== '-' && tool.tryStat(path) instanceof Directory) {
        if (options.get('d') === 'skip') return;
        if (options.has('s')) return;
        yield* tool.complain(`${tool.name}: ${path}: Is a directory\n`);
        if (!tool.busybox) this.failed = true;
        return;
      }
      const fd = tool.open(path);
      try {
        yield* this.search(fd, path === '-' ? (options.get('label') ?? '(standard input)') : path);
      } finally {
        tool.close(fd);
      }
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
      yield* this.complain(path, error);
    }
  }

  private *search(fd: number, name: string): Task {
    const { tool, options } = this;
    const reader = new LineReader(tool, fd, options.has('z') ? 0 : 10);
    const limit = this.count('m') ?? Number.POSITIVE_INFINITY;
    const both = this.count('C') ?? 0;
    const quiet = options.has('q', 'l', 'L', 'c');
    const only = options.has('o');
    const before = quiet || only ? 0 : (this.count('B') ?? both);
    const after = quiet || only ? 0 : (this.count('A') ?? both);
    const separated = before > 0 || after > 0;
    const held: { line: string; number: number; offset: number }[] = [];
    let number = 0;
    let offset = 0;
    let found = 0;
    let trailing = 0;
    let shown = 0;
    let binary = false;
    if (limit === 0) return;
    for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
      number++;
      if (!options.has('a') && !options.has('z') && line.includes('\0')) binary = true;
      const hit = this.hits(line) !== options.has('v');
      if (hit) {
        found++;
        this.matched = true;
        if (options.has('q')) {
          this.done = true;
          return;
        }
        if (options.has('l', 'L')) break;
        if (!quiet && binary) {
          if (!options.has('I')) yield* tool.complain(`${tool.name}: ${name}: binary file matches\n`);
          return;
        }
        if (!quiet) {
          if (separated && this.printedBefore && number - held.length > shown + 1) this.separator();
          for (const one of held) this.line(one.line, name, one.number, one.offset, '-');
          held.length = 0;
          this.line(line, name, number, offset, ':');
          shown = number;
        }
        trailing = after;
      } else if (trailing > 0) {
        this.line(line, name, number, offset, '-');
        shown = number;
        trailing--;
      } else if (before > 0) {
        held.push({ line, number, offset });
        if (held.length > before) held.shift();
      }
      if (found >= limit && trailing === 0) break;
      if (options.has('b')) offset += new TextEncoder().encode(line).length + 1;
      yield* tool.drain();
    }
    this.summary(found, name);
  }

  private printedBefore = false;

  private summary(found: number, name: string): void {
    const { tool, options } = this;
    const end = options.has('Z') ? '\0' : '\n';
    if (options.has('l') && found > 0) tool.put(this.paint(name, '35') + end);
    else if (options.has('L')) {
      if (found === 0) tool.put(this.paint(name, '35') + end);
      this.matched = this.matched || found === 0;
    } else if (options.has('c'))
      tool.put(
        `${this.names ? `${this.paint(name, '35')}${options.has('Z') ? '\0' : this.paint(':', '36')}` : ''}${found}\n`,
      );
  }

  private hits(line: string): boolean {
    if (this.anything && !this.options.has('x', 'w')) return true;
    this.pattern.lastIndex = 0;
    return this.pattern.test(line);
  }

  private paint(text: string, colour: string): string {
    return this.colour ? `\x1b[${colour}m\x1b[K${text}\x1b[m\x1b[K` : text;
  }

  private separator(): void {
    this.tool.put(`${this.paint('--', '36')}\n`);
  }

  private line(line: string, name: string, number: number, offset: number, mark: ':' | '-'): void {
    const { tool, options } = this;
    this.printedBefore = true;
    const end = options.has('z') ? '\0' : '\n';
    const prefix = (at: number) => {
      let text = this.names ? this.paint(name, '35') + (options.has('Z') ? '\0' : this.paint(mark, '36')) : '';
      if (options.has('n')) text += this.paint(String(number), '32') + this.paint(mark, '36');
      if (options.has('b')) text += this.paint(String(offset + at), '32') + this.paint(mark, '36');
      return options.has('T') && text !== '' ? `${text}\t` : text;
    };
    if (options.has('o')) {
      if (mark === '-' || options.has('v')) return;
      this.pattern.lastIndex = 0;
      for (const match of line.matchAll(this.pattern))
        if (match[0] !== '')
          tool.put(
            prefix(new TextEncoder().encode(line.slice(0, match.index)).length) + this.paint(match[0], '01;31') + end,
          );
      return;
    }
    const coloured =
      this.colour && (mark === ':') !== options.has('v')
        ? line.replace(this.pattern, (text) => (text === '' ? '' : this.paint(text, '01;31')))
        : line;
    tool.put(prefix(0) + coloured + end);
  }
}
