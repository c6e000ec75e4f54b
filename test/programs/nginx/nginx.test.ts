import { beforeAll, expect, test } from 'vitest';
import { buildWorld } from '../../../src/scenarios/build.ts';
import { runIn } from '../../shell/support.ts';

const { workstation } = buildWorld('bare', 'nginx');
const line = (text: string, limit = 60_000) => runIn(workstation, ['bash', '-c', text], { limit });

/** What `nginx -t` says of a configuration: recorded from nginx 1.22.1. */
const REFUSED: readonly (readonly [string, string])[] = [
  [
    'upstream u { server nohost:80; } server { listen 8080; location / { proxy_pass http://u; } }',
    'host not found in upstream "nohost:80" in /tmp/c.conf:1',
  ],
  [
    'server { listen 8080; location / { proxy_pass http://nohost/; } }',
    'host not found in upstream "nohost" in /tmp/c.conf:1',
  ],
  [
    'server { listen 8080; location / { proxy_pass http://nohost:8080/x; } }',
    'host not found in upstream "nohost" in /tmp/c.conf:1',
  ],
  ['server { listen 8080; location / { proxy_pass nohost; } }', 'invalid URL prefix in /tmp/c.conf:1'],
  ['server { listen 8080; location / { proxy_pass http://; } }', 'no host in upstream "" in /tmp/c.conf:1'],
  [
    'server { listen 8080; location ~ /x { proxy_pass http://127.0.0.1/uri; } }',
    '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block in /tmp/c.conf:1',
  ],
  ['upstream u { } server { listen 8080; }', 'no servers are inside upstream in /tmp/c.conf:1'],
  ['upstream u { server 127.0.0.1:1; } upstream u { server 127.0.0.1:1; }', 'duplicate upstream "u" in /tmp/c.conf:1'],
  [
    'upstream u { server 127.0.0.1:1 weight=3 backup; server 127.0.0.1:2 wight=3; }',
    'invalid parameter "wight=3" in /tmp/c.conf:1',
  ],
  [
    'server { listen 8080; proxy_pass http://127.0.0.1; }',
    '"proxy_pass" directive is not allowed here in /tmp/c.conf:1',
  ],
  ['server { listen 8080; location / { return 200 $nope; } }', 'unknown "nope" variable'],
  ['server { listen 8080; location / { } location / { } }', 'duplicate location "/" in /tmp/c.conf:1'],
  [
    'server { listen 8080; location /a { location /b { } } }',
    'location "/b" is outside location "/a" in /tmp/c.conf:1',
  ],
  ['server { listen 8080; root /a; root /b; }', '"root" directive is duplicate in /tmp/c.conf:1'],
  [
    'server { listen 8080; location / { proxy_set_header Host; } }',
    'invalid number of arguments in "proxy_set_header" directive in /tmp/c.conf:1',
  ],
  ['server { listen 8080; access_log /dev/null nope; }', 'unknown log format "nope" in /tmp/c.conf:1'],
  [
    'server { listen 8080 ssl; }',
    'no "ssl_certificate" is defined for the "listen ... ssl" directive in /tmp/c.conf:1',
  ],
  [
    'server { listen 8080 ssl; ssl_certificate /none.crt; ssl_certificate_key /none.key; }',
    'cannot load certificate "/none.crt": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/none.crt, r) error:10000080:BIO routines::no such file)',
  ],
  ['server { listen 8080 foo; }', 'invalid parameter "foo" in /tmp/c.conf:1'],
  ['server { listen 99999; }', 'invalid port in "99999" of the "listen" directive in /tmp/c.conf:1'],
  [
    'server { listen 8080; rewrite ^/a(.* /b; }',
    'pcre2_compile() failed: missing closing parenthesis in "^/a(.*" in /tmp/c.conf:1',
  ],
  ['server { listen 8080; if ($uri = ) { } }', 'invalid condition "$uri" in /tmp/c.conf:1'],
  [
    'server { listen 8080; client_max_body_size 1x; }',
    '"client_max_body_size" directive invalid value in /tmp/c.conf:1',
  ],
  [
    'server { listen 8080; location / { proxy_connect_timeout x; } }',
    '"proxy_connect_timeout" directive invalid value in /tmp/c.conf:1',
  ],
  [
    'server { listen 80 default_server; } server { listen 80 default_server; }',
    'a duplicate default server for 0.0.0.0:80 in /tmp/c.conf:1',
  ],
  [
    'include /none/*.conf; include /none.conf;',
    'open() "/none.conf" failed (2: No such file or directory) in /tmp/c.conf:1',
  ],
  ['server { listen 8080; location / { return 999999 x; } }', 'invalid return code "999999" in /tmp/c.conf:1'],
  [
    'server { listen 8080; location / { try_files $uri; } }',
    'invalid number of arguments in "try_files" directive in /tmp/c.conf:1',
  ],
  ['server { listen 8080; location / { deny 300.1.1.1; } }', 'invalid parameter "300.1.1.1" in /tmp/c.conf:1'],
  ['server { listen 8080; location / { proxy_http_version 3; } }', 'invalid value "3" in /tmp/c.conf:1'],
  ['stream { }', '"stream" directive is not allowed here in /tmp/c.conf:1'],
];

