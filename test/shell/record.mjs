// Records what the real bash answers to cases.mjs:  node test/shell/record.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { CASES } from './cases.mjs';
import { MORE_CASES } from './cases-more.mjs';
import { SH_CASES } from './cases-sh.mjs';

const folder = '/tmp/ktshell';
const env = { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8' };
const version = spawnSync('bash', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0];
const cases = [...CASES, ...MORE_CASES].map((one) => {
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

// The other two shells. busybox is told to be `sh` by its first argument, dash by its name.
const others = {};
for (const [dialect, command, first] of [
  ['ash', 'busybox', ['sh']],
  ['dash', 'dash', []],
]) {
  others[dialect] = SH_CASES.map((one) => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    if (typeof one === 'object') writeFileSync(`${folder}/s.sh`, one.file);
    const args = typeof one === 'string' ? ['-c', one] : ['s.sh'];
    const options = {
      cwd: folder,
      env,
      input: '',
      encoding: 'utf8',
      timeout: 10_000,
      ...(first.length ? {} : { argv0: 'sh' }),
    };
    const result = spawnSync(command, [...first, ...args], options);
    return { case: one, stdout: result.stdout, stderr: result.stderr, exit: result.status };
  });
}
rmSync(folder, { recursive: true, force: true });
writeFileSync(new URL('./fixtures/sh.json', import.meta.url), `${JSON.stringify(others, null, 1)}\n`);
console.log(`${SH_CASES.length} cases recorded with busybox sh and dash`);
