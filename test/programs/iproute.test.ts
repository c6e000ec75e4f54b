import { expect, test } from 'vitest';
import { makeCluster } from './support.ts';

const { line: lineOf } = makeCluster();
const line = (text: string) => lineOf(`PATH=$PATH:/usr/sbin\n${text}`);
line('kubectl run web --image=nginx --overrides=\'{"spec":{"nodeName":"node01"}}\'');
line(
  'kubectl run box --image=busybox --overrides=\'{"spec":{"nodeName":"node01"}}\' --command -- sleep 9999; sleep 12',
);
const MASK =
  "sed -E 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/; s/veth[0-9a-f]{8}/vethX/; s/cni-[0-9a-f-]{36}/cni-X/; s/fe80::[0-9a-f:]+/LL/'";
const node = (text: string) => line(`ssh node01 '${text}' 2>&1 | ${MASK}`).stdout;
const box = (text: string) => line(`kubectl exec box -- ${text} 2>&1 | ${MASK}`).stdout;

// The texts are those that a kubeadm cluster with the CNI plugin bridge gave; see also facts/nodes.
test('interfaces of a node with Pods', () => {
  expect(node('ip a')).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback MAC brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host 
       valid_lft forever preferred_lft forever
2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether MAC brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 192.168.64.11/24 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 LL/64 scope link 
       valid_lft forever preferred_lft forever
3: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether MAC brd ff:ff:ff:ff:ff:ff
    inet 10.244.1.1/24 brd 10.244.1.255 scope global cni0
       valid_lft forever preferred_lft forever
    inet6 LL/64 scope link 
       valid_lft forever preferred_lft forever
4: vethX@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP group default 
    link/ether MAC brd ff:ff:ff:ff:ff:ff link-netns cni-X
    inet6 LL/64 scope link 
       valid_lft forever preferred_lft forever
5: vethX@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP group default 
    link/ether MAC brd ff:ff:ff:ff:ff:ff link-netns cni-X
    inet6 LL/64 scope link 
       valid_lft forever preferred_lft forever
`);
  expect(node('bridge link')).toBe(
    `4: vethX@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2 
5: vethX@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2 
`,
  );
});

test('routes of a node, and the way to an address', () => {
  expect(node('ip route')).toBe(`default via 192.168.64.1 dev eth0 
10.244.0.0/24 via 192.168.64.10 dev eth0 
10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1 
10.244.2.0/24 via 192.168.64.12 dev eth0 
192.168.64.0/24 dev eth0 proto kernel scope link src 192.168.64.11 
`);
  expect(node('ip route get 10.244.2.5')).toBe(
    '10.244.2.5 via 192.168.64.12 dev eth0 src 192.168.64.11 uid 0 \n    cache \n',
  );
  expect(node('route -n | tail -1')).toBe(
    '192.168.64.0    0.0.0.0         255.255.255.0   U     0      0        0 eth0\n',
  );
});

test('busybox in a Pod', () => {
  expect(box('ip -4 a show eth0')).toBe(`2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue 
    inet 10.244.1.3/24 brd 10.244.1.255 scope global eth0
       valid_lft forever preferred_lft forever
`);
  expect(box('ip route')).toBe(
    'default via 10.244.1.1 dev eth0 \n10.244.1.0/24 dev eth0 scope link  src 10.244.1.3 \n',
  );
  expect(box('ifconfig lo')).toBe(`lo        Link encap:Local Loopback  
          inet addr:127.0.0.1  Mask:255.0.0.0
          inet6 addr: ::1/128 Scope:Host
          UP LOOPBACK RUNNING  MTU:65536  Metric:1
          RX packets:0 errors:0 dropped:0 overruns:0 frame:0
          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0
          collisions:0 txqueuelen:1000 
          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)

`);
});

test('a route that is taken away breaks the way to the other node; put back it works again', () => {
  line('kubectl run far --image=nginx --overrides=\'{"spec":{"nodeName":"node02"}}\'; sleep 8');
  const far = line("kubectl get pod far -o jsonpath='{.status.podIP}'").stdout;
  const ask = () => line(`kubectl exec box -- wget -qO- -T 5 http://${far} 2>&1 | head -1`).stdout;
  expect(ask()).toBe('<!DOCTYPE html>\n');
  expect(node('ip route del 10.244.2.0/24; ip route del 10.244.2.0/24')).toBe('RTNETLINK answers: No such process\n');
  expect(ask()).toBe('wget: download timed out\n');
  expect(node('ip route add 10.244.2.0/24 via 192.168.64.12')).toBe('');
  expect(ask()).toBe('<!DOCTYPE html>\n');
});