test.each(REFUSED)('%s', (block, text) => {
  workstation.files.writeFile('/tmp/c.conf', `events{} http { ${block} }\n`);
  expect(line('nginx -t -c /tmp/c.conf').stderr).toBe(
    `nginx: [emerg] ${text}\nnginx: configuration file /tmp/c.conf test failed\n`,
  );
});

const RUNNING = `daemon off; error_log /tmp/e.log;
events {} http { access_log /tmp/a.log;
 upstream two { server 127.0.0.1:8091; server 127.0.0.1:8092; }
 upstream dead { server 127.0.0.1:1; server 127.0.0.1:2; }
 map $arg_v $mapped { default none; 1 one; ~^x(?<rest>.*) $rest; }
 server { listen 127.0.0.1:8091; location / { return 200 "a $request_uri host=$host http_host=$http_host xff=$http_x_forwarded_for conn=$http_connection\\n"; } location /loc { return 301 /there; } location /e { return 500; } }
 server { listen 127.0.0.1:8092; location / { return 200 "b $request_uri host=$host\\n"; } }
 server { listen 127.0.0.1:8090; server_name main;
  location /two/ { proxy_pass http://two/; }
  location /raw { proxy_pass http://127.0.0.1:8091; }
  location /strip/ { proxy_pass http://127.0.0.1:8091/base/; }
  location /dead { proxy_pass http://dead; }
  location /var { set $t nohost; proxy_pass http://$t; }
  location /map { return 200 "$mapped|$1|$uri|$args\\n"; }
  location ~ ^/re/(\\d+) { return 200 "re=$1\\n"; }
  location /rw { rewrite ^/rw/(.*)$ /map/$1?z=1 last; }
  location /rb { rewrite ^/rb/(.*)$ /x/$1 break; proxy_pass http://127.0.0.1:8091; }
  location /perm { rewrite ^ https://$host$request_uri? permanent; }
  location /if { if ($arg_a = 1) { return 418; } if ($http_user_agent ~* curl) { return 200 "curl\\n"; } return 204; }
  location /intercept { proxy_pass http://127.0.0.1:8091/e; proxy_intercept_errors on; error_page 500 502 @fallback; }
  location @fallback { return 200 "fallback $uri\\n"; }
  location /hdr { proxy_set_header Host x; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_pass http://127.0.0.1:8091; add_header X-A b; }
  location = /err { return 404 "nothing\\n"; }
  location /code { return 405; }
  location /files/ { alias /tmp/files/; try_files $uri $uri/ =404; }
 }
}
`;

