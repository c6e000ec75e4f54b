import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

describe('nodes with CRI-O', () => {
  const built = buildWorld('crio', 'test');
  const { folder, home } = prepare(built);
  const run = (text: string) => runStep(built, text, folder, home);
  const makePod = () =>
    run(
      `kubectl run box --image=busybox --overrides='{"spec":{"nodeName":"node01"}}' -- sleep 1000; kubectl wait --for=condition=Ready pod/box --timeout=20s`,
    );
  const ping = () => run('kubectl exec box -- ping -c 1 192.168.64.10');

  it('lets Pods send no raw packets until its configuration says so', () => {
    expect(makePod().exit).toBe(0);
    expect(ping()).toMatchObject({
      exit: 1,
      stdout: 'PING 192.168.64.10 (192.168.64.10): 56 data bytes\n',
      stderr: 'ping: permission denied (are you root?)\ncommand terminated with exit code 1\n',
    });
    const edit = `printf '[crio.runtime]\\ndefault_capabilities = [\\n  "CHOWN",\\n  "NET_RAW",\\n]\\n' > /etc/crio/crio.conf.d/20-ping.conf`;
    run(`ssh node01 ${JSON.stringify(edit)}; ssh node01 systemctl restart crio`);
    expect(ping().exit).toBe(1);
    run('kubectl delete pod box --now');
    makePod();
    expect(ping().exit).toBe(0);
  });

  it('does not start with a broken configuration', () => {
    run(
      'ssh node02 "echo default_capabilities = [ CHOWN >> /etc/crio/crio.conf.d/99-bad.conf; systemctl restart crio"',
    );
    expect(run('ssh node02 journalctl -u crio -n 8 --no-pager').stdout).toContain('level=fatal');
    expect(run('ssh node02 crictl ps').stderr).toContain('connect: no such file or directory');
  });

  it('is seen by crictl', () => {
    const line = run('ssh node01 "crictl ps --name box" | tail -n 1 | awk \'{print $(NF-2), $(NF-1), $NF}\'');
    expect(line.stdout).toMatch(/^[0-9a-f]{13} box default\n$/);
    expect(run('ssh node01 crictl inspect zzz').stderr).toContain('container "zzz": not found');
    expect(run('ssh controlplane "crictl ps -q | wc -l"').stdout).toBe('7\n');
    run('ssh controlplane "crictl stop \\$(crictl ps --name kube-scheduler -q)"; sleep 3');
    expect(run("ssh controlplane 'crictl ps -a --name kube-scheduler' | awk '{print $NF}' | tail -n +2").stdout).toBe(
      'kube-system\nkube-system\n',
    );
  });
});
