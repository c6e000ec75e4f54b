import { describe, expect, test } from 'vitest';
import { globbed } from '../../src/programs/http/curl-glob.ts';
import { makeCluster } from './support.ts';

const { line } = makeCluster();
line('kubectl run far --image=nginx --overrides=\'{"spec":{"nodeName":"node02"}}\'');
line(
  'kubectl run box --image=busybox --overrides=\'{"spec":{"nodeName":"node01"}}\' --command -- sleep 99999; sleep 12',
);
const far = line("kubectl get pod far -o jsonpath='{.status.podIP}'").stdout;
const node = (text: string) => line(`ssh node01 '${text}'`);

describe('/proc/sys and sysctl', () => {
  test('forwarding is a setting that packets feel', () => {
    const get = () => line(`kubectl exec box -- wget -qO- -T 2 http://${far}`).exit;
    expect(get()).toBe(0);
    expect(node('sysctl -w net.ipv4.ip_forward=0').stdout).toBe('net.ipv4.ip_forward = 0\n');
    expect(node('cat /proc/sys/net/ipv4/ip_forward').stdout).toBe('0\n');
    expect(get()).toBe(1);
    expect(node('echo 1 > /proc/sys/net/ipv4/ip_forward; sysctl -n net.ipv4.ip_forward').stdout).toBe('1\n');
    expect(get()).toBe(0);
  });

  test('files of settings, and what sysctl says of keys that are not there', () => {
    expect(node('printf "# c\\nvm.swappiness = 10\\nfoo\\n" > /etc/sysctl.d/k8s.conf; sysctl --system').stdout).toBe(
      '* Applying /etc/sysctl.d/k8s.conf ...\nvm.swappiness = 10\n',
    );
    expect(node('sysctl net.nosuch')).toMatchObject({
      exit: 1,
      stderr: 'sysctl: cannot stat /proc/sys/net/nosuch: No such file or directory\n',
    });
    expect(line("kubectl exec box -- sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'").stderr).toContain('Read-only');
  });

  test('a walk through /proc ends: threads have no threads', () => {
    expect(node('find /proc/1 -name task; ls /proc/1/task/1/comm').stdout).toBe('/proc/1/task\n/proc/1/task/1/comm\n');
  });

  test('/sys/class/net', () => {
    expect(line('kubectl exec box -- ls /sys/class/net').stdout).toBe('eth0\nlo\n');
    expect(line('kubectl exec box -- cat /sys/class/net/eth0/mtu /sys/class/net/eth0/operstate').stdout).toBe(
      '1500\nup\n',
    );
  });
});

describe('bash as a TCP client', () => {
  test('/dev/tcp is a connection', () => {
    expect(line(`exec 3<>/dev/tcp/192.168.64.10/6443 && echo open`).stdout).toBe('open\n');
    expect(line(`echo > /dev/tcp/192.168.64.11/30999`)).toMatchObject({
      exit: 1,
      stderr: 'bash: connect: Connection refused\nbash: line 2: /dev/tcp/192.168.64.11/30999: Connection refused\n',
    });
    expect(line(`echo > /dev/tcp/nosuch.invalid/80`)).toMatchObject({
      exit: 1,
      stderr:
        'bash: line 2: nosuch.invalid: Name or service not known\nbash: line 2: /dev/tcp/nosuch.invalid/80: Invalid argument\n',
    });
  });
});

describe('curl globs', () => {
  test('lists and ranges', () => {
    expect(globbed('http://a/{x,y}/[1-3]')).toHaveLength(6);
    expect(globbed('http://a/[08-10]')).toEqual(['http://a/08', 'http://a/09', 'http://a/10']);
    expect(globbed('http://[::1]:80/')).toEqual(['http://[::1]:80/']);
    expect(() => globbed('http://x/[3-1]')).toThrow(
      `bad range in URL position 15:\nhttp://x/[3-1]\n${' '.repeat(14)}^`,
    );
  });
});
