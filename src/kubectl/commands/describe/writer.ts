import { TabWriter } from '../../printers/tabwriter.ts';

/** Writes indented lines whose tabs align. kubernetes: kubectl/pkg/describe PrefixWriter, tabbedString */
export class DescribeWriter {
  private readonly tabs = new TabWriter(0, 2, false);
  private done = '';

  /** Two blanks a level, before the text only: lines inside the text bring their own. */
  write(level: number, text: string): void {
    this.tabs.write('  '.repeat(level) + text);
  }

  line(level: number, text: string): void {
    this.write(level, `${text}\n`);
  }

  /** What follows aligns by itself. */
  flush(): void {
    this.done += this.tabs.flush();
  }

  get text(): string {
    this.flush();
    return this.done;
  }
}
