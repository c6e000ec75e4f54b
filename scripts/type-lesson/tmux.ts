/** A terminal of tmux with one program in it. */
import { execFileSync } from 'node:child_process';
import { setTimeout as rest } from 'node:timers/promises';
import { parseScreen, type Screen } from './screen.ts';

/** Real ms between two looks at the screen. */
const LOOK = 50;

/** The screen did not become what was waited for. */
export class Timeout extends Error {
  constructor(
    what: string,
    readonly screen: Screen,
  ) {
    super(`waited in vain for ${what}`);
  }
}

export class Tmux {
  private readonly server: string;

  /** A server of its own, so that nothing of the caller's is touched. `command` is a line of sh. */
  constructor(name: string, columns: number, rows: number, command: string) {
    this.server = `kubetutor-${name}-${process.pid}`;
    const size = ['-x', `${columns}`, '-y', `${rows}`];
    this.run('-f', '/dev/null', '-u', 'new-session', '-d', '-s', 'lesson', ...size, command);
  }

  private run(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.server, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Named keys: `Enter`, `C-]`. */
  press(...keys: readonly string[]): void {
    this.run('send-keys', '-t', 'lesson', ...keys);
  }

  type(text: string): void {
    // A semicolon at the end would part tmux's own commands.
    this.run('send-keys', '-t', 'lesson', '-l', '--', text.replace(/;$/, '\\;'));
  }

  screen(): Screen {
    const cursor = ['display-message', '-p', '-t', 'lesson', '#{cursor_x},#{cursor_y}'];
    return parseScreen(this.run(...cursor, ';', 'capture-pane', '-p', '-t', 'lesson'));
  }

  /** The first screen that fulfils `wanted`; `limit` in real ms. */
  async until(what: string, wanted: (screen: Screen) => boolean, limit = 30_000): Promise<Screen> {
    for (const end = performance.now() + limit; ; ) {
      const screen = this.screen();
      if (wanted(screen)) return screen;
      if (performance.now() > end) throw new Timeout(what, screen);
      await rest(LOOK);
    }
  }

  /** Waits for the program to end by itself; false after `limit` real ms. */
  async ended(limit: number): Promise<boolean> {
    for (const end = performance.now() + limit; performance.now() < end; await rest(LOOK)) {
      if (!this.runs()) return true;
    }
    return false;
  }

  private runs(): boolean {
    try {
      this.run('has-session', '-t', 'lesson');
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.runs()) this.run('kill-server');
  }
}
