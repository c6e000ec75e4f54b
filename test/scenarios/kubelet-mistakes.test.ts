import { describe, expect, it } from 'vitest';
import { makeCluster } from '../programs/support.ts';

describe('mistakes that keep a kubelet from its work', () => {
  const { line } = makeCluster();
  const on = (command: string) => line(`ssh node01 '${command}'`).stdout;
  const journal = 'journalctl -u kubelet --no-pager -o cat';
  const CONFIG = '/var/lib/kubelet/config.yaml';
  const DROP_IN = '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf';

  it('an authority that is not there: it ends, and starts again every ten seconds', () => {
    const text = on(`sed -i s,pki/ca.crt,pki/no.crt, ${CONFIG}; systemctl restart kubelet; sleep 12; ${journal} -n 3`);
    expect(text).toMatch(
      /run\.go:72\] "command failed" err="failed to run Kubelet: open \/etc\/kubernetes\/pki\/no\.crt: no such file or directory"\nkubelet\.service: Main process exited, code=exited, status=1\/FAILURE\nkubelet\.service: Failed with result 'exit-code'\.\n$/,
    );
    expect(on(`sed -i s,no.crt,ca.crt, ${CONFIG}; sleep 11; systemctl is-active kubelet`)).toBe('active\n');
  });

  it('an executable that is none', () => {
    const text =
      on(`sed -i s,=/usr/bin/kubelet,=/usr/local/bin/kubelet, ${DROP_IN}; systemctl daemon-reload; systemctl restart kubelet; sleep 1; systemctl status kubelet --no-pager | grep Main
sed -i s,/usr/local/bin,/usr/bin, ${DROP_IN}; systemctl daemon-reload; systemctl restart kubelet; systemctl is-active kubelet`);
    expect(text).toMatch(/^ {3}Main PID: \d+ \(code=exited, status=203\/EXEC\)\n[\s\S]*active\n$/);
  });

  it('a port that nobody listens at: it runs, and its node goes silent', () => {
    const text = on(
      `sed -i s/:6443/:6553/ /etc/kubernetes/kubelet.conf; systemctl restart kubelet; sleep 2; systemctl is-active kubelet; ${journal} -n 1`,
    );
    expect(text).toContain('active\n');
    expect(text).toContain(
      '"Unable to register node with API server" err="Post \\"https://192.168.64.10:6553/api/v1/nodes\\": dial tcp 192.168.64.10:6553: connect: connection refused" node="node01"',
    );
    line('sleep 24');
    line('sleep 24');
    line('sleep 12');
    expect(line('kubectl get node node01 --no-headers | cut -c1-19').stdout).toBe('node01   NotReady  \n');
    on('sed -i s/:6553/:6443/ /etc/kubernetes/kubelet.conf; systemctl restart kubelet; sleep 11');
    expect(line('kubectl get node node01 --no-headers | cut -c1-16').stdout).toBe('node01   Ready  \n');
  });

  it('a kubelet that is killed comes back, and one with a manifest that is no YAML says so', () => {
    expect(
      on('kill $(pidof kubelet); sleep 1; systemctl is-active kubelet; sleep 11; systemctl is-active kubelet'),
    ).toBe('activating\nactive\n');
    on('mkdir -p /etc/kubernetes/manifests; echo "a: [b" > /etc/kubernetes/manifests/x.yaml; sleep 3');
    expect(on(`${journal} -n 1`)).toContain(
      '"Could not process manifest file" err="/etc/kubernetes/manifests/x.yaml: couldn',
    );
  });
});
