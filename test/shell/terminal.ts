import headless from '@xterm/headless';
import { type LoginOptions, startLoginShell } from '../../src/shell/index.ts';
import { encode } from '../../src/world/bytes.ts';
import type { Machine } from '../../src/world/machine.ts';
import type { Process } from '../../src/world/process.ts';
import type { Tty } from '../../src/world/tty.ts';
import type { World } from '../../src/world/world.ts';
import { makeShellWorld } from './support.ts';

/** A shell on a terminal, seen through a terminal emulator. */
export class TestTerminal {
  readonly world: World;
  readonly machine: Machine;
  readonly tty: Tty;
  readonly shell: Process;
  readonly terminal: InstanceType<typeof headless.Terminal>;
  private chunks: Uint8Array[] = [];
  raw = '';

  constructor(columns = 60, rows = 20, options: LoginOptions = {}, prepare: (machine: Machine) => void = () => {}) {
    const { world, machine } = makeShellWorld();
    this.world = world;
    this.machine = machine;
    prepare(machine);
    this.tty = machine.openTty(columns, rows);
    this.terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.tty.onOutput((bytes) => {
      this.chunks.push(bytes.slice());
      this.raw += new TextDecoder().decode(bytes);
    });
    this.shell = startLoginShell(machine, this.tty, { env: new Map([['PS1', '\\w\\$ ']]), cwd: '/tmp', ...options });
    this.run(10);
  }

  run(ms: number): void {
    this.world.loop.runUntil(this.world.now + ms);
  }

  /** Types, then lets `ms` of virtual time pass. */
  type(text: string, ms = 50): this {
    this.tty.type(encode(text));
    this.run(ms);
    return this;
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.tty.resize(columns, rows);
    this.run(5);
  }

  /** The lines of the screen with what has scrolled off, without empty ones at the end. */
  async lines(): Promise<string[]> {
    const chunks = this.chunks.splice(0);
    for (const chunk of chunks) await new Promise<void>((resolve) => this.terminal.write(chunk, resolve));
    const { active } = this.terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row++)
      lines.push(active.getLine(row)?.translateToString(true).trimEnd() ?? '');
    while (lines.length > 0 && lines.at(-1) === '') lines.pop();
    return lines;
  }

  async cursor(): Promise<[row: number, column: number]> {
    await this.lines();
    const { active } = this.terminal.buffer;
    return [active.baseY + active.cursorY, active.cursorX];
  }
}
