import { expect, test } from 'vitest';
import { play } from '../conformance/player.ts';

const KUBERC = `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
aliases:
- name: spaces
  command: get
  prependArgs: [ns]
  options: [{name: output, default: name}]
defaults:
- command: version
  options: [{name: client, default: "true"}]
`;

function steps(...lines: string[]) {
  return play('bare', { files: { kuberc: KUBERC }, steps: lines }).steps;
}

test('aliases are commands of the learner, with flags that may be given anew', () => {
  const [names, table, off] = steps(
    'kubectl --kuberc=kuberc spaces default',
    'kubectl --kuberc=kuberc spaces default -o jsonpath={.kind}',
    'KUBERC=off kubectl spaces',
  );
  expect(names?.stdout).toBe('namespace/default\n');
  expect(table?.stdout).toBe('Namespace');
  expect(off).toMatchObject({ exit: 1, stdout: '' });
});

test('defaults are flags that nobody typed', () => {
  const [version] = steps('kubectl --kuberc=kuberc version | wc -l');
  expect(version?.stdout).toBe('2\n');
});

test('set writes the file that view shows', () => {
  const [set, again, view] = steps(
    'kubectl kuberc set --section defaults --command get --option output=wide',
    'kubectl kuberc set --section defaults --command get --option output=name',
    'kubectl kuberc view',
  );
  expect(set?.stdout).toMatch(/^Updated .*\/\.kube\/kuberc\n$/);
  expect(again?.stderr).toBe('error: defaults for command "get" already exist, use --overwrite to replace\n');
  expect(view?.stdout).toContain('- command: get\n  options:\n  - default: wide\n    name: output\n');
});
