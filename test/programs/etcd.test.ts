import { describe, expect, it } from 'vitest';
import { makeCluster } from './support.ts';

const PKI = '/etc/kubernetes/pki/etcd';
const SECURE = `ETCDCTL_CACERT=${PKI}/ca.crt ETCDCTL_CERT=${PKI}/server.crt ETCDCTL_KEY=${PKI}/server.key`;

describe('etcd of a kubeadm cluster', () => {
  const { line } = makeCluster();
  const on = (command: string) => line(`ssh controlplane ${JSON.stringify(command)}`, 60_000);
  const secure = (command: string) => on(`${SECURE} ${command}`).stdout;

  it('has the ids that its addresses give, and the keys of the API server', () => {
    expect(secure('etcdctl member list')).toBe(
      '238f4c8a4261811a, started, controlplane, https://192.168.64.10:2380, https://192.168.64.10:2379, false\n',
    );
    expect(secure('etcdctl get /registry/minions --prefix --keys-only')).toBe(
      '/registry/minions/controlplane\n\n/registry/minions/node01\n\n/registry/minions/node02\n\n',
    );
    expect(
      secure('etcdctl get /registry/services/specs/default/kubernetes --print-value-only | jq -r .spec.clusterIP'),
    ).toBe('10.96.0.1\n');
    expect(secure('etcdctl endpoint health -w table')).toMatch(
      /^\+-+\+-+\+-+\+-+\+\n\| {4}ENDPOINT {4}\| HEALTH \| +TOOK +\| ERROR \|\n/,
    );
    expect(secure('etcdctl put foo bar; ').concat(secure('etcdctl get foo')).concat(secure('etcdctl del foo'))).toBe(
      'OK\nfoo\nbar\n1\n',
    );
  });

  it('is there for those who trust it and are trusted', () => {
    const problem = (command: string) => /desc = \\"(.*)\\""/.exec(on(command).stderr)?.[1];
    expect(problem('etcdctl member list')).toBe('error reading server preface: EOF');
    expect(problem('etcdctl --endpoints=https://127.0.0.1:2379 member list')).toBe(
      'transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
    expect(problem(`etcdctl --cacert=${PKI}/ca.crt member list`)).toBe(
      'error reading server preface: remote error: tls: certificate required',
    );
    expect(problem(`${SECURE} etcdctl --endpoints=https://127.0.0.1:9 member list`)).toBe(
      'transport: Error while dialing: dial tcp 127.0.0.1:9: connect: connection refused',
    );
    expect(on(`etcdctl --cacert=/nope member list`)).toMatchObject({
      exit: 128,
      stderr: 'Error: open /nope: no such file or directory\n',
    });
    expect(on(`etcdctl --cert=${PKI}/server.crt member list`).stderr).toBe(
      `Error: KeyFile and CertFile must both be present[key: , cert: ${PKI}/server.crt]\n`,
    );
  });

  it('comes back as it was saved, and so does the cluster', () => {
    line('kubectl run kept --image=nginx:1.27 && kubectl wait --for=condition=Ready pod/kept');
    expect(secure('etcdctl snapshot save /opt/snap.db')).toBe('Snapshot saved at /opt/snap.db\nServer version 3.6.0\n');
    expect(secure('etcdutl snapshot status /opt/snap.db')).toMatch(/^[0-9a-f]{8}, \d+, \d+, \d+ kB, 3\.6\.0\n$/);
    line('kubectl delete pod kept --now; kubectl create configmap later');
    expect(on('etcdutl snapshot restore /opt/snap.db --data-dir /var/lib/restored').stderr).toContain(
      'restored snapshot',
    );
    expect(on('etcdutl snapshot restore /opt/snap.db --data-dir /var/lib/restored').stderr).toBe(
      'Error: data-dir "/var/lib/restored" not empty or could not be read\n',
    );
    on("sed -i 's#path: /var/lib/etcd#path: /var/lib/restored#' /etc/kubernetes/manifests/etcd.yaml; sleep 60");
    expect(line('kubectl get configmap later').stderr).toBe(
      'Error from server (NotFound): configmaps "later" not found\n',
    );
    expect(line("kubectl get pod kept --no-headers | awk '{print $2, $3}'; kubectl exec kept -- hostname").stdout).toBe(
      '1/1 Running\nkept\n',
    );
    // What was there before lies in the old folder still.
    on("sed -i 's#path: /var/lib/restored#path: /var/lib/etcd#' /etc/kubernetes/manifests/etcd.yaml; sleep 60");
    expect(line('kubectl get configmap later -o name; kubectl get pod kept').stdout).toBe('configmap/later\n');
  });

  it('refuses files that are no snapshots', () => {
    expect(on('etcdutl snapshot status /etc/hostname').stderr).toBe('Error: invalid database\n');
    expect(on('etcdutl snapshot status nope.db').stderr).toBe('Error: stat nope.db: no such file or directory\n');
    on('cp /var/lib/etcd/member/snap/db /opt/copied.db');
    expect(on('etcdutl snapshot restore /opt/copied.db --data-dir /opt/a').stderr).toContain(
      'Error: snapshot missing hash but --skip-hash-check=false\n',
    );
  });
});
