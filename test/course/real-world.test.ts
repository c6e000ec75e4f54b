import { describe, expect, test } from 'vitest';
import { readJournal } from '../../src/course/journal.ts';
import { openSession } from '../../src/course/open-session.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { Session } from '../../src/course/session.ts';
import { MemoryStorage } from '../../src/course/storage/memory-storage.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { check, enter, lessonOf, pass, step } from './support.ts';

const LESSON = {
  ...lessonOf(
    step('one', [check('pods', { count: { kind: 'Pod', ready: true, gte: 2 } })], {
      solutions: ['kubectl create deployment web --image=nginx --replicas=2'],
    }),
    step('two', [check('gone', { object: { kind: 'Deployment', name: 'web', absent: true } })]),
  ),
  world: 'kubeadm',
};

const LINES = [
  'kubectl create deployment web --image=nginx --replicas=2',
  'kubectl get pods -o wide | head -n 2; echo $RANDOM $$ $SECONDS',
  'for i in 1 2 3; do date +%s.%N; sleep 0.3; done &',
  'kubectl get events -w',
  '\x03',
  'echo "a b" > x && cat x | tr a-z A-Z; ls -la --time-style=full-iso',
  'kubectl delete pod --all --wait=false',
  'tutor check',
  'history | tail -n 3',
];

describe('in a real world', () => {
  test('replay gives the same world, byte for byte', () => {
    const storage = new MemoryStorage();
    let time = 0;
    const { session } = openSession({
      source: scenarioSource,
      storage,
      lesson: LESSON,
      language: 'en',
      clock: () => time++,
      created: 0,
    });
    session.finish();
    LINES.forEach((line, index) => {
      for (const key of line) session.input(encode(key));
      enter(session, '', 700 + index * 137);
      if (index === 3) session.resize(101, 33);
    });
    session.undo();
    pass(session, 3333);
    session.input(encode('kubec\t'));
    const content = readJournal(storage.files.get('journals/demo.jsonl') ?? new Uint8Array(0));
    const again = new Session({
      source: scenarioSource,
      header: content?.header ?? session.header,
      lesson: LESSON,
      journal: undefined,
      clock: () => time++,
      ...(content ? { content } : {}),
    });
    expect(again.now).toBe(session.now);
    expect(decode(again.screen)).toBe(decode(session.screen));
    expect(again.world.hash()).toBe(session.world.hash());
    expect(session.world.faults.map((fault) => `${fault.program}: ${String(fault.error)}`)).toEqual([]);
  });

  test('a lesson begins at a later step', () => {
    let time = 0;
    const { session } = openSession({
      source: scenarioSource,
      storage: undefined,
      lesson: LESSON,
      step: 'two',
      language: 'en',
      clock: () => time++,
      created: 0,
    });
    session.finish();
    expect(session.run?.step?.id).toBe('two');
    expect(session.built.clusters[0]?.get('Deployment', 'default', 'web')).toBeDefined();
  });
});
