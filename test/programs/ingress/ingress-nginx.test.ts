import { beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../../../src/world/pki/certificate.ts';
import { makeCluster } from '../support.ts';

const { built, line } = makeCluster();
const DEPLOY =
  'https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.14.0/deploy/static/provider/baremetal/deploy.yaml';
let http = '';
let https = '';

/** The answer of the controller to a request for `host`. */
const ask = (host: string, path = '/', options = '') =>
  line(`curl -s ${options} -H 'Host: ${host}' http://node01:${http}${path}`).stdout;
const status = (host: string, path = '/', options = '') =>
  line(
    `curl -s -o /dev/null -w '%{http_code} %{redirect_url}' ${options} -H 'Host: ${host}' http://node01:${http}${path}`,
  ).stdout.trim();
const apply = (text: string) => line(`kubectl apply -f - <<'END'\n${text}\nEND\nsleep 5`);

const ingress = (
  name: string,
  host: string,
  path: string,
  service: string,
  annotations: Record<string, string> = {},
  more = '',
) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  annotations:
${Object.entries(annotations)
  .map(([key, value]) => `    nginx.ingress.kubernetes.io/${key}: ${JSON.stringify(value)}`)
  .join('\n')}
spec:
  ingressClassName: nginx
${more}
  rules:
  - host: ${JSON.stringify(host)}
    http:
      paths:
      - path: ${path}
        pathType: ImplementationSpecific
        backend: {service: {name: ${service}, port: {number: 80}}}
---`;

beforeAll(() => {
  line(`kubectl create deployment web --image=hashicorp/http-echo -- /http-echo -text=web -listen=:80
    kubectl create deployment new --image=hashicorp/http-echo -- /http-echo -text=new -listen=:80
    kubectl create deployment who --image=traefik/whoami
    for name in web new who; do kubectl expose deployment $name --port=80; done
    kubectl create service clusterip empty --tcp=80:80
    kubectl create ingress early --class=nginx --rule='early.example.com/*=web:80'; sleep 20`);
});

test('without a controller nobody answers and there is no address', () => {
  expect(line('kubectl get ingress early --no-headers').stdout).toMatch(
    /^early +nginx +early\.example\.com +80 +\d+s\n$/,
  );
  expect(line('curl -s -m 2 http://node01').exit).toBe(7);
});

describe('with ingress-nginx', () => {
  beforeAll(() => {
    line(
      `kubectl apply -f ${DEPLOY}; kubectl wait -n ingress-nginx --for=condition=ready pod -l app.kubernetes.io/component=controller --timeout=120s; sleep 5`,
    );
    const port = (name: string) =>
      line(
        `kubectl get service -n ingress-nginx ingress-nginx-controller -o jsonpath='{.spec.ports[?(@.name=="${name}")].nodePort}'`,
      ).stdout;
    http = port('http');
    https = port('https');
  });

  test('the Ingress that was there before works and has an address', () => {
    expect(ask('early.example.com')).toBe('web\n');
    expect(line("kubectl get ingress early -o jsonpath='{.status.loadBalancer.ingress}'").stdout).toMatch(
      /^\[\{"ip":"192\.168\.64\.1[12]"\}\]$/,
    );
    expect(
      line(
        'kubectl get events --field-selector reason=Sync -o custom-columns=:.message,:.source.component --no-headers | sort -u',
      ).stdout,
    ).toBe('Scheduled for sync   nginx-ingress-controller\n');
  });

  test('hosts that nobody names get 404, Services without endpoints 503, dead ones 502', () => {
    expect(ask('nobody.example.com')).toBe(
      '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
    );
    line('kubectl expose deployment web --name=closed --port=80 --target-port=81');
    apply(
      ingress('empty', 'empty.example.com', '/', 'empty') +
        ingress('gone', 'gone.example.com', '/', 'gone') +
        ingress('closed', 'closed.example.com', '/', 'closed'),
    );
    expect(status('empty.example.com')).toBe('503');
    expect(status('gone.example.com')).toBe('503');
    expect(status('closed.example.com')).toBe('502');
    const logs = line('kubectl logs -n ingress-nginx deploy/ingress-nginx-controller').stdout;
    expect(logs).toContain(
      'Error obtaining Endpoints for Service "default/gone": no object matching key "default/gone" in local store',
    );
    expect(logs).toMatch(
      /\[error\] 32#32: \*\d+ connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: [\d.]+, server: closed\.example\.com, request: "GET \/ HTTP\/1\.1", upstream: "http:\/\/10\.244\.\d\.\d+:81\/", host: "closed\.example\.com"/,
    );
    expect(logs).toMatch(
      /^[\d.]+ - - \[01\/Sep\/2026:09:0\d:\d\d \+0000\] "GET \/ HTTP\/1\.1" 502 150 "-" "curl\/8\.5\.0" \d+ \d\.\d{3} \[default-closed-80\] \[\] (10\.244\.\d\.\d+:81(, )?){3} 0, 0, 0 (\d\.\d{3}(, )?){3} 502, 502, 502 [0-9a-f]{32}$/m,
    );
  });

  test('a default backend beside rules is for their hosts, one without rules for all others', () => {
    line(
      "kubectl create ingress both --class=nginx --rule='both.example.com/who*=who:80' --default-backend=web:80; sleep 5",
    );
    expect(ask('both.example.com', '/who')).toContain('GET /who HTTP/1.1');
    expect(ask('both.example.com', '/')).toBe('web\n');
    expect(status('other.example.org')).toBe('404');
    line('kubectl create ingress all --class=nginx --default-backend=new:80; sleep 5');
    expect(ask('other.example.org')).toBe('new\n');
    expect(ask('both.example.com', '/')).toBe('web\n');
    line('kubectl delete ingress all both; sleep 5');
  });

  test('rewriting, redirects and access by annotations', () => {
    apply(
      ingress('rewrite', 'rewrite.example.com', '/app(/|$)(.*)', 'who', { 'rewrite-target': '/$2' }) +
        ingress('root', 'root.example.com', '/', 'who', { 'app-root': '/start' }) +
        ingress('moved', 'moved.example.com', '/', 'who', { 'permanent-redirect': 'https://example.com/new' }) +
        ingress('secure', 'secure.example.com', '/', 'who', { 'force-ssl-redirect': 'true' }) +
        ingress('office', 'office.example.com', '/', 'who', { 'whitelist-source-range': '172.16.0.0/12' }) +
        ingress('small', 'small.example.com', '/', 'who', { 'proxy-body-size': '10' }),
    );
    expect(ask('rewrite.example.com', '/app/a/b?c=1')).toContain('GET /a/b?c=1 HTTP/1.1\r\n');
    expect(status('root.example.com')).toBe(`302 http://root.example.com/start`);
    expect(status('root.example.com', '/start')).toBe('200');
    expect(status('moved.example.com')).toBe('301 https://example.com/new');
    expect(status('secure.example.com', '/x?y=1')).toBe('308 https://secure.example.com/x?y=1');
    expect(status('office.example.com')).toBe('403');
    expect(status('small.example.com', '/', '-d 0123456789a')).toBe('413');
    expect(status('small.example.com', '/', '-d 0123456789')).toBe('200');
  });

  test('basic authentication by a Secret', () => {
    line("kubectl create secret generic basic-auth --from-literal=auth='foo:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/'");
    const annotations = {
      'auth-type': 'basic',
      'auth-secret': 'basic-auth',
      'auth-realm': 'Authentication Required - foo',
    };
    apply(
      ingress('auth', 'auth.example.com', '/', 'web', annotations) +
        ingress('broken', 'broken.example.com', '/', 'web', { ...annotations, 'auth-secret': 'none' }),
    );
    expect(ask('auth.example.com', '/', '-i')).toContain(
      '\r\nWWW-Authenticate: Basic realm="Authentication Required - foo"\r\n',
    );
    expect(ask('auth.example.com')).toContain('<center><h1>401 Authorization Required</h1></center>');
    expect(ask('auth.example.com', '/', '-u foo:secret')).toBe('web\n');
    expect(status('auth.example.com', '/', '-u foo:wrong')).toBe('401');
    expect(status('broken.example.com')).toBe('503');
  });

  test('canaries by header, cookie and weight', () => {
    apply(
      ingress('main', 'canary.example.com', '/', 'web') +
        ingress('canary', 'canary.example.com', '/', 'new', {
          canary: 'true',
          'canary-by-header': 'X-Canary',
          'canary-by-cookie': 'beta',
          'canary-weight': '30',
        }),
    );
    expect(ask('canary.example.com', '/', "-H 'X-Canary: always'")).toBe('new\n');
    expect(ask('canary.example.com', '/', "-H 'X-Canary: never'")).toBe('web\n');
    expect(ask('canary.example.com', '/', '-b beta=always')).toBe('new\n');
    const answers = line(
      `for i in $(seq 100); do curl -s -H 'Host: canary.example.com' http://node01:${http}; done | sort | uniq -c`,
    ).stdout;
    const share = Number(/(\d+) new/.exec(answers)?.[1]);
    expect(share).toBeGreaterThan(15);
    expect(share).toBeLessThan(45);
    line('kubectl delete ingress canary; sleep 5');
  });

  test('TLS from a Secret sends plain requests away', () => {
    const authority = new CertificateAuthority(
      { commonName: 'Test CA', organizations: [] },
      built.world.random.fork('test'),
      () => built.world.now,
    );
    const { certificate, key } = authority.issue({ commonName: 'tls.example.com', organizations: [] }, 30, [
      'tls.example.com',
    ]);
    built.workstation.files.writeFile('/tmp/tls.crt', certificate);
    built.workstation.files.writeFile('/tmp/tls.key', key);
    line('kubectl create secret tls site --cert=/tmp/tls.crt --key=/tmp/tls.key');
    apply(
      ingress('tls', 'tls.example.com', '/', 'web', {}, '  tls:\n  - hosts: [tls.example.com]\n    secretName: site'),
    );
    expect(status('tls.example.com')).toBe('308 https://tls.example.com/');
    const resolve = `--resolve tls.example.com:${https}:192.168.64.11 https://tls.example.com:${https}/`;
    expect(line(`curl -sk ${resolve}`).stdout).toBe('web\n');
    expect(line(`curl -ski ${resolve}`).stdout).toContain(
      'strict-transport-security: max-age=31536000; includeSubDomains\r\n',
    );
    built.workstation.files.writeFile('/tmp/ca.crt', authority.certificate);
    expect(line(`curl -sS ${resolve} 2>&1 | head -1`).stdout).toBe(
      'curl: (60) SSL certificate problem: unable to get local issuer certificate\n',
    );
    expect(line(`curl -sS --cacert /tmp/ca.crt ${resolve}`)).toMatchObject({ stderr: '' });
    expect(line(`curl -s --cacert /tmp/ca.crt ${resolve}`).stdout).toBe('web\n');
    expect(line(`curl -sSkv ${resolve} 2>&1 | grep -A1 'Server certificate'`).stdout).toBe(
      '* Server certificate:\n*  subject: CN=tls.example.com\n',
    );
    const other = `--cacert /tmp/ca.crt --resolve other.example.com:${https}:192.168.64.11 https://other.example.com:${https}/`;
    expect(line(`curl -sS ${other} 2>&1 | head -1`).stdout).toBe(
      'curl: (60) SSL certificate problem: self-signed certificate\n',
    );
    expect(line(`curl -kv ${other} 2>&1 | grep -E 'subject|result'`).stdout).toBe(
      '*  subject: O=Acme Co; CN=Kubernetes Ingress Controller Fake Certificate\n*  SSL certificate verify result: self-signed certificate (18), continuing anyway.\n',
    );
  });

  test('Ingresses of other classes and of none are left alone', () => {
    line(
      "kubectl create ingress other --class=traefik --rule='other.example.com/*=web:80'; kubectl create ingress none --rule='none.example.com/*=web:80'; sleep 70",
    );
    expect(status('other.example.com')).toBe('404');
    expect(status('none.example.com')).toBe('404');
    expect(line("kubectl get ingress other none -o jsonpath='{.items[*].status.loadBalancer}'").stdout).toBe('{} {}');
    expect(line('kubectl logs -n ingress-nginx deploy/ingress-nginx-controller').stdout).toContain(
      '"Ignoring ingress because of error while validating ingress class" ingress="default/none" error="ingress does not contain a valid IngressClass"',
    );
  });

  test('its webhook refuses a place that is taken', () => {
    expect(line("kubectl create ingress twice --class=nginx --rule='early.example.com/*=web:80'").stderr).toBe(
      'error: failed to create ingress: admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: host "early.example.com" and path "/" is already defined in ingress default/early\n',
    );
  });

  test('its webhook refuses patterns of a type that has none, and says so as a warning too', () => {
    const pattern = ingress('pattern', 'pattern.example.com', '/app(/|$)(.*)', 'web');
    const prefix = apply(pattern.replace('ImplementationSpecific', 'Prefix'));
    expect(prefix.stderr).toBe(
      [
        'Warning: path /app(/|$)(.*) cannot be used with pathType Prefix',
        'Error from server (BadRequest): error when creating "STDIN": admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: ingress contains invalid paths: path /app(/|$)(.*) cannot be used with pathType Prefix',
        '',
      ].join('\n'),
    );
    expect(apply(pattern).stderr).toBe('');
  });

  test('it says what is wrong with certificates and Services, and about Ingresses that are not its own', () => {
    apply(
      ingress(
        'nocert',
        'nocert.example.com',
        '/',
        'gone',
        {},
        '  tls: [{hosts: [nocert.example.com], secretName: early}]',
      ),
    );
    line('kubectl create secret generic early --from-literal=a=b; sleep 5');
    line("kubectl create ingress theirs --class=nobody --rule='theirs.example.com/*=web:80'; sleep 5");
    const log = line('kubectl logs -n ingress-nginx deploy/ingress-nginx-controller').stdout;
    for (const text of [
      'backend_ssl.go:47] Error obtaining X.509 certificate: no object matching key "default/early" in local store',
      'store.go:598] "Secret was added and it is used in ingress annotations. Parsing" secret="default/early"',
      'backend_ssl.go:47] Error obtaining X.509 certificate: secret "default/early" contains no keypair or CA certificate',
      'Error getting SSL certificate "default/early": local SSL certificate default/early was not found. Using default certificate',
      'Error obtaining Endpoints for Service "default/gone": no object matching key "default/gone" in local store',
      'ignoring ingress theirs in default based on annotation : no object matching key "nobody" in local store',
      '"successfully validated configuration, accepting" ingress="default/theirs"',
    ])
      expect(log).toContain(text);
    line('kubectl delete ingress nocert theirs');
  });

  test('options come from the ConfigMap', () => {
    line(
      `kubectl patch configmap -n ingress-nginx ingress-nginx-controller --type=merge -p '{"data":{"proxy-body-size":"5","http-redirect-code":"301"}}'; sleep 5`,
    );
    expect(status('early.example.com', '/', '-d 0123456789')).toBe('413');
    expect(status('tls.example.com')).toBe('301 https://tls.example.com/');
  });

  test('a controller that goes takes the addresses with it', () => {
    line('kubectl scale deployment -n ingress-nginx ingress-nginx-controller --replicas=0; sleep 30');
    expect(line("kubectl get ingress early -o jsonpath='{.status.loadBalancer}'").stdout).toBe('{}');
    expect(line(`curl -s -m 2 http://node01:${http}`).exit).toBe(7);
  });
});

