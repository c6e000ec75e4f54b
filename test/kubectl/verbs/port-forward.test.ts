import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const WEB = [
  'kubectl create deployment web --image=nginx --port=80 && kubectl expose deployment web --port=8080 --target-port=80',
  'kubectl rollout status deploy web',
];

function lines(text: string | undefined): string[] {
  return (text ?? '').trimEnd().split('\n');
}

it('forwards ports of Pods, Deployments and Services until it is interrupted', () => {
  const { steps } = play('kubeadm', {
    steps: [
      ...WEB,
      'kubectl port-forward deploy/web 8080:80 & sleep 1; curl -s localhost:8080 | head -1; kill -INT $!; wait $!; echo rc=$?; curl -s localhost:8080; echo rc=$?',
      'kubectl port-forward svc/web 8081:8080 & sleep 1; kubectl port-forward svc/web 8081:8080; curl -s localhost:8081 | head -1; kill $!',
      'kubectl port-forward svc/web --address 0.0.0.0 8082:8080 & sleep 1; printf "GET / HTTP/1.0\\r\\n\\r\\n" | nc 127.0.0.1 8082 | head -1 | tr -d "\\r"; kill $!',
      'kubectl port-forward deploy/web 9000:81 & sleep 1; curl -s localhost:9000; echo rc=$?; wait $!; echo rc=$?',
      'kubectl port-forward svc/web 99; kubectl port-forward svc/web http; kubectl port-forward svc/web; kubectl port-forward svc/web --address=x 1:8080',
    ],
  });
  const [, , first, taken, bytes, refused, wrong] = steps;
  expect(lines(first?.stdout)).toEqual([
    'Forwarding from 127.0.0.1:8080 -> 80',
    'Forwarding from [::1]:8080 -> 80',
    'Handling connection for 8080',
    '<!DOCTYPE html>',
    'rc=0',
    'rc=7',
  ]);
  expect(taken?.stderr).toContain(
    'Unable to listen on port 8081: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8081: bind: address already in use unable to create listener: Error listen tcp6 [::1]:8081: bind: address already in use]\nerror: unable to listen on any of the requested ports: [{8081 80}]\n',
  );
  expect(lines(bytes?.stdout)).toEqual([
    'Forwarding from 0.0.0.0:8082 -> 80',
    'Handling connection for 8082',
    'HTTP/1.1 200 OK',
  ]);
  expect(lines(refused?.stdout).slice(2)).toEqual(['Handling connection for 9000', 'rc=52', 'rc=1']);
  expect(refused?.stderr).toContain('IPv4: dial tcp4 127.0.0.1:81: connect: connection refused');
  expect(refused?.stderr).toContain('error: lost connection to pod\n');
  expect(lines(wrong?.stderr)).toEqual([
    'error: Service web does not have a service port 99',
    "error: Service 'web' does not have a named port 'http'",
    'error: TYPE/NAME and list of ports are required for port-forward',
    "See 'kubectl port-forward -h' for help and examples",
    'error: x is not a valid IP',
  ]);
});

it('passes requests on to the API server and through it to Services, Pods and nodes', () => {
  const proxied = 'localhost:8001/api/v1/namespaces/default';
  const { steps } = play('kubeadm', {
    steps: [
      ...WEB,
      `kubectl proxy & sleep 1; curl -s ${proxied}/services/web:8080/proxy/ | head -1; curl -s ${proxied}/services/web:99/proxy/ | grep message; curl -s ${proxied}/pods/x/exec; curl -s localhost:8001/version | grep gitVersion; kill $!`,
      'kubectl get --raw /api/v1/namespaces/default/services/http:web:8080/proxy/ | head -1; kubectl get --raw /api/v1/namespaces/default/services/nosuch/proxy/',
    ],
  });
  expect(lines(steps[2]?.stdout)).toEqual([
    'Starting to serve on 127.0.0.1:8001',
    '<!DOCTYPE html>',
    '  "message": "no service port 99 found for service \\"web\\"",',
    'Forbidden',
    '  "gitVersion": "v1.36.4",',
  ]);
  expect(steps[3]?.stdout).toBe('<!DOCTYPE html>\n');
  expect(steps[3]?.stderr).toBe('Error from server (NotFound): services "nosuch" not found\n');
});
