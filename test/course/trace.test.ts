import { describe, expect, test } from 'vitest';
import { CommandLog } from '../../src/course/checks/command-log.ts';
import { evaluateReachable, type ReachableCheck } from '../../src/course/checks/reachable.ts';
import { TrustedPrograms } from '../../src/course/checks/trusted-programs.ts';
import type { Verdict } from '../../src/course/checks/verdict.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { traceCommand } from '../../src/course/trace-command.ts';
import { traceView } from '../../src/course/trace-view.ts';
import { runIn } from '../shell/support.ts';

function place(world: string) {
  const built = scenarioSource.build(world, 'test');
  const line = (text: string) =>
    runIn(built.workstation, ['bash', '-c', `export KUBECONFIG=/home/learner/.kube/config\n${text}`], {
      limit: 60_000,
    });
  const trace = (words: string, language: 'en' | 'ko' = 'en') => {
    const { text, status } = traceCommand(built, words.split(' '), language);
    return `${text.replace(/veth[0-9a-f]{8}/g, 'vethX').replace(/cali[0-9a-f]{11}/g, 'caliX')}${status}`;
  };
  return { built, line, trace };
}

test('a failed check of reachability tells the way', () => {
  const built = scenarioSource.build('kubeadm', 'test');
  runIn(
    built.workstation,
    [
      'bash',
      '-c',
      'export KUBECONFIG=/home/learner/.kube/config; kubectl create service clusterip none --tcp=80; sleep 2',
    ],
    {
      limit: 30_000,
    },
  );
  const context = {
    built,
    commands: new CommandLog(built.workstation, built.world.now),
    monitors: new Map(),
    programs: new TrustedPrograms(built, []),
    process: undefined,
  };
  const judge = (reachable: ReachableCheck) =>
    evaluateReachable(reachable, context, 'check').next().value as unknown as Verdict;
  const { result, expected, actual, why } = judge({
    from: { pod: { namespace: 'kube-system', selector: 'k8s-app=kube-dns' } },
    to: { service: 'none' },
  });
  expect({ result, expected: expected.en, actual: actual.en }).toEqual({
    result: 'failed',
    expected: 'Service none is reachable',
    actual: 'refused',
  });
  expect(why.en.split('\n').at(-1)).toBe(
    '✗ connection refused: Service default/none has no endpoints: its selector app=none matches no Pod',
  );
  expect(why.ko).toContain('엔드포인트가 없습니다');
  expect(judge({ to: { url: 'https://192.168.64.10:6443/healthz' } }).result).toBe('passed');
  expect(judge({ to: { url: 'http://192.168.64.10:6444/' }, reachable: false }).result).toBe('passed');
});

test('a trace leaves the world as it was', () => {
  const { built, line, trace } = place('kubeadm');
  line('kubectl create deployment web --image=nginx --replicas=3 --port=80; kubectl expose deployment web');
  line('kubectl run box --image=busybox --command -- sleep 9999; sleep 20');
  line(`kubectl patch svc web -p '{"spec":{"sessionAffinity":"ClientIP"}}'; sleep 5`);
  const remembered = () =>
    [...built.world.machines.values()].map(({ network }) => [...(network.tables?.recent ?? [])].map(([name]) => name));
  const before = { hash: built.world.hash(), remembered: remembered() };
  const lucks = ['1', '2', '3', '4', '5', '6', '7', '8'].map((luck) => traceView(built, 'box web', 'en', luck));
  expect({ hash: built.world.hash(), remembered: remembered() }).toEqual(before);
  // The same luck meets the same endpoint; another may meet another.
  expect(traceView(built, 'box web', 'en', '1')).toEqual(lucks[0]);
  expect(new Set(lucks.map((way) => JSON.stringify(way))).size).toBeGreaterThan(1);
  expect(trace('box web')).toBe(trace('box web'));
  expect(traceView(built, 'bix web', 'ko', '')).toEqual({ problem: 'tutor: bix: 그런 곳이 없습니다' });
  // What really is sent goes by chance, and is remembered.
  line('kubectl exec box -- wget -qO- web');
  expect(remembered()).not.toEqual(before.remembered);
});

