// Records what the real bash answers to cases.mjs:  node test/shell/record.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { CASES } from './cases.mjs';

const folder = '/tmp/ktshell';
const env = { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8' };
const version = spawnSync('bash', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0];
const cases = CASES.map((one) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const args = typeof one === 'string' ? ['-c', one] : 'file' in one ? ['s.sh'] : [];
  if (typeof one === 'object' && 'file' in one) writeFileSync(`${folder}/s.sh`, one.file);
  const input = typeof one === 'object' && 'stdin' in one ? one.stdin : '';
  const result = spawnSync('bash', args, { cwd: folder, env, input, encoding: 'utf8', timeout: 10_000 });
  return { case: one, stdout: result.stdout, stderr: result.stderr, exit: result.status };
});
rmSync(folder, { recursive: true, force: true });
const target = new URL('./fixtures/bash.json', import.meta.url);
writeFileSync(target, `${JSON.stringify({ version, cases }, null, 1)}\n`);
console.log(`${cases.length} cases recorded with ${version}`);
