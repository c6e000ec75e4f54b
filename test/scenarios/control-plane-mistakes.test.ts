import { describe, expect, it } from 'vitest';
import { makeCluster } from '../programs/support.ts';

describe('mistakes in the manifests of a control plane', () => {
  const { line } = makeCluster();
  const text = (command: string) => line(command).stdout;
  const manifest = (name: string) => `/etc/kubernetes/manifests/${name}.yaml`;
  const breakWith = (name: string, from: string, to: string) =>
    line(`ssh controlplane 'cp ${manifest(name)} /root/; sed -i "s#${from}#${to}#" ${manifest(name)}'; sleep 20`);
  const mend = (name: string) => line(`ssh controlplane 'mv /root/${name}.yaml ${manifest(name)}'; sleep 24`);

  it('ends the scheduler that has a flag that is none, and says so in its log', () => {
    breakWith('kube-scheduler', '--leader-elect=', '--leader-elects=');
    expect(text('kubectl -n kube-system get pod kube-scheduler-controlplane --no-headers')).toMatch(
      /Error|CrashLoopBackOff/,
    );
    expect(text('kubectl -n kube-system logs kube-scheduler-controlplane --tail=1')).toBe(
      'Error: unknown flag: --leader-elects\n',
    );
    mend('kube-scheduler');
    expect(text('kubectl -n kube-system get pod kube-scheduler-controlplane --no-headers | cut -c29-43')).toMatch(
      /Running/,
    );
  });

  it('ends the controller manager whose kubeconfig is not there', () => {
    breakWith(
      'kube-controller-manager',
      '--kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--kubeconfig=/etc/kubernetes/cm.conf',
    );
    expect(text('kubectl -n kube-system logs kube-controller-manager-controlplane --tail=1')).toMatch(
      /run\.go:72\] "command failed" err="stat \/etc\/kubernetes\/cm\.conf: no such file or directory"\n$/,
    );
    mend('kube-controller-manager');
  });

  it('ends the API server whose authority is not there, which only its node can tell', () => {
    breakWith(
      'kube-apiserver',
      '--client-ca-file=/etc/kubernetes/pki/ca.crt',
      '--client-ca-file=/etc/kubernetes/pki/no.crt',
    );
    expect(line('kubectl get nodes').stderr).toContain('was refused - did you specify the right host or port?');
    expect(
      text("ssh controlplane 'crictl logs $(crictl ps -a -q --name kube-apiserver | head -n 1) 2>&1 | tail -n 1'"),
    ).toContain('"command failed" err="open /etc/kubernetes/pki/no.crt: no such file or directory"');
    mend('kube-apiserver');
    expect(text('kubectl get nodes --no-headers | wc -l')).toBe('3\n');
  });

  it('has leaders that hold leases, and requests of the kubelets that were approved', () => {
    expect(text('kubectl -n kube-system get lease -o name')).toMatch(
      /^lease\.coordination\.k8s\.io\/apiserver-[a-z2-7]{26}\nlease.*\/kube-controller-manager\nlease.*\/kube-scheduler\n$/,
    );
    expect(text('kubectl get csr --no-headers | grep -c Approved,Issued')).toBe('3\n');
  });
});
