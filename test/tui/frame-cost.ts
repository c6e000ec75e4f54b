/** What a full frame costs: `node scripts/run-ts.mjs test/tui/frame-cost.ts`. Prints medians in ms. */
import { Display } from '../../src/tui/display.ts';
import type { Host } from '../../src/tui/host.ts';
import { initialState } from '../../src/tui/state.ts';
import { Store } from '../../src/tui/store.ts';
import { TerminalPane } from '../../src/tui/terminal-pane.ts';
import { FakeCourse } from './fake-port.ts';

const never = () => () => {};
const sink = { write: () => true, on: () => {}, off: () => {}, isTTY: true };

async function cost(columns: number, rows: number): Promise<string> {
  const host: Host = {
    stdin: { on: () => {}, off: () => {}, resume: () => {}, pause: () => {} },
    stdout: { ...sink, columns, rows },
    stderr: { write: () => {} },
    env: {},
    onSignal: never,
    onExit: never,
    onCrash: never,
    exit: () => {},
    suspend: () => {},
  };
  const store = new Store(initialState({ columns, rows, language: 'ko', theme: 'dark', ascii: false }));
  const pane = new TerminalPane({ columns: 119, rows: 48, coloured: true, respond: () => {}, changed: () => {} });
  const display = new Display({ host, store, onKey: () => {}, pane: () => pane });
  display.start();
  const session = await new FakeCourse('ko').open();
  const text = '파드 **레플리카셋**의 `selector`와 템플릿의 레이블이 같아야 합니다. '.repeat(60);
  const lesson = { ...session.lesson, text };
  const { clock, health, journal } = session;
  store.dispatch({ type: 'lesson-opened', session: { lesson, clock, health, journal, busy: undefined, ended: false } });
  store.notify();
  const all: number[] = [];
  const echo: number[] = [];
  for (let i = 0; i < 60; i++) {
    pane.write(new TextEncoder().encode(`\x1b[3${i % 8}m${`파드-${i} abcd `.repeat(9)}\x1b[0m\r\n`.repeat(48)));
    await pane.settled();
    const begin = performance.now();
    store.dispatch({ type: 'scrolled', to: i % 2 });
    store.notify();
    display.screen.redraw();
    // React draws in a microtask.
    await Promise.resolve();
    await Promise.resolve();
    display.screen.flush();
    all.push(performance.now() - begin);
    pane.write(new TextEncoder().encode('x'));
    await pane.settled();
    const key = performance.now();
    display.screen.flush();
    echo.push(performance.now() - key);
  }
  display.stop();
  pane.dispose();
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]?.toFixed(1);
  return `${columns}x${rows}: whole frame ${median(all)} ms, one typed character ${median(echo)} ms`;
}

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [200, 50],
  [250, 70],
] as const) {
  process.stdout.write(`${await cost(columns, rows)}\n`);
}
process.exit(0);
