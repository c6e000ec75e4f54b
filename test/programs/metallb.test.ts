import { expect, test } from 'vitest';
import { makeCluster } from './support.ts';

const { line } = makeCluster();
const out = (text: string): string => line(text, 120_000).stdout;

test('a LoadBalancer is pending until MetalLB is installed and has a pool, then it answers outside', () => {
  line(
    'kubectl create deployment web --image=nginx --replicas=2; kubectl expose deployment web --type=LoadBalancer --port=80',
  );
  expect(out('sleep 10; kubectl get svc web --no-headers').split(/\s+/)[3]).toBe('<pending>');
  const url = 'https://raw.githubusercontent.com/metallb/metallb/v0.15.2/config/manifests/metallb-native.yaml';
  expect(out(`kubectl apply -f ${url}`)).toContain(
    'customresourcedefinition.apiextensions.k8s.io/ipaddresspools.metallb.io created',
  );
  expect(out('kubectl -n metallb-system rollout status deploy/controller --timeout=60s')).toContain(
    'successfully rolled out',
  );
  expect(out('sleep 20; kubectl get svc web --no-headers').split(/\s+/)[3]).toBe('<pending>');
  line(`kubectl apply -f - <<'EOT'
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: first-pool, namespace: metallb-system}
spec: {addresses: [192.168.64.240-192.168.64.241]}
EOT
sleep 2`);
  expect(out('kubectl get svc web --no-headers').split(/\s+/)[3]).toBe('192.168.64.240');
  expect(out('kubectl describe svc web')).toMatch(
    /IPAllocated +\S+ +metallb-controller +Assigned IP \["192.168.64.240"\]/,
  );
  // Nobody announces it yet.
  expect(out("curl -s -m 5 -o /dev/null -w '%{http_code}' http://192.168.64.240")).toBe('000');
  line(`kubectl apply -f - <<'EOT'
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: home, namespace: metallb-system}
EOT
sleep 2`);
  expect(out("curl -s -m 5 -o /dev/null -w '%{http_code}' http://192.168.64.240")).toBe('200');
  expect(out('kubectl describe svc web')).toMatch(
    /announcing from node "(controlplane|node0[12])" with protocol "layer2"/,
  );
});

test('a pool that is used up leaves the next Service waiting, and an address comes back', () => {
  line('for i in 1 2; do kubectl expose deployment web --name=w$i --type=LoadBalancer --port=80; done; sleep 3');
  const addresses = () => out("kubectl get svc w1 w2 --no-headers | awk '{print $4}'");
  expect(addresses()).toBe('192.168.64.241\n<pending>\n');
  expect(out('kubectl describe svc w2')).toContain('Failed to allocate IP for "default/w2": no available IPs');
  line('kubectl delete svc w1; sleep 3');
  expect(out("kubectl get svc w2 --no-headers | awk '{print $4}'")).toBe('192.168.64.241\n');
  line(`kubectl patch svc w2 -p '{"spec":{"type":"ClusterIP"}}'; sleep 3`);
  expect(out("kubectl get svc w2 --no-headers | awk '{print $4}'")).toBe('<none>\n');
});
