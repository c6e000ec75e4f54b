// Plays scenario or golden files and writes recordings of the same form:
//   npm run record -- --root DIR --out DIR FILE.yaml...
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { play, type Scenario, worldOf } from './player.ts';

const args = process.argv.slice(2);
const option = (name: string, fallback: string): string => {
  const index = args.indexOf(name);
  return index < 0 ? fallback : (args.splice(index, 2)[1] ?? fallback);
};
const root = path.resolve(option('--root', '.'));
const out = path.resolve(option('--out', '.conformance'));

for (const file of args) {
  const relative = path.relative(root, path.resolve(file));
  const scenario = parse(readFileSync(file, 'utf8')) as Scenario;
  const world = worldOf(relative.split(path.sep).at(-2) ?? '');
  const { steps, built } = play(world, scenario);
  for (const fault of built.world.faults) console.error(`${relative}: fault in ${fault.program}:`, fault.error);
  const target = path.join(out, relative);
  mkdirSync(path.dirname(target), { recursive: true });
  const recorded = { title: scenario.title, ...(scenario.files ? { files: scenario.files } : {}), steps };
  writeFileSync(target, stringify(recorded, { lineWidth: 0 }));
}
