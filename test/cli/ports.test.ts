import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { HostCoursePort } from '../../src/cli/ports/course-port.ts';
import { libraryOf } from '../../src/course/library.ts';
import { Progress } from '../../src/course/progress.ts';
import { MemoryStorage } from '../../src/course/storage/memory-storage.ts';
import type { ActionResult, SessionAction, SessionEvent, SessionPort } from '../../src/tui/port.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { fakeSource } from '../course/fake-world.ts';
import { DEMO } from '../course/support.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'kubetutor-ports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function makeCourse(storage = new MemoryStorage()) {
  const progress = new Progress(path.join(folder, String(count++)));
  return new HostCoursePort({
    library: libraryOf([DEMO]),
    progress,
    storage,
    source: async () => fakeSource,
    language: 'en',
  });
}

async function perform(port: SessionPort, action: SessionAction): Promise<ActionResult> {
  let result: ActionResult | undefined;
  const promise = port.perform(action).then((value) => {
    result = value;
  });
  for (let i = 0; i < 1000 && !result; i++) {
    port.pump();
    await Promise.resolve();
  }
  await promise;
  if (!result) throw new Error('no answer');
  return result;
}

const screenOf = (port: SessionPort) =>
  port.terminal
    .replayScreen()
    .map(({ bytes }) => decode(bytes))
    .join('');

async function settle(port: SessionPort, done: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !done(); i++) {
    port.pump();
    await new Promise((resume) => setTimeout(resume, 5));
  }
  expect(done()).toBe(true);
}

test('a lesson from the list to its end', async () => {
  const course = makeCourse();
  expect(course.lastLesson).toBeUndefined();
  expect(course.lessons()).toMatchObject([{ id: 'demo', steps: 2, stepsDone: 0, state: 'new' }]);
  const port = await course.open('demo');
  const events: SessionEvent['type'][] = [];
  port.subscribe((event) => events.push(event.type));
  await settle(port, () => screenOf(port).includes('$'));
  expect(port.lesson).toMatchObject({ current: 0, objectives: [{ state: 'open' }], hints: { shown: [], total: 2 } });
  expect(await perform(port, { name: 'check' })).toMatchObject({
    ok: false,
    checks: [{ result: 'failed', actual: 'not there' }],
  });
  expect(port.lesson.objectives[0]?.state).toBe('failed');
  expect(await perform(port, { name: 'next' })).toMatchObject({ ok: false });
  await perform(port, { name: 'hint' });
  expect(port.lesson.hints.shown).toEqual(['think']);
  expect(await perform(port, { name: 'solution' })).toMatchObject({ solution: '```bash\npod web-1\n```' });
  port.terminal.write(encode('pod web-1\r'));
  await settle(port, () => port.lesson.objectives[0]?.state === 'met');
  expect(events).toContain('changed');
  expect(await perform(port, { name: 'next' })).toMatchObject({ ok: true });
  expect(port.lesson).toMatchObject({ current: 1, steps: [{ done: true }, { done: false }] });
  const edit = port.editFile('~/a');
  expect(edit).toMatchObject({ path: '/root/a', text: '' });
  expect(edit.save('done\n')).toEqual({ ok: true });
  expect(() => port.editFile('/root')).toThrow('/root: Is a directory');
  expect(port.editFile('/no/such').save('x')).toMatchObject({
    ok: false,
    message: expect.stringContaining('No such file'),
  });
  expect(await perform(port, { name: 'check' })).toMatchObject({ ok: true });
  expect(course.lessons()).toMatchObject([{ stepsDone: 2, state: 'finished' }]);
  expect(port.journal).toEqual({ saved: true });
  port.close();
  expect(course.lastLesson).toBe('demo');
});

test('undo, reset and jumps of time', async () => {
  const course = makeCourse();
  const port = await course.open('demo');
  const events: SessionEvent['type'][] = [];
  port.subscribe((event) => events.push(event.type));
  expect(await perform(port, { name: 'undo' })).toMatchObject({ ok: false });
  port.terminal.write(encode('pod web-1\r'));
  await settle(port, () => port.lesson.objectives[0]?.state === 'met');
  expect(await perform(port, { name: 'undo' })).toEqual({ ok: true });
  expect(events).toContain('terminal-reset');
  expect(port.lesson.objectives[0]?.state).toBe('open');
  const before = port.clock.now;
  expect(await perform(port, { name: 'fast-forward', ms: 600_000 })).toEqual({ ok: true });
  expect(port.clock.now).toBeGreaterThanOrEqual(before + 600_000);
  expect(port.busy).toBeUndefined();
  await perform(port, { name: 'reset-step' });
  expect(port.clock.now).toBeLessThan(before + 600_000);
  port.close();
});

test('languages switch while a lesson runs, and nothing is lost by it', async () => {
  const storage = new MemoryStorage();
  const course = makeCourse(storage);
  const port = await course.open('demo');
  course.language = 'ko';
  port.terminal.write(encode('tutor status\r'));
  await settle(port, () => screenOf(port).includes('2단계 중 0단계 완료'));
  await expect(course.open('demo')).rejects.toThrow('다른 kubetutor');
  port.close();
  const again = await makeCourse(storage).open('demo');
  expect(screenOf(again)).toContain('2단계 중 0단계 완료');
  again.close();
});

test('what is wrong is told plainly', async () => {
  await expect(makeCourse().open('nope')).rejects.toThrow('There is no lesson nope');
  const storage = new MemoryStorage();
  storage.files.set('journals/demo.jsonl', encode('rubbish\n'));
  await expect(makeCourse(storage).open('demo')).rejects.toThrow(
    'This is not a journal of kubetutor. Start over with --fresh',
  );
});

test('a step that is not done is skipped with its solution played', async () => {
  const course = makeCourse();
  const port = await course.open('demo');
  port.terminal.write(encode('pod mine\r'));
  expect(await perform(port, { name: 'next' })).toMatchObject({ ok: false });
  expect(port.lesson.hasSolution).toBe(true);
  const skipped = await perform(port, { name: 'skip' });
  expect(skipped.ok).toBe(true);
  expect(skipped.message).toContain('its solution was played');
  expect(port.lesson).toMatchObject({ current: 1, steps: [{ done: false }, { done: false }] });
  expect(await perform(port, { name: 'skip' })).toEqual({ ok: false, message: 'This is the last step.' });
  port.close();
});
