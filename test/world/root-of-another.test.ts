import { expect, it } from 'vitest';
import { play } from '../conformance/player.ts';

const POD = `apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
  - name: main
    image: busybox:1.36
    command: [sh, -c, "echo hello > /w/file; sleep 3600"]
    volumeMounts: [{name: w, mountPath: /w}]
  volumes: [{name: w, emptyDir: {}}]
`;

it('leads through /proc/1/root into the volumes of a container that is debugged', () => {
  const { steps } = play('kubeadm', {
    files: { 'pod.yaml': POD },
    steps: [
      'kubectl apply -f pod.yaml; kubectl wait --for=condition=Ready pod/app --timeout=20s',
      "kubectl debug app --image=busybox:1.36 -c dbg --target=main -- sh -c 'cat /proc/1/root/w/file; echo more >> /proc/1/root/w/file'",
      'sleep 4; kubectl logs app -c dbg; kubectl exec app -- cat /w/file; kubectl exec app -- cat /proc/1/comm',
    ],
  });
  expect(steps[2]?.stdout).toBe('hello\nhello\nmore\nsleep\n');
});