describe('a kubeadm cluster', () => {
  const { line, trace } = place('kubeadm');
  line('kubectl run web --image=nginx --port=80 --overrides=\'{"spec":{"nodeName":"node02"}}\'');
  line('kubectl run box --image=busybox --overrides=\'{"spec":{"nodeName":"node01"}}\' --command -- sleep 9999');
  line(`kubectl create service clusterip web --tcp=80; kubectl set selector svc web run=web; kubectl create service nodeport gate --tcp=80 --node-port=30080
kubectl set selector svc gate run=web; sleep 15`);
  const address = line("kubectl get svc web -o jsonpath='{.spec.clusterIP}'").stdout;
  const mask = (text: string) => text.replaceAll(address, 'CLUSTERIP');

  test('from a Pod to a Service on another node', () => {
    expect(mask(trace('pod box service web'))).toMatchInlineSnapshot(`
      "Pod default/box → Service default/web:80
        1  Pod default/box  web is CLUSTERIP
        2                   sends it from 10.244.1.2
        3                   eth0 → vethX → bridge cni0 of node01
        4  node node01      Service default/web: CLUSTERIP:80 → 10.244.2.2:80 (Pod default/web)
        5                   route: 10.244.2.0/24 via 192.168.64.12 dev eth0
        6                   eth0 → wire → node02
        7  node node02      route: 10.244.2.0/24 dev cni0
        8  Pod default/web  bridge cni0 → vethX → eth0 of the Pod
        9                   nginx listens on port 80
      ✓ accepted: Pod default/web answers on port 80
      0"
    `);
    expect(mask(trace('pod box http://web/', 'ko'))).toMatchInlineSnapshot(`
      "Pod default/box → web:80
        1  Pod default/box  web = CLUSTERIP
        2                   10.244.1.2에서 보냄
        3                   eth0 → vethX → 브리지 cni0 (node01)
        4  노드 node01      Service default/web: CLUSTERIP:80 → 10.244.2.2:80 (Pod default/web)
        5                   라우트: 10.244.2.0/24 via 192.168.64.12 dev eth0
        6                   eth0 → 네트워크 → node02
        7  노드 node02      라우트: 10.244.2.0/24 dev cni0
        8  Pod default/web  브리지 cni0 → vethX → Pod의 eth0
        9                   nginx이(가) 80번 포트에서 받음
      ✓ 연결됨: Pod default/web이(가) 80번 포트에서 응답합니다
      0"
    `);
  });

  test('from outside to a NodePort, and to a ClusterIP', () => {
    expect(mask(trace('workstation node01:30080'))).toMatchInlineSnapshot(`
      "workstation → node01:30080
        1  workstation      node01 is 192.168.64.11
        2                   sends it from 192.168.64.1
        3                   route: 192.168.64.0/24 dev br0
        4                   br0 → wire → node01
        5  node node01      Service default/gate: 192.168.64.11:30080 → 10.244.2.2:80 (Pod default/web)
        6                   route: 10.244.2.0/24 via 192.168.64.12 dev eth0
        7                   from here on it comes from 192.168.64.11 (masquerade)
        8                   eth0 → wire → node02
        9  node node02      route: 10.244.2.0/24 dev cni0
       10  Pod default/web  bridge cni0 → vethX → eth0 of the Pod
       11                   nginx listens on port 80
      ✓ accepted: Pod default/web answers on port 80
      0"
    `);
    expect(mask(trace('workstation svc/web'))).toMatchInlineSnapshot(`
      "workstation → Service default/web:80
        1  workstation  sends it from no address
      ✗ network is unreachable: workstation has no route to CLUSTERIP
      1"
    `);
  });

  test('nothing listens; the selector matches nothing; a name of nobody', () => {
    expect(mask(trace('node node01 pod web:8080'))).toMatchInlineSnapshot(`
      "node node01 → Pod default/web:8080
        1  node node01      sends it from 192.168.64.11
        2                   route: 10.244.2.0/24 via 192.168.64.12 dev eth0
        3                   eth0 → wire → node02
        4  node node02      route: 10.244.2.0/24 dev cni0
        5  Pod default/web  bridge cni0 → vethX → eth0 of the Pod
      ✗ connection refused: nothing in Pod default/web listens on port 8080; what listens there: 80
      1"
    `);
    line('kubectl set selector svc web run=wed; sleep 3');
    expect(mask(trace('pod box web'))).toMatchInlineSnapshot(`
      "Pod default/box → Service default/web:80
        1  Pod default/box  web is CLUSTERIP
        2                   sends it from 10.244.1.2
        3                   eth0 → vethX → bridge cni0 of node01
      ✗ connection refused: Service default/web has no endpoints: its selector run=wed matches no Pod
      1"
    `);
    line(
      `kubectl patch svc web -p '{"spec":{"selector":{"run":"web"},"ports":[{"port":80,"targetPort":"http"}]}}'; sleep 3`,
    );
    expect(trace('pod box web')).toContain(
      'has no endpoints: its selector run=web matches 1 Pod, but its targetPort http is the name of no port of theirs',
    );
    expect(trace('pod box web', 'ko')).toContain('targetPort http라는 이름의 포트가 그 Pod에 없습니다');
    line(
      `kubectl patch svc web -p '{"spec":{"ports":[{"port":80,"targetPort":80}]}}'; kubectl set selector svc web run=wed; sleep 3`,
    );
    expect(trace('pod box service web:81')).toMatch(/; Service default\/web has no port 81, only 80\n1$/);
    expect(trace('pod box service web:81', 'ko')).toContain('default/web에는 81번 포트가 없습니다(있는 포트: 80)');
    expect(trace('pod box http://nowhere')).toMatchInlineSnapshot(`
      "Pod default/box → nowhere:80
      ✗ no such name: nowhere
      1"
    `);
    expect(trace('pod default/box service default/web')).toBe(trace('pod box/default service web/default'));
    expect(trace('pod box')).toMatch(/^tutor trace FROM TO/);
    expect(trace('pod bix web')).toMatchInlineSnapshot(`
      "tutor: bix: there is no such place
      1"
    `);
  });
});

