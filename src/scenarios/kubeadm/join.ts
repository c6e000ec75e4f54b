import { SECRETS } from '../../cluster/api/kinds.ts';
import type { CertificateSigningRequest } from '../../cluster/api/types.generated.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import * as der from '../../world/pki/der.ts';
import { makeKey, makeRequest, modulusOf } from '../../world/pki/keys.ts';

const TOKEN_GROUP = 'system:bootstrappers:kubeadm:default-node-token';
const TOKEN_LIFE = 24 * 3600 * 1000;
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
/** In the world nobody computes with keys: a short one does. */
const KEY_BITS = 512;

/** What `kubeadm init` and `kubeadm join` leave in the API beside the nodes: the token that they joined with, and what each kubelet asked to be signed. */
export function leaveTraces(
  cluster: Cluster,
  nodes: readonly { readonly name: string; readonly controlPlane: boolean }[],
) {
  const id = leaveToken(cluster);
  for (const { name, controlPlane } of nodes)
    askForCertificate(
      cluster,
      name,
      controlPlane
        ? { user: `system:node:${name}`, groups: ['system:nodes'] }
        : { user: `system:bootstrap:${id}`, groups: ['system:bootstrappers', TOKEN_GROUP] },
    );
}

/** kubernetes: cmd/kubeadm/app/phases/bootstraptoken/node. The value is the token's id. */
function leaveToken(cluster: Cluster): string {
  const { world } = cluster;
  const random = world.random.fork('kubeadm/token');
  const id = random.suffix(6);
  const data = {
    'auth-extra-groups': TOKEN_GROUP,
    expiration: `${new Date(world.now + TOKEN_LIFE).toISOString().slice(0, 19)}Z`,
    'token-id': id,
    'token-secret': random.suffix(16),
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
  };
  cluster.client('kubernetes-admin', ['system:masters'], 'kubeadm').create(SECRETS, 'kube-system', {
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)])),
  });
  return id;
}

/** kubernetes: pkg/kubelet/certificate/bootstrap/bootstrap.go requestNodeCertificate */
function askForCertificate(cluster: Cluster, node: string, by: { readonly user: string; readonly groups: string[] }) {
  const random = cluster.world.random.fork(`kubelet/${node}/csr`);
  const modulus = modulusOf(makeKey(random, KEY_BITS)) ?? new Uint8Array(0);
  const attribute = (type: string, value: string) => der.set(der.sequence(der.objectId(type), der.printable(value)));
  const name = der.sequence(attribute(ORGANIZATION, 'system:nodes'), attribute(COMMON_NAME, `system:node:${node}`));
  const { registry, resources } = cluster.server;
  const user = { name: by.user, groups: [...by.groups, 'system:authenticated'] };
  const request: CertificateSigningRequest = {
    metadata: { generateName: 'csr-' },
    spec: {
      request: btoa(makeRequest(modulus, name, [])),
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
    },
  };
  // Nodes may ask by the Node authorizer, of which the world has no copy: the way goes past the rights.
  registry.create(resources.need('certificates.k8s.io', 'v1', 'certificatesigningrequests'), '', request, {
    user,
    fieldManager: 'kubelet',
    dryRun: false,
    trusted: true,
  });
}
