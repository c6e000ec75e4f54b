import { describe, expect, it } from 'vitest';
import { makeCluster } from './support.ts';

describe('namespaces of other processes', () => {
  const { line } = makeCluster();
  const run = (command: string) => {
    const { stdout, stderr } = line(command);
    return stdout + stderr;
  };
  const pod = (name: string, image: string, more = '{}') =>
    run(
      `kubectl run ${name} --image=${image} --overrides='{"spec": {"nodeName": "node01", ${more.slice(1, -1)}}}' -- sleep 1000; kubectl wait --for=condition=Ready pod/${name}`,
    );
  const onNode = (command: string) =>
    run(
      `ssh node01 'pid=$(crictl inspect $(crictl ps --name ^web -q) | grep -m1 "\\"pid\\"" | grep -o "[0-9]*"); ${command}'`,
    );
  run(
    `kubectl run web --image=nginx:1.27 --overrides='{"spec": {"nodeName": "node01"}}'; kubectl wait --for=condition=Ready pod/web`,
  );

  it("run a node's programs in the network of a Pod", () => {
    const ip = run("kubectl get pod web -o jsonpath='{.status.podIP}'");
    expect(onNode('nsenter -t $pid -n ip -4 -o addr show eth0')).toContain(` ${ip}/24 `);
    expect(onNode('nsenter --target $pid --net curl -s localhost | grep -c nginx.org; hostname')).toBe('1\nnode01\n');
    expect(onNode('ip netns exec $(ip netns | head -1 | cut -d" " -f1) hostname -i')).not.toBe('');
  });

  it('give the files and the name of a container as well', () => {
    expect(
      onNode('nsenter -t $pid -u hostname; nsenter -t $pid -m ls /etc/nginx | head -1; nsenter -t $pid -a nginx -v'),
    ).toBe('web\nconf.d\nnginx version: nginx/1.27.5\n');
  });

  it('say what is not there', () => {
    expect(
      onNode('nsenter -t 99999 -n true; nsenter -n true; nsenter -t x -n true; nsenter -t $pid -n nosuch; echo $?'),
    ).toBe(
      "127\nnsenter: cannot open /proc/99999/ns/net: No such file or directory\nnsenter: neither filename nor target pid supplied for ns/net\nnsenter: failed to parse pid: 'x'\nnsenter: failed to execute nosuch: No such file or directory\n",
    );
    expect(onNode('ip netns exec nope true; echo $?')).toBe(
      '255\nCannot open network namespace "nope": No such file or directory\n',
    );
  });

  it('lead from a privileged Pod to its node, and from another nowhere', () => {
    pod(
      'host',
      'busybox:1.36',
      '{"hostPID": true, "containers": [{"name": "host", "image": "busybox:1.36", "command": ["sleep", "1000"], "securityContext": {"privileged": true}}]}',
    );
    expect(run('kubectl exec host -- nsenter -t 1 -m -u -n -i -p -- hostname')).toBe('node01\n');
    pod('plain', 'busybox:1.36');
    expect(run('kubectl exec plain -- nsenter -t 1 -n true')).toContain(
      "setns(): can't reassociate to namespace 'net'",
    );
  });
});
