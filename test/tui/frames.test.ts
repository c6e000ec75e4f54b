import { render } from 'ink-testing-library';
import { createElement } from 'react';
import { describe, expect, test } from 'vitest';
import type { ClusterMap } from '../../src/course/cluster-map.ts';
import { Frame } from '../../src/tui/app.tsx';
import type { Language } from '../../src/tui/port.ts';
import { type Event, reduce } from '../../src/tui/reducer.ts';
import { initialState, type TuiState } from '../../src/tui/state.ts';
import type { ThemeName } from '../../src/tui/themes/tokens.ts';
import { width } from '../../src/tui/width.ts';
import { FakeCourse, FakeSession, MAP, TRACE } from './fake-port.ts';

interface Variant {
  readonly language: Language;
  readonly theme: ThemeName;
  readonly ascii: boolean;
}

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;
const VARIANTS: readonly Variant[] = [
  { language: 'en', theme: 'dark', ascii: false },
  { language: 'ko', theme: 'light', ascii: false },
  { language: 'en', theme: 'plain', ascii: true },
  { language: 'ko', theme: 'plain', ascii: true },
];

const EMPTY_MAP: ClusterMap = { name: 'prod', nodes: [], unplaced: [], services: [] };

/** Every screen of the TUI as the events that lead to it. */
function screens(language: Language): Readonly<Record<string, readonly Event[]>> {
  const course = new FakeCourse(language);
  const fake = new FakeSession(course);
  fake.hintsShown = 1;
  fake.met.add('0-0');
  const { lesson, clock, health, journal } = fake;
  const session = { lesson, clock, health, journal, busy: undefined, ended: false };
  const open: Event = { type: 'lesson-opened', session };
  const busy = { kind: 'fast-forward' as const, fraction: 0.5 };
  const check = { id: 'a', title: 'web', result: 'failed' as const, expected: '3', actual: '0', why: 'no Pods' };
  return {
    list: [{ type: 'lessons', lessons: course.lessons() }],
    help: [{ type: 'help-opened' }],
    lesson: [open],
    terminal: [open, { type: 'focus', focus: 'terminal' }],
    prefix: [open, { type: 'prefix', on: true }],
    toast: [open, { type: 'toast', level: 'success', text: 'Three Pods are Ready' }],
    checks: [
      open,
      {
        type: 'checked',
        checks: [check, { id: 'b', title: 'rs', result: 'passed' }, { id: 'c', title: 'x', result: 'undecided' }],
      },
    ],
    hints: [open, { type: 'panel', panel: 'hints' }],
    solution: [open, { type: 'solution', text: '```bash\nkubectl scale rs web --replicas=5\n```' }],
    confirm: [open, { type: 'confirm', about: 'reset-lesson' }],
    prompt: [open, { type: 'prompt', for: 'time', text: '10m' }],
    map: [
      { ...open, session: { ...session, maps: [MAP] } },
      { type: 'panel', panel: 'map' },
    ],
    'maps of several clusters': [
      { ...open, session: { ...session, maps: [{ ...MAP, name: 'minikube' }, EMPTY_MAP] } },
      { type: 'panel', panel: 'map' },
    ],
    'map of nothing': [
      { ...open, session: { ...session, maps: [] } },
      { type: 'panel', panel: 'map' },
    ],
    way: [
      { ...open, session: { ...session, trace: TRACE } },
      { type: 'trace', words: 'box web' },
    ],
    'no way': [
      { ...open, session: { ...session, trace: { problem: 'tutor: bix: there is no such place' } } },
      { type: 'trace', words: 'bix web' },
    ],
    'prompt of the way': [open, { type: 'prompt', for: 'trace', text: 'box web:80' }],
    busy: [open, { type: 'session', session: { ...session, busy } }],
  };
}

function stateOf(events: readonly Event[], columns: number, rows: number, variant: Variant): TuiState {
  const single = columns < 97;
  return events.reduce((state, event) => reduce(state, event, single), initialState({ columns, rows, ...variant }));
}

function draw(state: TuiState): string {
  const { lastFrame, stdout, unmount } = render(createElement(Frame, { state: { ...state, columns: 10, rows: 2 } }));
  unmount();
  Object.defineProperty(stdout, 'columns', { get: () => state.columns });
  const second = render(createElement(Frame, { state }));
  Object.defineProperty(second.stdout, 'columns', { get: () => state.columns });
  second.rerender(createElement(Frame, { state }));
  const frame = second.lastFrame() ?? lastFrame() ?? '';
  second.unmount();
  return frame;
}

