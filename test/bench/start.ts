import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import { median, row, wall } from './measure.ts';

const BUNDLE = path.resolve('dist/kubetutor.js');
const ROUNDS = 9;

/** Starts of the built bundle, each beside one of bare node. The first start fills the cache of compiled code and is shown apart. */
export function coldStart(): void {
  if (!existsSync(BUNDLE)) return console.log('no dist/: run `npm run build` first for the cold start');
  const folder = mkdtempSync(path.join(tmpdir(), 'kubetutor-bench-'));
  const env = { ...process.env, KUBETUTOR_HOME: folder };
  const script = path.join(folder, 'one.sh');
  writeFileSync(script, 'echo hello\n');
  const bare = () => wall(process.execPath, ['-e', '0']);
  const run = () => wall(process.execPath, [BUNDLE, 'run', script], env);
  bare();
  row('kubetutor run of one line, the very first time', `${(run() / bare()).toFixed(1)} x`, '-');
  const ratios = Array.from({ length: ROUNDS }, () => run() / bare());
  rmSync(folder, { recursive: true, force: true });
  row('kubetutor run of one line, against bare node', `${median(ratios).toFixed(1)} x`, '5 x');
}

/** The first frame of a lesson in a terminal (frames are written as synchronised updates), each beside a bare node in a terminal. */
export async function firstFrame(): Promise<void> {
  if (!existsSync(BUNDLE)) return console.log('no dist/: run `npm run build` first for the first frame');
  const folder = mkdtempSync(path.join(tmpdir(), 'kubetutor-bench-'));
  const env = { ...process.env, KUBETUTOR_HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const bare = await until(['-e', '0'], env, undefined);
    const frame = await until([BUNDLE, 'start', 'replicaset'], env, '\x1b[?2026h');
    if (round > 0) ratios.push(frame / bare);
  }
  rmSync(folder, { recursive: true, force: true });
  row('first frame of a lesson, against bare node', `${median(ratios).toFixed(1)} x`, '4 x');
}

/** Real time until node has written `text` to its terminal, or has ended, ms. */
function until(args: string[], env: Record<string, string | undefined>, text: string | undefined): Promise<number> {
  return new Promise((done) => {
    const begin = process.hrtime.bigint();
    let written = '';
    let found: number | undefined;
    const pty = spawn(process.execPath, args, { cols: 100, rows: 30, env });
    const elapsed = () => Number(process.hrtime.bigint() - begin) / 1e6;
    pty.onData((data) => {
      written += data;
      if (found !== undefined || text === undefined || !written.includes(text)) return;
      found = elapsed();
      pty.kill('SIGKILL');
    });
    pty.onExit(() => done(found ?? elapsed()));
  });
}
