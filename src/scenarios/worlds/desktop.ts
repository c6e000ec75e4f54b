import { Errno } from '../../world/errno.ts';
import type { Machine } from '../../world/machine.ts';
import { type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { CertificateAuthority, Subject } from '../../world/pki/certificate.ts';
import type { Task } from '../../world/task.ts';
import type { World } from '../../world/world.ts';
import { type HostPathStorage, hostPathStorage, storageProvisionerProgram } from '../addons/host-path.ts';
import { applyAll } from '../addons/manifests.ts';
import type { BuiltWorld } from '../build.ts';
import { untilStopped } from '../control-plane.ts';
import { bootCluster, type ClusterPlan, planCluster } from '../kubeadm/cluster.ts';
import { addWorkstation, installKubeconfig, type Learner } from '../workstation.ts';

/** The workstation in Docker Desktop's network and in minikube's: both lead through it. */
const DOCKER_GATEWAY = '192.168.65.1';
const MINIKUBE_GATEWAY = '192.168.49.1';
const DOCKER_NODE = '192.168.65.3';
const MINIKUBE_NODE = '192.168.49.2';
/** Docker Desktop's way to its API server, from the host and from containers alike. */
const DOCKER_NAME = 'kubernetes.docker.internal';
const DOCKER_PORT = 6443;
/** Until both clusters are at rest, ms. */
const SETTLE_TIME = 40_000;

const DOCKER_STORAGE: HostPathStorage = {
  provisioner: 'docker.io/hostpath',
  storageClass: 'hostpath',
  labels: {},
  image: 'docker/desktop-storage-provisioner:v3.0',
  folder: '/var/lib/k8s-pvs',
  greeting: [],
  path: ({ metadata }, volume) => `${metadata.name}/${volume}`,
  annotations: (path) => ({ 'docker.io/hostpath': path }),
};

/** minikube: deploy/addons/storage-provisioner, storageclass */
const MINIKUBE_STORAGE: HostPathStorage = {
  provisioner: 'k8s.io/minikube-hostpath',
  storageClass: 'standard',
  labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' },
  image: 'gcr.io/k8s-minikube/storage-provisioner:v5',
  folder: '/tmp/hostpath-provisioner',
  greeting: [
    ['storage_provisioner.go:116', 'Initializing the minikube storage provisioner...'],
    ['storage_provisioner.go:141', 'Storage provisioner initialized, now starting service!'],
  ],
  path: ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
  annotations: (_, identity) => ({ hostPathProvisionerIdentity: identity }),
};

const DOCKER_DESKTOP: ClusterPlan = {
  name: 'docker-desktop',
  address: `${DOCKER_NODE}:${DOCKER_PORT}`,
  serviceCidr: '10.96.0.0/12',
  serverNames: ['docker-desktop', DOCKER_NAME, 'localhost'],
  podSubnet: '10.1.0.0/16',
  gateway: DOCKER_GATEWAY,
  withCni: true,
  schedulable: true,
  nodes: [{ name: 'docker-desktop', address: DOCKER_NODE, podCidr: '10.1.0.0/24', controlPlane: true }],
  hardware: {
    cpu: '8',
    memory: '8025484Ki',
    allocatableMemory: '7923084Ki',
    storage: '61202244Ki',
    allocatableStorage: '56403987978',
    osImage: 'Docker Desktop',
    kernelVersion: '6.10.14-linuxkit',
    containerRuntimeVersion: 'docker://28.4.0',
  },
  changes: [
    ['192.168.64.10', DOCKER_NODE],
    ['controlplane', 'docker-desktop'],
    ['10.244.0.0/16', '10.1.0.0/16'],
  ],
  programs: (cluster) => [storageProvisionerProgram(cluster, DOCKER_STORAGE)],
};

const MINIKUBE: ClusterPlan = {
  name: 'minikube',
  address: `${MINIKUBE_NODE}:8443`,
  serviceCidr: '10.96.0.0/12',
  authority: 'minikubeCA',
  serverNames: ['minikube', 'control-plane.minikube.internal', 'localhost'],
  gateway: MINIKUBE_GATEWAY,
  withCni: true,
  schedulable: true,
  nodes: [
    {
      name: 'minikube',
      address: MINIKUBE_NODE,
      podCidr: '10.244.0.0/24',
      controlPlane: true,
      labels: {
        'minikube.k8s.io/commit': '65318f4cfff9c12cc87ec9eb8f4cdd57b25047f3',
        'minikube.k8s.io/name': 'minikube',
        'minikube.k8s.io/primary': 'true',
        'minikube.k8s.io/updated_at': '2026_09_01T09_00_20_0700',
        'minikube.k8s.io/version': 'v1.37.0',
      },
    },
  ],
  hardware: {
    cpu: '8',
    memory: '16344084Ki',
    allocatableMemory: '16344084Ki',
    storage: '263112772Ki',
    osImage: 'Ubuntu 22.04.5 LTS',
    kernelVersion: '6.8.0-71-generic',
    containerRuntimeVersion: 'docker://28.4.0',
  },
  changes: [
    ['192.168.64.10', MINIKUBE_NODE],
    ['6443', '8443'],
    ['controlplane', 'minikube'],
    ['clusterName: kubernetes', 'clusterName: mk'],
    ['"replicas":2', '"replicas":1'],
  ],
  programs: (cluster) => [storageProvisionerProgram(cluster, MINIKUBE_STORAGE)],
};

/** A developer's workstation: the cluster of Docker Desktop, which is the current context, and one of minikube. */
export function buildDesktop(world: World): BuiltWorld {
  const docker = planCluster(world, DOCKER_DESKTOP);
  const minikube = planCluster(world, MINIKUBE);
  const { machine: workstation, learner } = addWorkstation(world, DOCKER_GATEWAY, MINIKUBE_GATEWAY);
  bootCluster(world, docker);
  bootCluster(world, minikube);
  addDockerBackend(workstation);
  const user = { commonName: 'docker-for-desktop', organizations: ['system:masters'] };
  const text = kubeconfig({
    docker: keysOf(docker.cluster.authority, user),
    minikube: writeMinikubeFiles(workstation, learner, minikube.cluster.authority),
    stamp: new Date(world.options.startTime).toUTCString().replace('GMT', 'UTC'),
  });
  installKubeconfig(workstation, learner, text);
  applyAll(docker.cluster, hostPathStorage(DOCKER_STORAGE));
  applyAll(minikube.cluster, hostPathStorage(MINIKUBE_STORAGE));
  world.loop.runUntil(world.now + SETTLE_TIME);
  return { world, workstation, learner, clusters: [docker.cluster, minikube.cluster] };
}

/** Docker Desktop's process on the host: it passes on what comes for the API server's port. */
function addDockerBackend(workstation: Machine): void {
  workstation.files.appendFile(
    '/etc/hosts',
    `# Added by Docker Desktop\n# To allow the same kube context to work on the host and the container:\n127.0.0.1 ${DOCKER_NAME}\n# End of section\n`,
  );
  workstation.spawn({
    argv: ['/opt/docker-desktop/bin/com.docker.backend'],
    session: { tty: undefined },
    main: (process) => {
      const { network } = process.machine.world;
      const server = () => network.namespaceOf(DOCKER_NODE)?.listenerAt('tcp', DOCKER_NODE, DOCKER_PORT);
      workstation.network.listen({
        protocol: 'tcp',
        address: '127.0.0.1',
        port: DOCKER_PORT,
        owner: process,
        tls: { names: [DOCKER_NAME, 'localhost'], certificate: (name) => server()?.tls?.certificate?.(name) },
        *http(request: HttpRequest): Task<HttpResponse> {
          try {
            return yield* network.request(process, DOCKER_NODE, DOCKER_PORT, request);
          } catch (error) {
            if (!(error instanceof Errno)) throw error;
            return textResponse(502, '');
          }
        },
      });
      return untilStopped(process);
    },
  });
}

interface Keys {
  readonly certificate: string;
  readonly key: string;
}

function keysOf(authority: CertificateAuthority, user: Subject): Keys & { readonly ca: string } {
  const { certificate, key } = authority.issue(user, 365);
  return { ca: btoa(authority.certificate), certificate: btoa(certificate), key: btoa(key) };
}

/** Keys that `minikube start` leaves in ~/.minikube; the value is their paths. */
function writeMinikubeFiles(
  { files }: Machine,
  { home, credentials }: Learner,
  authority: CertificateAuthority,
): Keys & { readonly ca: string } {
  const { certificate, key } = authority.issue(
    { commonName: 'minikube-user', organizations: ['system:masters'] },
    3 * 365,
  );
  const folder = `${home}/.minikube`;
  const profile = `${folder}/profiles/minikube`;
  files.makeDirectories(profile, credentials);
  files.writeFile(`${folder}/ca.crt`, authority.certificate, credentials);
  files.writeFile(`${profile}/client.crt`, certificate, credentials);
  files.writeFile(`${profile}/client.key`, key, credentials, 0o600);
  return { ca: `${folder}/ca.crt`, certificate: `${profile}/client.crt`, key: `${profile}/client.key` };
}

function kubeconfig(given: {
  readonly docker: ReturnType<typeof keysOf>;
  readonly minikube: ReturnType<typeof writeMinikubeFiles>;
  readonly stamp: string;
}): string {
  const { docker, minikube, stamp } = given;
  const extension = (name: string) => `    extensions:
    - extension:
        last-update: ${stamp}
        provider: minikube.sigs.k8s.io
        version: v1.37.0
      name: ${name}
`;
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${docker.ca}
    server: https://${DOCKER_NAME}:${DOCKER_PORT}
  name: docker-desktop
- cluster:
    certificate-authority: ${minikube.ca}
${extension('cluster_info')}    server: https://${MINIKUBE_NODE}:8443
  name: minikube
contexts:
- context:
    cluster: docker-desktop
    user: docker-desktop
  name: docker-desktop
- context:
    cluster: minikube
${extension('context_info')}    namespace: default
    user: minikube
  name: minikube
current-context: docker-desktop
kind: Config
users:
- name: docker-desktop
  user:
    client-certificate-data: ${docker.certificate}
    client-key-data: ${docker.key}
- name: minikube
  user:
    client-certificate: ${minikube.certificate}
    client-key: ${minikube.key}
`;
}
