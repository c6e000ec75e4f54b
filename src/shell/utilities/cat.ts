import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { LineReader } from './lines.ts';
import type { Options } from './options.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

export const cat = utility({
  name: 'cat',
  usage: '[OPTION]... [FILE]...',
  about: 'Concatenate FILE(s) to standard output.',
  options: [
    '-A --show-all',
    '-b --number-nonblank',
    '-e',
    '-E --show-ends',
    '-n --number',
    '-s --squeeze-blank',
    '-t',
    '-T --show-tabs',
    '-u',
    '-v --show-nonprinting',
  ],
  *run(tool, options) {
    const files = options.operands.length > 0 ? options.operands : ['-'];
    const numbering = new Numbering();
    for (const file of files) {
      let fd: number;
      try {
        fd = tool.open(file);
      } catch (error) {
        yield* refuse(tool, file, error);
        continue;
      }
      try {
        if (options.given.some((option) => option.key !== 'u')) yield* show(tool, options, fd, numbering);
        else yield* copy(tool, fd);
      } catch (error) {
        yield* refuse(tool, file, error);
      }
      tool.close(fd);
    }
    return tool.status;
  },
});

function* refuse(tool: Tool, file: string, error: unknown): Task {
  if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
  if (tool.busybox) {
    yield* tool.warn(error.code === 'EISDIR' ? `read error: ${error.text}` : `can't open '${file}': ${error.text}`);
  } else yield* tool.warn(`${file}: ${error.text}`);
}

function* copy(tool: Tool, fd: number): Task {
  for (;;) {
    const chunk = yield* tool.read(fd);
    if (chunk.length === 0) return;
    tool.put(chunk);
  }
}

/** Line numbers go on from file to file. */
class Numbering {
  line = 0;
  blanks = 0;
}

function* show(tool: Tool, options: Options, fd: number, numbering: Numbering): Task {
  const reader = new LineReader(tool, fd);
  const visible = options.has('A', 'e', 't', 'v');
  const ends = options.has('A', 'e', 'E');
  const tabs = options.has('A', 't', 'T');
  const nonBlank = options.has('b');
  for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
    numbering.blanks = line === '' ? numbering.blanks + 1 : 0;
    if (options.has('s') && numbering.blanks > 1) continue;
    if (nonBlank ? line !== '' : options.has('n')) tool.put(`${String(++numbering.line).padStart(6)}\t`);
    let text = visible ? caretNotation(line) : line;
    if (tabs) text = text.replaceAll('\t', '^I');
    tool.put(text + (reader.terminated ? (ends ? '$\n' : '\n') : ''));
    yield* tool.drain();
  }
}

/** `^A`, `^?` and `M-x`; tabs stay. */
export function caretNotation(text: string): string {
  let shown = '';
  for (const byte of new TextEncoder().encode(text)) {
    const low = byte & 0x7f;
    if (byte >= 0x80) shown += 'M-';
    if (low === 0x7f) shown += '^?';
    else if (low < 0x20 && (byte !== 9 || byte >= 0x80)) shown += `^${String.fromCharCode(low + 64)}`;
    else shown += String.fromCharCode(low);
  }
  return shown;
}
