import { expect, test } from 'vitest';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { Session } from '../../src/course/session.ts';
import type { WorldSource } from '../../src/course/world-source.ts';
import { enter, HEADER, lessonOf, pass, screen, step } from './support.ts';

const LESSON = { ...lessonOf(step('one', []), step('two', [])), world: 'kubeadm' };

function session(prepares: boolean) {
  let time = 0;
  let built = 0;
  const source: WorldSource = {
    names: scenarioSource.names,
    load: async () => {},
    build: (name, seed) => {
      built++;
      return scenarioSource.build(name, seed);
    },
  };
  const made = new Session({
    source,
    header: { ...HEADER, world: 'kubeadm' },
    lesson: LESSON,
    journal: undefined,
    sliced: true,
    clock: () => time++,
  });
  made.action({ action: 'begin', step: 'one', finished: [] });
  made.finish();
  return {
    session: made,
    built: () => built,
    /** Idle time in small pieces, as the TUI gives it. */
    idle() {
      for (let i = 0; prepares && i < 100_000 && made.prepare(100, 50); i++);
    },
  };
}

test('going back takes the stage that stands by, which is the one that a replay gives', () => {
  const worlds = [true, false].map((prepares) => {
    const { session: played, idle, built } = session(prepares);
    enter(played, 'kubectl create deployment web --image=nginx --replicas=3', 5000);
    played.action({ action: 'forward', ms: 420_000 });
    while (played.jumping > 0) pass(played, 1000);
    pass(played, 1000);
    const seen: string[] = [];
    const see = () => seen.push(`${played.now} ${played.world.loop.count} ${screen(played)}`);
    const lines = [
      'kubectl get pods',
      'echo $RANDOM $$ > x',
      'kubectl delete pod --all --wait=false',
      'date +%N',
      'ls',
    ];
    for (const line of lines) {
      enter(played, line, 1500);
      idle();
    }
    const before = built();
    played.undo();
    played.finish();
    see();
    const undone = built() - before;
    idle();
    enter(played, 'echo again', 700);
    // As the program in the shell asks: its own line and the one before.
    enter(played, 'tutor undo', 700);
    played.finish();
    see();
    idle();
    played.action({ action: 'next', force: true });
    played.finish();
    for (const line of lines) enter(played, line, 900);
    idle();
    const rebuilt = built();
    played.resetStep();
    played.finish();
    seen.push(played.world.hash());
    const reset = built() - rebuilt;
    played.close();
    return { seen, undone, reset };
  });
  expect(worlds.map(({ undone, reset }) => [undone, reset])).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(worlds[0]?.seen).toEqual(worlds[1]?.seen);
});

test('a world that is played again quickly is not kept twice', () => {
  const { session: played, idle, built } = session(true);
  enter(played, 'kubectl get nodes', 2000);
  idle();
  expect(built()).toBe(1);
  played.close();
});
