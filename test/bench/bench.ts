// Measures, side by side in one run:   npm run bench [-- PART...]
// The yardstick tells how fast the machine is just then: figures of two runs compare as their yardsticks do.
// Ratios are against bare `node`; CPU times are of this process, the median of several rounds.
import { tuneEngine } from '../../src/cli/engine.ts';
import { boots, gets, replicas } from './cluster.ts';
import { memory, replay } from './course.ts';
import { row, yardstick } from './measure.ts';
import { httpRequests, reconcileOne, requests } from './services.ts';
import { coldStart, firstFrame } from './start.ts';

const PARTS: Readonly<Record<string, () => void | Promise<void>>> = {
  start: coldStart,
  frame: firstFrame,
  boot: boots,
  replicas: () => replicas(100, '150 ms'),
  'many-replicas': () => replicas(1000, '2000 ms'),
  gets,
  'service-change': reconcileOne,
  'service-connections': requests,
  'service-requests': httpRequests,
  replay,
  memory,
};

// The engine is set as for the command: CPU time of its compiler counts here, too.
tuneEngine();

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exitCode = 2;
} else {
  const tell = (when: string) =>
    row(`yardstick, ${when}: 400,000 entries of a map`, `${yardstick().toFixed(0)} ms CPU`, '-');
  tell('before');
  for (const [name, part] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await part();
  tell('after');
}
