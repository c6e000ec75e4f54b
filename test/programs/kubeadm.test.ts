import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

describe('kubeadm on the control plane', () => {
  const built = buildWorld('kubeadm', 'test');
  const { folder, home } = prepare(built);
  const line = (text: string) => runStep(built, text, folder, home);
  const kubeadm = (text: string) => line(`ssh controlplane kubeadm ${text}`).stdout ?? '';

  it('will not set up a node that is part of a cluster', () => {
    const { stdout, stderr, exit } = line('ssh node01 kubeadm join 192.168.64.10:6443 --token a.b');
    expect({ stdout, stderr, exit }).toEqual({
      stdout: '[preflight] Running pre-flight checks\n',
      stderr:
        '[preflight] Some fatal errors occurred:\n\t[ERROR Port-10250]: Port 10250 is in use\n\t[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists\n\t[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists\n[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`\nerror: error execution phase preflight: preflight checks failed\nTo see the stack trace of this error execute with --v=5 or higher\n',
      exit: 1,
    });
    expect(line('ssh controlplane kubeadm init').stderr).toContain(
      '[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty',
    );
    expect(line('ssh controlplane kubeadm upgrde').stderr).toContain('Did you mean this?\n\tupgrade\n');
  });

  it('makes, lists and deletes tokens, which are Secrets', () => {
    const join = kubeadm('token create --print-join-command');
    const [, token = '', id = ''] =
      /^kubeadm join 192\.168\.64\.10:6443 --token (([a-z0-9]{6})\.[a-z0-9]{16}) --discovery-token-ca-cert-hash sha256:[0-9a-f]{64} \n$/.exec(
        join,
      ) ?? [];
    // That of `kubeadm init` is there too.
    expect(line(`ssh controlplane "kubeadm token list | grep -e TOKEN -e ${id}"`).stdout).toMatch(
      new RegExp(
        `^TOKEN {21}TTL {9}EXPIRES {16}USAGES {19}DESCRIPTION {48}EXTRA GROUPS\n${token} {3}23h {9}2026-\\S+ {3}authentication,signing {3}<none> {53}system:bootstrappers:kubeadm:default-node-token\n$`,
      ),
    );
    expect(line(`kubectl get secret -n kube-system bootstrap-token-${id} -o jsonpath={.type}`).stdout).toBe(
      'bootstrap.kubernetes.io/token',
    );
    expect(kubeadm(`token delete ${token}`)).toBe(`bootstrap token "${id}" deleted\n`);
    expect(line('ssh controlplane "kubeadm token list | wc -l"').stdout).toBe('2\n');
  });

  it('reads when certificates expire from their files', () => {
    expect(kubeadm('certs check-expiration')).toContain(
      'apiserver-kubelet-client   Sep 01, 2027 09:00 UTC   364d            ca                      no      \n',
    );
    line('ssh controlplane rm /etc/kubernetes/pki/apiserver.crt');
    expect(kubeadm('certs check-expiration')).toContain('!MISSING! apiserver');
  });

  it('renews certificates for the names that they have, from now on', () => {
    const apiserver = () =>
      line('ssh controlplane openssl x509 -in /etc/kubernetes/pki/apiserver-etcd-client.crt -noout -enddate').stdout;
    const before = apiserver();
    line('sleep 7200');
    expect(kubeadm('certs renew apiserver-etcd-client')).toBe(
      `[renew] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[renew] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n\ncertificate the apiserver uses to access etcd renewed\n`,
    );
    expect(apiserver()).not.toBe(before);
    expect(kubeadm('certs renew all')).toContain(
      'MISSING! certificate for serving the Kubernetes API\ncertificate the apiserver uses to access etcd renewed\n',
    );
    expect(
      line('ssh controlplane kubectl --kubeconfig /etc/kubernetes/admin.conf get node node01 -o name').stdout,
    ).toBe('node/node01\n');
  });

  it('needs a kubeconfig', () => {
    expect(line('ssh node01 kubeadm token list')).toMatchObject({
      exit: 1,
      stderr:
        'error: failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory\nTo see the stack trace of this error execute with --v=5 or higher\n',
    });
  });

  it('does not start a unit that is masked', () => {
    expect(line('ssh node02 systemctl mask --now kubelet').stderr).toBe(
      'Created symlink /etc/systemd/system/kubelet.service → /dev/null.\n',
    );
    expect(line('ssh node02 systemctl start kubelet')).toMatchObject({
      exit: 1,
      stderr: 'Failed to start kubelet.service: Unit kubelet.service is masked.\n',
    });
    expect(line('ssh node02 "systemctl is-enabled kubelet; systemctl is-active kubelet"').stdout).toBe(
      'masked\ninactive\n',
    );
    expect(
      line('ssh node02 "systemctl unmask kubelet; systemctl start kubelet; systemctl is-active kubelet"'),
    ).toMatchObject({
      stdout: 'active\n',
      stderr: 'Removed "/etc/systemd/system/kubelet.service".\n',
    });
  });
});
