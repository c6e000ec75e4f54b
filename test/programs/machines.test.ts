import { describe, expect, test } from 'vitest';
import { makeCluster } from './support.ts';

const { built, line } = makeCluster();

describe('ssh', () => {
  test('runs a command as root and passes its status on', () => {
    expect(line("ssh node01 'hostname; id -u; exit 3'")).toEqual({ stdout: 'node01\n0\n', stderr: '', exit: 3 });
  });

  test('gives its input to the command', () => {
    expect(line("echo hi | ssh node02 'cat > /tmp/x; cat /tmp/x'").stdout).toBe('hi\n');
    expect(built.world.machines.get('node02')?.files.readText('/tmp/x')).toBe('hi\n');
  });

  test('says what is wrong in the words of OpenSSH', () => {
    expect(line('ssh nowhere ls')).toMatchObject({
      exit: 255,
      stderr: 'ssh: Could not resolve hostname nowhere: Name or service not known\r\n',
    });
    expect(line('ssh 192.168.64.1 ls')).toMatchObject({
      exit: 255,
      stderr: 'ssh: connect to host 192.168.64.1 port 22: Connection refused\r\n',
    });
  });
});

describe('systemctl and journalctl', () => {
  test('stop and start a service', () => {
    const script =
      'systemctl stop kubelet; systemctl is-active kubelet; systemctl start kubelet; systemctl is-active kubelet';
    expect(line(`ssh node02 '${script}'`).stdout).toBe('inactive\nactive\n');
    expect(line('ssh node02 "journalctl -u kubelet -o cat | grep ^Started | tail -n 1"').stdout).toBe(
      'Started kubelet.service - kubelet: The Kubernetes Node Agent.\n',
    );
  });

  test('a stopped service has status 3, an unknown one 4 or 5', () => {
    const stopped = line("ssh node01 'systemctl stop kubelet; systemctl status kubelet'");
    expect(stopped.exit).toBe(3);
    expect(stopped.stdout).toContain('     Active: inactive (dead) since ');
    expect(line('systemctl status nope')).toMatchObject({ exit: 4, stderr: 'Unit nope.service could not be found.\n' });
    expect(line('systemctl start nope').exit).toBe(5);
  });
});

test('sudo runs commands as root and as others', () => {
  expect(line('sudo -u learner whoami; sudo whoami; sudo nope').stdout).toBe('learner\nroot\n');
});

test('the mirror of a static Pod comes back when it is deleted, and goes with its manifest', () => {
  line("ssh node01 'systemctl start kubelet; mkdir -p /etc/kubernetes/manifests'");
  line(
    "kubectl run hello --image=nginx:1.27 --dry-run=client -o yaml | ssh node01 'cat > /etc/kubernetes/manifests/hello.yaml'; sleep 60",
  );
  const uid = () => line('kubectl get pod hello-node01 -o jsonpath={.metadata.uid}').stdout;
  const first = uid();
  expect(line('kubectl delete pod hello-node01; sleep 10')).toMatchObject({ exit: 0 });
  expect(uid()).not.toBe(first);
  expect(line('kubectl get pod hello-node01 --no-headers').stdout).toMatch(/^hello-node01 +1\/1 +Running/);
  line("ssh node01 'rm /etc/kubernetes/manifests/hello.yaml'; sleep 60");
  expect(line('kubectl get pod hello-node01').stderr).toContain('not found');
});
