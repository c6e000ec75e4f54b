import { Errno } from '../../../world/errno.ts';
import type { Task } from '../../../world/task.ts';
import { Fail } from '../fail.ts';
import type { Awk } from './interpreter.ts';
import { RecordReader } from './records.ts';
import { toText } from './values.ts';

/** What the rules run over: the files among the operands one after the other, or standard input. */
export class MainInput {
  private reader: RecordReader | undefined;
  private fd = 0;
  /** The next element of ARGV. */
  private argument = 1;
  private used = false;

  constructor(private readonly awk: Awk) {}

  /** The next record, counted in NR and FNR; undefined after the last. Raises Fail for a file that cannot be read. */
  *next(): Task<string | undefined> {
    const { awk } = this;
    for (;;) {
      if (!this.reader && !(yield* this.open())) return undefined;
      const record = this.reader && (yield* this.reader.next(awk.string('RS')));
      if (record !== undefined) {
        awk.setGlobal('NR', awk.number('NR') + 1);
        awk.setGlobal('FNR', awk.number('FNR') + 1);
        return record;
      }
      this.close();
    }
  }

  /** Leaves the rest of the current file. */
  close(): void {
    if (this.reader) this.awk.tool.close(this.fd);
    this.reader = undefined;
  }

  private *open(): Task<boolean> {
    const { awk } = this;
    while (this.argument < awk.number('ARGC')) {
      const path = toText(awk.array('ARGV').get(String(this.argument++)));
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(path);
      if (assignment) awk.assignText(assignment[1] ?? '', assignment[2] ?? '');
      else if (path !== '') {
        this.used = true;
        this.fd = this.openFile(path);
        this.begin(path);
        return true;
      }
    }
    if (this.used) return false;
    this.used = true;
    this.fd = 0;
    this.begin('');
    return true;
  }

  private openFile(path: string): number {
    const { tool } = this.awk;
    try {
      if (path !== '-' && tool.tryStat(path)?.kind === 'directory') throw new Errno('EISDIR', path);
      return tool.open(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`cannot open ${path} (${error.text})`, 2);
    }
  }

  private begin(path: string): void {
    this.reader = new RecordReader(this.awk.tool, this.fd);
    this.awk.setGlobal('FILENAME', path);
    this.awk.setGlobal('FNR', 0);
  }
}
