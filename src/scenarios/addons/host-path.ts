import type { Client } from '../../cluster/api/client.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../cluster/api/types.generated.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { ControllerContext } from '../../cluster/controllers/controller.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { klogLine } from '../components/klog.ts';
import { untilStopped } from '../control-plane.ts';
import type { Manifest } from './manifests.ts';

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** A provisioner for clusters of one node: each volume is a directory of it. */
export interface HostPathStorage {
  readonly provisioner: string;
  readonly storageClass: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Where the directories are: a hostPath volume of the Pod. */
  readonly folder: string;
  /** The directory of a claim's volume below `folder`. */
  readonly path: (claim: Stored<PersistentVolumeClaim>, volume: string) => string;
  /** What it logs when it starts: place and text. */
  readonly greeting: readonly (readonly [string, string])[];
  /** Annotations of its volumes. */
  readonly annotations: (path: string, identity: string) => Readonly<Record<string, string>>;
}

/** The Pod `storage-provisioner` and its StorageClass, which is the default one. */
export function hostPathStorage(storage: HostPathStorage): Manifest[] {
  const account = { name: 'storage-provisioner', namespace: 'kube-system' };
  const { labels, folder } = storage;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...account, labels } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'storage-provisioner', labels },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:persistent-volume-provisioner',
      },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...account, labels: { 'integration-test': 'storage-provisioner', ...labels } },
      spec: {
        serviceAccountName: account.name,
        hostNetwork: true,
        containers: [
          {
            name: 'storage-provisioner',
            image: storage.image,
            command: ['/storage-provisioner'],
            imagePullPolicy: 'IfNotPresent',
            volumeMounts: [{ mountPath: folder, name: 'storage' }],
          },
        ],
        volumes: [{ name: 'storage', hostPath: { path: folder, type: 'DirectoryOrCreate' } }],
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: storage.storageClass,
        labels,
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: storage.provisioner,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    },
  ];
}

/** Makes directories for claims and takes them away with their volumes. minikube: pkg/storage/storage_provisioner.go */
export function storageProvisionerProgram(cluster: Cluster, storage: HostPathStorage): Program {
  return {
    name: 'images/storage-provisioner',
    *main(process) {
      const provisioner = new HostPathProvisioner(cluster, process, storage);
      for (const [place, text] of storage.greeting)
        yield* process.printError(klogLine('I', process.now, process.pid, place, text));
      provisioner.start();
      try {
        return yield* untilStopped(process);
      } finally {
        provisioner.stop();
      }
    },
  };
}

class HostPathProvisioner {
  private readonly client: Client;
  private readonly context: ControllerContext;
  private readonly recorder: ReturnType<ControllerContext['recorder']>;
  private readonly identity: string;

  constructor(
    cluster: Cluster,
    private readonly process: Process,
    private readonly storage: HostPathStorage,
  ) {
    const account = 'system:serviceaccount:kube-system:storage-provisioner';
    this.client = cluster.client(account, ['system:serviceaccounts', 'system:masters'], 'storage-provisioner');
    this.context = new ControllerContext(cluster.world, this.client);
    this.identity = cluster.world.random.uid();
    this.recorder = this.context.recorder(`${storage.provisioner}_${process.machine.hostname}_${this.identity}`);
  }

  start(): void {
    const claims = this.context.queue((key) => {
      const [namespace = '', name = ''] = key.split('/');
      const claim = this.client.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
      if (claim) this.provision(claim);
    });
    const volumes = this.context.queue((name) => {
      const volume = this.client.get(PERSISTENT_VOLUMES, '', name);
      if (volume) this.release(volume);
    });
    this.context.enqueue(PERSISTENT_VOLUME_CLAIMS, claims);
    this.context.enqueue(PERSISTENT_VOLUMES, volumes);
  }

  stop(): void {
    this.context.stop();
  }

  private provision(claim: Stored<PersistentVolumeClaim>): void {
    const { spec, metadata } = claim;
    if (spec?.volumeName || metadata.deletionTimestamp) return;
    const storageClass = this.client.get(STORAGE_CLASSES, '', spec?.storageClassName ?? '');
    if (storageClass?.provisioner !== this.storage.provisioner) return;
    const volume = `pvc-${metadata.uid}`;
    if (this.client.get(PERSISTENT_VOLUMES, '', volume)) return;
    const { namespace = '', name, uid, resourceVersion } = metadata;
    this.recorder.event(
      claim,
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
    );
    const path = `${this.storage.folder}/${this.storage.path(claim, volume)}`;
    this.process.machine.files.makeDirectories(path, undefined, 0o777);
    this.client.create(PERSISTENT_VOLUMES, '', {
      metadata: {
        name: volume,
        annotations: {
          ...this.storage.annotations(path, this.identity),
          [PROVISIONED_BY]: this.storage.provisioner,
        },
        finalizers: ['kubernetes.io/pv-protection'],
      },
      spec: {
        accessModes: spec?.accessModes ?? ['ReadWriteOnce'],
        capacity: { storage: spec?.resources?.requests?.['storage'] ?? '0' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion, uid },
        hostPath: { path, type: '' },
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy === 'Retain' ? 'Retain' : 'Delete',
        storageClassName: storageClass.metadata.name,
        volumeMode: spec?.volumeMode ?? 'Filesystem',
      },
    });
    this.recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume}`);
  }

  private release({ metadata, spec, status }: Stored<PersistentVolume>): void {
    if (metadata.annotations?.[PROVISIONED_BY] !== this.storage.provisioner || metadata.deletionTimestamp) return;
    if (status?.phase !== 'Released' || spec?.persistentVolumeReclaimPolicy !== 'Delete') return;
    const path = spec.hostPath?.path ?? '';
    if (path.startsWith(`${this.storage.folder}/`)) this.process.machine.files.removeTree(path);
    this.client.delete(PERSISTENT_VOLUMES, '', metadata.name);
  }
}
