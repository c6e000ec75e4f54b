import { describe, expect, test } from 'vitest';
import { makeCluster } from './support.ts';

const { line } = makeCluster();
line('kubectl run web --image=nginx --port=80 --expose --overrides=\'{"spec":{"nodeName":"node02"}}\'');
line('kubectl run box --image=busybox --overrides=\'{"spec":{"nodeName":"node01"}}\' --command -- sleep 99999');
line(`kubectl apply -f - <<X
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {nodeName: node01, containers: [{name: c, image: busybox, command: [sleep, "99999"], securityContext: {capabilities: {drop: [NET_RAW]}}}]}
X
sleep 12`);
const web = line("kubectl get pod web -o jsonpath='{.status.podIP}'").stdout;
const box = (text: string) => line(`kubectl exec box -- ${text} 2>&1 | sed -E 's/[0-9.]+ ms/N ms/g'`).stdout;
const node = (text: string) => line(`ssh node01 '${text}' 2>&1 | sed -E 's/[0-9.]+ ms/N ms/g; s/^rtt.*/RTT/'`).stdout;

test('a connection through a Service has the same numbers on both sides of a node, and its packets come in their order', () => {
  const service = line("kubectl get svc web -o jsonpath='{.spec.clusterIP}'").stdout;
  const { stdout } = line(
    `(sleep 1; kubectl exec box -- wget -q -O /dev/null http://${service}) & ssh node01 timeout 3 tcpdump -n -i any tcp port 80`,
  );
  const lines = stdout.trim().split('\n');
  const times = lines.map((one) => one.slice(0, 15));
  expect(times.length).toBeGreaterThan(20);
  expect(times).toEqual([...times].sort());
  const numbers = lines.flatMap((one) => /Flags \[S\], seq (\d+)/.exec(one)?.[1] ?? []);
  expect([numbers.length, new Set(numbers).size]).toEqual([3, 1]);
});

describe('ping', () => {
  test('of busybox: the hops on the way count', () => {
    expect(box(`ping -c 1 ${web} | head -2`)).toBe(
      `PING ${web} (${web}): 56 data bytes\n64 bytes from ${web}: seq=0 ttl=62 time=N ms\n`,
    );
    expect(box('ping -c 1 10.244.1.1 | sed -n 2p')).toBe('64 bytes from 10.244.1.1: seq=0 ttl=64 time=N ms\n');
  });

  test('needs NET_RAW in busybox', () => {
    expect(line(`kubectl exec bare -- ping -c 1 ${web}`)).toMatchObject({
      exit: 1,
      stdout: `PING ${web} (${web}): 56 data bytes\n`,
      stderr: 'ping: permission denied (are you root?)\ncommand terminated with exit code 1\n',
    });
  });

  test('and so does its traceroute', () => {
    expect(line(`kubectl exec bare -- traceroute -n ${web}`)).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: 'traceroute: socket: Operation not permitted\ncommand terminated with exit code 1\n',
    });
  });

  test('of iputils: what machines on the way say', () => {
    expect(node('ping -c 1 10.244.1.99')).toBe(`PING 10.244.1.99 (10.244.1.99) 56(84) bytes of data.
From 10.244.1.1 icmp_seq=1 Destination Host Unreachable

--- 10.244.1.99 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

`);
    expect(node('ping -c 1 10.96.0.1 | sed -n 2p')).toBe('From 192.168.64.1 icmp_seq=1 Destination Net Unreachable\n');
    expect(line('ping -c 1 10.96.0.1')).toMatchObject({ exit: 2, stderr: 'ping: connect: Network is unreachable\n' });
  });
});

test('traceroute', () => {
  expect(box(`traceroute -n ${web}`)).toBe(`traceroute to ${web} (${web}), 30 hops max, 46 byte packets
 1  10.244.1.1  N ms  N ms  N ms
 2  192.168.64.12  N ms  N ms  N ms
 3  ${web}  N ms  N ms  N ms
`);
  expect(node('traceroute -n 10.96.0.1')).toBe(`traceroute to 10.96.0.1 (10.96.0.1), 30 hops max, 60 byte packets
 1  192.168.64.1  N ms !N  N ms !N  N ms !N
`);
  expect(
    node('traceroute -m 1 192.168.64.99'),
  ).toBe(`traceroute to 192.168.64.99 (192.168.64.99), 1 hops max, 60 byte packets
 1  node01 (192.168.64.11)  N ms !H  N ms !H  N ms !H
`);
});