test('net-tools change routes and interfaces as ip does', () => {
  expect(node('route add -net 10.99.0.0/16 gw 192.168.64.12; ip route show 10.99.0.0/16')).toBe(
    '10.99.0.0/16 via 192.168.64.12 dev eth0 \n',
  );
  expect(node('route add -net 10.99.0.0 netmask 255.255.0.0 gw 192.168.64.12 2>&1')).toBe('SIOCADDRT: File exists\n');
  expect(node('ip route change 10.99.0.0/16 via 192.168.64.10; ip r s 10.99.0.0/16')).toBe(
    '10.99.0.0/16 via 192.168.64.10 dev eth0 \n',
  );
  expect(node('route del -net 10.99.0.0/16; route del -net 10.99.0.0/16 2>&1')).toBe('SIOCDELRT: No such process\n');
  expect(node('route add -net 10.99.0.0/16 gw 172.20.0.1 2>&1')).toBe('SIOCADDRT: Network is unreachable\n');
  expect(node('ip route change 10.99.0.0/16 via 192.168.64.12 2>&1')).toBe(
    'RTNETLINK answers: No such file or directory\n',
  );
  expect(node('ifconfig eth9 up 2>&1')).toBe('eth9: ERROR while getting interface flags: No such device\n');
  expect(node('ifconfig cni0 down; ip -br link show cni0 | cut -c1-21')).toBe('cni0             DOWN\n');
  expect(node('ip link set up dev cni0; ip -br link show cni0 | cut -c1-21')).toBe('cni0             UP  \n');
});

test('what goes wrong', () => {
  expect(line('ip link set br0 down')).toMatchObject({ exit: 0 });
  expect(line('ip link set br0 up; ip link show nope')).toMatchObject({
    exit: 1,
    stderr: 'Device "nope" does not exist.\n',
  });
  expect(line('ip foo')).toMatchObject({ exit: 1, stderr: 'Object "foo" is unknown, try "ip help".\n' });
  expect(line('su learner -c "ip route del default"')).toMatchObject({
    exit: 2,
    stderr: 'RTNETLINK answers: Operation not permitted\n',
  });
  expect(line('ip route get 10.96.0.1')).toMatchObject({
    exit: 2,
    stderr: 'RTNETLINK answers: Network is unreachable\n',
  });
});

test('listening sockets', () => {
  line('nc -lk 7070 & sleep 1');
  expect(line('ss -tln').stdout).toBe(`State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      1            0.0.0.0:7070      0.0.0.0:*          
`);
  expect(line("ss -tlnp 'sport = :7070' | tail -1 | sed -E 's/pid=[0-9]+/pid=N/'").stdout).toBe(
    'LISTEN 0      1            0.0.0.0:7070      0.0.0.0:*    users:(("nc",pid=N,fd=3))\n',
  );
  expect(line('netstat -tln').stdout).toBe(`Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       
tcp        0      0 0.0.0.0:7070            0.0.0.0:*               LISTEN      
`);
});

test('a port of the bridge that is down cuts its Pod off', () => {
  const address = line("kubectl get pod web -o jsonpath='{.status.podIP}'").stdout;
  const port = line("ssh node01 ip -br link | awk '/^veth/ {print $1; exit}' | cut -d@ -f1").stdout.trim();
  line(`ssh node01 ip link set ${port} down`);
  expect(node('bridge link').split('\n')[0]).toBe(
    '4: vethX@eth0: <BROADCAST,MULTICAST> mtu 1500 master cni0 state disabled priority 32 cost 2 ',
  );
  expect(line(`kubectl exec box -- wget -qO- -T 5 http://${address}`).stderr).toBe(
    `wget: can't connect to remote host (${address}): No route to host\ncommand terminated with exit code 1\n`,
  );
  expect(line(`curl -s -m 9 http://${address}`).exit).not.toBe(0);
  expect(line(`ssh node01 'ip neigh show dev cni0; arp -n' | grep ${address}`).stdout.replaceAll(/ +/g, ' ')).toBe(
    `${address} FAILED \n${address} (incomplete) cni0\n`,
  );
  line(`ssh node01 ip link set ${port} up`);
  expect(line(`kubectl exec box -- wget -qO- -T 9 http://${address}`).exit).toBe(0);
});
