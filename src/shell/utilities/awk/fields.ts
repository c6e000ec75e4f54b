import { Fail } from '../fail.ts';
import type { Awk } from './interpreter.ts';
import { inputValue, toText, type Value } from './values.ts';

/** The record and its fields: each is made from the other when it is asked for. */
export class Fields {
  private record = '';
  private fields: Value[] | undefined;
  private stale = false;

  constructor(private readonly awk: Awk) {}

  setRecord(text: string): void {
    this.record = text;
    this.fields = undefined;
    this.stale = false;
  }

  text0(): string {
    if (this.stale && this.fields) {
      this.record = this.fields
        .slice(1)
        .map((value) => toText(value, this.awk.string('CONVFMT')))
        .join(this.awk.string('OFS'));
      this.stale = false;
    }
    return this.record;
  }

  splitFields(): Value[] {
    if (!this.fields) {
      this.fields = [undefined, ...this.splitText(this.record, this.awk.string('FS')).map(inputValue)];
      const cell = this.awk.cell('NF');
      cell.value = this.fields.length - 1;
    }
    return this.fields;
  }

  /** Divides a text as FS says. */
  splitText(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') {
      const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '');
      return trimmed === '' ? [] : trimmed.split(/[ \t\n]+/);
    }
    if (separator === '') return [...text];
    if (this.awk.string('RS') === '') return text.split('\n').flatMap((line) => this.splitBy(line, separator));
    return this.splitBy(text, separator);
  }

  splitBy(text: string, separator: string): string[] {
    if (separator.length === 1 && separator !== '\\' && !/[.*+?^$[\](){}|]/.test(separator))
      return text.split(separator);
    if (separator === '|' || separator === '.' || (separator.length === 1 && /[*+?]/.test(separator)))
      return text.split(separator);
    const pattern = this.awk.pattern(separator);
    const parts: string[] = [];
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      if (match[0] === '') continue;
      parts.push(text.slice(at, match.index));
      at = match.index + match[0].length;
    }
    parts.push(text.slice(at));
    return parts;
  }

  field(index: number): Value {
    if (index < 0 || !Number.isFinite(index)) throw this.awk.fault(`negative field index $${index}`);
    if (index === 0) return inputValue(this.text0());
    return this.splitFields()[index];
  }

  setField(index: number, value: Value): void {
    if (index === 0) {
      this.setRecord(toText(value, this.awk.string('CONVFMT')));
      return;
    }
    if (index > 100_000) throw new Fail(`program limit exceeded: maximum number of fields size=32767`, 2);
    const fields = this.splitFields();
    while (fields.length <= index) fields.push('');
    fields[index] = value;
    this.awk.cell('NF').value = fields.length - 1;
    this.stale = true;
  }

  setFieldCount(count: number): void {
    const fields = this.splitFields();
    while (fields.length <= count) fields.push('');
    fields.length = Math.max(1, count + 1);
    this.stale = true;
    this.awk.cell('NF').value = count;
  }
}
