import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const first = (text: string | undefined) => (text ?? '').split('\n')[0];

function answers(...steps: string[]) {
  return play('bare', { steps }).steps.map(({ exit, stdout, stderr }) => [exit, first(stdout), first(stderr)]);
}

it('writes the help of a group that was called alone where the real one does', () => {
  expect(
    answers(
      'kubectl auth',
      'kubectl plugin',
      'kubectl top',
      'kubectl certificate',
      'kubectl certificate foo',
      'kubectl alpha',
      'kubectl --version',
      'kubectl --help get',
      'kubectl -h get',
    ),
  ).toEqual([
    [1, '', 'Inspect authorization.'],
    [1, '', 'Provides utilities for interacting with plugins.'],
    [1, '', 'Display resource (CPU/memory) usage.'],
    [0, 'Modify certificate resources.', ''],
    [0, 'Modify certificate resources.', ''],
    [0, '', 'No alpha commands are available in this version of kubectl'],
    [0, 'kubectl controls the Kubernetes cluster manager.', ''],
    [0, 'kubectl controls the Kubernetes cluster manager.', ''],
    [0, 'Display one or many resources.', ''],
  ]);
});

it('looks for the object of logs before it judges the flags', () => {
  expect(answers('kubectl logs nope --tail=-5', 'kubectl logs nope --since-time=abc')).toEqual([
    [1, '', 'error: error from server (NotFound): pods "nope" not found in namespace "default"'],
    [1, '', 'error: parsing time "abc" as "2006-01-02T15:04:05Z07:00": cannot parse "abc" as "2006"'],
  ]);
});

it('warns of verbs and types that mean nothing', () => {
  expect(
    answers(
      'kubectl auth can-i foo pods',
      'kubectl auth can-i GET /x',
      'kubectl auth can-i get x.y',
      'kubectl auth can-i impersonate users',
      'kubectl auth can-i get nodes -A',
    ),
  ).toEqual([
    [0, 'yes', "Warning: verb 'foo' is not a known verb"],
    [0, 'yes', "Warning: verb 'GET' is not a known verb"],
    [0, 'yes', "Warning: the server doesn't have a resource type 'x' in group 'y'"],
    [0, 'yes', ''],
    [0, 'yes', ''],
  ]);
});

it('reads the words of explain as a jsonpath of names', () => {
  expect(answers('kubectl explain pod.spec.containers[0]', 'kubectl explain pod.spec[')).toEqual([
    [1, '', 'error: invalid jsonpath syntax, first node must be field node'],
    [1, '', 'error: unterminated array'],
  ]);
});

it('tells how the components are, from their ports', () => {
  const table = play('kubeadm', {
    steps: [
      'kubectl get cs',
      "ssh controlplane 'mv /etc/kubernetes/manifests/kube-scheduler.yaml /root'; sleep 20; kubectl get cs scheduler --no-headers",
      'kubectl get cs nope',
      'kubectl delete cs scheduler',
      'kubectl get cs -l a=b',
    ],
  }).steps;
  expect(table.map(({ stdout, stderr }) => `${stdout}${stderr}`)).toEqual([
    `NAME                 STATUS    MESSAGE   ERROR
scheduler            Healthy   ok        
controller-manager   Healthy   ok        
etcd-0               Healthy   ok        
Warning: v1 ComponentStatus is deprecated in v1.19+
`,
    `scheduler   Unhealthy   Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused   
Warning: v1 ComponentStatus is deprecated in v1.19+
`,
    `Warning: v1 ComponentStatus is deprecated in v1.19+
Error from server (NotFound): componentstatus "nope" not found
`,
    `Error from server (MethodNotAllowed): the server does not allow this method on the requested resource
`,
    `Warning: v1 ComponentStatus is deprecated in v1.19+
No resources found
`,
  ]);
});
