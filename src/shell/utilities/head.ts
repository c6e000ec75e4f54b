import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { eachInput, openComplaint } from './inputs.ts';
import { LineReader } from './lines.ts';
import { parseSize } from './numbers.ts';
import { quote } from './quote.ts';
import { encodeText } from './text.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

/** A count with its sign; `what` is `lines` or `bytes` in the complaint. */
export function parseCount(tool: Tool, text: string, what: string): number {
  const size = parseSize(text.replace(/^[-+]/, ''));
  if (size === undefined)
    throw new Fail(tool.busybox ? `invalid number '${text}'` : `invalid number of ${what}: ${quote(tool, text)}`);
  return size;
}

export const head = utility({
  name: 'head',
  usage: '[OPTION]... [FILE]...',
  about: 'Print the first 10 lines of each FILE to standard output.',
  options: ['-c --bytes=', '-n --lines=', '-q --quiet --silent', '-v --verbose', '-z --zero-terminated'],
  old: (word) => (/^-\d+$/.test(word) ? { key: 'n', value: word.slice(1) } : undefined),
  *run(tool, options) {
    const bytes = options.last('c', 'n') === 'c';
    const text = options.get(bytes ? 'c' : 'n') ?? '10';
    const count = parseCount(tool, text, bytes ? 'bytes' : 'lines');
    const butLast = text.startsWith('-');
    const headers = options.last('q', 'v') === 'v' || (options.operands.length > 1 && !options.has('q'));
    const separator = options.has('z') ? 0 : 10;
    let first = true;
    yield* eachInput(
      tool,
      options.operands,
      function* (fd, path) {
        if (headers) {
          tool.put(`${first ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`);
          first = false;
        }
        if (bytes) yield* butLast ? allButBytes(tool, fd, count) : firstBytes(tool, fd, count);
        else yield* butLast ? allButLines(tool, fd, count, separator) : firstLines(tool, fd, count, separator);
      },
      openComplaint,
    );
    return tool.status;
  },
});

function* firstBytes(tool: Tool, fd: number, count: number): Task {
  for (let left = count; left > 0; ) {
    const chunk = yield* tool.read(fd, Math.min(left, 65536));
    if (chunk.length === 0) return;
    tool.put(chunk);
    left -= chunk.length;
  }
}

function* allButBytes(tool: Tool, fd: number, count: number): Task {
  const all = yield* tool.readAll(fd);
  tool.put(all.subarray(0, Math.max(0, all.length - count)));
}

function* firstLines(tool: Tool, fd: number, count: number, separator: number): Task {
  for (let left = count; left > 0; ) {
    const chunk = yield* tool.read(fd);
    if (chunk.length === 0) return;
    let at = 0;
    while (left > 0) {
      const end = chunk.indexOf(separator, at);
      if (end < 0) {
        at = chunk.length;
        break;
      }
      at = end + 1;
      left--;
    }
    tool.put(chunk.subarray(0, at));
  }
}

function* allButLines(tool: Tool, fd: number, count: number, separator: number): Task {
  const held: string[] = [];
  const reader = new LineReader(tool, fd, separator);
  for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
    held.push(line + (reader.terminated ? String.fromCharCode(separator) : ''));
    if (held.length > count) tool.put(encodeText(held.shift() ?? ''));
  }
}
