import { describe, expect, test } from 'vitest';
import { makeCluster } from './support.ts';

// The commands of the seeds 001 and 004, with the outputs that they show; names and addresses are those of this world.

const { line } = makeCluster();
const out = (text: string, limit?: number): string => line(text, limit).stdout;

const service = (name: string, type: string, port: number) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: test}
spec:
  selector: {app: nginx}
  type: ${type}
  ports: [{name: http, port: ${port}, protocol: TCP, targetPort: 80}]
  externalIPs: [192.168.64.11, 192.168.64.12]
`;
const deployment = (name: string, image: string, replicas: number, command: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: test, labels: {app: ${name}}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: ${name}, image: "${image}"${command}}
`;

describe('seed 001: Services from inside and outside', () => {
  const files = [
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: test}\n',
    deployment('nginx', 'nginx:stable-alpine3.17-slim', 2, ', ports: [{containerPort: 80}]'),
    service('nginx-svc', 'ClusterIP', 80),
    service('nginx-svc-lb', 'LoadBalancer', 8080),
    service('nginx-svc-np', 'NodePort', 8081),
    deployment('busybox', 'busybox', 1, ', command: ["/bin/sh", "-c", "sleep inf"]'),
  ].join('---\n');
  const busybox = (command: string) => line(`kubectl exec -n test deploy/busybox -- ${command}`, 60_000);

  test('a cluster begins with two Services', () => {
    const rows = out('kubectl get svc -A').trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(/\s+/).slice(0, 6).join(' '))).toEqual([
      'default kubernetes ClusterIP 10.96.0.1 <none> 443/TCP',
      'kube-system kube-dns ClusterIP 10.96.0.10 <none> 53/UDP,53/TCP,9153/TCP',
    ]);
  });

  test('two Pods and three Services with external addresses', () => {
    line(`kubectl apply -f - <<'EOT'\n${files}\nEOT\nsleep 20`, 60_000);
    const pods = out('kubectl get po -n test -o wide -l app=nginx').trim().split('\n');
    expect(pods).toHaveLength(3);
    for (const pod of pods.slice(1))
      expect(pod).toMatch(/1\/1 +Running +0 .* 10\.244\.\d\.\d+ +node0[12] +<none> +<none>/);
    const services = out('kubectl get svc -n test').trim().split('\n').slice(1);
    const external = '192.168.64.11,192.168.64.12';
    const shown = services.map((row) => {
      const [name, type, , address, ports] = row.split(/\s+/);
      return `${name} ${type} ${address} ${ports?.replace(/:3[0-2]\d{3}/, ':PORT')}`;
    });
    expect(shown).toEqual([
      `nginx-svc ClusterIP ${external} 80/TCP`,
      `nginx-svc-lb LoadBalancer ${external} 8080:PORT/TCP`,
      `nginx-svc-np NodePort ${external} 8081:PORT/TCP`,
    ]);
  });

  test('curl of every combination', () => {
    const port = (name: string) => out(`kubectl get svc -n test ${name} -o jsonpath='{.spec.ports[0].nodePort}'`);
    const [balancer, node] = [port('nginx-svc-lb'), port('nginx-svc-np')];
    const urls = ['192.168.64.11', '192.168.64.12'].flatMap((host) =>
      ['', ':8080', ':8081', `:${balancer}`, `:${node}`].map((end) => `http://${host}${end}`),
    );
    for (const url of urls) expect(`${url} ${out(`curl -s ${url}`)}`).toContain('<title>Welcome to nginx!</title>');
    expect(out('curl -s -m 2 -o /dev/null -w "%{http_code}" http://192.168.64.10:8080')).toBe('000');
  });

  test('both Pods have logged requests, from addresses of the cluster', () => {
    const pods = out('kubectl get pods -n test -l app=nginx -o name').trim().split('\n');
    for (const pod of pods) {
      const requests = out(`kubectl logs -n test ${pod}`)
        .split('\n')
        .filter((row) => row.includes('"GET / HTTP/1.1" 200 615'));
      expect(requests.length).toBeGreaterThan(0);
      for (const row of requests)
        expect(row).toMatch(/^(10\.244\.\d\.1|192\.168\.64\.1\d) - - \[.*\] ".*" 200 615 "-" "curl\/[\d.]+" "-"$/);
    }
  });

  test('Pods answer ping by their addresses, Services do not', () => {
    const address = out("kubectl get pods -n test -l app=nginx -o jsonpath='{.items[0].status.podIP}'");
    expect(busybox(`ping -c 2 ${address}`).stdout).toMatch(/2 packets transmitted, 2 packets received, 0% packet loss/);
    const cluster = out("kubectl get svc -n test nginx-svc -o jsonpath='{.spec.clusterIP}'");
    expect(busybox(`ping -c 1 -W 1 ${cluster}`).stdout).toMatch(
      /1 packets transmitted, 0 packets received, 100% packet loss/,
    );
  });

  test.each([
    ['nginx-svc', 80],
    ['nginx-svc-lb', 8080],
    ['nginx-svc-np', 8081],
    ['kube-dns.kube-system', 53],
  ])('telnet %s %i connects', (host, port) => {
    const { stdout, stderr } = busybox(`sh -c 'echo | telnet ${host} ${port}'`);
    expect(`${stdout}${stderr}`).toContain(`Connected to ${host}`);
  });

  test('nslookup finds the Service by the search list', () => {
    const address = out("kubectl get svc -n test nginx-svc -o jsonpath='{.spec.clusterIP}'");
    const { stdout } = busybox('nslookup nginx-svc');
    expect(stdout).toContain('Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n');
    expect(stdout).toContain("** server can't find nginx-svc.svc.cluster.local: NXDOMAIN\n");
    expect(stdout).toContain(`Name:\tnginx-svc.test.svc.cluster.local\nAddress: ${address}\n`);
  });
});

