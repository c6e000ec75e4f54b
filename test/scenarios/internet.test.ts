import { expect, test } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { runIn } from '../shell/support.ts';

const { workstation } = buildWorld('bare', 'internet');
const line = (text: string) =>
  runIn(workstation, ['bash', '-c', `export KUBECONFIG=/home/learner/.kube/config\n${text}`], { limit: 30_000 });
const INGRESS_NGINX =
  'https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.14.0/deploy/static/provider/cloud/deploy.yaml';

test('web servers outside answer curl', () => {
  expect(line('curl -s http://example.com | grep -o "<h1>.*</h1>"').stdout).toBe('<h1>Example Domain</h1>\n');
  expect(line(`curl -s ${INGRESS_NGINX} | head -2`).stdout).toBe('apiVersion: v1\nkind: Namespace\n');
  expect(line("curl -s -w ' %{http_code}' https://raw.githubusercontent.com/none").stdout).toBe('404: Not Found 404');
  expect(line('curl -sI http://github.com/x | grep -i location').stdout).toBe('Location: https://github.com/x\r\n');
});

test('kubectl applies a manifest by its URL', () => {
  expect(line(`kubectl apply -f ${INGRESS_NGINX}`).stdout).toBe(`namespace/ingress-nginx created
serviceaccount/ingress-nginx created
serviceaccount/ingress-nginx-admission created
role.rbac.authorization.k8s.io/ingress-nginx created
role.rbac.authorization.k8s.io/ingress-nginx-admission created
clusterrole.rbac.authorization.k8s.io/ingress-nginx created
clusterrole.rbac.authorization.k8s.io/ingress-nginx-admission created
rolebinding.rbac.authorization.k8s.io/ingress-nginx created
rolebinding.rbac.authorization.k8s.io/ingress-nginx-admission created
clusterrolebinding.rbac.authorization.k8s.io/ingress-nginx created
clusterrolebinding.rbac.authorization.k8s.io/ingress-nginx-admission created
configmap/ingress-nginx-controller created
service/ingress-nginx-controller created
service/ingress-nginx-controller-admission created
deployment.apps/ingress-nginx-controller created
job.batch/ingress-nginx-admission-create created
job.batch/ingress-nginx-admission-patch created
ingressclass.networking.k8s.io/nginx created
validatingwebhookconfiguration.admissionregistration.k8s.io/ingress-nginx-admission created
`);
});

test('a file that is not there', () => {
  expect(line('kubectl apply -f https://raw.githubusercontent.com/none.yaml').stderr).toBe(
    'error: unable to read URL "https://raw.githubusercontent.com/none.yaml", server reported 404 Not Found, status code=404\n',
  );
});

test('public resolvers answer everybody, by their address', () => {
  expect(line('dig +short example.com @8.8.8.8; dig +short example.com @1.1.1.1').stdout).toBe(
    '23.192.228.80\n23.192.228.80\n',
  );
  expect(line('dig none.example @8.8.8.8 | grep -o NXDOMAIN').stdout).toBe('NXDOMAIN\n');
});

test('the programs for names say when there is no way to the server at all', () => {
  const told =
    ';; UDP setup with 10.96.0.10#53(10.96.0.10) for web failed: network unreachable.\n;; no servers could be reached\n';
  expect(line('dig @10.96.0.10 +tries=1 web').stdout).toBe(told);
  expect(line('host web 10.96.0.10').stdout).toBe(told + told);
  expect(line('nslookup web 10.96.0.10').stdout).toBe(`${told + told + told}\n`);
  expect(line('dig @127.0.0.1 -p 5 +tcp +tries=1 web').stdout).toBe(
    ';; Connection to 127.0.0.1#5(127.0.0.1) for web failed: connection refused.\n;; no servers could be reached\n',
  );
});
