import { expect, it } from 'vitest';
import { play } from '../conformance/player.ts';

it('the API server is not ready while etcd does not answer, and says what fails', () => {
  const outcome = play('kubeadm', {
    steps: [
      'kubectl get --raw /readyz',
      "ssh controlplane 'mv /etc/kubernetes/manifests/etcd.yaml /root/; sleep 30'",
      'kubectl get --raw /readyz',
      'kubectl get --raw /readyz/etcd',
      'kubectl get --raw /readyz/ping',
      "ssh controlplane 'mv /root/etcd.yaml /etc/kubernetes/manifests/; sleep 60'",
      'kubectl get --raw /readyz',
    ],
  });
  const [before, , down, one, other, , after] = outcome.steps;
  expect([before?.stdout, other?.stdout, after?.stdout]).toEqual(['ok', 'ok', 'ok']);
  expect(down?.stderr).toMatch(
    /^Error from server \(InternalError\): an error on the server \("\[\+\]ping ok\\n\[\+\]log ok\\n\[-\]etcd failed: reason withheld\\n\[-\]etcd-readiness failed: reason withheld\\n.*\\nreadyz check failed"\) has prevented the request from succeeding\n$/,
  );
  expect(one?.stderr).toContain('internal server error: error getting data from etcd: context deadline exceeded');
});
