import { beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../../../src/world/pki/certificate.ts';
import { makeCluster } from '../support.ts';

const { built, line } = makeCluster();
let http = '';
let https = '';

const apply = (text: string) => line(`kubectl apply -f - <<'END'\n${text}\nEND\nsleep 6`);
const ask = (host: string, path = '/', options = '') =>
  line(`curl -s ${options} -H 'Host: ${host}' 'http://node01:${http}${path}'`).stdout;
const status = (host: string, path = '/', options = '') =>
  line(
    `curl -s -o /dev/null -w '%{http_code} %{redirect_url}' ${options} -H 'Host: ${host}' 'http://node01:${http}${path}'`,
  ).stdout.trim();
const condition = (kind: string, name: string, path: string) =>
  line(`kubectl get ${kind} ${name} -o jsonpath='{${path}}'`).stdout;
const resolved = (name: string, namespace = 'default') =>
  condition('httproute', `${name} -n ${namespace}`, '.status.parents[0].conditions[?(@.type=="ResolvedRefs")].message');
const accepted = (name: string, namespace = 'default') =>
  condition('httproute', `${name} -n ${namespace}`, '.status.parents[0].conditions[?(@.type=="Accepted")].reason');

const route = (name: string, host: string, rules: string, parent = '{name: gw}', namespace = 'default') => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  parentRefs: [${parent}]
  hostnames: ["${host}"]
  rules: ${rules}
---`;

beforeAll(() => {
  line(`kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml
    kubectl create namespace other
    for name in web new; do kubectl create deployment $name --image=hashicorp/http-echo -- /http-echo -text=$name -listen=:80; done
    kubectl create deployment who --image=traefik/whoami; kubectl create deployment far -n other --image=traefik/whoami
    for name in web new who; do kubectl expose deployment $name --port=80; done
    kubectl expose deployment far -n other --port=80`);
});

test('the kinds of the Gateway API wait for a controller', () => {
  apply(
    'apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: nobody}\nspec: {controllerName: example.com/none}',
  );
  expect(line('kubectl get gatewayclass --no-headers').stdout).toMatch(/^nobody +example\.com\/none +Unknown +\d+s\n$/);
  const wrong = apply(
    'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: wrong}\nspec: {gatewayClassName: traefik, listeners: [{name: http, port: 70000, protocol: HTTP, hostname: -x}]}',
  );
  expect(wrong.stderr).toContain(
    'spec.listeners[0].port: Invalid value: 70000: spec.listeners[0].port in body should be less than or equal to 65535',
  );
});

describe('with Traefik', () => {
  beforeAll(() => {
    line(
      'kubectl apply -f https://manifests.kubetutor.example/traefik-gateway.yaml; kubectl rollout status -n traefik deploy/traefik --timeout=90s',
    );
    [http = '', https = ''] = line(
      "kubectl get service -n traefik traefik -o jsonpath='{.spec.ports[*].nodePort}'",
    ).stdout.split(' ');
    apply(`apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw}
