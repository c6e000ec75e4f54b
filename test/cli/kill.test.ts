import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effectiveInputs, readJournal } from '../../src/course/journal.ts';
import { Random } from '../../src/world/random.ts';
import { BuiltCli } from './support.ts';

/** `KUBETUTOR_KILLS=200` is the long run: seven minutes. */
const KILLS = Number(process.env['KUBETUTOR_KILLS'] ?? 15);
let cli: BuiltCli;

beforeAll(async () => {
  cli = await BuiltCli.make();
});
afterAll(() => cli.remove());

/** What the learner has typed, as the journal knows it. */
function typed(): string {
  const file = path.join(cli.folder, 'home/journals/pods.jsonl');
  const content = existsSync(file) ? readJournal(readFileSync(file)) : undefined;
  if (!content) return '';
  return effectiveInputs(content.entries)
    .inputs.map((input) => (input.kind === 'type' ? input.data : ''))
    .join('');
}

/** Types `echo word-N` again and again, is killed with -9 after `after` ms, and gives the highest N whose output came. */
function playAndKill(first: number, after: number): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [path.join(cli.folder, 'dist/kubetutor.js'), 'start', 'pods', '--plain'], {
      env: { ...cli.env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let next = first;
    let seen = first - 1;
    let text = '';
    const type = () => child.stdin.write(`echo word-$((${next++}+0))\n`);
    child.stdin.on('error', () => {});
    child.stdout.on('data', (bytes) => {
      if (text === '') setTimeout(() => child.kill('SIGKILL'), after);
      text += String(bytes);
      if (next === first) type();
      for (const [, number] of text.matchAll(/word-(\d+)\n/g)) {
        if (Number(number) <= seen) continue;
        seen = Number(number);
        if (seen === next - 1) type();
      }
    });
    child.on('exit', () => done(seen));
  });
}

test(
  `${KILLS} kills with -9: no line whose output was seen is lost, and each resume goes on`,
  async () => {
    const random = new Random('kill');
    let seen = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const first = seen + 1;
      seen = Math.max(seen, await playAndKill(first, 50 + random.integer(500)));
      const text = typed();
      for (let n = 1; n <= seen; n++) expect(text).toContain(`echo word-$((${n}+0))\r`);
    }
    expect(seen).toBeGreaterThan(KILLS / 2);
    expect(cli.run(['start', 'pods', '--plain'], { input: 'echo still $((40+2))\n' }).stdout).toContain('still 42');
  },
  KILLS * 10_000,
);
