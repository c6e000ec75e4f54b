import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

describe('a workstation with Docker Desktop and minikube', () => {
  const built = buildWorld('desktop', 'test');
  const { folder, home } = prepare(built);
  const run = (text: string) => runStep(built, text, folder, home).stdout ?? '';
  const systemPods = () =>
    run('kubectl get pods -n kube-system --no-headers -o custom-columns=:.metadata.name,:.status.phase')
      .replace(/-[a-z0-9]{8,10}-[a-z0-9]{5} |-[a-z0-9]{5} /g, '-XXXXX ')
      .replace(/ +/g, ' ');

  it('begins in the cluster of Docker Desktop', () => {
    expect(run('kubectl config get-contexts')).toBe(
      `CURRENT   NAME             CLUSTER          AUTHINFO         NAMESPACE
*         docker-desktop   docker-desktop   docker-desktop   
          minikube         minikube         minikube         default
`,
    );
    expect(run('kubectl get nodes --no-headers -o wide')).toMatch(
      /^docker-desktop +Ready +control-plane .* v1\.36\.4 +192\.168\.65\.3 .* Docker Desktop .* docker:\/\/28/,
    );
    expect(systemPods()).toBe(
      `coredns-XXXXX Running
coredns-XXXXX Running
etcd-docker-desktop Running
kube-apiserver-docker-desktop Running
kube-controller-manager-docker-desktop Running
kube-proxy-XXXXX Running
kube-scheduler-docker-desktop Running
storage-provisioner Running
`,
    );
  });

  it('changes the cluster with the context, for every command', () => {
    run('kubectl create namespace only-here; kubectl run web --image=nginx; kubectl config use-context minikube');
    expect(run('kubectl get nodes -o name')).toBe('node/minikube\n');
    expect(run('kubectl get ns only-here; kubectl get pods')).toBe('');
    expect(run('kubectl cluster-info | head -1')).toContain('https://192.168.49.2:8443');
    expect(run('kubectl auth whoami -o jsonpath={.status.userInfo.username}')).toBe('minikube-user');
    expect(systemPods()).toContain('coredns-XXXXX Running\netcd-minikube Running\n');
    run('kubectl run web --image=busybox --command -- sh -c "hostname; sleep 1000"');
    run('kubectl wait --for=condition=Ready pod/web --timeout=60s; sleep 5');
    expect(run('kubectl logs web; kubectl exec web -- nslookup kubernetes.default.svc.cluster.local')).toContain(
      'web\nServer:\t\t10.96.0.10\n',
    );
    expect(run('kubectl get pods -o wide --context docker-desktop')).toMatch(
      /web .* Running .* 10\.1\.0\.\d+ +docker-desktop/,
    );
    expect(run('kubectl exec web --context docker-desktop -- curl -s localhost | grep title')).toContain('nginx');
    run('kubectl config use-context docker-desktop');
  });

  it('makes volumes of the default class of each cluster', () => {
    const claim = `printf 'apiVersion: v1\\nkind: PersistentVolumeClaim\\nmetadata: {name: data}\\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\\n' | kubectl apply -f - --context`;
    const path = 'kubectl get pv -o jsonpath={.items[*].spec.hostPath.path} --context';
    run(`${claim} minikube; ${claim} docker-desktop; sleep 3`);
    expect(run(`${path} minikube`)).toBe('/tmp/hostpath-provisioner/default/data');
    expect(run(`${path} docker-desktop`)).toMatch(/^\/var\/lib\/k8s-pvs\/data\/pvc-/);
    expect(run('kubectl delete pvc data --context minikube; sleep 3; kubectl get pv --context minikube')).not.toContain(
      'pvc-',
    );
  });

  it('says in words of Docker Engine why an image cannot be pulled', () => {
    run('kubectl run wrong --image=ngnix:1.27 --context minikube; sleep 5');
    expect(
      run(
        "kubectl get pod wrong --context minikube -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'",
      ),
    ).toContain(
      "Error response from daemon: pull access denied for ngnix, repository does not exist or may require 'docker login': denied",
    );
  });
});
