import { concat, EMPTY } from '../../../world/bytes.ts';
import type { Task } from '../../../world/task.ts';
import { compilePattern } from '../bre.ts';
import { Fail } from '../fail.ts';
import { decodeText } from '../text.ts';
import type { Tool } from '../tool.ts';

const LONGEST = 16 * 1024 * 1024;

/** Records of an input as RS divides it: lines, one character, paragraphs, or a pattern. */
export class RecordReader {
  private text = '';
  private at = 0;
  private partial: Uint8Array = EMPTY;
  private ended = false;

  constructor(
    private readonly tool: Tool,
    private readonly fd: number,
  ) {}

  *next(separator: string): Task<string | undefined> {
    if (separator === '') return yield* this.paragraph();
    const pattern =
      separator.length > 1 ? compilePattern(separator, { syntax: 'extended', escapes: true, flags: 'g' }) : undefined;
    for (;;) {
      const found = this.find(separator, pattern);
      if (found) {
        const record = this.text.slice(this.at, found.start);
        this.at = found.end;
        return record;
      }
      if (!(yield* this.fill())) return this.rest();
    }
  }

  private rest(): string | undefined {
    if (this.at >= this.text.length) return undefined;
    const record = this.text.slice(this.at);
    this.text = '';
    this.at = 0;
    return record;
  }

  private find(separator: string, pattern: RegExp | undefined): { start: number; end: number } | undefined {
    if (!pattern) {
      const start = this.text.indexOf(separator, this.at);
      return start < 0 ? undefined : { start, end: start + 1 };
    }
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    // A match at the very end may go on in what has not been read yet.
    if (!match || match[0] === '' || (!this.ended && match.index + match[0].length === this.text.length))
      return undefined;
    return { start: match.index, end: match.index + match[0].length };
  }

  private *paragraph(): Task<string | undefined> {
    for (;;) {
      while (this.text[this.at] === '\n') this.at++;
      if (this.at < this.text.length) {
        const match = /\n\n+/g;
        match.lastIndex = this.at;
        const end = match.exec(this.text);
        if (end && (this.ended || end.index + end[0].length < this.text.length)) {
          const record = this.text.slice(this.at, end.index);
          this.at = end.index + end[0].length;
          return record;
        }
      }
      if (!(yield* this.fill())) return this.rest()?.replace(/\n+$/, '');
    }
  }

  private *fill(): Task<boolean> {
    if (this.ended) return false;
    const chunk = yield* this.tool.read(this.fd);
    if (chunk.length === 0) this.ended = true;
    const bytes = this.partial.length === 0 ? chunk : concat([this.partial, chunk]);
    // A character must not be torn: what follows the last whole one waits.
    let whole = bytes.length;
    if (!this.ended) {
      while (whole > 0 && bytes.length - whole < 3 && ((bytes[whole - 1] ?? 0) & 0xc0) === 0x80) whole--;
      if (whole > 0 && (bytes[whole - 1] ?? 0) >= 0xc0) whole--;
      else whole = bytes.length;
    }
    this.partial = bytes.slice(whole);
    this.text = this.text.slice(this.at) + decodeText(bytes.subarray(0, whole));
    this.at = 0;
    if (this.text.length > LONGEST) throw new Fail('out of memory', 2);
    return !this.ended || bytes.length > 0;
  }
}
