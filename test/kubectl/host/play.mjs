// Plays recorded scenarios with our kubectl against the oracle's real API server, and writes what came.
//   node test/kubectl/host/play.mjs OUT GOLDEN_FILE...      then: node ../shared/conformance/compare.mjs GOLDEN OUT
// Verbs that we do not have yet go to the real kubectl.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../../scripts/bundle-options.mjs';

const [out, ...files] = process.argv.slice(2);
const lane = process.env.LANE ?? '4';
const ours = '/tmp/ours';
fs.mkdirSync(`${ours}/bin`, { recursive: true });
await build({
  ...bundleOptions,
  entryPoints: ['test/kubectl/host/kubectl.ts'],
  outfile: `${ours}/kubectl.mjs`,
  minify: false,
  sourcemap: 'inline',
});
const real = '/root/.cache/kubeoracle-v1.36.4/kubectl';
const missing = (
  process.env.MISSING ??
  'apply|diff|edit|patch|replace|describe|logs|exec|attach|cp|debug|wait|port-forward|cordon|uncordon|drain|taint|auth|certificate|events|top|proxy|kustomize'
).split('|');
fs.writeFileSync(
  `${ours}/bin/kubectl`,
  `#!/bin/bash\nfor w in "$@"; do case "$w" in -*) ;; ${missing.join('|')}) exec ${real} "$@";; *) break;; esac; done\nexport ADMIN_CONF=/dev/shm/kubeoracle-lane${lane}/admin.conf\nexec node --enable-source-maps ${ours}/kubectl.mjs "$@"\n`,
  { mode: 0o755 },
);
const oracle = fs
  .readFileSync('../shared/oracle/oracle.mjs', 'utf8')
  .replace('PATH: `${work}/bin:', 'PATH: `/tmp/ours/bin:${work}/bin:')
  .replaceAll('import.meta.url', JSON.stringify(`file://${path.resolve('../shared/oracle/oracle.mjs')}`));
fs.writeFileSync(`${ours}/oracle.mjs`, oracle);
const root = '/tmp/ours/scenarios';
const YAML = await import('yaml');
const scenarios = files.map((file) => {
  const relative = file.split('/golden/')[1];
  const golden = YAML.parse(fs.readFileSync(file, 'utf8'));
  const target = path.join(root, relative);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(
    target,
    YAML.stringify({
      title: golden.title,
      files: golden.files,
      steps: golden.steps.map((step) => (step.settle ? 'settle' : step.run)),
    }),
  );
  return target;
});
spawnSync(
  'node',
  [`${ours}/oracle.mjs`, 'record', '--lane', lane, '--root', root, '--out', out, '--force', ...scenarios],
  { stdio: 'inherit' },
);