spec:
  gatewayClassName: traefik
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: https, port: 443, protocol: HTTPS, hostname: "*.example.com", tls: {certificateRefs: [{name: site}]}}
  - {name: strange, port: 9999, protocol: HTTP}`);
  });

  test('statuses of class, Gateway and listeners', () => {
    expect(line('kubectl get gatewayclass traefik --no-headers').stdout).toMatch(
      /^traefik +traefik\.io\/gateway-controller +True +\d+s\n$/,
    );
    expect(line('kubectl get gateway gw --no-headers').stdout).toMatch(/^gw +traefik +\d+s\n$/);
    expect(condition('gateway', 'gw', '.status.conditions[*].message')).toBe('All Listeners must be valid');
    expect(condition('gateway', 'gw', '.status.listeners[?(@.name=="strange")].conditions[*].message')).toBe(
      'Cannot find entryPoint for Gateway: no matching entryPoint for port 9999 and protocol "HTTP"',
    );
    expect(condition('gateway', 'gw', '.status.listeners[?(@.name=="https")].conditions[0].message')).toBe(
      'Error while retrieving certificate: getting secret: secret "site" not found',
    );
  });

  test('hosts, paths, methods, headers and queries', () => {
    apply(
      route(
        'match',
        'match.example.com',
        `
  - {matches: [{path: {type: Exact, value: /exact}}], backendRefs: [{name: new, port: 80}]}
  - {matches: [{path: {value: /who}}, {method: POST}], backendRefs: [{name: who, port: 80}]}
  - {matches: [{headers: [{name: X-Version, value: "2"}]}, {queryParams: [{name: v, value: "2"}]}], backendRefs: [{name: new, port: 80}]}
  - {backendRefs: [{name: web, port: 80}]}`,
      ),
    );
    expect(accepted('match')).toBe('Accepted');
    const answers = [
      ask('match.example.com', '/exact'),
      ask('match.example.com', '/exact/'),
      ask('match.example.com', '/whom'),
      ask('match.example.com', '/', "-H 'X-Version: 2'"),
      ask('match.example.com', '/?v=2'),
    ];
    expect(answers).toEqual(['new\n', 'web\n', 'web\n', 'new\n', 'new\n']);
    expect(ask('match.example.com', '/who/a')).toContain('GET /who/a HTTP/1.1');
    expect(ask('match.example.com', '/', '-X POST')).toContain('POST / HTTP/1.1');
    expect(ask('nobody.example.com')).toBe('404 page not found\n');
    expect(condition('gateway', 'gw', '.status.listeners[0].attachedRoutes')).toBe('1');
  });

  test('weights and filters', () => {
    apply(
      route(
        'split',
        'split.example.com',
        '\n  - {backendRefs: [{name: web, port: 80, weight: 3}, {name: new, port: 80, weight: 1}]}',
      ) +
        route(
          'change',
          'change.example.com',
          `
  - matches: [{path: {value: /a}}]
    filters:
    - {type: URLRewrite, urlRewrite: {hostname: inside, path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}}
    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Set, value: one}], remove: [X-Gone]}}
    backendRefs: [{name: who, port: 80}]
  - matches: [{path: {value: /old}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301, path: {type: ReplaceFullPath, replaceFullPath: /new}}}]`,
        ),
    );
    const counts = line(
      `for i in $(seq 8); do curl -s -H 'Host: split.example.com' http://node01:${http}; done | sort | uniq -c`,
    ).stdout;
    expect(counts.replace(/ +/g, ' ')).toBe(' 2 new\n 6 web\n');
    const seen = ask('change.example.com', '/a/x?y=1', "-H 'X-Gone: 1'");
    expect(seen).toContain('GET /b/x?y=1 HTTP/1.1\r\nHost: inside\r\n');
    expect(seen).toContain('\r\nX-Set: one\r\n');
    expect(seen).not.toContain('X-Gone');
    expect(status('change.example.com', '/old')).toBe('301 https://change.example.com/new');
  });

  test('references into other namespaces need a grant', () => {
    apply(
      route('far', 'far.example.com', '\n  - {backendRefs: [{name: far, namespace: other, port: 80}]}') +
        route('gone', 'gone.example.com', '\n  - {backendRefs: [{name: nothing, port: 80}]}') +
        route(
          'outside',
          'outside.example.com',
          '\n  - {backendRefs: [{name: far, port: 80}]}',
          '{name: gw, namespace: default}',
          'other',
        ),
    );
    expect(resolved('far')).toBe('Cannot load HTTPBackendRef core/Service/other/far: missing ReferenceGrant');
    expect(resolved('gone')).toBe(
      'Cannot load HTTPBackendRef default/nothing: getting service: service "nothing" not found',
    );
    expect(status('far.example.com')).toBe('500');
    expect(accepted('outside', 'other')).toBe('NotAllowedByListeners');
    apply(`apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: grant, namespace: other}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}]
  to: [{group: "", kind: Service}]`);
    expect(resolved('far')).toBe('');
    expect(status('far.example.com')).toBe('200');
  });

  test('TLS ends at the Gateway', () => {
    const authority = new CertificateAuthority(
      { commonName: 'Test CA', organizations: [] },
      built.world.random.fork('test'),
      () => built.world.now,
    );
    const { certificate, key } = authority.issue({ commonName: '*.example.com', organizations: [] }, 30, [
      '*.example.com',
    ]);
    built.workstation.files.writeFile('/tmp/tls.crt', certificate);
    built.workstation.files.writeFile('/tmp/tls.key', key);
    line('kubectl create secret tls site --cert=/tmp/tls.crt --key=/tmp/tls.key');
    apply(
      route('tls', 'tls.example.com', '\n  - {backendRefs: [{name: web, port: 80}]}', '{name: gw, sectionName: https}'),
    );
    expect(
      line(`curl -sk --resolve tls.example.com:${https}:192.168.64.11 https://tls.example.com:${https}/`).stdout,
    ).toBe('web\n');
    expect(ask('tls.example.com')).toBe('404 page not found\n');
    expect(condition('gateway', 'gw', '.status.listeners[?(@.name=="https")].conditions[*].status')).toBe(
      'True True True',
    );
  });

  test('Ingresses of its class go the same way, and are logged', () => {
    line(
      "kubectl create ingress demo --class=traefik --rule='ing.example.com/a*=web:80'; kubectl create ingress foreign --class=nginx --rule='foreign.example.com/*=web:80'; sleep 5",
    );
    expect(ask('ing.example.com', '/abc')).toBe('web\n');
    expect(ask('ing.example.com')).toBe('404 page not found\n');
    expect(ask('foreign.example.com')).toBe('404 page not found\n');
    expect(line('kubectl logs -n traefik deploy/traefik').stdout).toMatch(
      /^[\d.]+ - - \[01\/Sep\/2026:09:\d\d:\d\d \+0000\] "GET \/abc HTTP\/1\.1" 200 4 "-" "-" \d+ "default-demo-ing-example-com-a@kubernetes" "http:\/\/10\.244\.\d\.\d+:80" \d+ms$/m,
    );
    line('kubectl scale deployment web --replicas=0; sleep 5');
    expect(ask('match.example.com', '/none')).toBe('no available server\n');
  });
});
