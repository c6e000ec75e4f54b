import { expect, test } from 'vitest';
import { buildWorld } from '../../../src/scenarios/build.ts';
import { runIn } from '../../shell/support.ts';

test('the API server puts its own endpoints back within ten seconds', () => {
  const { workstation } = buildWorld('kubeadm', 'test');
  const line = (text: string) =>
    runIn(workstation, ['bash', '-c', `export KUBECONFIG=/home/learner/.kube/config\n${text}`], { limit: 120_000 });
  const there = `kubectl get endpoints kubernetes -o jsonpath='{.subsets[0].addresses[*].ip}:{.subsets[0].ports[0].port} ' 2>/dev/null
kubectl get endpointslice kubernetes -o jsonpath='{.endpoints[*].addresses}' 2>/dev/null`;
  const right = '192.168.64.10:6443 ["192.168.64.10"]';
  expect(line(there).stdout).toBe(right);
  line('kubectl delete endpoints kubernetes; kubectl delete endpointslice kubernetes; sleep 11');
  expect(line(there).stdout).toBe(right);
  const patch = '{"subsets":[{"addresses":[{"ip":"192.168.64.99"}],"ports":[{"name":"https","port":1}]}]}';
  expect(line(`kubectl patch endpoints kubernetes -p '${patch}'\n${there}`).stdout).toContain('192.168.64.99:1');
  line('kubectl label endpoints kubernetes mine=yes; sleep 11');
  expect(line(there).stdout).toBe(right);
  expect(line("kubectl get endpoints kubernetes -o jsonpath='{.metadata.labels.mine}'").stdout).toBe('yes');
});
