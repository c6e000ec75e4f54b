import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { Session } from '../../src/course/session.ts';
import { encode } from '../../src/world/bytes.ts';

const HEADER = { version: 'test', world: 'bare', seed: 'same', language: 'en', created: 0 } as const;

/** Things that a learner types; some never end, some make chance speak. */
const LINES = [
  'kubectl create deployment web --image=nginx --replicas=3\r',
  'kubectl get pods\r',
  'kubectl delete pod --all --wait=false\r',
  'echo $RANDOM $$ $(date)\r',
  'sleep 1000\r',
  '\x03',
  'yes | head -c 20000 | md5sum\r',
  'for i in 1 2 3; do kubectl scale deployment web --replicas=$i; done &\r',
  'vi x\r',
  'ihello\x1b:wq\r',
  '한글',
  '\x7f\x7f',
  '\t\t',
  '\r',
];

interface Typed {
  readonly line: string;
  /** Virtual ms that pass behind it. */
  readonly pause: number;
}

/** Plays inputs at the same virtual times; `slices` says in how many pieces each pause is computed. */
function play(inputs: readonly Typed[], slices: () => number): string {
  let clock = 0;
  const session = new Session({
    source: scenarioSource,
    header: HEADER,
    lesson: undefined,
    journal: undefined,
    clock: () => clock++,
  });
  for (const { line, pause } of inputs) {
    session.input(encode(line));
    const count = slices();
    for (let piece = 0; piece < count; piece++) while (!session.pump(pause / count, 1000)) {}
  }
  const hash = session.world.hash();
  session.close();
  return hash;
}

test('the same inputs lead to the same world, however fast the host computes it', () => {
  const input = fc.record({ line: fc.constantFrom(...LINES), pause: fc.constantFrom(64, 512, 4096) });
  fc.assert(
    fc.property(
      fc.array(input, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.constantFrom(1, 2, 4, 8)),
      (inputs, slices) => {
        expect(play(inputs, () => slices.next().value)).toBe(play(inputs, () => 1));
      },
    ),
    { numRuns: 12, seed: 7 },
  );
});