describe('tcpdump', () => {
  const mask = (text: string) =>
    text
      .replace(/^\d\d:\d\d:\d\d\.\d{6}/gm, 'TIME')
      .replace(/(seq|ack|val|ecr) \d{5,}/g, '$1 N')
      .replace(/\.(3[2-9]|[45]\d)\d{3}\b/g, '.PORT');
  const capture = (command: string, meanwhile: string) => {
    line(
      `ssh node01 '${command} > /tmp/dump 2>&1' & sleep 1; ${meanwhile}; sleep 1; ssh node01 'pkill tcpdump'; sleep 1`,
    );
    return mask(line('ssh node01 cat /tmp/dump').stdout);
  };

  test('shows a connection from SYN to FIN, before and after the Service', () => {
    const service = line("kubectl get svc web -o jsonpath='{.spec.clusterIP}'").stdout;
    const outside = capture('tcpdump -n -i cni0 tcp and port 80', `kubectl exec box -- wget -qO- http://${service}`);
    const own = line("kubectl get pod box -o jsonpath='{.status.podIP}'").stdout;
    const lines = outside.replaceAll(service, 'SERVICE').replaceAll(own, 'BOX').split('\n');
    expect(lines.slice(2, 6)).toEqual([
      'TIME IP BOX.PORT > SERVICE.80: Flags [S], seq N, win 64240, options [mss 1460,sackOK,TS val N ecr 0,nop,wscale 7], length 0',
      'TIME IP SERVICE.80 > BOX.PORT: Flags [S.], seq N, ack N, win 65160, options [mss 1460,sackOK,TS val N ecr N,nop,wscale 7], length 0',
      'TIME IP BOX.PORT > SERVICE.80: Flags [.], ack 1, win 502, options [nop,nop,TS val N ecr N], length 0',
      expect.stringMatching(
        /^TIME IP BOX\.PORT > SERVICE\.80: Flags \[P\.\], seq 1:\d+, ack 1, .* HTTP: GET \/ HTTP\/1\.1$/,
      ),
    ]);
    expect(lines.slice(-4)).toEqual([
      '12 packets captured'.replace('12', String(lines.length - 7)),
      `${lines.length - 7} packets received by filter`,
      '0 packets dropped by kernel',
      '',
    ]);
    const inside = capture(
      'tcpdump -n -i eth0 -c 1 tcp and port 80',
      `kubectl exec box -- wget -qO- http://${service}`,
    );
    expect(inside.split('\n')[2]).toContain(`IP ${own}.PORT > ${web}.80: Flags [S]`);
  });

  test('shows refused connections, echo requests and questions', () => {
    const text = capture(
      'tcpdump -n -i cni0',
      `kubectl exec box -- nc -w 1 ${web} 81; kubectl exec box -- ping -c 1 ${web}; kubectl exec box -- nslookup web.default.svc.cluster.local`,
    );
    expect(text).toMatch(/> \S+\.81: Flags \[S\]/);
    expect(text).toMatch(/\.81 > \S+: Flags \[R\.\], seq 0, ack N, win 0, length 0/);
    expect(text).toMatch(/ICMP echo request, id \d+, seq 0, length 64/);
    expect(text).toMatch(/10\.96\.0\.10\.53: \d+\+ A\? web\.default\.svc\.cluster\.local\. \(47\)/);
  });

  test('says what is wrong', () => {
    expect(line('tcpdump -i nope').stderr).toBe('tcpdump: nope: No such device exists\n(No such device exists)\n');
    expect(line('tcpdump foo bar').stderr).toBe("tcpdump: can't parse filter expression: syntax error\n");
  });
});

test('nc speaks UDP', () => {
  line('nc -ul 5000 > /tmp/got & sleep 0.2; echo hello | nc -u -w1 127.0.0.1 5000; kill %1');
  expect(line('cat /tmp/got').stdout).toBe('hello\n');
  expect(line('nc -uzv 127.0.0.1 5001').exit).toBe(1);
});
