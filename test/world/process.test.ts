import { expect, it } from 'vitest';
import { Errno } from '../../src/world/errno.ts';
import { makePipe } from '../../src/world/pipe.ts';
import { shellStatus } from '../../src/world/process.ts';
import { makeWorld, run } from './support.ts';

it('streams through a pipe and ends the writer with SIGPIPE', () => {
  const { machine } = makeWorld();
  const { process, out } = run(machine, function* (p) {
    const { reader, writer } = makePipe();
    const yes = p.spawn({
      argv: ['yes'],
      files: new Map([[1, writer]]),
      *main(q) {
        for (;;) yield* q.write(1, 'y\n'.repeat(4096));
      },
    });
    const head = p.spawn({
      argv: ['head'],
      files: new Map([
        [0, reader],
        [1, p.file(1)],
      ]),
      *main(q) {
        const bytes = yield* q.read(0, 4);
        yield* q.write(1, bytes);
        return 0;
      },
    });
    yield* p.waitFor(head);
    const status = yield* p.waitFor(yes);
    return shellStatus(status);
  });
  expect(out).toBe('y\ny\n');
  expect(process.ended).toEqual({ kind: 'exited', code: 141 });
});

it('keeps a tight loop interruptible and lets time pass', () => {
  const { world, machine } = makeWorld();
  const loop = machine.spawn({
    argv: ['loop'],
    *main(p) {
      for (;;) yield* p.cpu(0.02);
    },
  });
  world.loop.runUntil(world.now + 100);
  expect(loop.ended).toBeUndefined();
  loop.signal('INT');
  expect(loop.ended).toEqual({ kind: 'killed', signal: 'INT' });
});

it('ends a wait with EINTR when a handler wants it', () => {
  const { world, machine } = makeWorld();
  const seen: string[] = [];
  const sleeper = machine.spawn({
    argv: ['sleep'],
    *main(p) {
      p.onSignal('USR1', { handle: (signal) => seen.push(signal), interrupt: true });
      try {
        yield* p.sleep(10_000);
      } catch (error) {
        if (error instanceof Errno) seen.push(error.code);
      }
      return 7;
    },
  });
  world.loop.runUntil(world.now + 10);
  sleeper.signal('USR1');
  world.loop.runUntil(world.now + 10);
  expect(seen).toEqual(['USR1', 'EINTR']);
  expect(sleeper.ended).toEqual({ kind: 'exited', code: 7 });
});

it('stops and continues', () => {
  const { world, machine } = makeWorld();
  const child = machine.spawn({
    argv: ['work'],
    *main(p) {
      yield* p.sleep(10);
      return 0;
    },
  });
  world.loop.runUntil(world.now + 5);
  child.signal('TSTP');
  world.loop.runUntil(world.now + 50);
  expect(child.stopped).toBe('TSTP');
  expect(child.ended).toBeUndefined();
  child.signal('CONT');
  world.loop.runUntil(world.now + 50);
  expect(child.ended).toEqual({ kind: 'exited', code: 0 });
});

it('refuses a fork bomb with EAGAIN', () => {
  const { machine } = makeWorld();
  let refused = 0;
  run(machine, function* bomb(p): ReturnType<import('../../src/world/process.ts').Main> {
    for (let i = 0; i < 2; i++) {
      try {
        p.spawn({ argv: [':'], main: bomb });
      } catch (error) {
        if (error instanceof Errno && error.code === 'EAGAIN') refused++;
      }
    }
    yield* p.sleep(1000);
    return 0;
  });
  expect(refused).toBeGreaterThan(0);
});
