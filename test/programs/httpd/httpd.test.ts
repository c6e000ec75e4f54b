import { beforeAll, expect, test } from 'vitest';
import { makeCluster } from '../support.ts';

const { line } = makeCluster();
let port = '';
const ask = (host: string, path = '/', options = '') =>
  line(`curl -s ${options} -H 'Host: ${host}' 'http://node01:${port}${path}'`).stdout;
const status = (host: string, path = '/', options = '') =>
  line(
    `curl -s -o /dev/null -w '%{http_code} %{redirect_url}' ${options} -H 'Host: ${host}' 'http://node01:${port}${path}'`,
  ).stdout.trim();

const MODULES = [
  'mpm_event',
  'authz_core',
  'authz_host',
  'dir',
  'alias',
  'log_config',
  'headers',
  'authn_core',
  'authn_file',
  'auth_basic',
  'authz_user',
  'proxy',
  'proxy_http',
  'rewrite',
  'unixd',
]
  .map((name) => `LoadModule ${name}_module modules/mod_${name}.so`)
  .join('\n');

const CONF = `ServerRoot /usr/local/apache2
Listen 8080
${MODULES}
ServerName front
ErrorLog /proc/self/fd/2
LogFormat "%h \\"%r\\" %>s %v" short
CustomLog /proc/self/fd/1 short
<VirtualHost *:8080>
  ServerName files.example.com
  ServerAlias *.files.example.com
  DocumentRoot /usr/local/apache2/htdocs
  Alias /other /usr/local/apache2/conf
  Redirect permanent /old https://example.com/new
  Header set X-Served-By httpd
  RewriteEngine On
  RewriteRule ^/app/(.*)$ /$1 [L]
  ErrorDocument 404 "nothing here"
  <Location /secret>
    AuthType Basic
    AuthName "Private"
    AuthUserFile /usr/local/apache2/conf/users
    Require valid-user
  </Location>
  <Location /closed>
    Require all denied
  </Location>
</VirtualHost>
<VirtualHost *:8080>
  ServerName proxy.example.com
  ProxyPass /static !
  ProxyPass /api http://who/base
  ProxyPass / http://gone:81/
</VirtualHost>
`;

beforeAll(() => {
  line(`cat > /tmp/httpd.conf <<'END'\n${CONF}END
    kubectl create configmap front --from-file=/tmp/httpd.conf --from-literal=users='foo:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
    kubectl create deployment who --image=traefik/whoami; kubectl expose deployment who --port=80
    kubectl create service clusterip gone --tcp=81:81
    kubectl apply -f - <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: front}
spec:
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec:
      containers:
      - {name: httpd, image: "httpd:2.4", volumeMounts: [{name: conf, mountPath: /usr/local/apache2/conf}]}
      volumes: [{name: conf, configMap: {name: front}}]
END
    kubectl expose deployment front --port=80 --target-port=8080 --type=NodePort; kubectl wait --for=condition=available deploy --all; sleep 5`);
  port = line("kubectl get service front -o jsonpath='{.spec.ports[0].nodePort}'").stdout;
});

test('virtual hosts, aliases, redirects and rules', () => {
  expect(ask('files.example.com')).toBe('<html><body><h1>It works!</h1></body></html>\n');
  expect(ask('a.files.example.com', '/app/index.html', '-i')).toContain('\r\nX-Served-By: httpd\r\n');
  expect(ask('files.example.com', '/other/users')).toBe('foo:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=');
  expect(status('files.example.com', '/old/x')).toBe('301 https://example.com/new/x');
  expect(ask('files.example.com', '/none')).toBe('nothing here');
  expect(status('files.example.com', '/closed')).toBe('403');
  expect(status('files.example.com', '/secret/')).toBe('401');
  expect(status('files.example.com', '/secret/', '-u foo:secret')).toBe('404');
  expect(line('kubectl logs deploy/front | grep -c files.example.com').stdout).not.toBe('0\n');
});

test('ProxyPass', () => {
  expect(ask('proxy.example.com', '/api/x?y=1')).toContain('GET /base/x?y=1 HTTP/1.1\r\nHost: who\r\n');
  expect(status('proxy.example.com', '/static/x')).toBe('404');
  expect(status('proxy.example.com', '/x')).toBe('503');
  expect(status('proxy.example.com', '/x')).toBe('503');
  const log = line('kubectl logs deploy/front 2>&1').stdout;
  expect(log).toMatch(
    /\(111\)Connection refused: AH00957: http: attempt to connect to 10\.\d+\.\d+\.\d+:81 \(gone:81\) failed\n/,
  );
  expect(log).toContain('AH00940: HTTP: disabled connection for (gone)');
});

test('what is wrong with a configuration stands in the log', () => {
  const say = (conf: string) =>
    line(
      `kubectl delete pod t --ignore-not-found --now -n default >/dev/null; kubectl run t --image=httpd:2.4 --restart=Never --command -- sh -c ${JSON.stringify(`printf '${conf}' > /tmp/c.conf; httpd-foreground -t -f /tmp/c.conf`)}; sleep 6; kubectl logs t 2>&1`,
    ).stdout.replace(/^pod.*\n/gm, '');
  expect(say('Listen 80\\n')).toBe('AH00534: httpd: Configuration error: No MPM loaded.\n');
  expect(say('LoadModule mpm_event_module modules/mod_mpm_event.so\\nListen 80\\nProxyPass / http://web/\\n')).toBe(
    "AH00526: Syntax error on line 3 of /tmp/c.conf:\nInvalid command 'ProxyPass', perhaps misspelled or defined by a module not included in the server configuration\n",
  );
});
