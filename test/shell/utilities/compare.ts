// Prints where the utilities differ from the recordings: node scripts/run-ts.mjs test/shell/utilities/compare.ts [GROUP] [WORD]
import { readdirSync, readFileSync } from 'node:fs';
import { makeBox, play } from './support.ts';

const [group, word] = process.argv.slice(2);
const folder = new URL(`file://${process.cwd()}/test/shell/utilities/fixtures/`);
let good = 0;
let bad = 0;
for (const name of readdirSync(folder)) {
  if (group && !name.startsWith(group)) continue;
  const cases = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
    command: string;
    stdout: string;
    stderr: string;
    status: number;
  }[];
  for (const one of cases) {
    if (word && !one.command.includes(word)) continue;
    const { world, machine } = makeBox();
    const ours = play(machine, one.command);
    if (
      ours.stdout === one.stdout &&
      ours.stderr === one.stderr &&
      ours.status === one.status &&
      world.faults.length === 0
    )
      good++;
    else {
      bad++;
      console.log(`\n### ${one.command}`);
      if (ours.stdout !== one.stdout)
        console.log(
          `out real ${JSON.stringify(one.stdout.slice(0, 500))}\nout ours ${JSON.stringify(ours.stdout.slice(0, 500))}`,
        );
      if (ours.stderr !== one.stderr)
        console.log(
          `err real ${JSON.stringify(one.stderr.slice(0, 500))}\nerr ours ${JSON.stringify(ours.stderr.slice(0, 500))}`,
        );
      if (ours.status !== one.status) console.log(`status real ${one.status} ours ${ours.status}`);
      for (const fault of world.faults) console.log('FAULT', fault.error);
    }
  }
}
console.log(`${good} passed, ${bad} failed`);
