import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

it('shows what happened to a static Pod below its mirror', () => {
  const { steps } = play('kubeadm', {
    steps: [
      'ssh controlplane "sed -i \'s/kube-scheduler:v1.36.4/kube-scheduler:v1.36.44/\' /etc/kubernetes/manifests/kube-scheduler.yaml"',
      'sleep 30',
      'kubectl describe pod -n kube-system kube-scheduler-controlplane | grep -A9 ^Events',
    ],
  });
  expect(steps.at(-1)?.stdout).toMatch(
    /Warning +Failed .* kubelet +spec.containers\{kube-scheduler\}: Error: ErrImagePull\n/,
  );
});