const SGR = /\x1b\[[0-9;]*m/g;

describe('every screen fits every size in every variant', () => {
  for (const variant of VARIANTS) {
    test(`${variant.language} ${variant.theme}${variant.ascii ? ' ascii' : ''}`, () => {
      for (const [name, events] of Object.entries(screens(variant.language))) {
        for (const [columns, rows] of SIZES) {
          const frame = draw(stateOf(events, columns, rows, variant));
          const lines = frame.replace(SGR, '').split('\n');
          expect(lines.length, `${name} ${columns}x${rows}`).toBe(rows);
          for (const line of lines)
            expect(width(line), `${name} ${columns}x${rows}: ${line}`).toBeLessThanOrEqual(columns);
          if (variant.theme === 'plain') {
            // NO_COLOR: weight, underline and inverse at most.
            for (const [sgr] of frame.matchAll(SGR)) expect(sgr).not.toMatch(/[;[](3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]/);
          }
          if (variant.ascii && variant.language === 'en') {
            // Texts may hold an en dash or the fake lesson's own signs; borders and marks are ASCII.
            expect(frame.replace(SGR, '').replace(/[–🚀]|한국어/gu, ''), name).toMatch(/^[\x00-\x7f]*$/);
          }
        }
      }
    });
  }
});

describe('frames', () => {
  const variant: Variant = { language: 'en', theme: 'plain', ascii: false };
  const plain = (name: string, columns: number, rows: number, of: Variant = variant) =>
    draw(stateOf(screens(of.language)[name] ?? [], columns, rows, of)).replace(SGR, '');

  test('lesson at 80x24', () => {
    expect(plain('lesson', 80, 24)).toMatchInlineSnapshot(`
      " ReplicaSet                                                            Step 1/2
       ──────────────────────────────────────────────────────────────────────────────
       Create it

       A ReplicaSet keeps a number of Pods running: when one is deleted, its
       controller makes another.

       Create one with kubectl create -f rs.yaml:

         apiVersion: apps/v1
         kind: ReplicaSet
         metadata:
           name: web

       1. look at the Pods
       2. delete one
          • and watch

       Kind        Short name  What for
       ──────────────────────────────────────────────────────────────────── ↓ more ──
       ✓ ReplicaSet web exists
       ○ Three Pods are Ready
        ↑ ↓ PgUp PgDn scroll  Esc back  typing goes to the terminal  Ctrl-] commands
       ReplicaSet 1/2 ✓1/2                        ● 3/3 nodes │ 09:00:00 │ saved │ en "
    `);
  });
  test('checks at 120x40, ascii', () => {
    expect(
      plain('checks', 120, 40, { ...variant, ascii: true })
        .split('\n')
        .slice(0, 16)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      " ReplicaSet                            Step 1/2 |
       ---------------------------------------------- |
       Check                                          |
                                                      |
       1 of 3 passed                                  |
                                                      |
       x web                                          |
         expected  3                                  |
         actual    0                                  |
         why       no Pods                            |
                                                      |
       + rs                                           |
                                                      |
       ? x: cannot judge yet                          |
                                                      |
       Ctrl-] d: back to the lesson                   |"
    `);
  });
  test('hints and a question, in Korean', () => {
    const ko: Variant = { ...variant, language: 'ko' };
    expect(plain('hints', 80, 24, ko).split('\n').slice(0, 10).join('\n')).toMatchInlineSnapshot(`
      " 레플리카셋                                                            단계 1/2
       ──────────────────────────────────────────────────────────────────────────────
       힌트

       힌트 1/2
       kubectl create --help를 보세요.

       Ctrl-] h: 다음 힌트 (1개 남음)

       Ctrl-] d: 본문으로"
    `);
    expect(plain('confirm', 80, 24, ko).split('\n').slice(6, 16).join('\n')).toMatchInlineSnapshot(`
      "
              ╭──────────────────────────────────────────────────────────────╮
              │                                                              │
              │ 레슨 전체를 처음으로 되돌릴까요? 지금까지 한 작업이 모두     │
              │ 취소됩니다.                                                  │
              │                                                              │
              │ y 예   n 아니요                                              │
              ╰──────────────────────────────────────────────────────────────╯

      "
    `);
  });
  test('the way of a request at 80x24, and in the narrow pane', () => {
    expect(plain('way', 80, 24)).toMatchInlineSnapshot(`
      " ReplicaSet                                                            Step 1/2
       ──────────────────────────────────────────────────────────────────────────────
       The way of a request

       Pod default/box → Service default/web:80

       ● Pod default/box
       │ • web is 10.103.35.29
       │ ▸ sends it from 10.244.1.2
       │ → eth0 → vethdbcf2f34 → bridge cni0 of node01
       ● node node01
       │ ⇄ Service default/web: 10.103.35.29:80 → 10.244.2.2:80 (Pod default/web)
       │ • route: 10.244.2.0/24 via 192.168.64.12 dev eth0
       │ ✗ NetworkPolicy default/deny-out denies it (egress)
       ✗ timeout: NetworkPolicy default/deny-out on node node01 does not let it pass

       It is looked at again as the cluster changes; nothing is sent. Ctrl-] w:
       another way

       Ctrl-] d: back to the lesson


        ↑ ↓ PgUp PgDn scroll  Esc back  typing goes to the terminal  Ctrl-] commands
       ReplicaSet 1/2 ✓1/2                        ● 3/3 nodes │ 09:00:00 │ saved │ en "
    `);
    const narrow = plain('way', 97, 30, { ...variant, ascii: true });
    expect(
      narrow
        .split('\n')
        .map((line) => line.slice(0, 40).trimEnd())
        .join('\n'),
    ).toMatchInlineSnapshot(`
      " ReplicaSet                Step 1/2 |
       ---------------------------------- |
       The way of a request               |
                                          |
       Pod default/box -> Service         |
       default/web:80                     |
                                          |
       * Pod default/box                  |
       | * web is 10.103.35.29            |
       | > sends it from 10.244.1.2       |
       | > eth0 -> vethdbcf2f34 -> bridge |
       |   cni0 of node01                 |
       * node node01                      |
       | = Service default/web:           |
       |   10.103.35.29:80 ->             |
       |   10.244.2.2:80 (Pod             |
       |   default/web)                   |
       | * route: 10.244.2.0/24 via       |
       |   192.168.64.12 dev eth0         |
       | x NetworkPolicy default/deny-out |
       |   denies it (egress)             |
       x timeout: NetworkPolicy           |
         default/deny-out on node node01  |
         does not let it pass             |
                                          |
       It is looked at again as the       |
       cluster changes; nothing is sent.  |
       ------------------------ v more -- |
       Ctrl-] +  c check  h hint  n next  Spac
       ReplicaSet 1/2 +1/2"
    `);
  });
  test('several clusters on the map', () => {
    const lines = plain('maps of several clusters', 120, 40).split('\n');
    expect(
      lines.filter((line) => line.includes('Cluster')).map((line) => line.slice(0, 40).trimEnd()),
    ).toMatchInlineSnapshot(`
      [
        " Cluster minikube ──────────────────────",
        " shop/empty ClusterIP 10.96.1.2 80",
        " Cluster prod ──────────────────────────",
      ]
    `);
  });
  test('list at 80x24', () => {
    expect(plain('list', 80, 24).split('\n').slice(0, 7).join('\n')).toMatchInlineSnapshot(`
      " kubetutor  Lessons
       Type to search; Enter opens.
       Search: 
      ────────────────────────────────────────────────────────────────────────────────
       ▸ ◐ ReplicaSet                           started        1/2 steps    30–45 min
         ○ Deployment rollback                  new            0/8 steps    45–60 min
      "
    `);
  });
  test('status bar leaves out what matters least', () => {
    expect(plain('lesson', 120, 40).split('\n').at(-1)).toMatchInlineSnapshot(
      `" ReplicaSet 1/2 ✓1/2                                                                ● 3/3 nodes │ 09:00:00 │ saved │ en "`,
    );
    expect(plain('lesson', 44, 20).split('\n').at(-1)).toMatchInlineSnapshot(
      `" ReplicaSet 1/2 ✓1/2       09:00:00 │ saved "`,
    );
  });
  test('prompt, progress, solution', () => {
    for (const name of ['prompt', 'busy', 'solution']) expect(plain(name, 100, 20)).toMatchSnapshot();
  });
});
