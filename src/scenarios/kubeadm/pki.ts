import type { Cluster } from '../../cluster/cluster.ts';
import { encode } from '../../world/bytes.ts';
import { RegularFile, Symlink } from '../../world/files/inode.ts';
import type { Machine } from '../../world/machine.ts';
import { CertificateAuthority, type Subject } from '../../world/pki/certificate.ts';
import { adminKubeconfig } from '../workstation.ts';

const PKI = '/etc/kubernetes/pki';
const subject = (commonName: string, ...organizations: string[]): Subject => ({ commonName, organizations });

/** A certificate of kubeadm: its file without ending, who it is for, and the names it is good for. */
type Issued = readonly [file: string, subject: Subject, names?: readonly string[]];

/** kubernetes: cmd/kubeadm/app/phases/certs/certlist.go */
function certificates(
  name: string,
  address: string,
): Readonly<Record<'ca' | 'etcd/ca' | 'front-proxy-ca', readonly Issued[]>> {
  const own = [name, 'localhost', address, '127.0.0.1'];
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return {
    ca: [
      ['apiserver', subject('kube-apiserver'), [name, ...service, '10.96.0.1', address, '127.0.0.1']],
      ['apiserver-kubelet-client', subject('kube-apiserver-kubelet-client')],
    ],
    'etcd/ca': [
      ['apiserver-etcd-client', subject('kube-apiserver-etcd-client')],
      ['etcd/server', subject(name), own],
      ['etcd/peer', subject(name), own],
      ['etcd/healthcheck-client', subject('kube-etcd-healthcheck-client')],
    ],
    'front-proxy-ca': [['front-proxy-client', subject('front-proxy-client')]],
  };
}

const otherAuthorities = new WeakMap<Cluster, Map<string, CertificateAuthority>>();

/** The authority of `ca`, `etcd/ca` or `front-proxy-ca`, made when it is first asked for. */
export function authorityOf(cluster: Cluster, file: string): CertificateAuthority {
  if (file === 'ca') return cluster.authority;
  const known = otherAuthorities.get(cluster) ?? new Map<string, CertificateAuthority>();
  otherAuthorities.set(cluster, known);
  const made = known.get(file);
  if (made) return made;
  const { world } = cluster;
  const commonName = file === 'etcd/ca' ? 'etcd-ca' : 'front-proxy-ca';
  const authority = new CertificateAuthority(subject(commonName), world.random.fork(commonName), () => world.now);
  known.set(file, authority);
  return authority;
}

/** What kubeadm leaves below /etc/kubernetes and /var/lib/kubelet/pki. Keys and certificates are made when somebody looks. */
export function writePki(
  cluster: Cluster,
  machine: Machine,
  node: { readonly name: string; readonly address: string; readonly controlPlane: boolean },
): void {
  const { files } = machine;
  const now = machine.world.now;
  const put = (path: string, make: () => string, mode = 0o600) => {
    files.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    const file = new RegularFile({ mode, uid: 0, gid: 0, mtime: now });
    file.lazy = () => encode(make());
    files.place(path, file);
  };
  put(`${PKI}/ca.crt`, () => cluster.authority.certificate, 0o644);
  putKubelet(cluster, machine, node, put);
  if (!node.controlPlane) return;
  for (const [authorityFile, issued] of Object.entries(certificates(node.name, node.address))) {
    const authority = () => authorityOf(cluster, authorityFile);
    if (authorityFile !== 'ca') put(`${PKI}/${authorityFile}.crt`, () => authority().certificate, 0o644);
    put(`${PKI}/${authorityFile}.key`, () => authority().key);
    for (const [file, who, names] of issued) {
      const pair = once(() => authority().issue(who, 365, names));
      put(`${PKI}/${file}.crt`, () => pair().certificate, 0o644);
      put(`${PKI}/${file}.key`, () => pair().key);
    }
  }
  const account = once(() => cluster.authority.issue(subject('sa'), 1).key);
  put(`${PKI}/sa.key`, account);
  put(`${PKI}/sa.pub`, () =>
    account()
      .replace(/PRIVATE/g, 'PUBLIC')
      .replace(/RSA /g, ''),
  );
  const kubeconfig = (user: string, organization: string) => () =>
    adminKubeconfig({
      cluster: 'kubernetes',
      server: `https://${cluster.options.address}`,
      user,
      authority: cluster.authority,
      organization,
    });
  put('/etc/kubernetes/controller-manager.conf', kubeconfig('system:kube-controller-manager', ''));
  put('/etc/kubernetes/scheduler.conf', kubeconfig('system:kube-scheduler', ''));
  put('/etc/kubernetes/super-admin.conf', kubeconfig('kubernetes-super-admin', 'system:masters'));
}

function putKubelet(
  cluster: Cluster,
  machine: Machine,
  { name }: { readonly name: string },
  put: (path: string, make: () => string, mode?: number) => void,
): void {
  const folder = '/var/lib/kubelet/pki';
  const stamp = new Date(machine.world.now).toISOString().slice(0, 19).replace('T', '-').replace(/:/g, '-');
  const client = once(() => cluster.authority.issue(subject(`system:node:${name}`, 'system:nodes'), 365));
  put(`${folder}/kubelet-client-${stamp}.pem`, () => client().certificate + client().key);
  const meta = { mode: 0o777, uid: 0, gid: 0, mtime: machine.world.now };
  machine.files.place(
    `${folder}/kubelet-client-current.pem`,
    new Symlink(meta, `${folder}/kubelet-client-${stamp}.pem`),
  );
  const serving = once(() => {
    const own = subject(`${name}-ca@${Math.floor(machine.bootTime / 1000)}`);
    return new CertificateAuthority(own, machine.world.random.fork(`kubelet/${name}`), () => machine.world.now).issue(
      subject(`${name}@${Math.floor(machine.bootTime / 1000)}`),
      365,
      [name],
    );
  });
  put(`${folder}/kubelet.crt`, () => serving().certificate, 0o644);
  put(`${folder}/kubelet.key`, () => serving().key);
  const server = `https://${cluster.options.address}`;
  put(
    '/etc/kubernetes/kubelet.conf',
    () =>
      `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${btoa(cluster.authority.certificate)}\n    server: ${server}\n  name: default-cluster\ncontexts:\n- context:\n    cluster: default-cluster\n    namespace: default\n    user: default-auth\n  name: default-context\ncurrent-context: default-context\nkind: Config\nusers:\n- name: default-auth\n  user:\n    client-certificate: ${folder}/kubelet-client-current.pem\n    client-key: ${folder}/kubelet-client-current.pem\n`,
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
