// Records what the real bash and tools of this machine answer: node test/shell/utilities/record.mjs [GROUP ...]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from './cases.mjs';
import { FILES } from './files.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const TIME = new Date(Date.UTC(2026, 0, 1, 8, 30, 0));

function touchAll(path) {
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }))
    utimesSync(join(entry.parentPath ?? entry.path, entry.name), TIME, TIME);
}

for (const [group, commands] of Object.entries(CASES)) {
  if (wanted.length > 0 && !wanted.includes(group)) continue;
  const results = commands.map((command) => {
    // Always the same path: it shows in error texts.
    rmSync('/tmp/kt', { recursive: true, force: true });
    mkdirSync('/tmp/kt');
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join('/tmp/kt', name)), { recursive: true });
      writeFileSync(join('/tmp/kt', name), text);
    }
    touchAll('/tmp/kt');
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: '/tmp/kt',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: '/tmp/kt' },
      encoding: 'utf8',
      timeout: 10_000,
    });
    return { command, stdout, stderr, status };
  });
  writeFileSync(join(here, 'fixtures', `${group}.json`), `${JSON.stringify(results, null, 1)}\n`);
  console.log(`${group}: ${results.length} recorded`);
}
rmSync('/tmp/kt', { recursive: true, force: true });
