// Every test of the project: the second command of the README. Ends with `N passed, N failed`.
//   node scripts/test.mjs [GATE...]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(os.tmpdir(), 'kubetutor-test-'));
const report = path.join(folder, 'vitest.json');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What the recordings' folders must reach at least, in percent. */
const FLOOR = 'test/conformance/floor.json';

/** Each gate counts as one, but for the unit tests, which count themselves. */
const GATES = [
  { name: 'build', command: ['node', 'scripts/build.mjs'] },
  { name: 'types', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'unused', command: ['npm', 'run', '--silent', 'unused'] },
  {
    name: 'unit',
    command: ['npx', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    count: unitTests,
  },
  {
    name: 'conformance',
    command: ['npm', 'run', '--silent', 'conformance', '--', ...(existsSync(FLOOR) ? ['--floor', FLOOR] : [])],
  },
];

function unitTests(ok) {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that could not be loaded has no tests to fail; it counts as one.
    const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    const failed = numFailedTests + broken;
    return { passed: numPassedTests, failed: failed === 0 && !ok ? Math.max(1, numFailedTestSuites) : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const { name, command, count } of GATES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (command[0] === 'npm' && !scripts[command[3]]) continue;
  process.stdout.write(`\n=== ${name}\n`);
  const begin = Date.now();
  const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit', shell: process.platform === 'win32' });
  const ok = status === 0;
  const result = count ? count(ok) : { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  passed += result.passed;
  failed += result.failed;
  process.stdout.write(`=== ${name}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - begin) / 1000).toFixed(1)} s)\n`);
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
