import { describe, expect, test } from 'vitest';
import { buildWorld } from '../../../src/scenarios/build.ts';
import { runIn } from '../../shell/support.ts';

function cluster() {
  const built = buildWorld('no-cni', 'test');
  return (text: string) =>
    runIn(built.workstation, ['bash', '-c', `export KUBECONFIG=/home/learner/.kube/config\n${text}`], {
      limit: 120_000,
    });
}

const CALICO = 'https://raw.githubusercontent.com/projectcalico/calico/v3.30.3/manifests/calico.yaml';
const FLANNEL = 'https://github.com/flannel-io/flannel/releases/latest/download/kube-flannel.yml';
const POLICY = (name: string, spec: string) =>
  `kubectl apply -f - <<X\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\nX\n`;

describe('without a CNI', () => {
  const line = cluster();

  test('nodes are NotReady and Pods wait for a network', () => {
    const run = `kubectl run stuck --image=nginx --overrides='{"spec":{"nodeName":"node01"}}'; sleep 3`;
    expect(line(`${run}; kubectl get pod stuck --no-headers | awk '{print $3}'`).stdout).toBe(
      'pod/stuck created\nContainerCreating\n',
    );
    expect(line("kubectl get nodes --no-headers | awk '{print $1, $2}'").stdout).toBe(
      'controlplane NotReady\nnode01 NotReady\nnode02 NotReady\n',
    );
    const ready =
      'jsonpath=\'{.status.conditions[?(@.type=="Ready")].reason}: {.status.conditions[?(@.type=="Ready")].message}\'';
    expect(line(`kubectl get node node01 -o ${ready}`).stdout).toBe(
      'KubeletNotReady: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    );
    expect(
      line("kubectl get events -A --field-selector reason=NetworkNotReady -o jsonpath='{.items[0].message}'").stdout,
    ).toBe(
      'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    );
  });

  test('no Pod is bound to a node that is not ready, from its first moment on', () => {
    expect(line("kubectl get pods -n kube-system -l k8s-app=kube-dns --no-headers | awk '{print $3}'").stdout).toBe(
      'Pending\nPending\n',
    );
    expect(line("kubectl get node node01 -o jsonpath='{.spec.taints[*].effect}'").stdout).toBe('NoSchedule NoExecute');
  });

  test('flannel connects the nodes and enforces no policy', () => {
    expect(line(`kubectl apply -f ${FLANNEL} | tail -1`).stdout).toBe('daemonset.apps/kube-flannel-ds created\n');
    line('sleep 45; kubectl run web --image=nginx --expose --port=80 --overrides=\'{"spec":{"nodeName":"node01"}}\'');
    line(
      'kubectl run box --image=busybox --overrides=\'{"spec":{"nodeName":"node02"}}\' --command -- sleep 9999; sleep 12',
    );
    expect(line("kubectl get nodes --no-headers | awk '{print $2}' | sort -u").stdout).toBe('Ready\n');
    expect(line('kubectl exec box -- wget -qO- -T 2 web | head -1').stdout).toBe('<!DOCTYPE html>\n');
    line(POLICY('deny', '{podSelector: {}, policyTypes: [Ingress, Egress]}'));
    expect(line('kubectl exec box -- wget -qO- -T 2 web | head -1').stdout).toBe('<!DOCTYPE html>\n');
    expect(line("ssh node01 'ip route | grep flannel'").stdout).toBe(
      '10.244.0.0/24 via 10.244.0.0 dev flannel.1 onlink \n10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink \n',
    );
  });

  test('the portmap plugin leads ports of the node into Pods, until they go', () => {
    line(`kubectl apply -f - <<X
apiVersion: v1
kind: Pod
metadata: {name: hp}
spec: {nodeName: node01, containers: [{name: web, image: nginx, ports: [{containerPort: 80, hostPort: 8099}]}]}
X
sleep 12`);
    const asked = (from: string, url: string) =>
      line(`${from} curl -s -m 2 -o /dev/null -w '%{http_code}' http://${url}`).stdout;
    expect(asked('', '192.168.64.11:8099')).toBe('200');
    expect(asked('', '192.168.64.12:8099')).toBe('000');
    expect(asked('ssh node01', '127.0.0.1:8099')).toBe('200');
    expect(asked('ssh node01', '192.168.64.11:8099')).toBe('200');
    const wget = (pod: string) => line(`kubectl exec ${pod} -- wget -qO- -T 2 192.168.64.11:8099 | head -1`).stdout;
    expect(wget('box')).toBe('<!DOCTYPE html>\n');
    line('kubectl delete pod hp --now; sleep 3');
    expect(asked('', '192.168.64.11:8099')).toBe('000');
  });

  test('a plugin whose daemon has not run says so in the event of the Pod', () => {
    line(
      'ssh node01 \'rm /run/flannel/subnet.env\'; kubectl run late --image=nginx --overrides=\'{"spec":{"nodeName":"node01"}}\'; sleep 5',
    );
    expect(
      line(
        "kubectl get events --field-selector reason=FailedCreatePodSandBox -o jsonpath='{.items[0].message}' | sed -E 's/[0-9a-f]{64}/ID/'",
      ).stdout,
    ).toBe(
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ID": plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
    );
  });
});

describe('calico', () => {
  const line = cluster();
  line(`kubectl apply -f ${CALICO}; sleep 45`);
  line(
    'kubectl create ns prod; kubectl label ns prod env=prod; kubectl run web --image=nginx --labels=app=web --port=80 --expose; sleep 1',
  );
  line(
    'kubectl run db --image=redis:7 --labels=app=db; kubectl run box --image=busybox --labels=app=box --command -- sleep 9999',
  );
  line('kubectl run box -n prod --image=busybox --labels=app=box --command -- sleep 9999; sleep 15');
  const web = line("kubectl get pod web -o jsonpath='{.status.podIP}'").stdout;
  const db = line("kubectl get pod db -o jsonpath='{.status.podIP}'").stdout;
  const ask = (url: string, where = '') => {
    const { stdout, stderr } = line(`kubectl exec ${where} box -- wget -qO- -T 2 ${url} | head -1`);
    return stdout + stderr.replace(/command terminated.*\n/, '');
  };
  const OK = '<!DOCTYPE html>\n';
  const LOST = 'wget: download timed out\n';
  const clean = () => line('kubectl delete networkpolicy --all');

  test('without a policy everything passes', () => {
    expect([ask('web'), ask(web), ask('web.default', '-n prod')]).toEqual([OK, OK, OK]);
  });

  test('default deny of ingress; the node still reaches its Pod', () => {
    line(POLICY('deny', '{podSelector: {}, policyTypes: [Ingress]}'));
    expect([ask(web), ask(web, '-n prod')]).toEqual([LOST, LOST]);
    line('sleep 15');
    expect(line("kubectl get pod web db --no-headers | awk '{print $2}'").stdout).toBe('1/1\n1/1\n');
    clean();
  });

  test('the trap of default deny of egress: names are not found any more', () => {
    line(
      POLICY(
        'out',
        '{podSelector: {matchLabels: {app: box}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}',
      ),
    );
    expect([ask('web'), ask(web)]).toEqual(["wget: bad address 'web'\n", OK]);
    line(
      POLICY(
        'dns',
        '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}]}]}',
      ),
    );
    expect(ask('web')).toBe(OK);
    clean();
  });

  test('namespaces, named ports and ranges of ports', () => {
    line(
      POLICY(
        'from-prod',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {env: prod}}}], ports: [{port: 80, endPort: 90}]}]}',
      ),
    );
    expect([ask(web), ask(web, '-n prod')]).toEqual([LOST, OK]);
    clean();
    line(
      POLICY('other-port', '{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 81, endPort: 90}]}]}'),
    );
    expect(ask(web)).toBe(LOST);
    clean();
  });

  test('an ipBlock sees the address that arrives', () => {
    line(
      POLICY(
        'outside',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 192.168.64.0/24, except: [192.168.64.12/32]}}]}]}',
      ),
    );
    expect(ask(web)).toBe(LOST);
    clean();
  });

  test('when the agent is gone its rules stay; without the DaemonSet new Pods still get a network', () => {
    line(POLICY('deny', '{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}'));
    line('kubectl delete ds calico-node -n kube-system; sleep 10; kubectl delete networkpolicy --all; sleep 2');
    expect(ask(web)).toBe(LOST);
    expect(line(`kubectl exec box -- nc -w 2 ${db} 6379 < /dev/null`).exit).toBe(0);
  });
});