test('policies: the verdict, and DNS that is cut off', () => {
  const { line, trace } = place('no-cni');
  line(
    'kubectl apply -f https://raw.githubusercontent.com/projectcalico/calico/v3.30.3/manifests/calico.yaml; sleep 45',
  );
  line(
    'kubectl run web --image=nginx --port=80 --expose; kubectl run box --image=busybox --command -- sleep 9999; sleep 15',
  );
  line(`kubectl apply -f - <<X
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-out}
spec: {podSelector: {matchLabels: {run: box}}, policyTypes: [Egress]}
X`);
  expect(trace('pod box http://web/').replace(/10\.\d+\.\d+\.\d+/g, 'ADDRESS')).toMatchInlineSnapshot(`
    "Pod default/box → web:80
      1  Pod default/box  sends it from ADDRESS
      2                   eth0 → caliX of node01
      3  node node01      Service kube-system/kube-dns: ADDRESS:53 → ADDRESS:53 (Pod kube-system/coredns-8565d64c57-rdck9)
      4                   route: ADDRESS/26 via 192.168.64.10 dev tunl0
      5                   NetworkPolicy default/deny-out denies it (egress)
    ✗ the name cannot be looked up, because the DNS at ADDRESS:53 cannot be reached (NetworkPolicy default/deny-out)
    1"
  `);
});
