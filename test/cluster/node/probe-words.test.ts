import { describe, expect, it } from 'vitest';
import { makeCluster } from '../../programs/support.ts';

const site = `server {
  listen 80;
  location /ok { return 200 "fine"; }
  location /moved { return 302 /ok; }
  location /loop { return 301 /loop; }
  location /away { return 302 http://example.com/; }
}`;
const probed = (name: string, probe: object) => ({ name, image: 'busybox:1.36', command: ['sleep', '99'], ...probe });
const ready = (path: string) => ({ readinessProbe: { httpGet: { path, port: 80 }, periodSeconds: 2 } });
const says = (command: string) => ({ readinessProbe: { exec: { command: ['sh', '-c', command] }, periodSeconds: 2 } });

describe('what probes say', () => {
  const { line } = makeCluster();
  const text = (command: string) => line(command).stdout;
  const objects = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'site' }, data: { 'default.conf': site } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: {
        volumes: [{ name: 'c', configMap: { name: 'site' } }],
        containers: [
          { name: 'a', image: 'nginx:1.27', volumeMounts: [{ name: 'c', mountPath: '/etc/nginx/conf.d' }] },
          probed('moved', ready('/moved')),
          probed('loop', ready('/loop')),
          probed('away', ready('/away')),
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'loud' },
      spec: { containers: [probed('x', says('echo no; exit 1')), probed('y', says('date +%s; exit 1'))] },
    },
  ];
  line(
    `cat > all.json <<'EOF'\n${objects.map((one) => JSON.stringify(one)).join('\n')}\nEOF\nkubectl apply -f all.json; sleep 25`,
  );

  it('follows redirects within the host and warns of those that lead away', () => {
    const readiness = text(
      "kubectl get pod web -o jsonpath='{range .status.containerStatuses[*]}{.name}={.ready} {end}'",
    );
    expect(readiness).toBe('a=true away=true loop=false moved=true ');
    const events = text(
      'kubectl get events --field-selector involvedObject.name=web,type=Warning -o jsonpath=\'{range .items[*]}{.reason} {.message}{"\\n"}{end}\' | sed -E "s/10[.0-9]+/IP/; s/body: .*/body/; /^</d; /^$/d" | sort -u',
    );
    expect(events).toContain('ProbeWarning Readiness probe warning: Probe terminated redirects, Response body');
    expect(events).toContain('Unhealthy Readiness probe failed: Get "http://IP/loop": stopped after 10 redirects');
    expect(text('kubectl logs web -c a | grep -c \'/moved" "kube-probe\'')).not.toBe('0\n');
  });

  it('keeps the newline that a command ended with', () => {
    const message = `kubectl get events -o json | jq '[.items[] | select(.involvedObject.fieldPath == "spec.containers{x}" and .reason == "Unhealthy")][0].message'`;
    expect(text(message)).toBe('"Readiness probe failed: no\\n"\n');
  });

  it('combines what all containers of a Pod say, from the tenth message on', () => {
    const combined = 'kubectl get events -o json | jq -r \'.items[].message\' | grep -c "combined from similar events"';
    expect(text(combined)).toBe('1\n');
  });

  it('lets 25 events and 25 warnings of a Pod through', () => {
    const containers = Array.from({ length: 10 }, (_, index) => probed(`c${index}`, says(`echo ${index % 3}; exit 1`)));
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'many' }, spec: { containers } };
    line(`echo '${JSON.stringify(pod)}' | kubectl apply -f -; sleep 20`);
    const counts = (type: string) =>
      text(
        `kubectl get events --field-selector involvedObject.name=many,type=${type} -o json | jq '[.items[] | select(.source.component == "kubelet").count] | add'`,
      );
    expect([counts('Normal'), counts('Warning')]).toEqual(['25\n', '25\n']);
  });
});
