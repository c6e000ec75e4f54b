import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`;

it('creates, leaves alone, changes, patches and replaces what a file describes', () => {
  const { steps } = play('bare', {
    files: { 'web.yaml': DEPLOYMENT },
    steps: [
      'kubectl apply -f web.yaml',
      'kubectl apply -f web.yaml',
      "sed 's/replicas: 2/replicas: 3/' web.yaml | kubectl apply -f -",
      'kubectl patch deploy web -p \'{"spec":{"replicas":1}}\'',
      'kubectl patch deploy web -p \'{"spec":{"replicas":1}}\'',
      'kubectl replace -f web.yaml',
    ],
  });
  expect(steps.map((step) => step.stdout)).toEqual([
    'deployment.apps/web created\n',
    'deployment.apps/web unchanged\n',
    'deployment.apps/web configured\n',
    'deployment.apps/web patched\n',
    'deployment.apps/web patched (no change)\n',
    'deployment.apps/web replaced\n',
  ]);
});

it('replaces at a path of the server: a namespace may go although something is left in it', () => {
  const { steps } = play('bare', {
    steps: [
      `kubectl create namespace old; kubectl -n old create configmap keep; kubectl -n old patch configmap keep --type=merge -p '{"metadata":{"finalizers":["example.com/hold"]}}'; kubectl delete namespace old --wait=false; sleep 20`,
      `kubectl get namespace old -o json | sed 's/"kubernetes"$//' | kubectl replace --raw /api/v1/namespaces/old/finalize -f - | grep -o '"phase":"[A-Za-z]*"'; sleep 3`,
      'kubectl get namespace old; kubectl get configmaps -n old -o name | grep keep',
      'kubectl replace --raw /api -f a -f b',
    ],
  });
  expect(steps[1]?.stdout).toBe('"phase":"Terminating"\n');
  expect(steps[2]).toMatchObject({
    stdout: 'configmap/keep\n',
    stderr: 'Error from server (NotFound): namespaces "old" not found\n',
  });
  expect(steps[3]?.stderr).toBe('error: --raw can only use a single local file or stdin\n');
});

it('taints, cordons and drains as kubectl words it', () => {
  const { steps } = play('bare', {
    steps: [
      'kubectl taint node node01 a=b:NoSchedule',
      'kubectl taint node node01 a=b:NoSchedule',
      'kubectl taint node node01 a-',
      'kubectl cordon node01; kubectl uncordon node01; kubectl uncordon node01',
      'kubectl drain',
    ],
  });
  expect(steps.map((step) => step.stdout)).toEqual([
    'node/node01 tainted\n',
    '',
    'node/node01 untainted\n',
    'node/node01 cordoned\nnode/node01 uncordoned\nnode/node01 already uncordoned\n',
    '',
  ]);
  expect(steps[1]?.stderr).toBe(
    'error: node node01 already has a taint(s) with same effect(s) and --overwrite is false\n',
  );
  expect(steps[4]?.stderr).toBe("error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples\n");
});

it('waits for a condition, says when it does not come, and knows what may be done', () => {
  const { steps } = play('bare', {
    files: { 'web.yaml': DEPLOYMENT },
    steps: [
      'kubectl apply -f web.yaml && kubectl wait --for=condition=Available deploy/web --timeout=20s',
      'kubectl wait --for=condition=Foo deploy/web --timeout=1s',
      'kubectl wait --for=delete pod/nope',
      'kubectl auth can-i get pods; kubectl auth can-i get',
    ],
  });
  expect(steps[0]?.stdout).toBe('deployment.apps/web created\ndeployment.apps/web condition met\n');
  expect(steps[1]?.stderr).toBe('error: timed out waiting for the condition on deployments/web\n');
  expect(steps[2]?.exit).toBe(0);
  expect(steps[3]?.stdout).toBe('yes\n');
});

it('shows what is being deleted without members that it does not have', () => {
  const { steps } = play('bare', {
    steps: [
      'kubectl create namespace old; kubectl create configmap -n old a; kubectl patch configmap -n old a -p \'{"metadata":{"finalizers":["a.b/c"]}}\'; kubectl delete namespace old --wait=false; kubectl delete configmap -n old a --wait=false',
      'kubectl get namespace old -o yaml; kubectl get configmap -n old a -o yaml',
    ],
  });
  expect(steps[1]?.stdout).toContain('deletionTimestamp:');
  expect(steps[1]?.stdout).not.toContain('null');
});
