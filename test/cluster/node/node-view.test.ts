import { describe, expect, it } from 'vitest';
import { makeCluster } from '../../programs/support.ts';

const POD = (name: string, container: string, more = '') =>
  `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"},"spec":{"nodeName":"node01","terminationGracePeriodSeconds":1,${more}"containers":[${container}]}}`;

describe('a node and what runs on it', () => {
  const { line } = makeCluster();
  const text = (command: string) => line(command).stdout;

  it('lists the processes of containers below their shims, by numbers of its own', () => {
    line(
      `echo '${POD('web', '{"name":"main","image":"nginx:1.27"}')}' | kubectl apply -f - && kubectl wait --for=condition=Ready pod/web`,
    );
    expect(text("ssh node01 'ps -e -o comm | sort -u | grep -e containerd -e kube -e pause -e nginx'")).toBe(
      'containerd\ncontainerd-shim\nkube-proxy\nkubelet\nnginx\npause\n',
    );
    expect(text("ssh node01 'ps -o args= -p $(ps -o ppid= -p $(pgrep -o nginx))'")).toContain(
      '/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id ',
    );
    expect(text('kubectl exec web -- cat /proc/1/cmdline')).toBe('nginx: master process nginx -g daemon off;\0');
  });

  it('kills the first process of a container from outside, which the kubelet starts again', () => {
    line("ssh node01 'kill -9 $(pgrep -o nginx)'; sleep 3");
    expect(text('kubectl get pod web -o jsonpath={.status.containerStatuses[0].restartCount}')).toBe('1');
    expect(text('kubectl get pod web -o jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}')).toBe(
      '137',
    );
  });

  it('keeps a folder for each Pod', () => {
    line(
      `echo '${POD('note', '{"name":"main","image":"busybox:1.36","command":["sleep","3600"],"volumeMounts":[{"name":"data","mountPath":"/data"},{"name":"small","mountPath":"/small"}]}', '"volumes":[{"name":"data","emptyDir":{}},{"name":"small","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}}],')}' | kubectl apply -f - && kubectl wait --for=condition=Ready pod/note; kubectl exec note -- sh -c 'echo kept > /data/f'`,
    );
    expect(
      text(
        'U=$(kubectl get pod note -o jsonpath={.metadata.uid}); ssh node01 "cd /var/lib/kubelet/pods/$U; ls; cat volumes/kubernetes.io~empty-dir/data/f; tail -n 1 etc-hosts | cut -f2"',
      ),
    ).toBe('containers\netc-hosts\nplugins\nvolumes\nkept\nnote\n');
  });

  it('has volumes in memory of their own size', () => {
    expect(
      line(
        'kubectl exec note -- sh -c \'df /small | tail -n 1 | tr -s " " | cut -d" " -f2; dd if=/dev/zero of=/small/big bs=1k count=2000 2>&1 | grep -v copied; mount | grep small\'',
      ).stdout,
    ).toBe(
      "1024\ndd: error writing '/small/big': No space left on device\n1025+0 records in\n1024+0 records out\ntmpfs on /small type tmpfs (rw,relatime,size=1024k,noswap)\n",
    );
  });

  it('has a kubelet that answers those with a certificate', () => {
    expect(text('kubectl get --raw /api/v1/nodes/node01/proxy/healthz')).toBe('ok');
    expect(text("ssh node01 'curl -s http://127.0.0.1:10248/healthz; curl -sk https://node01:10250/pods'")).toBe(
      'okUnauthorized',
    );
    expect(text('ssh node01 "ss -ltn" | awk \'{print $4}\' | grep 102')).toBe(
      '*:10250\n127.0.0.1:10248\n*:10256\n127.0.0.1:10249\n',
    );
  });
});

describe('probes of gRPC and TLS', () => {
  const { line } = makeCluster();
  it('say what a server is', () => {
    const probe = (name: string, image: string, handler: string, more = '') =>
      `{"name":"${name}","image":"${image}"${more},"readinessProbe":{${handler},"periodSeconds":1}}`;
    const health = ',"args":["grpc-health-checking","--http-port=8099"]';
    const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
    const containers = [
      probe('good', agnhost, '"grpc":{"port":5000}', health),
      probe('refused', 'nginx:1.27', '"grpc":{"port":5001}'),
      probe(
        'plain',
        'busybox:1.36',
        '"httpGet":{"path":"/","port":80,"scheme":"HTTPS"}',
        ',"command":["sleep","3600"]',
      ),
    ];
    line(`echo '${POD('probed', containers.join(','))}' | kubectl apply -f -; sleep 20`);
    expect(
      line("kubectl get pod probed -o jsonpath='{range .status.containerStatuses[*]}{.name}={.ready} {end}'").stdout,
    ).toBe('good=true plain=false refused=false ');
    const messages = line(
      "kubectl get events --field-selector type=Warning -o custom-columns=M:.message --no-headers | sed -E 's/10.244.[0-9.]+/IP/g' | sort -u",
    ).stdout;
    expect(messages).toContain(
      'Readiness probe failed: timeout: failed to connect service "IP:5001" within 1s: context deadline exceeded\n',
    );
    expect(messages).toContain(
      'Readiness probe failed: Get "https://IP:80/": http: server gave HTTP response to HTTPS client\n',
    );
  });
});

describe('the containers of one Pod', () => {
  const { line } = makeCluster();
  it('are pulled and started one after the other, and reported when all are', () => {
    line(
      `echo '${POD('two', '{"name":"first","image":"nginx:1.27"},{"name":"second","image":"alpine:3.20","command":["sleep","3600"]}')}' | kubectl apply -f - && kubectl wait --for=condition=Ready pod/two`,
    );
    const order = line(
      'kubectl get events --field-selector involvedObject.name=two -o json | jq -r \'.items | sort_by(.metadata.resourceVersion | tonumber)[] | select(.involvedObject.fieldPath != null) | [(.involvedObject.fieldPath | sub("spec.containers"; "")), .reason] | join(" ")\'',
    ).stdout;
    expect(order).toBe(
      ['first', 'second']
        .flatMap((name) => ['Pulling', 'Pulled', 'Created', 'Started'].map((reason) => `{${name}} ${reason}\n`))
        .join(''),
    );
  });
});
