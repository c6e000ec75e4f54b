import { concat, EMPTY } from '../../world/bytes.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { decodeText } from './text.ts';
import type { Tool } from './tool.ts';

/** A line without end may be so long. */
const LONGEST = 16 * 1024 * 1024;

/** Lines of a file as they come: a line is given as soon as its end has been read. */
export class LineReader {
  /** Whether the line given last ended in a separator. */
  terminated = true;
  private rest: Uint8Array = EMPTY;
  private lines: string[] = [];
  private at = 0;
  private ended = false;

  constructor(
    private readonly tool: Tool,
    private readonly fd: number,
    private readonly separator = 10,
  ) {}

  /** The next line without its separator; undefined at the end. */
  *next(): Task<string | undefined> {
    if (this.at >= this.lines.length && !(yield* this.fill())) {
      const { rest } = this;
      if (rest.length === 0) return undefined;
      this.rest = EMPTY;
      this.terminated = false;
      return decodeText(rest);
    }
    this.terminated = true;
    return this.lines[this.at++];
  }

  /** Whether another line follows; waits until that is known. */
  *more(): Task<boolean> {
    if (this.at < this.lines.length) return true;
    return (yield* this.fill()) || this.rest.length > 0;
  }

  private *fill(): Task<boolean> {
    while (!this.ended) {
      const chunk = yield* this.tool.read(this.fd);
      if (chunk.length === 0) {
        this.ended = true;
        return false;
      }
      const end = chunk.lastIndexOf(this.separator);
      if (end < 0) {
        yield* this.tool.p.allocate(chunk.length);
        // A machine with less memory than that has killed the process by then.
        if (this.rest.length <= LONGEST) this.rest = concat([this.rest, chunk]);
        else if (this.tool.p.machine.memoryLimit === undefined) throw new Fail('memory exhausted', 2);
        continue;
      }
      const whole = this.rest.length === 0 ? chunk.subarray(0, end) : concat([this.rest, chunk.subarray(0, end)]);
      this.rest = chunk.slice(end + 1);
      this.lines = decodeText(whole).split(String.fromCharCode(this.separator));
      this.at = 0;
      return true;
    }
    return false;
  }
}

/** All lines of a text; a separator at the end begins no further line. */
export function splitLines(text: string, separator = '\n'): string[] {
  if (text === '') return [];
  const lines = text.split(separator);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
