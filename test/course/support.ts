import type { Check, Lesson, Step } from '../../src/course/lesson/lesson.ts';
import { Session } from '../../src/course/session.ts';
import { plain } from '../../src/course/text.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { fakeSource } from './fake-world.ts';

export const HEADER = { version: 'test', world: 'fake', seed: 's', language: 'en', created: 0 } as const;

export function check(id: string, about: Partial<Check>): Check {
  return { id, title: plain(`check ${id}`), points: 1, needs: [], ...about };
}

export function step(id: string, checks: readonly Check[], more: Partial<Step> = {}): Step {
  return {
    id,
    title: plain(id),
    text: plain(`Do ${id}.`),
    setup: [],
    symptoms: [],
    checks,
    hints: [],
    par: 60,
    solutions: [],
    nearMisses: [],
    ...more,
  };
}

export function lessonOf(...steps: Step[]): Lesson {
  return {
    id: 'demo',
    version: 1,
    title: plain('Demo'),
    summary: plain('A demo.'),
    world: 'fake',
    seed: 's',
    minutes: [1, 2],
    prerequisites: [],
    steps,
  };
}

/** Two steps: a Pod `web`, then a file. */
export const DEMO = lessonOf(
  step('pod', [check('there', { object: { kind: 'Pod', name: 'web-1' } })], {
    hints: [plain('think'), plain('think more')],
    solutions: ['pod web-1'],
  }),
  step('file', [check('written', { file: { path: '/root/a', contains: 'done' } })], {
    setup: [{ run: 'pod extra-1' }],
    solutions: ['write /root/a done'],
  }),
);

export function makeSession(lesson: Lesson | undefined = undefined, sliced = false): Session {
  let time = 0;
  const session = new Session({
    source: fakeSource,
    header: HEADER,
    lesson,
    journal: undefined,
    sliced,
    clock: () => time++,
  });
  const first = lesson?.steps[0];
  if (first) session.action({ action: 'begin', step: first.id, finished: [] });
  session.finish();
  return session;
}

/** Types a line and lets time pass. */
export function enter(session: Session, line: string, wait = 1000): void {
  session.input(encode(`${line}\r`));
  pass(session, wait);
}

export function pass(session: Session, ms: number): void {
  const until = session.now + ms;
  for (let i = 0; i < 10_000 && session.now < until; i++) session.pump(Math.min(100, until - session.now), 1000);
}

export function screen(session: Session): string {
  return decode(session.screen).replaceAll('\r', '');
}
