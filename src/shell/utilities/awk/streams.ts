import { Errno } from '../../../world/errno.ts';
import { TextInput } from '../../../world/files/devices.ts';
import type { OpenFile } from '../../../world/open-file.ts';
import { makePipe } from '../../../world/pipe.ts';
import { type Process, shellStatus } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { lookUp } from '../execute.ts';
import { Fail } from '../fail.ts';
import { encodeText } from '../text.ts';
import type { Tool } from '../tool.ts';
import { RecordReader } from './records.ts';

interface Output {
  readonly fd: number;
  readonly child: Process | undefined;
}

interface InputStream {
  readonly fd: number;
  readonly reader: RecordReader;
  readonly child: Process | undefined;
}

/** The files and commands that a program has open, by the text that named them. */
export class Streams {
  private readonly outputs = new Map<string, Output>();
  private readonly inputs = new Map<string, InputStream>();

  constructor(private readonly tool: Tool) {}

  private start(command: string, fd: number, file: OpenFile): Process {
    const { p } = this.tool;
    const files = p.openFiles();
    // The other ends of our own pipes are not the child's business, or no reader would ever see their end.
    for (const output of this.outputs.values()) files.delete(output.fd);
    for (const input of this.inputs.values()) files.delete(input.fd);
    files.set(fd, file);
    const { main, argv } = lookUp(p, ['/bin/sh', '-c', command]);
    return p.spawn({ argv, main, files });
  }

  *write(kind: '>' | '>>' | '|', path: string, text: string): Task {
    const { tool } = this;
    let output = this.outputs.get(path);
    if (!output) {
      if (path === '/dev/stdout' || path === '-') output = { fd: 1, child: undefined };
      else if (path === '/dev/stderr') output = { fd: 2, child: undefined };
      else if (kind === '|') {
        yield* tool.flush();
        const { reader, writer } = makePipe();
        const child = this.start(path, 0, reader);
        output = { fd: tool.p.addFile(writer, 3), child };
      } else output = { fd: this.open(path, kind === '>>'), child: undefined };
      this.outputs.set(path, output);
    }
    if (output.fd === 1) tool.put(text);
    else {
      if (output.fd === 2) yield* tool.flush();
      yield* tool.p.write(output.fd, encodeText(text));
    }
  }

  private open(path: string, append: boolean): number {
    try {
      return this.tool.openFor(path, { write: true, create: true, append, truncate: !append });
    } catch (error) {
      if (error instanceof Errno)
        throw new Fail(`cannot open "${path}" for output (${error.text})`.replaceAll('"', ''), 2);
      throw error;
    }
  }

  /** The next record of a file or of a command's output; undefined at the end, false when it cannot be read. */
  *read(from: 'file' | 'command', source: string, separator: string): Task<string | undefined | false> {
    let input = this.inputs.get(source);
    if (!input) {
      const opened = yield* this.openInput(from, source);
      if (!opened) return false;
      input = opened;
      this.inputs.set(source, input);
    }
    return yield* input.reader.next(separator);
  }

  private *openInput(from: 'file' | 'command', source: string): Task<InputStream | undefined> {
    const { tool } = this;
    if (from === 'command') {
      yield* tool.flush();
      const { reader, writer } = makePipe();
      const child = this.start(source, 1, writer);
      const fd = tool.p.addFile(reader, 3);
      return { fd, reader: new RecordReader(tool, fd), child };
    }
    try {
      const fd = source === '-' || source === '/dev/stdin' ? 0 : tool.open(source);
      return { fd, reader: new RecordReader(tool, fd), child: undefined };
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }

  *system(command: string): Task<number> {
    yield* this.tool.flush();
    try {
      const input = this.tool.p.hasFile(0) ? this.tool.p.file(0) : new TextInput('');
      const child = this.start(command, 0, input);
      return shellStatus(yield* this.tool.p.waitFor(child));
    } catch (error) {
      if (error instanceof Errno) return 127;
      throw error;
    }
  }

  *close(name: string): Task<number> {
    const open = this.outputs.get(name) ?? this.inputs.get(name);
    if (!open) return -1;
    this.outputs.delete(name);
    this.inputs.delete(name);
    yield* this.tool.flush();
    this.tool.close(open.fd);
    return open.child ? shellStatus(yield* this.tool.p.waitFor(open.child)) : 0;
  }

  *closeAll(): Task {
    for (const name of [...this.outputs.keys(), ...this.inputs.keys()]) yield* this.close(name);
  }
}
