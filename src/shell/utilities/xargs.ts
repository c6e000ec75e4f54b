import { Errno } from '../../world/errno.ts';
import { TextInput } from '../../world/files/devices.ts';
import type { Process, ProcessStatus } from '../../world/process.ts';
import { SIGNALS } from '../../world/signals.ts';
import { type Task, wait } from '../../world/task.ts';
import { failureStatus, startCommand } from './execute.ts';
import { Fail } from './fail.ts';
import { LineReader } from './lines.ts';
import { type Options, Usage } from './options.ts';
import { quote } from './quote.ts';
import type { Tool } from './tool.ts';
import { confirm } from './tree.ts';
import { utility } from './utility.ts';

/** Linux: how long the words of one command may be, as xargs counts. */
const MAX_CHARS = 131_072;

export const xargs = utility({
  name: 'xargs',
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  about: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  package: 'GNU findutils',
  inOrder: true,
  options: [
    '-0 --null',
    '-a --arg-file=',
    '-d --delimiter=',
    '-E=',
    '-e --eof=?',
    '-i --replace=?',
    '-I=',
    '-l=?',
    '-L --max-lines=',
    '-n --max-args=',
    '-o --open-tty',
    '-p --interactive',
    '-P --max-procs=',
    '-r --no-run-if-empty',
    '-s --max-chars=',
    '-t --verbose',
    '-x --exit',
  ],
  *run(tool, options) {
    return yield* new Runner(tool, options).run();
  },
});

class Runner {
  private readonly command: readonly string[];
  private readonly running = new Set<Process>();
  private result = 0;
  private readonly atOnce: number;

  constructor(
    private readonly tool: Tool,
    private readonly options: Options,
  ) {
    this.command = options.operands.length > 0 ? options.operands : ['echo'];
    const most = this.number('P', 0) ?? 1;
    this.atOnce = most === 0 ? 100 : most;
  }

  private number(key: string, least: number): number | undefined {
    const text = this.options.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?\d+$/.test(text)) throw new Usage(`invalid number "${text}" for -${key} option`);
    if (value < least) throw new Usage(`value ${text} for -${key} option should be >= ${least}`);
    return value;
  }

  private open(file: string): number {
    try {
      return this.tool.open(file);
    } catch (error) {
      if (!(error instanceof Errno) || this.tool.busybox) throw error;
      throw new Fail(`Cannot open input file ${quote(this.tool, file)}: ${error.text}`);
    }
  }

  *run(): Task<number> {
    const { options, tool } = this;
    const replace = options.get('I') ?? (options.has('i') ? (options.get('i') ?? '{}') : undefined);
    const perLine = options.last('I', 'L', 'n', 'i') === 'L' ? (this.number('L', 1) ?? 1) : undefined;
    const most = options.last('I', 'L', 'n', 'i') === 'n' ? this.number('n', 1) : undefined;
    const both = options.given.filter(({ key }) => key === 'n' || key === 'I').map(({ key }) => key);
    if (replace !== undefined && both[0] === 'n' && !tool.busybox)
      yield* tool.complain(
        `${tool.name}: warning: options --max-args and --replace/-I/-i are mutually exclusive, ignoring previous --max-args value\n`,
      );
    const limit = this.number('s', 1) ?? MAX_CHARS;
    const file = options.get('a');
    const source = new Words(tool, options, file === undefined ? 0 : this.open(file), replace !== undefined);
    const base = this.command.reduce((sum, word) => sum + word.length + 1, 0);
    let ran = false;
    let batch: string[] = [];
    let size = base;
    let lines = 0;
    for (;;) {
      const item = yield* source.next();
      if (item === undefined) break;
      if (replace !== undefined) {
        if (item.word === '') continue;
        yield* this.start(this.command.map((word) => word.replaceAll(replace, item.word)));
        ran = true;
        continue;
      }
      if (batch.length > 0 && size + item.word.length + 1 > limit) {
        yield* this.start([...this.command, ...batch]);
        ran = true;
        batch = [];
        size = base;
        lines = 0;
      }
      batch.push(item.word);
      size += item.word.length + 1;
      if (item.endsLine) lines++;
      if (batch.length === most || (perLine !== undefined && lines >= perLine)) {
        yield* this.start([...this.command, ...batch]);
        ran = true;
        batch = [];
        size = base;
        lines = 0;
      }
    }
    const empty = options.has('r') || (tool.busybox && options.has('r'));
    if (replace === undefined && (batch.length > 0 || (!ran && !empty))) yield* this.start([...this.command, ...batch]);
    while (this.running.size > 0) yield* this.collect();
    return this.result;
  }

  private *start(words: readonly string[]): Task {
    const { tool, options } = this;
    while (this.running.size >= this.atOnce) yield* this.collect();
    if (options.has('p')) {
      if (!(yield* confirm(tool, `${words.join(' ')} ?...`))) return;
    } else if (options.has('t')) yield* tool.complain(`${words.join(' ')}\n`);
    yield* tool.flush();
    try {
      const files = tool.p.openFiles();
      if (!options.has('a') && !options.has('o')) files.set(0, new TextInput(''));
      this.running.add(startCommand(tool.p, words, files));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(tool.busybox ? `can't execute '${words[0]}': ${error.text}` : `${words[0]}: ${error.text}`);
      tool.p.exit(failureStatus(error));
    }
  }

  private *collect(): Task {
    for (;;) {
      for (const child of this.running) {
        const status = child.takeStatus(false);
        if (!status) continue;
        this.running.delete(child);
        yield* this.judge(status);
        return;
      }
      yield* wait(this.tool.p.childChange);
    }
  }

  private *judge(status: ProcessStatus): Task {
    const name = this.command[0] ?? '';
    if (status.kind === 'killed') {
      yield* this.tool.warn(`${name}: terminated by signal ${SIGNALS[status.signal]}`);
      this.tool.p.exit(125);
    }
    if (status.kind !== 'exited' || status.code === 0) return;
    if (status.code === 255) {
      yield* this.tool.warn(`${name}: exited with status 255; aborting`);
      this.tool.p.exit(124);
    }
    if (this.result === 0) this.result = 123;
  }
}

