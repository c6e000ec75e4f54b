import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

const POD = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: web, image: busybox, command: [sh, -c, 'echo kept > /d/x; exec sleep 3600'], volumeMounts: [{name: d, mountPath: /d}]}]
  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
`;

describe('the default world', () => {
  const built = buildWorld('default', 'test');
  const { folder, home } = prepare(built);
  const run = (text: string) => runStep(built, text, folder, home);

  it('makes volumes on the node of their Pod, and takes them away', () => {
    built.workstation.files.writeFile(`${folder}/pod.yaml`, POD);
    expect(run('kubectl apply -f pod.yaml; kubectl wait --for=condition=Ready pod/web --timeout=20s').exit).toBe(0);
    expect(run("kubectl get pvc --no-headers | awk '{print $1, $2, $6}'").stdout).toBe('data Bound local-path\n');
    expect(
      run('ssh $(kubectl get pod web -o jsonpath={.spec.nodeName}) "cat /opt/local-path-provisioner/*/x"').stdout,
    ).toBe('kept\n');
    const reasons = run(
      'kubectl get events --field-selector involvedObject.name=data -o custom-columns=R:.reason --no-headers | sort -u',
    );
    expect(reasons.stdout?.split('\n')).toContain('ProvisioningSucceeded');
    run('kubectl delete pod web --now; kubectl delete pvc data; sleep 8');
    expect(run('kubectl get pv').stderr).toBe('No resources found\n');
  });

  it('makes no volumes that several nodes could have', () => {
    const shared = POD.replace('ReadWriteOnce]', 'ReadWriteMany]')
      .replace(/(name|claimName): data/gi, '$1: shared')
      .replace('web', 'many');
    built.workstation.files.writeFile(`${folder}/shared.yaml`, shared);
    run('kubectl apply -f shared.yaml; sleep 25');
    expect(run("kubectl get pod many --no-headers | awk '{print $2, $3}'").stdout).toBe('0/1 Pending\n');
    expect(run("kubectl get pvc shared --no-headers | awk '{print $2, $3}'").stdout).toBe('Pending local-path\n');
    const events = run('kubectl describe pvc shared').stdout ?? '';
    expect(events).toMatch(
      /Warning +ProvisioningFailed +\d+s \(x2 over \d+s\) +rancher\.io\/local-path_\S+ +failed to provision volume with StorageClass "local-path": NodePath only supports ReadWriteOnce and ReadWriteOncePod \(1\.22\+\) access modes/,
    );
    run('kubectl delete -f shared.yaml --now');
  });

  it('measures nodes and Pods', () => {
    run('sleep 20');
    expect(run("kubectl top node --no-headers | awk '{print $1}'").stdout).toBe('controlplane\nnode01\nnode02\n');
    expect(run('kubectl top pod -n kube-system -l component=etcd --no-headers').stdout).toMatch(
      /^etcd-controlplane +\d+m +\d+Mi +\n$/,
    );
    expect(run('kubectl top pod none').stderr).toBe(
      'Error from server (NotFound): podmetrics.metrics.k8s.io "default/none" not found\n',
    );
    expect(run('kubectl get apiservice v1beta1.metrics.k8s.io --no-headers').stdout).toMatch(
      /^v1beta1.metrics.k8s.io +kube-system\/metrics-server +True +/,
    );
    run('kubectl -n kube-system scale deploy metrics-server --replicas=0; sleep 5');
    expect(run('kubectl top pod').stderr).toContain('the server is currently unable to handle the request');
  });
});
