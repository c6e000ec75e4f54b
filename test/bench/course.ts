import { type Input, recordChange } from '../../src/course/input.ts';
import type { JournalContent } from '../../src/course/journal.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { Session } from '../../src/course/session.ts';
import { encode } from '../../src/world/bytes.ts';
import { cpu, median, row } from './measure.ts';

const INPUTS = 2000;
const HEADER = { version: 'bench', world: 'kubeadm', seed: 'bench', language: 'en', created: 0 } as const;
/** What a learner types, over and over, a line every 3 s. */
const LINES = [
  'kubectl get pods',
  'kubectl get nodes -o wide',
  'ls -la',
  'kubectl describe node node01 | head',
  'echo hi',
];

function open(content?: JournalContent): Session {
  return new Session({
    source: scenarioSource,
    header: HEADER,
    lesson: undefined,
    journal: undefined,
    clock: () => performance.now(),
    ...(content && { content }),
  });
}

/** A journal of lines, each typed and then entered, as a terminal gives them. */
function journal(start: number): JournalContent {
  const entries = Array.from({ length: INPUTS }, (_, index) => {
    const line = LINES[Math.floor(index / 2) % LINES.length] ?? '';
    const bytes = encode(index % 2 === 0 ? line : '\r');
    const input: Input = recordChange(start + 1000 + index * 1500, { kind: 'type', bytes });
    return { kind: 'input', input } as const;
  });
  return { header: HEADER, entries, goodBytes: 0, digest: '', message: undefined };
}

export function replay(): void {
  const content = journal(open().now);
  const times = Array.from({ length: 3 }, () => cpu(() => void open(content)));
  row(`replay of a journal of ${INPUTS.toLocaleString('en')} inputs`, `${median(times).toFixed(0)} ms CPU`, '3000 ms');
}

export function memory(): void {
  const session = open();
  globalThis.gc?.();
  const { rss } = process.memoryUsage();
  row(`resident memory with a world of ${session.world.machines.size} machines`, `${(rss / 1e6).toFixed(0)} MB`, '-');
}
