import { describe, expect, test } from 'vitest';
import type { BuiltWorld } from '../../src/course/world-source.ts';
import { encode } from '../../src/world/bytes.ts';
import { DEMO, enter, lessonOf, makeSession, pass, screen, step } from './support.ts';

const podNames = (built: BuiltWorld) => built.clusters[0]?.list('Pod').map((object) => object.metadata.name) ?? [];

describe('Session', () => {
  test('types into the shell of the world', () => {
    const session = makeSession();
    enter(session, 'echo hello');
    expect(screen(session)).toBe('$ echo hello\nhello\n$ ');
  });

  test('time passes only with pump', () => {
    const session = makeSession();
    const start = session.now;
    session.pump(250, 1000);
    expect(session.now).toBe(start + 250);
  });

  test('a step is being prepared until its setup has run', () => {
    const slow = step('slow', [], { setup: [{ run: 'sleep 1\n'.repeat(50) }] });
    const session = makeSession(lessonOf(step('first', []), slow));
    expect(session.run?.preparing).toBe(false);
    session.action({ action: 'next', force: true });
    session.pump(0, 0);
    expect(session.run).toMatchObject({ preparing: true, at: 1 });
    session.finish();
    expect(session.run).toMatchObject({ preparing: false, at: 1 });
  });

  test('undo takes back the last line', () => {
    const session = makeSession();
    enter(session, 'pod a');
    const before = session.world.hash();
    enter(session, 'pod b');
    expect(session.undo()).toBe(true);
    expect(session.built.clusters[0]?.list('Pod').length).toBe(1);
    expect(session.world.hash()).toBe(before);
    expect(session.undo()).toBe(true);
    expect(session.undo()).toBe(false);
    expect(session.built.clusters[0]?.list('Pod').length).toBe(0);
  });

  test('`tutor undo` takes back the line before it', () => {
    const session = makeSession();
    enter(session, 'pod a');
    enter(session, 'pod b');
    enter(session, 'tutor undo');
    expect(session.built.clusters[0]?.list('Pod').map((object) => object.metadata.name)).toEqual(['a']);
    expect(session.journalled.length).toBe(1);
  });

  test('undo can be done in slices', () => {
    const session = makeSession(undefined, true);
    for (let i = 0; i < 100; i++) enter(session, `pod p${i}`);
    const before = session.world.hash();
    enter(session, 'pod last');
    let told = 0;
    session.listen({ rebuilt: () => told++ });
    session.undo();
    expect(session.replayed).toBe(0);
    let slices = 0;
    while (session.replayed !== undefined && slices < 1000) {
      session.pump(10, 0);
      slices++;
    }
    expect(slices).toBeGreaterThan(3);
    expect(told).toBe(1);
    expect(session.busy).toBe(false);
    expect(session.built.clusters[0]?.list('Pod').length).toBe(100);
    expect(session.world.hash()).toBe(before);
  });

  test('`tutor time` jumps', () => {
    const session = makeSession();
    const start = session.now;
    enter(session, 'tutor time +10m', 0);
    session.pump(10, 1000);
    expect(session.now).toBeGreaterThanOrEqual(start + 600_000);
    expect(session.jumping).toBe(0);
    pass(session, 100);
    expect(screen(session)).toContain('10m have passed');
  });

  test('a jump goes on in slices', () => {
    let time = 0;
    const session = makeSession();
    session.action({ action: 'forward', ms: 60_000 });
    const start = session.now;
    while (!session.pump(1, 1) && time < 1000) time++;
    expect(session.now).toBeGreaterThanOrEqual(start + 60_000);
  });

  test('Ctrl-C reaches a sleeping program', () => {
    const session = makeSession();
    enter(session, 'sleep 1000');
    session.input(encode('\x03'));
    pass(session, 50);
    expect(screen(session)).toMatch(/\^C\$ $/);
  });

  test('a new shell comes when the old one ends', () => {
    const session = makeSession();
    pass(session, 2000);
    enter(session, 'exit 0');
    enter(session, 'echo again');
    expect(screen(session)).toContain('again');
  });
});

