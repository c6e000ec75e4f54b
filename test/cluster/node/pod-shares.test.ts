import { describe, expect, it } from 'vitest';
import { makeCluster } from '../../programs/support.ts';

const busybox = (name: string, command: string, more = {}) => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', command],
  ...more,
});
const pod = (name: string, spec: object) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, ...spec },
  });

describe('what containers of a Pod share, leave and are told', () => {
  const { line } = makeCluster();
  const text = (command: string) => line(command).stdout;
  const create = (object: string) => line(`kubectl create -f - <<'EOF'\n${object}\nEOF`);

  it('has one /dev/shm for all of them, and gives files of the API to the fsGroup', () => {
    line('kubectl create secret generic keys --from-literal=door=open');
    const volumeMounts = [{ name: 'keys', mountPath: '/keys' }];
    create(
      pod('clerk', {
        securityContext: { runAsUser: 1200, fsGroup: 5600 },
        volumes: [{ name: 'keys', secret: { secretName: 'keys', defaultMode: 0o400 } }],
        containers: [busybox('one', 'sleep 99', { volumeMounts }), busybox('two', 'sleep 99')],
      }),
    );
    line(
      'kubectl wait --for=condition=Ready pod/clerk --timeout=20s; kubectl exec clerk -c one -- sh -c "echo x > /dev/shm/n"',
    );
    expect(text('kubectl exec clerk -c two -- cat /dev/shm/n')).toBe('x\n');
    expect(text('kubectl exec clerk -c one -- sh -c "stat -L -c \'%a %u:%g\' /keys/door; cat /keys/door"')).toBe(
      '440 0:5600\nopen',
    );
    line('kubectl delete pod clerk --now');
  });

  it('shares 12 KiB of termination messages among all containers', () => {
    const long = 'head -c 5000 /dev/zero | tr "\\0" x > /dev/termination-log';
    const containers = ['a', 'b', 'c', 'd', 'e'].map((name) => busybox(name, long));
    create(pod('wills', { restartPolicy: 'Never', containers }));
    line('sleep 6');
    const message = '{.status.containerStatuses[0].state.terminated.message}';
    expect(text(`kubectl get pod wills -o jsonpath='${message}' | wc -c`).trim()).toBe('2457');
  });

  it('stops all of a Pod whose only container fails its probe and may not start again', () => {
    const startupProbe = { tcpSocket: { port: 9999 }, periodSeconds: 1, failureThreshold: 2 };
    create(pod('once', { restartPolicy: 'Never', containers: [busybox('main', 'sleep 99', { startupProbe })] }));
    line('sleep 8');
    const killing = 'kubectl get events --field-selector reason=Killing,involvedObject.name=once';
    expect(text(`${killing} -o jsonpath='{.items[*].message}'`)).toBe('Stopping container main');
  });

  it('counts a container that starts anew as started until its startup probe looks again', () => {
    const probe = (file: string) => ({
      exec: { command: ['test', '-f', file] },
      periodSeconds: 10,
      failureThreshold: 9,
    });
    const command = 'test -f /v/go || touch /v/go; sleep 99';
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    create(
      pod('again', {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [busybox('main', command, { startupProbe: probe('/v/go'), volumeMounts })],
      }),
    );
    line('kubectl wait --for=condition=Ready pod/again --timeout=25s; kubectl exec again -- sh -c "rm /v/go; kill 1"');
    line(
      'sleep 22; kubectl exec again -- rm /v/go; kubectl exec again -- kill -TERM 1; sleep 12; kubectl exec again -- rm -f /v/go',
    );
    const started = "kubectl get pod again -o jsonpath='{.status.containerStatuses[0].started}'";
    expect(text(started)).toBe('true');
  });

  it('replaces a static Pod only when its worker looks again, and keeps what lies in the API out of it', () => {
    const folder = '/etc/kubernetes/manifests';
    const manifest = (image: string) => pod('lamp', { containers: [{ name: 'bulb', image }] });
    const put = (image: string) =>
      `ssh node01 "mkdir -p ${folder}; cat > ${folder}/lamp.yaml" <<'EOF'\n${manifest(image)}\nEOF`;
    const shown = "kubectl get pod lamp-node01 -o jsonpath='{.spec.containers[0].image} {.status.phase}'";
    expect(text(`${put('nginx:1.27')}\nsleep 8; ${shown}`)).toBe('nginx:1.27 Running');
    expect(text(`${put('nginx:1.28')}\nsleep 8; ${shown}; echo; sleep 14; ${shown}`)).toBe(
      'nginx:1.27 Running\nnginx:1.28 Running',
    );
    const needy = pod('needy', {
      containers: [busybox('main', 'env', { envFrom: [{ configMapRef: { name: 'x' } }] })],
    });
    line(`ssh node01 "cat > ${folder}/needy.yaml" <<'EOF'\n${needy}\nEOF`);
    expect(text('sleep 5; kubectl get pod needy-node01 --ignore-not-found')).toBe('');
    line(`ssh node01 'rm ${folder}/*.yaml'`);
  });

  it('tells the API server who a token is for, and nobody of one for others', () => {
    create(pod('asker', { containers: [busybox('main', 'sleep 99')] }));
    line('kubectl wait --for=condition=Ready pod/asker --timeout=20s');
    const review = (token: string) =>
      text(
        `kubectl create -o json -f - <<<"{\\"apiVersion\\":\\"authentication.k8s.io/v1\\",\\"kind\\":\\"TokenReview\\",\\"spec\\":{\\"token\\":\\"$(${token})\\"}}" | jq -c '[.status.error, (.status.user.extra // {} | keys)]'`,
      );
    expect(review('kubectl exec asker -- cat /var/run/secrets/kubernetes.io/serviceaccount/token')).toBe(
      '[null,["authentication.kubernetes.io/credential-id","authentication.kubernetes.io/node-name","authentication.kubernetes.io/node-uid","authentication.kubernetes.io/pod-name","authentication.kubernetes.io/pod-uid"]]\n',
    );
    expect(review('kubectl create token default --audience vault')).toBe(
      '["[invalid bearer token, token audiences [\\"vault\\"] is invalid for the target audiences [\\"https://kubernetes.default.svc.cluster.local\\"]]",[]]\n',
    );
    line('kubectl delete pod asker --now');
  });

  it('says why nginx cannot start on a file system that is read-only', () => {
    const securityContext = { readOnlyRootFilesystem: true };
    create(
      pod('web', { restartPolicy: 'Never', containers: [{ name: 'nginx', image: 'nginx:1.27', securityContext }] }),
    );
    line('sleep 8');
    expect(text('kubectl logs web | tail -n 1')).toBe(
      'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)\n',
    );
  });
});
