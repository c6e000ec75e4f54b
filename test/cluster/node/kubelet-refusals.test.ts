import { describe, expect, it } from 'vitest';
import { makeCluster } from '../../programs/support.ts';

const apply = (name: string, spec: string) =>
  `echo '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"},"spec":${spec}}' | kubectl apply -f -`;
const container = (more = '') => `"containers":[{"name":"c","image":"nginx:1.27"${more}}]`;

describe('what a kubelet refuses', () => {
  const { line } = makeCluster();
  const text = (command: string) => line(command).stdout;

  it('does not run a Pod that was bound to a node that has no room for it', () => {
    line(`${apply('big', `{"nodeName":"node01",${container(',"resources":{"requests":{"cpu":"64"}}')}}`)}; sleep 3`);
    expect(text('kubectl get pod big --no-headers | cut -c1-24')).toBe('big   0/1   OutOfcpu   0\n');
    expect(text('kubectl get pod big -o jsonpath={.status.message}')).toMatch(
      /^Pod was rejected: Node didn't have enough resource: cpu, requested: 64000, used: \d+, capacity: \d+$/,
    );
  });

  it('does not run one whose selector is not that of the node, or that asks for an unsafe sysctl', () => {
    line(`${apply('wants', `{"nodeName":"node01","nodeSelector":{"disk":"ssd"},${container()}}`)}
${apply('tunes', `{"nodeName":"node01","securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]},${container()}}`)}; sleep 3`);
    expect(text('kubectl get pods wants tunes -o jsonpath="{.items[*].status.reason}"')).toBe(
      'NodeAffinity SysctlForbidden',
    );
    expect(text('kubectl get events --field-selector reason=SysctlForbidden -o jsonpath={.items[0].message}')).toBe(
      'forbidden sysctl: "kernel.msgmax" not allowlisted',
    );
  });

  it('tells of each volume that cannot be set up, and of all that one volume lacks', () => {
    const volumes = `"volumes":[{"name":"a","configMap":{"name":"no-map"}},{"name":"b","projected":{"sources":[{"configMap":{"name":"none"}},{"secret":{"name":"nothing"}}]}}]`;
    line(`${apply('lacks', `{${container()},${volumes}}`)}; sleep 3`);
    const messages = text(
      'kubectl get events --field-selector involvedObject.name=lacks,reason=FailedMount -o jsonpath=\'{range .items[*]}{.message}{"\\n"}{end}\' | sort -u',
    );
    expect(messages).toBe(
      'MountVolume.SetUp failed for volume "a" : configmap "no-map" not found\nMountVolume.SetUp failed for volume "b" : [configmap "none" not found, secret "nothing" not found]\n',
    );
  });

  it('keeps a Pod pending while one of its containers has never run', () => {
    line(
      `${apply('half', '{"containers":[{"name":"good","image":"nginx:1.27"},{"name":"bad","image":"nginx:nope"}]}')}; sleep 5`,
    );
    expect(text('kubectl get pod half -o jsonpath={.status.phase}')).toBe('Pending');
  });
});
