import { describe, expect, it } from 'vitest';
import { makeCluster } from '../../programs/support.ts';

const container = (name: string, command: string, more = {}) => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', command],
  ...more,
});
const pod = (metadata: object, spec: object) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });

describe('how Pods end, and what is left of them', () => {
  const { line } = makeCluster();
  const text = (command: string) => line(command).stdout;
  const create = (object: string) => line(`kubectl create -f - <<'EOF'\n${object}\nEOF`);

  it('is not over while a sidecar still runs', () => {
    const stubborn = "trap 'sleep 25; exit 0' TERM; while true; do sleep 0.2; done";
    const two = pod(
      { name: 'two' },
      {
        restartPolicy: 'Never',
        initContainers: [container('side', stubborn, { restartPolicy: 'Always' })],
        containers: [container('main', 'sleep 2')],
      },
    );
    const state =
      'kubectl get pod two -o jsonpath="{.status.phase} {.status.containerStatuses[0].state.terminated.reason}"';
    expect(text(`echo '${two.replaceAll("'", `'"'"'`)}' | kubectl create -f - >/dev/null; sleep 5; ${state}`)).toBe(
      'Running Completed',
    );
    expect(text(`sleep 20; ${state}`)).toBe('Succeeded Completed');
    const killing = 'kubectl get events --field-selector reason=Killing -o jsonpath="{.items[*].message}"';
    expect(text(killing)).toBe('Stopping container side');
  });

  it('has no logs for a Pod that only a finalizer keeps', () => {
    create(
      pod(
        { name: 'held', finalizers: ['example.com/hold'] },
        { terminationGracePeriodSeconds: 1, containers: [container('main', 'echo hi; sleep 99')] },
      ),
    );
    line('sleep 3; kubectl delete pod held --wait=false; sleep 5');
    expect(text('kubectl logs held')).toMatch(/^unable to retrieve container logs for containerd:\/\/[0-9a-f]{64}$/);
  });

  it('brings new labels into its volumes at once', () => {
    const info = { downwardAPI: { items: [{ path: 'tier', fieldRef: { fieldPath: "metadata.labels['tier']" } }] } };
    create(
      pod(
        { name: 'self', labels: { tier: 'front' } },
        {
          volumes: [{ name: 'info', ...info }],
          containers: [container('main', 'sleep 99', { volumeMounts: [{ name: 'info', mountPath: '/info' }] })],
        },
      ),
    );
    line('sleep 3; kubectl label pod self tier=back --overwrite; sleep 1');
    expect(text('kubectl exec self -- cat /info/tier')).toBe('back');
  });

  it('is bound by a scheduler that writes core Events, as it came up with the API server', () => {
    const event = `kubectl get events -o json | jq -c '[.items[] | select(.reason == "Scheduled")][0] | [.source, .count, .eventTime]'`;
    expect(text(event)).toBe('[{"component":"default-scheduler"},1,null]\n');
  });

  it('cannot be joined before it has a node', () => {
    create(pod({ name: 'gated' }, { schedulingGates: [{ name: 'a.b/c' }], containers: [container('main', 'true')] }));
    expect(line('kubectl exec gated -- date').stderr).toBe(
      'error: unable to upgrade connection: pod gated does not have a host assigned\n',
    );
  });

  it('runs a container under a seccomp filter when that is asked for and to be had', () => {
    const filtered = (profile: object) => ({
      securityContext: { runAsUser: 1000, readOnlyRootFilesystem: true, seccompProfile: profile },
    });
    create(
      pod({ name: 'watched' }, { containers: [container('main', 'sleep 99', filtered({ type: 'RuntimeDefault' }))] }),
    );
    create(
      pod(
        { name: 'lost' },
        { containers: [container('main', 'sleep 99', filtered({ type: 'Localhost', localhostProfile: 'none.json' }))] },
      ),
    );
    line('sleep 3');
    expect(text('kubectl exec watched -- grep Seccomp: /proc/self/status')).toBe('Seccomp:\t2\n');
    expect(line('kubectl exec watched -- touch /etc/x').stderr).toContain('touch: /etc/x: Read-only file system');
    expect(text('kubectl get pod lost -o jsonpath="{.status.containerStatuses[0].state.waiting}"')).toBe(
      '{"message":"failed to create containerd container: cannot load seccomp profile \\"/var/lib/kubelet/seccomp/none.json\\": open /var/lib/kubelet/seccomp/none.json: no such file or directory","reason":"CreateContainerError"}',
    );
  });

  it('does not grow beyond what its node has at all', () => {
    const resources = { resources: { requests: { cpu: '10m', memory: '8Mi' } } };
    create(pod({ name: 'grow' }, { nodeName: 'node01', containers: [container('main', 'sleep 99', resources)] }));
    const patch = { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '64', memory: '900Gi' } } }] } };
    const refusal = line(`kubectl patch pod grow --subresource resize -p '${JSON.stringify(patch)}'`).stderr;
    expect(refusal).toMatch(
      /is forbidden: node didn't have enough allocatable resources: cpu, requested: 64000, allocatable: \d+; memory, requested: 966367641600, allocatable: \d+$/m,
    );
  });
});