describe('seed 004: Endpoints, NodePort and LoadBalancer', () => {
  test('describe lists the Pods of a Service as its endpoints', () => {
    line(
      'kubectl create deployment kubia --image=nginx --replicas=3; kubectl expose deployment kubia --port=80; sleep 15',
      60_000,
    );
    const text = out('kubectl describe svc kubia');
    expect(text).toMatch(/^Endpoints: +10\.244\.\d\.\d+:80,10\.244\.\d\.\d+:80,10\.244\.\d\.\d+:80$/m);
    expect(text).toMatch(/^Selector: +app=kubia$/m);
  });

  test('slices hold at most 100 endpoints each', () => {
    line(
      'kubectl scale deployment kubia --replicas=0; sleep 5; kubectl create service clusterip crowd --tcp=80',
      60_000,
    );
    const pod = (index: number) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p-${index}, labels: {app: crowd}}\nspec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: nginx}]}\n`;
    line(
      `kubectl apply -f - <<'EOT'\n${Array.from({ length: 105 }, (_, index) => pod(index)).join('---\n')}\nEOT\nsleep 60`,
      200_000,
    );
    const sizes = out(
      "kubectl get endpointslices -l kubernetes.io/service-name=crowd -o json | jq -c '[.items[].endpoints | length] | sort'",
    );
    expect(sizes).toBe('[5,100]\n');
    line('kubectl delete pods -l app=crowd --force --grace-period=0; sleep 5', 100_000);
  });

  test('NodePort 30123 answers on every node, and on the cluster address from inside', () => {
    line(
      `kubectl scale deployment kubia --replicas=2; kubectl apply -f - <<'EOT'
apiVersion: v1
kind: Service
metadata: {name: kubia-nodeport}
spec:
  type: NodePort
  selector: {app: kubia}
  ports: [{port: 80, targetPort: 80, nodePort: 30123}]
EOT
sleep 15`,
      60_000,
    );
    for (const node of ['10', '11', '12'])
      expect(out(`curl -s -o /dev/null -w '%{http_code}' http://192.168.64.${node}:30123`)).toBe('200');
    const address = out("kubectl get svc kubia-nodeport -o jsonpath='{.spec.clusterIP}'");
    expect(out(`ssh node01 "curl -s -o /dev/null -w '%{http_code}' http://${address}"`)).toBe('200');
    expect(out(`curl -s -m 2 -o /dev/null -w '%{http_code}' http://${address}`)).toBe('000');
  });

  test('without a cloud a LoadBalancer stays pending and works as a NodePort', () => {
    line('kubectl expose deployment kubia --name=kubia-lb --type=LoadBalancer --port=80; sleep 5');
    const [, type, cluster, external, ports] = out('kubectl get svc kubia-lb --no-headers').split(/\s+/);
    expect([type, external]).toEqual(['LoadBalancer', '<pending>']);
    expect(cluster).toMatch(/^10\.\d+\.\d+\.\d+$/);
    const port = /^80:(\d+)\/TCP$/.exec(ports ?? '')?.[1];
    expect(out(`curl -s -o /dev/null -w '%{http_code}' http://192.168.64.12:${port}`)).toBe('200');
  });
});
