import { expect, test } from 'vitest';
import { makeCluster } from '../support.ts';

const { line } = makeCluster();

const CONF = `upstream backend { server who:80; }
log_format timed '$remote_addr "$request" $status $upstream_addr $upstream_status';
server {
  listen 80;
  access_log /var/log/nginx/access.log timed;
  location / { proxy_pass http://backend; proxy_set_header X-Real-IP $remote_addr; proxy_set_header Host $host; }
  location /late { resolver kube-dns.kube-system.svc.cluster.local; set $name later.default.svc.cluster.local; proxy_pass http://$name; }
}`;

test('nginx passes requests on to Services that it found when it started', () => {
  line(`cat > /tmp/default.conf <<'END'\n${CONF}\nEND
    kubectl create configmap front --from-file=/tmp/default.conf
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
      - {name: nginx, image: nginx, volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]}
      volumes: [{name: conf, configMap: {name: front}}]
END
    kubectl expose deployment front --port=80 --type=NodePort; sleep 20`);
  expect(line('kubectl get pods -l app=front --no-headers').stdout).toMatch(/CrashLoopBackOff|Error/);
  expect(line('kubectl logs deploy/front').stdout + line('kubectl logs deploy/front').stderr).toMatch(
    /^2026\/09\/01 09:0\d:\d\d \[emerg\] \d+#\d+: host not found in upstream "who:80" in \/etc\/nginx\/conf\.d\/default\.conf:1\nnginx: \[emerg\] host not found in upstream "who:80" in \/etc\/nginx\/conf\.d\/default\.conf:1\n/,
  );
  line(
    'kubectl create deployment who --image=traefik/whoami; kubectl expose deployment who --port=80; sleep 10; kubectl delete pod -l app=front; sleep 10',
  );
  const port = line("kubectl get service front -o jsonpath='{.spec.ports[0].nodePort}'").stdout;
  const answer = line(`curl -s http://node01:${port}/a/b?c=1`).stdout;
  expect(answer).toContain('GET /a/b?c=1 HTTP/1.1\r\nHost: node01\r\n');
  expect(answer).toMatch(/X-Real-Ip: [\d.]+\r\n/);
  expect(line('kubectl logs deploy/front | tail -1').stdout).toMatch(
    /^[\d.]+ "GET \/a\/b\?c=1 HTTP\/1\.1" 200 10\.\d+\.\d+\.\d+:80 200\n$/,
  );
  expect(line(`curl -s -o /dev/null -w '%{http_code}' http://node01:${port}/late`).stdout).toBe('502');
  expect(line('kubectl logs deploy/front 2>&1 | grep resolved').stdout).toContain(
    'later.default.svc.cluster.local could not be resolved (3: Host not found)',
  );
  line('kubectl expose deployment who --name=later --port=80; sleep 35');
  expect(line(`curl -s -o /dev/null -w '%{http_code}' http://node01:${port}/late`).stdout).toBe('200');
});
