import { describe, expect, test } from 'vitest';
import { makeCluster } from './support.ts';

const { line } = makeCluster();
line('kubectl run web --image=httpd:2.4; kubectl run store --image=redis:7; kubectl run db --image=postgres:16');
line('kubectl run box --image=busybox:1.36 --command -- sleep 3600; kubectl expose pod web --port=80; sleep 12');

describe('curl', () => {
  test('asks the API server', () => {
    expect(line('curl -sk https://192.168.64.10:6443/livez').stdout).toBe('ok');
    expect(line('curl -sS https://192.168.64.10:6443/livez 2>&1 | head -1').stdout).toBe(
      'curl: (60) SSL certificate problem: unable to get local issuer certificate\n',
    );
    expect(line('curl -s http://192.168.64.10:6443/').stdout).toBe('Client sent an HTTP request to an HTTPS server.\n');
  });

  test('says why there is no answer', () => {
    expect(line('curl -sS http://localhost:1')).toEqual({
      stdout: '',
      stderr: "curl: (7) Failed to connect to localhost port 1 after 0 ms: Couldn't connect to server\n",
      exit: 7,
    });
    expect(line('curl -sS http://nowhere.example').exit).toBe(6);
    expect(line('curl -sS -m 2 http://203.0.113.9').stderr).toBe(
      'curl: (28) Connection timed out after 2001 milliseconds\n',
    );
    expect(line('curl -sfS http://192.168.64.11:10256/none')).toMatchObject({
      exit: 22,
      stderr: 'curl: (22) The requested URL returned error: 404\n',
    });
  });

  test('goes where it is sent, and puts heads where bodies go', () => {
    const to = '--connect-to example.org:80:192.168.64.11:10256';
    expect(line(`curl -s ${to} -o /tmp/a -i http://example.org/none; head -1 /tmp/a; tail -1 /tmp/a`).stdout).toBe(
      'HTTP/1.1 404 Not Found\r\n404 page not found\n',
    );
    expect(line(`curl -sv ${to} http://example.org/none 2>&1 | head -4`).stdout).toBe(
      '* Connecting to hostname: 192.168.64.11\n* Connecting to port: 10256\n*   Trying 192.168.64.11:10256...\n* Connected to 192.168.64.11 (192.168.64.11) port 10256\n',
    );
    expect(line('curl -sS --connect-to ::127.0.0.1:1 http://example.org').stderr).toBe(
      "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server\n",
    );
    expect(line("curl -sv --compressed http://192.168.64.11:10256/ 2>&1 | grep '^> Accept-E'").stdout).toBe(
      '> Accept-Encoding: deflate, gzip, br, zstd\r\n',
    );
  });

  test('writes out what is asked for', () => {
    expect(
      line("curl -s -o /dev/null -w '%{http_code} %{size_download}\\n' http://192.168.64.11:10256/none").stdout,
    ).toBe('404 19\n');
  });
});

describe('from a Pod', () => {
  const inBox = (text: string) => line(`kubectl exec box -- ${text}`);

  test('wget and nslookup of busybox', () => {
    expect(inBox('wget -qO- http://web').stdout).toBe('<html><body><h1>It works!</h1></body></html>\n');
    expect(inBox('wget -qO- http://wed').stderr).toBe("wget: bad address 'wed'\ncommand terminated with exit code 1\n");
    expect(inBox('wget -qO- http://web/none').stderr).toBe(
      'wget: server returned error: HTTP/1.1 404 Not Found\ncommand terminated with exit code 1\n',
    );
    expect(inBox('nslookup kubernetes.default.svc.cluster.local').stdout).toBe(
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n\n',
    );
  });

  test('addresses of Services do not answer a ping', () => {
    expect(inBox('ping -c 1 -W 1 web').stdout).toContain('1 packets transmitted, 0 packets received, 100% packet loss');
  });
});

test('redis keeps values, postgres wants a password', () => {
  expect(line('kubectl exec store -- redis-cli set a 1; kubectl exec store -- redis-cli incr a').stdout).toBe(
    'OK\n2\n',
  );
  expect(line('kubectl logs db').stdout).toContain(
    'Error: Database is uninitialized and superuser password is not specified.',
  );
});

test('nc listens and connects', () => {
  expect(line('(nc -l 9000 > /tmp/got &); sleep 1; echo hi | nc localhost 9000; cat /tmp/got').stdout).toBe('hi\n');
  expect(line('nc -zv node01 22').stderr).toBe('Connection to node01 (192.168.64.11) 22 port [tcp/ssh] succeeded!\n');
});