test('Ingresses without a class get the newest default one', () => {
  line('kubectl annotate ingressclass nginx ingressclass.kubernetes.io/is-default-class=true');
  // Nobody is behind the webhook any more.
  expect(line("kubectl create ingress plain --rule='plain.example.com/*=web:80'").stderr).toMatch(
    /^error: failed to create ingress: Internal error occurred: failed calling webhook "validate\.nginx\.ingress\.kubernetes\.io": failed to call webhook: Post "https:\/\/ingress-nginx-controller-admission\.ingress-nginx\.svc:443\/networking\/v1\/ingresses\?timeout=10s": dial tcp [\d.]+:443: connect: connection refused\n$/,
  );
  line('kubectl delete validatingwebhookconfiguration ingress-nginx-admission');
  expect(
    line("kubectl create ingress plain --rule='plain.example.com/*=web:80' -o jsonpath='{.spec.ingressClassName}'")
      .stdout,
  ).toBe('nginx');
  expect(line('kubectl get ingressclass --no-headers').stdout).toMatch(
    /^nginx \(default\) +k8s\.io\/ingress-nginx +<none> +\d+m\n$/,
  );
});

test('the old manifest is no longer known', () => {
  expect(
    line("printf 'apiVersion: extensions/v1beta1\\nkind: Ingress\\nmetadata: {name: old}\\n' | kubectl apply -f -")
      .stderr,
  ).toBe(
    'error: resource mapping not found for name: "old" namespace: "" from "STDIN": no matches for kind "Ingress" in version "extensions/v1beta1"\nensure CRDs are installed first\n',
  );
});
