import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

it('runs containers that are typed into, debugs Pods and nodes, and copies files', () => {
  const { steps } = play('kubeadm', {
    files: { 'note.txt': 'milk\n' },
    steps: [
      'kubectl run web --image=nginx && kubectl wait --for=condition=Ready pod/web',
      "echo 'echo hi; hostname' | kubectl run tmp --rm -i --image=busybox -q -- sh",
      'kubectl debug web -c look -q --image=busybox --target=web -- wget -qO- localhost; sleep 3; kubectl logs web -c look | head -1',
      "kubectl debug web --copy-to=web2 --set-image='*=busybox'; kubectl get pod web2 -o jsonpath='{.spec.containers[*].image}'",
      'kubectl debug node/node01 -q --image=busybox -- cat /host/etc/hostname; sleep 3; kubectl logs -l app.kubernetes.io/managed-by=kubectl-debug',
      'kubectl cp note.txt web:/tmp && kubectl cp web:/tmp/note.txt back.txt; cat back.txt; kubectl cp nosuch web:/tmp',
    ],
  });
  expect(steps.map((step) => step.stdout)).toEqual([
    'pod/web created\npod/web condition met\n',
    'hi\ntmp\n',
    '<!DOCTYPE html>\n',
    'busybox',
    'node01\n',
    "tar: Removing leading `/' from member names\nmilk\n",
  ]);
  const told = 'Defaulted container "web" out of: web, look (ephem)\n';
  expect(steps[5]?.stderr).toBe(`${told}${told}error: nosuch doesn't exist in local filesystem\n`);
});