describe('a lesson', () => {
  test('is judged, explained and finished', () => {
    const session = makeSession(DEMO);
    expect(session.look()?.passed).toBe(false);
    enter(session, 'tutor check');
    expect(screen(session)).toContain('✗\x1b[0m check there');
    expect(screen(session)).toContain('why: there is no Pod in namespace default');
    enter(session, 'pod web-1');
    expect(session.look()?.passed).toBe(true);
    expect(session.run?.finishedSteps).toEqual([]);
    enter(session, 'tutor check');
    expect(session.run?.finishedSteps).toEqual(['pod']);
    enter(session, 'tutor next');
    expect(session.run?.step?.id).toBe('file');
    expect(session.built.clusters[0]?.get('Pod', 'default', 'extra-1')).toBeDefined();
    session.saveFile('/root/a', encode('done\n'));
    session.action({ action: 'check' });
    session.finish();
    expect(session.run?.done).toBe(true);
  });

  test('does not go on unless forced', () => {
    const session = makeSession(DEMO);
    session.action({ action: 'next', force: false });
    session.finish();
    expect(session.run?.step?.id).toBe('pod');
    session.action({ action: 'next', force: true });
    session.finish();
    expect(session.run?.step?.id).toBe('file');
    expect(session.run?.finishedSteps).toEqual([]);
  });

  test('a skipped step has its solution played from its start, and stays open', () => {
    const session = makeSession(DEMO);
    enter(session, 'pod mine');
    session.skip();
    session.finish();
    expect(session.run?.step?.id).toBe('file');
    expect(podNames(session.built)).toEqual(['web-1', 'extra-1']);
    expect(session.run?.finishedSteps).toEqual([]);
    expect(session.run?.states[0]).toMatchObject({ skipped: true, solutionShown: true });
    expect(session.undo()).toBe(true);
    expect(session.run?.step?.id).toBe('pod');
    expect(podNames(session.built)).toEqual([]);
  });

  test('what a skipped step is worth is judged before its solution is played', () => {
    const session = makeSession(DEMO);
    const { run } = session;
    const seen: string[] = [];
    if (run) {
      run.observer = {
        entered: (id) => seen.push(`entered ${id}`),
        judged: () => seen.push('judged'),
        leaving: ({ built }) => seen.push(`leaving with ${podNames(built).length} Pods`),
        solving: (id) => seen.push(`solving ${id}`),
        close: () => {},
      };
    }
    session.action({ action: 'skip' });
    session.finish();
    expect(seen).toEqual(['leaving with 0 Pods', 'solving pod', 'entered file']);
    expect(run?.reports.size).toBe(0);
  });

  test('`tutor skip` asks before', () => {
    const session = makeSession(DEMO);
    enter(session, 'tutor next');
    expect(screen(session)).toContain('`tutor skip`');
    enter(session, 'tutor skip');
    expect(screen(session)).toContain('tutor skip --yes');
    expect(session.run?.step?.id).toBe('pod');
    enter(session, 'tutor skip --yes');
    session.finish();
    expect(session.run?.step?.id).toBe('file');
    enter(session, 'tutor skip --yes');
    session.finish();
    expect(screen(session)).toContain('This is the last step.');
    expect(session.run?.finishedSteps).toEqual([]);
  });

  test('a skip can be done in slices and is replayed', () => {
    const session = makeSession(DEMO, true);
    enter(session, 'pod mine');
    session.skip();
    for (let slices = 0; session.busy && slices < 1000; slices++) session.pump(10, 0);
    expect(session.run?.step?.id).toBe('file');
    const again = makeSession(DEMO);
    for (const input of session.journalled.slice(1)) if (input.kind === 'action') again.action(input);
    again.finish();
    expect(podNames(again.built)).toEqual(podNames(session.built));
  });

  test('a finished step is not played again', () => {
    const session = makeSession(DEMO);
    enter(session, 'pod web-1');
    enter(session, 'tutor check');
    enter(session, 'rmpod web-1');
    session.skip();
    session.finish();
    expect(podNames(session.built)).toEqual(['extra-1']);
    expect(session.run?.states[0]).toMatchObject({ finished: true, skipped: false });
  });

  test('reset goes back to the start of the step', () => {
    const session = makeSession(DEMO);
    enter(session, 'pod web-1');
    enter(session, 'tutor next');
    const start = session.world.hash();
    enter(session, 'write /root/a wrong');
    enter(session, 'rmpod web-1');
    session.resetStep();
    expect(session.world.hash()).toBe(start);
    enter(session, 'rmpod web-1');
    enter(session, 'tutor reset --yes');
    expect(session.built.clusters[0]?.list('Pod').length).toBe(2);
    expect(session.run?.step?.id).toBe('file');
    session.resetLesson();
    session.finish();
    expect(session.run?.step?.id).toBe('pod');
    expect(session.built.clusters[0]?.list('Pod').length).toBe(0);
  });

  test('begins at a later step with the solutions played', () => {
    const session = makeSession();
    expect(session.run).toBeUndefined();
    const lesson = makeSession(DEMO);
    lesson.action({ action: 'begin', step: 'file', finished: ['pod'] });
    lesson.finish();
    expect(lesson.built.clusters[0]?.list('Pod').map((object) => object.metadata.name)).toEqual(['web-1', 'extra-1']);
    expect(lesson.run?.finishedSteps).toEqual(['pod']);
  });

  test('hints come one by one, the solution after a confirmation', () => {
    const session = makeSession(DEMO);
    enter(session, 'tutor hint');
    enter(session, 'tutor hint');
    enter(session, 'tutor hint');
    expect(screen(session)).toContain('Hint 1 of 2: think\n');
    expect(screen(session)).toContain('Hint 2 of 2: think more\nThere are no more hints.\n');
    enter(session, 'tutor solution');
    expect(screen(session)).toContain('--yes');
    enter(session, 'tutor solution --yes');
    expect(screen(session)).toContain('  pod web-1\n');
  });
});
