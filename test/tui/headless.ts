/** A host terminal for tests: @xterm/headless behind the two streams that Screen and Input use. */
import { EventEmitter } from 'node:events';
import { Terminal } from '@xterm/headless';
import type { ScreenOutput } from '../../src/tui/screen.ts';

export class HostTerminal extends EventEmitter implements ScreenOutput {
  readonly terminal: Terminal;
  written = '';
  constructor(
    public columns = 80,
    public rows = 24,
  ) {
    super();
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 500 });
  }
  write(data: string): boolean {
    this.written += data;
    this.terminal.write(data);
    return true;
  }
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.terminal.resize(columns, rows);
    this.emit('resize');
  }
  /** Resolves when everything written so far is on the screen. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.terminal.write('', resolve));
  }
  lines(): string[] {
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.rows }, (_, y) => buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '');
  }
  text(): string {
    return this.lines().join('\n');
  }
  cursor(): { x: number; y: number } {
    const buffer = this.terminal.buffer.active;
    return { x: buffer.cursorX, y: buffer.cursorY };
  }
}

/** Waits until the condition holds; real time only as a limit. */
export async function until(condition: () => boolean, what: () => string, limit = 10_000): Promise<void> {
  const end = performance.now() + limit;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`did not come: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