/** The words of the input: blanks and quotes, or a delimiter of one's own. */
class Words {
  private readonly reader: LineReader;
  private readonly plain: boolean;
  private queue: { word: string; endsLine: boolean }[] = [];
  private ended = false;

  constructor(
    private readonly tool: Tool,
    private readonly options: Options,
    fd: number,
    private readonly wholeLines: boolean,
  ) {
    const delimiter = options.has('0')
      ? '\0'
      : options.get('d')?.replace(/^\\n$/, '\n').replace(/^\\t$/, '\t').replace(/^\\0$/, '\0');
    this.plain = delimiter !== undefined;
    this.reader = new LineReader(tool, fd, delimiter === undefined ? 10 : delimiter.charCodeAt(0));
  }

  *next(): Task<{ word: string; endsLine: boolean } | undefined> {
    const end = this.options.get('E') ?? this.options.get('e');
    while (this.queue.length === 0 && !this.ended) {
      const line = yield* this.reader.next();
      if (line === undefined) {
        this.ended = true;
        break;
      }
      if (this.plain) this.queue.push({ word: line, endsLine: true });
      else if (this.wholeLines)
        this.queue.push({ word: this.unquote(line.replace(/^[ \t]+/, ''), false).join(''), endsLine: true });
      else {
        const words = this.unquote(line, true);
        const continues = /[ \t]$/.test(line);
        for (const [i, word] of words.entries())
          this.queue.push({ word, endsLine: i === words.length - 1 && !continues });
      }
      if (end && this.queue.some((item) => item.word === end)) {
        this.queue = this.queue.slice(
          0,
          this.queue.findIndex((item) => item.word === end),
        );
        this.ended = true;
      }
    }
    return this.queue.shift();
  }

  private unquote(line: string, split: boolean): string[] {
    const words: string[] = [];
    let word = '';
    let started = false;
    for (let at = 0; at < line.length; at++) {
      const c = line[at] ?? '';
      if (c === '\\') {
        word += line[++at] ?? '';
        started = true;
      } else if (c === '"' || c === "'") {
        const close = line.indexOf(c, at + 1);
        if (close < 0) {
          throw new Fail(
            `unmatched ${c === '"' ? 'double' : 'single'} quote${this.tool.busybox ? '' : '; by default quotes are special to xargs unless you use the -0 option'}`,
          );
        }
        word += line.slice(at + 1, close);
        at = close;
        started = true;
      } else if (split && (c === ' ' || c === '\t')) {
        if (started) words.push(word);
        word = '';
        started = false;
      } else {
        word += c;
        started = true;
      }
    }
    if (started) words.push(word);
    return words;
  }
}
