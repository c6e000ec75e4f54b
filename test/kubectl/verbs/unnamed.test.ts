import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const UNNAMED = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n';
const EMPTY = 'resource name may not be empty';

it('never takes an object without a name for all objects', () => {
  const { steps } = play('bare', {
    files: { 'e.yaml': UNNAMED },
    steps: [
      'kubectl create cm keep',
      'kubectl delete -f e.yaml',
      "kubectl delete cm ''",
      'kubectl replace --force -f e.yaml',
      'kubectl get -f e.yaml',
      'kubectl describe -f e.yaml',
      'kubectl wait -f e.yaml --for=delete',
      'kubectl get cm keep -o name',
    ],
  });
  expect(steps.map((step) => step.stderr ?? '')).toEqual([
    '',
    `error: error when deleting "e.yaml": ${EMPTY}\n`,
    `error: ${EMPTY}\n`,
    `error: error when deleting "e.yaml": ${EMPTY}\n`,
    '',
    `error: ${EMPTY}\n`,
    'error: resource name must be provided\n',
    '',
  ]);
  expect(steps[4]?.stdout).toBe('NAME   AGE\n       <unknown>\n');
  expect(steps[7]?.stdout).toBe('configmap/keep\n');
});

it('sends patches as they stand, raw bodies, and hangs up when it was told to', () => {
  const { steps } = play('bare', {
    files: { 'one.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"2"}}' },
    steps: [
      'kubectl create cm one --from-literal=a=1',
      "kubectl patch cm one -p '{'",
      "kubectl patch cm one -p '{data: {a: b}}'",
      `kubectl patch cm one --type merge -p '{"a"'`,
      'kubectl patch cm one -p null',
      'kubectl replace --raw /api/v1/namespaces/default/configmaps/one -f one.json >/dev/null; kubectl get cm one -o jsonpath={.data.a}',
      'kubectl replace --raw one -f one.json',
      'kubectl get cm one -w --request-timeout=2s -o name; echo $?',
      'kubectl get ev -o name >/dev/null',
    ],
  });
  const [, open, bare, merge, nothing, replaced, path, watched, ambiguous] = steps;
  expect(open?.stderr).toBe('Error from server (BadRequest): unexpected end of JSON input\n');
  expect(bare?.stderr).toBe(
    "Error from server (BadRequest): invalid character 'd' looking for beginning of object key string\n",
  );
  expect(merge?.stderr).toBe('Error from server (BadRequest): error decoding patch: unexpected end of JSON input\n');
  expect(nothing?.stdout).toBe('configmap/one patched (no change)\n');
  expect(replaced?.stdout).toBe('2');
  expect(path?.stderr).toBe('error: --raw must be a valid URL path: parse "one": invalid URI for request\n');
  expect(watched?.stdout).toBe('configmap/one\n0\n');
  expect(ambiguous?.stderr).toBe(
    'Warning: short name "ev" could also match lower priority resource events.events.k8s.io\n',
  );
});

it('keeps bytes that are no text apart, and lists what may be done verbs first', () => {
  const { steps } = play('bare', {
    steps: [
      "printf 'a\\x00b\\xff' > bin.dat; kubectl create cm b --from-file=bin.dat -o jsonpath={.binaryData}",
      'kubectl create cm b2 --from-env-file=bin.dat',
      'kubectl auth can-i --list --as=bob | sed -n 2,5p',
    ],
  });
  expect(steps[0]?.stdout).toBe('{"bin.dat":"YQBi/w=="}');
  expect(steps[1]?.stderr).toBe('error: env file bin.dat contains invalid utf8 bytes at line 1: [97 0 98 255]\n');
  expect((steps[2]?.stdout ?? '').replace(/ +/g, ' ')).toBe(
    'selfsubjectreviews.authentication.k8s.io [] [] [create]\nselfsubjectaccessreviews.authorization.k8s.io [] [] [create]\nselfsubjectrulesreviews.authorization.k8s.io [] [] [create]\n [/api/*] [] [get]\n',
  );
});
