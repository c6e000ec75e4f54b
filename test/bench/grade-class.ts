// A class of synthetic submissions graded by the built command line:   npm run bench:class [-- N [keys|lines [JOBS]]]
// Good, partial, tampered in every way of synthetic.ts, and bombs. Says the rate, the memory, and who was told apart wrongly.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packFiles } from '../../src/cli/templates/pack.ts';
import type { Coursework } from '../../src/course/pack/coursework.ts';
import { readResults } from '../../src/course/results/schema.ts';
import type { Attempt } from '../../src/course/results/types.ts';
import { forgeries } from '../instructors/forgeries.ts';
import { templatePack } from '../instructors/packs.ts';
import { bombs, SUBMITTED, submissionOf, tampered, type Work } from '../instructors/synthetic.ts';

const count = Number(process.argv[2] ?? 1000);
const keys = (process.argv[3] ?? 'keys') === 'keys';
const jobs = process.argv[4] ?? '2';
const bundle = path.resolve('dist/kubetutor.js');
if (!existsSync(bundle)) throw new Error('no dist/: run `npm run build` first');

const INPUTS = 150;
const LOOKING = [
  'kubectl get nodes',
  'kubectl get pods -A',
  'kubectl get events',
  'kubectl get deploy -A',
  'kubectl get ns',
  'ls ~',
  'kubectl get pods -A -o wide',
  'kubectl describe node node01',
];

/** About 150 inputs: looking around, then the lines that matter. */
function work(student: string, pack: Coursework, solved: boolean): Work {
  const solution = (pack.lessonsFor(student).lessons[0]?.steps[0]?.solutions[0] ?? '').trim().split('\n');
  const lines = solved ? solution : solution.slice(1);
  const used = keys ? lines.join('\n').length + 1 : lines.length;
  const before: string[] = [];
  for (let at = 0, left = INPUTS - used; left > 0; at++) {
    const line = LOOKING[(at + student.length) % LOOKING.length] ?? '';
    before.push(line);
    left -= keys ? line.length + 1 : 1;
  }
  return { student, lines: [...before, ...lines], keys, submitted: SUBMITTED };
}

interface Expected {
  readonly kinds: readonly string[];
  readonly score?: number;
}

function makeClass(folder: string): Map<string, Expected> {
  const pack = templatePack();
  const other = templatePack('week2');
  const changed = templatePack('week1', (text) => text.replace('points: 3', 'points: 4'));
  const expected = new Map<string, Expected>();
  const put = (name: string, bytes: Uint8Array, about: Expected) => {
    const part = about.kinds.length === 0 && name.startsWith('student') ? 'honest' : 'bad';
    const file = path.join(folder, part, `${name}.kubetutor`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    expected.set(file, about);
  };
  const bad = Math.max(1, Math.round(count / 250));
  for (let at = 0; at < bad; at++) {
    const student = `tampered${at}`;
    const made = work(student, pack, true);
    for (const [index, one] of [...tampered(made, pack, other, changed), ...forgeries(made, pack)].entries())
      put(`${student}-${index}`, one.bytes, { kinds: [one.kind] });
    const copied = work(`copier${at}`, pack, true);
    put(`original${at}`, submissionOf({ ...work(`original${at}`, pack, true), rhythm: `r${at}` }, pack), {
      kinds: [],
      score: 5,
    });
    put(
      `original${at}-again`,
      submissionOf({ ...work(`original${at}`, pack, true), rhythm: `r${at}`, submitted: SUBMITTED + 9 }, pack),
      { kinds: [], score: 5 },
    );
    put(
      copied.student,
      submissionOf(
        { ...copied, lines: work(`original${at}`, pack, true).lines, rhythm: `r${at}`, submitted: SUBMITTED + 99 },
        pack,
      ),
      { kinds: ['copied'] },
    );
  }
  for (const [index, bomb] of bombs('bomber', pack).entries())
    put(`bomb${index}`, bomb.bytes, { kinds: ['bomb', 'graded'], score: 0 });
  for (let at = 0; expected.size < count; at++) {
    const solved = at % 5 !== 0;
    const student = `student${at}`;
    put(student, submissionOf(work(student, pack, solved), pack), { kinds: [], score: solved ? 5 : 0 });
  }
  return expected;
}

async function grade(
  folder: string,
  packFolder: string,
  out: string,
): Promise<{ seconds: number; cpu: number; memory: number; status: number | null }> {
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [bundle, 'grade', '--pack', packFolder, '--json', '--out', out, '--jobs', jobs, '--limit', '10', folder],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  let memory = 0;
  let cpu = 0;
  const timer = setInterval(() => {
    try {
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (peak !== undefined) memory = Number(peak) / 1000;
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      cpu = Math.max(cpu, (Number(fields[11]) + Number(fields[12])) / 100);
    } catch {
      // It has ended meanwhile.
    }
  }, 100);
  const status = await new Promise<number | null>((done) => child.on('exit', done));
  clearInterval(timer);
  return { seconds: (performance.now() - begin) / 1000, cpu, memory, status };
}

const folder = mkdtempSync(path.join(tmpdir(), 'kubetutor-class-'));
const packFolder = path.join(folder, 'week1');
for (const [name, text] of packFiles('week1', 'en')) {
  mkdirSync(path.dirname(path.join(packFolder, name)), { recursive: true });
  writeFileSync(path.join(packFolder, name), text);
}
const expected = makeClass(folder);
/** Honest and other work apart: the rate is that of honest work, and bombs have their own. */
const runs = new Map<string, Awaited<ReturnType<typeof grade>>>();
const attempts = new Map<string, Attempt>();
for (const part of ['honest', 'bad']) {
  const out = path.join(folder, `${part}.json`);
  runs.set(part, await grade(path.join(folder, part), packFolder, out));
  const results = readResults(readFileSync(out, 'utf8'));
  for (const attempt of [
    ...(results?.students.flatMap((student) => student.attempts) ?? []),
    ...(results?.unknown ?? []),
  ])
    attempts.set(attempt.file, attempt);
}
const wrong: string[] = [];
let bad = 0;
let found = 0;
let accused = 0;
for (const [file, { kinds, score }] of expected) {
  const attempt = attempts.get(file);
  const kind = attempt?.refused?.kind ?? 'graded';
  if (kinds.length > 0 && !kinds.includes('graded')) {
    bad++;
    if (kinds.includes(kind)) found++;
  }
  const right = kinds.length === 0 ? kind === 'graded' : kinds.includes(kind);
  if (kinds.length === 0 && kind !== 'graded') accused++;
  if (!right || (kind === 'graded' && score !== undefined && attempt?.score !== score))
    wrong.push(`${path.basename(file)}: ${kind} ${attempt?.score}, expected ${kinds.join('|')} ${score}`);
}
for (const [part, { seconds, cpu, memory, status }] of runs) {
  const size = [...expected.keys()].filter((file) => path.basename(path.dirname(file)) === part).length;
  const about = part === 'honest' ? `honest, of ${INPUTS} ${keys ? 'keys' : 'lines'}` : 'tampered, copied and bombs';
  console.log(
    `${size} ${about}: ${seconds.toFixed(1)} s, ${(size / seconds).toFixed(1)}/s with ${jobs} workers, ${(size / cpu).toFixed(1)} for each CPU second, ${memory.toFixed(0)} MB, exit status ${status}`,
  );
}
console.log(`tampered: ${found}/${bad} told apart; honest accused: ${accused}; wrong: ${wrong.length}`);
for (const text of wrong.slice(0, 20)) console.log(`  ${text}`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = wrong.length > 0 ? 1 : 0;