/** Path, status and body: recorded from nginx 1.22.1 with the same file. */
const ANSWERS: readonly (readonly [string, number, string])[] = [
  ['/two/a', 200, 'a /a host=two http_host=two xff= conn=close\n'],
  ['/two/b', 200, 'b /b host=two\n'],
  ['/two/c', 200, 'a /c host=two http_host=two xff= conn=close\n'],
  ['/raw/x?y=1', 200, 'a /raw/x?y=1 host=127.0.0.1 http_host=127.0.0.1:8091 xff= conn=close\n'],
  ['/strip/q', 200, 'a /base/q host=127.0.0.1 http_host=127.0.0.1:8091 xff= conn=close\n'],
  ['/map/a?v=1', 200, 'one||/map/a|v=1\n'],
  ['/map?v=xyz', 200, 'yz|yz|/map|v=xyz\n'],
  ['/re/42', 200, 're=42\n'],
  ['/rw/k?v=2', 200, 'none|k|/map/k|z=1&v=2\n'],
  ['/rb/k', 200, 'a /x/k host=127.0.0.1 http_host=127.0.0.1:8091 xff= conn=close\n'],
  ['/if?a=1', 418, ''],
  ['/if', 200, 'curl\n'],
  ['/intercept', 500, 'fallback /intercept\n'],
  ['/hdr', 200, 'a /hdr host=x http_host=x xff=127.0.0.1 conn=close\n'],
  ['/err', 404, 'nothing\n'],
];

beforeAll(() => {
  workstation.files.writeFile('/tmp/run.conf', RUNNING);
  line('mkdir -p /tmp/files; echo hi > /tmp/files/a.txt; (nginx -c /tmp/run.conf &) ; sleep 1');
});

test.each(ANSWERS)('%s is answered as by the real one', (path, status, body) => {
  expect(line(`curl -s -w '[%{http_code}]' 'http://127.0.0.1:8090${path}'`).stdout).toBe(`${body}[${status}]`);
});

test('what somebody says byte by byte is logged as they said it', () => {
  const say = (head: string) =>
    line(`printf '${head}\\r\\n\\r\\n' | nc 127.0.0.1 8090 | grep -a ^Connection`).stdout.trim();
  expect(say('GET /err HTTP/1.0')).toBe('Connection: close');
  expect(say('GET /err HTTP/1.0\\r\\nConnection: keep-alive')).toBe('Connection: keep-alive');
  expect(say('GET /err HTTP/1.1\\r\\nConnection: close')).toBe('Connection: close');
  expect(line("tail -n 3 /tmp/a.log | cut -d'\"' -f2").stdout).toBe(
    'GET /err HTTP/1.0\nGET /err HTTP/1.0\nGET /err HTTP/1.1\n',
  );
});

test('redirects name the scheme, host and port', () => {
  const location = (path: string) =>
    line(`curl -s -o /dev/null -w '%{http_code} %{redirect_url}' 'http://127.0.0.1:8090${path}'`).stdout;
  expect(location('/perm/x?y')).toMatch(/^301 https:\/\/127\.0\.0\.1\/perm\/x\?y/);
  expect(line('curl -s http://127.0.0.1:8090/files/a.txt').stdout).toBe('hi\n');
  expect(line('curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1:8090/files/none').stdout).toBe('404');
});

test('failures stand in the error log', () => {
  line('curl -s http://127.0.0.1:8090/dead http://127.0.0.1:8090/var');
  const log = line('grep error /tmp/e.log').stdout;
  expect(log).toMatch(
    /connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: 127\.0\.0\.1, server: main, request: "GET \/dead HTTP\/1\.1", upstream: "http:\/\/127\.0\.0\.1:2\/dead", host: "127\.0\.0\.1:8090"\n/,
  );
  expect(log).toMatch(
    /no resolver defined to resolve nohost, client: 127\.0\.0\.1, server: main, request: "GET \/var HTTP\/1\.1", host: "127\.0\.0\.1:8090"\n/,
  );
});
