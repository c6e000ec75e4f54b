import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

describe('a node whose containerd is stopped', () => {
  const built = buildWorld('kubeadm', 'test');
  const { folder, home } = prepare(built);
  const line = (text: string) => runStep(built, text, folder, home);
  const run = (text: string) => line(text).stdout ?? '';
  const pass = (seconds: number) => built.world.loop.runUntil(built.world.now + seconds * 1000);
  const ready = () =>
    run(
      `kubectl get node node01 -o jsonpath='{range .status.conditions[?(@.type=="Ready")]}{.status} {.reason} {.message}{end}'`,
    );
  // kubectl describe does not find what a kubelet says of its node: golden/live-nodes/node-described-through-changes
  const told = (reason: string) =>
    run(
      `kubectl get events -A --field-selector involvedObject.name=node01,reason=${reason} -o jsonpath='{range .items[*]}{.message}{"\\n"}{end}' | sort -u`,
    );

  it('says so after half a minute, and more after three', () => {
    run(
      `kubectl run web --image=nginx --overrides='{"spec":{"nodeName":"node01"}}'; kubectl wait --for=condition=Ready pod/web --timeout=60s`,
    );
    expect(line('ssh node01 systemctl stop containerd; ssh node01 crictl ps').stderr).toContain(
      'validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"',
    );
    expect(ready()).toBe('True KubeletReady kubelet is posting ready status');
    pass(45);
    expect(ready()).toBe('False KubeletNotReady container runtime is down');
    pass(160);
    expect(ready()).toMatch(
      /^False KubeletNotReady \[container runtime is down, PLEG is not healthy: pleg was last seen active 3m\d.*s ago; threshold is 3m0s\]$/,
    );
    expect(told('NodeNotReady')).toBe('Node node01 status is now: NodeNotReady\n');
  });

  it('lets containers run, but starts and stops none', () => {
    const address = run("kubectl get pod web -o jsonpath='{.status.podIP}'");
    expect(run(`ssh node02 curl -s ${address} | grep title`)).toContain('nginx');
    run(
      `kubectl run late --image=nginx --overrides='{"spec":{"nodeName":"node01","tolerations":[{"operator":"Exists"}]}}'`,
    );
    pass(20);
    expect(run('kubectl get pod late --no-headers')).toMatch(/^late +0\/1 +Pending +0 /);
    run('kubectl delete pod web --wait=false');
    pass(40);
    expect(run('kubectl get pod web --no-headers')).toMatch(/ Terminating /);
  });

  it('comes back with it', () => {
    run('ssh node01 systemctl start containerd');
    pass(50);
    expect(ready()).toBe('True KubeletReady kubelet is posting ready status');
    expect(run('kubectl get pods --no-headers')).toMatch(/^late +1\/1 +Running +0 [^\n]*\n$/);
    expect(told('NodeReady')).toBe('Node node01 status is now: NodeReady\n');
  });

  it('keeps the kubelet from starting', () => {
    run('ssh node02 "systemctl stop containerd; systemctl restart kubelet"');
    pass(2);
    expect(run('ssh node02 "systemctl is-active kubelet; journalctl -u kubelet -n 20 --no-pager"')).toMatch(
      /^activating\n[\s\S]*"command failed" err="failed to run Kubelet: validate service connection/,
    );
    run('ssh node02 systemctl start containerd');
    pass(15);
    expect(run('ssh node02 systemctl is-active kubelet')).toBe('active\n');
  });
});

describe('a sandbox that the runtime is told to end', () => {
  const built = buildWorld('kubeadm', 'test');
  const { folder, home } = prepare(built);
  const run = (text: string) => runStep(built, text, folder, home).stdout ?? '';
  const place = () =>
    run(
      `kubectl get pod web -o jsonpath='{.status.podIP} {.status.containerStatuses[0].restartCount} {.status.initContainerStatuses[0].restartCount}'`,
    );

  it('is made anew, with another address and from the first init container on', () => {
    const pod =
      '{"spec":{"nodeName":"node01","initContainers":[{"name":"init","image":"busybox:1.36","command":["true"]}]}}';
    run(`kubectl run web --image=nginx --overrides='${pod}'; kubectl wait --for=condition=Ready pod/web --timeout=60s`);
    const before = run('ssh node01 crictl pods --name web -q');
    expect(place()).toBe('10.244.1.2 0 0');
    run(`ssh node01 'crictl stopp $(crictl pods --name web -q)'; sleep 8`);
    expect(place()).toBe('10.244.1.3 1 1');
    expect(run('ssh node01 crictl pods --name web -q')).not.toBe(before);
    expect(
      run('kubectl get events --field-selector reason=SandboxChanged -o custom-columns=:.message --no-headers'),
    ).toBe('Pod sandbox changed, it will be killed and re-created.\n');
    expect(run(`ssh node01 curl -s -o /dev/null -w '%{http_code}' http://10.244.1.3`)).toBe('200');
  });
});
