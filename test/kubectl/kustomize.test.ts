import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { play } from '../conformance/player.ts';

interface Recorded {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const recorded: Recorded[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'fixtures', 'kustomize.json'), 'utf8'),
);

it('builds kustomizations and refuses broken ones as the real kubectl does', () => {
  const scripts = recorded.map(({ files, args }, at) => {
    const write = Object.entries(files).map(([name, text]) => {
      const file = `/w${at}/${name}`;
      const body = `cat > ${file} <<'END_OF_FILE'\n${text}${text.endsWith('\n') || text === '' ? '' : '\n'}END_OF_FILE`;
      // A file without a last newline is one.
      const whole = text.endsWith('\n') || text === '' ? body : `${body}\ntruncate -s -1 ${file}`;
      return `mkdir -p $(dirname ${file})\n${whole}`;
    });
    return `${write.join('\n')}\ncd /w${at} && kubectl kustomize ${args.map((arg) => `'${arg}'`).join(' ')}`;
  });
  const { steps } = play('bare', { files: {}, steps: scripts });
  const hide = (text: string | undefined, at: number) =>
    (text ?? '').replaceAll(`/w${at}`, '/w').replace(/0x[0-9a-f]{9,}/g, 'POINTER');
  const ours = steps.map((step, at) => ({
    title: recorded[at]?.title,
    status: step.exit,
    stdout: hide(step.stdout, at),
    stderr: hide(step.stderr, at),
  }));
  expect(ours).toEqual(recorded.map(({ title, status, stdout, stderr }) => ({ title, status, stdout, stderr })));
});

it('applies, compares, reads and deletes what a kustomization makes', () => {
  const { steps } = play('bare', {
    files: {
      'k/kustomization.yaml':
        'resources: [web.yaml]\nnamePrefix: dev-\nconfigMapGenerator: [{name: conf, literals: [a=b]}]\n',
      'k/web.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: conf}}]}]}}}\n',
    },
    steps: [
      'kubectl apply -k k',
      'kubectl get -k k -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\n"}{end}\'',
      'sed -i s/a=b/a=c/ k/kustomization.yaml; kubectl diff -k k | grep "^+.* name: dev"',
      'kubectl delete -k k --wait=false 2>&1 | sort',
      'kubectl apply -k k -f k/web.yaml',
      'kubectl apply -k nosuch',
    ],
  });
  expect(steps.map((step) => step.stdout)).toEqual([
    'configmap/dev-conf-4h2mbtbbt6 created\ndeployment.apps/dev-web created\n',
    'dev-conf-4h2mbtbbt6\ndev-web\n',
    expect.stringContaining('name: dev-conf-'),
    expect.stringContaining('deployment.apps "dev-web" deleted from default namespace'),
    '',
    '',
  ]);
  expect(steps[5]?.stderr).toContain('must build at directory: not a valid directory');
});
