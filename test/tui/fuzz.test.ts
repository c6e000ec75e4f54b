import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frame } from '../../src/tui/app.tsx';
import { Controller } from '../../src/tui/controller.ts';
import type { Host } from '../../src/tui/host.ts';
import { KeyParser } from '../../src/tui/key-parser.ts';
import { layersOf } from '../../src/tui/screen-plan.ts';
import { initialState } from '../../src/tui/state.ts';
import { Store } from '../../src/tui/store.ts';
import { FakeCourse } from './fake-port.ts';

const never = () => () => {};
const HOST: Host = {
  stdin: { on: () => {}, off: () => {}, resume: () => {}, pause: () => {} },
  stdout: { write: () => true, on: () => {}, off: () => {} },
  stderr: { write: () => {} },
  env: {},
  onSignal: never,
  onExit: never,
  onCrash: never,
  exit: () => {},
  suspend: () => {},
};

test('no keys and no sizes break the state: the cursor stays on the screen, the terminal pane in its place', async () => {
  const key = fc.constantFrom(
    ...[
      '\x1d',
      'c',
      'n',
      'h',
      's',
      'y',
      'u',
      'r',
      't',
      'e',
      'l',
      '?',
      'z',
      '\t',
      ' ',
      '[',
      'g',
      'm',
      '>',
      'd',
      'v',
      'w',
    ].map((k) => `\x1d${k}`),
    ...[
      '\x1b',
      '\r',
      '\x1b[A',
      '\x1b[B',
      '\x1b[5~',
      '\x1b[6~',
      '\x1b[5;2~',
      'x',
      '한',
      '\x7f',
      '\x03',
      '10m\r',
      '\x1b[200~a\nb\x1b[201~',
    ],
  );
  const step = fc.oneof(
    { weight: 8, arbitrary: key },
    { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 260 }), fc.integer({ min: 1, max: 80 })) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const course = new FakeCourse();
      const store = new Store(initialState({ columns: 100, rows: 30, language: 'en', theme: 'dark', ascii: false }));
      const controller = new Controller({ host: HOST, store, course, quit: () => {} });
      await controller.sessions.open('replicaset');
      const parser = new KeyParser();
      for (const one of steps) {
        if (typeof one === 'string') {
          for (const pressed of [...parser.feed(Buffer.from(one)), ...parser.flush()]) controller.onKey(pressed);
        } else store.dispatch({ type: 'resized', columns: one[0], rows: one[1] });
        await Promise.resolve();
        const { columns, rows } = store.state;
        const { cursor, pane } = layersOf(store.state, controller.sessions.runner?.pane);
        if (cursor) expect(cursor.x >= 0 && cursor.x < columns && cursor.y >= 0 && cursor.y < rows).toBe(true);
        if (pane) {
          expect(pane.area.x + pane.area.width).toBeLessThanOrEqual(columns);
          expect(pane.area.y + pane.area.height).toBeLessThanOrEqual(rows);
        }
        Frame({ state: store.state });
      }
      controller.close();
      store.dispose();
    }),
    { numRuns: 100 },
  );
});
