import { Device, RegularFile } from '../../world/files/inode.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { parseCount } from './head.ts';
import { eachInput, openComplaint } from './inputs.ts';
import { LineReader } from './lines.ts';
import type { Options } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

/** Files are looked at so often by `tail -f`, ms. */
const POLL = 250;

export const tail = utility({
  name: 'tail',
  usage: '[OPTION]... [FILE]...',
  about: 'Print the last 10 lines of each FILE to standard output.',
  options: [
    '-c --bytes=',
    '-f --follow=?',
    '-F',
    '-n --lines=',
    '--max-unchanged-stats=',
    '--pid=',
    '-q --quiet --silent',
    '--retry',
    '-s --sleep-interval=',
    '-v --verbose',
    '-z --zero-terminated',
  ],
  old: (word) => {
    if (/^-\d+f?$/.test(word)) return { key: word.endsWith('f') ? 'nf' : 'n', value: word.replace(/[-f]/g, '') };
    return /^\+\d+$/.test(word) ? { key: 'n', value: word } : undefined;
  },
  *run(tool, options) {
    const bytes = options.last('c', 'n', 'nf') === 'c';
    const text = options.get(bytes ? 'c' : (options.last('n', 'nf') ?? 'n')) ?? '10';
    const count = parseCount(tool, text, bytes ? 'bytes' : 'lines');
    const fromStart = text.startsWith('+');
    const headers = options.last('q', 'v') === 'v' || (options.operands.length > 1 && !options.has('q'));
    const separator = options.has('z') ? 0 : 10;
    const follow = options.has('f', 'F', 'nf');
    const header = new Headers(tool, headers);
    const followed: Followed[] = [];
    for (const path of options.operands.length > 0 ? options.operands : ['-']) {
      const before = tool.status;
      yield* eachInput(
        tool,
        [path],
        function* (fd) {
          header.show(path);
          if (bytes) yield* showBytes(tool, fd, count, fromStart);
          else
            yield* fromStart
              ? skipLines(tool, fd, Math.max(0, count - 1), separator)
              : lastLines(tool, fd, count, separator);
        },
        openComplaint,
      );
      const inode = path === '-' ? undefined : tool.tryStat(path);
      if (inode instanceof RegularFile) followed.push({ path, inode, at: inode.size });
      // `tail -f /dev/null` is the usual way to wait for ever: a device is followed, and nothing more comes.
      else if (options.has('F') || inode instanceof Device) followed.push({ path, inode: undefined, at: 0 });
      else if (follow && path !== '-' && tool.status > before) {
        yield* tool.flush();
      }
    }
    if (!follow) return tool.status;
    if (followed.length === 0) {
      if (options.operands.length > 0 && options.operands.some((path) => path !== '-'))
        throw new Fail('no files remaining');
      return tool.status;
    }
    return yield* followFiles(tool, options, followed, header);
  },
});

interface Followed {
  readonly path: string;
  inode: RegularFile | undefined;
  at: number;
}

class Headers {
  private current: string | undefined;

  constructor(
    private readonly tool: Tool,
    private readonly wanted: boolean,
  ) {}

  show(path: string): void {
    if (!this.wanted || this.current === path) return;
    this.tool.put(`${this.current === undefined ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`);
    this.current = path;
  }
}

function* followFiles(tool: Tool, options: Options, followed: Followed[], header: Headers): Task<number> {
  const interval = options.has('s') ? Number(options.get('s')) * 1000 : POLL;
  if (!Number.isFinite(interval) || interval < 0)
    throw new Fail(`invalid number of seconds: ${quote(tool, options.get('s') ?? '')}`);
  const watched = options.get('pid');
  for (;;) {
    for (const one of followed) {
      if (options.has('F')) yield* reopen(tool, one);
      const { inode } = one;
      if (!inode) continue;
      const content = inode.content;
      if (content.length < one.at) {
        yield* tool.complain(`${tool.name}: ${one.path}: file truncated\n`);
        one.at = 0;
      }
      if (content.length === one.at) continue;
      header.show(one.path);
      tool.put(content.slice(one.at));
      one.at = content.length;
    }
    yield* tool.flush();
    if (watched !== undefined && !tool.p.machine.processes.has(Number(watched))) return tool.status;
    // A pipe whose reader has gone is noticed at the next write, as in the real tail.
    yield* wait(anyOf(tool.p.timer(Math.max(1, interval))));
  }
}

function* reopen(tool: Tool, one: Followed): Task {
  const inode = tool.tryStat(one.path);
  const now = inode instanceof RegularFile ? inode : undefined;
  if (now === one.inode) return;
  if (!now) {
    yield* tool.complain(`${tool.name}: ${quoteShell(one.path)} has become inaccessible: No such file or directory\n`);
  } else if (one.inode)
    yield* tool.complain(`${tool.name}: ${quoteShell(one.path)} has been replaced;  following new file\n`);
  else yield* tool.complain(`${tool.name}: ${quoteShell(one.path)} has appeared;  following new file\n`);
  one.inode = now;
  one.at = 0;
}

function* showBytes(tool: Tool, fd: number, count: number, fromStart: boolean): Task {
  if (!fromStart) {
    const all = yield* tool.readAll(fd);
    tool.put(all.subarray(Math.max(0, all.length - count)));
    return;
  }
  for (let skip = Math.max(0, count - 1); ; ) {
    const chunk = yield* tool.read(fd);
    if (chunk.length === 0) return;
    tool.put(chunk.subarray(Math.min(skip, chunk.length)));
    skip = Math.max(0, skip - chunk.length);
  }
}

function* skipLines(tool: Tool, fd: number, count: number, separator: number): Task {
  for (let left = count; ; ) {
    const chunk = yield* tool.read(fd);
    if (chunk.length === 0) return;
    let at = 0;
    while (left > 0 && at < chunk.length) {
      const end = chunk.indexOf(separator, at);
      at = end < 0 ? chunk.length : end + 1;
      if (end >= 0) left--;
    }
    tool.put(chunk.subarray(at));
  }
}

function* lastLines(tool: Tool, fd: number, count: number, separator: number): Task {
  const held: string[] = [];
  let start = 0;
  const reader = new LineReader(tool, fd, separator);
  for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
    held.push(line + (reader.terminated ? String.fromCharCode(separator) : ''));
    if (held.length - start > count) held[start++] = '';
    if (start > 10_000) {
      held.splice(0, start);
      start = 0;
    }
  }
  for (const line of held) tool.put(line);
}
