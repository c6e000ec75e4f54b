// Plays the project's own copy of the recordings and prints the comparer's score:
//   npm run conformance [-- FILTER] [--show N] [--floor FILE]
// With --floor, the exit status is 1 when a folder's score is below what FILE asks for.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { play, type Scenario, worldOf } from './player.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args.splice(index, 2)[1];
};
const show = option('--show') ?? '0';
const floorFile = option('--floor');
const filter = args[0] ?? '';
const golden = path.resolve('test/conformance/golden');
const out = mkdtempSync(path.join(tmpdir(), 'kubetutor-conformance-'));
const jsonFile = path.join(out, 'score.json');

let faults = 0;
for (const folder of readdirSync(golden).sort()) {
  for (const name of readdirSync(path.join(golden, folder)).sort()) {
    const relative = `${folder}/${name}`;
    if (!relative.startsWith(filter)) continue;
    const scenario = parse(readFileSync(path.join(golden, relative), 'utf8')) as Scenario;
    const { steps, built } = play(worldOf(folder), scenario);
    for (const fault of built.world.faults) {
      faults++;
      console.error(
        `${relative}: fault in ${fault.program}: ${fault.error instanceof Error ? fault.error.stack : String(fault.error)}`,
      );
    }
    mkdirSync(path.join(out, folder), { recursive: true });
    writeFileSync(path.join(out, relative), stringify({ ...scenario, steps }, { lineWidth: 0 }));
  }
}
spawnSync(
  process.execPath,
  ['test/conformance/compare.mjs', golden, out, '--show', show, '--json', jsonFile, ...(filter === '' ? [] : [filter])],
  {
    stdio: 'inherit',
  },
);

interface Report {
  readonly report: readonly { readonly scenario: string; readonly steps: number; readonly same: number }[];
}
const { report } = JSON.parse(readFileSync(jsonFile, 'utf8')) as Report;
const sums = new Map<string, { steps: number; same: number }>();
for (const { scenario, steps, same } of report) {
  const folder = scenario.split('/')[0] ?? '';
  const sum = sums.get(folder) ?? { steps: 0, same: 0 };
  sums.set(folder, { steps: sum.steps + steps, same: sum.same + same });
}
let below = 0;
const floor: Record<string, number> = floorFile ? JSON.parse(readFileSync(floorFile, 'utf8')) : {};
for (const [folder, { steps, same }] of sums) {
  const percent = (100 * same) / Math.max(1, steps);
  const wanted = floor[folder] ?? 0;
  if (percent < wanted) below++;
  console.log(`${folder}: ${same} of ${steps} (${percent.toFixed(1)} %)${wanted > 0 ? `, floor ${wanted} %` : ''}`);
}
if (faults > 0) console.log(`${faults} faults: a program of the world ended by an exception`);
rmSync(out, { recursive: true, force: true });
if (below > 0) process.exitCode = 1;
