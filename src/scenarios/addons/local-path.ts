import { ApiUnreachable, type Client } from '../../cluster/api/client.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../cluster/api/types.generated.ts';
import { StatusError } from '../../cluster/apimachinery/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { ControllerContext } from '../../cluster/controllers/controller.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { untilStopped } from '../control-plane.ts';

const PROVISIONER = 'rancher.io/local-path';
const NAMESPACE = 'local-path-storage';
const BASE = '/opt/local-path-provisioner';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const OWN_NODE = 'local.path.provisioner/selected-node';
/** A folder of one node. local-path-provisioner: provisionFor in provisioner.go */
const ACCESS_MODES = ['ReadWriteOnce', 'ReadWriteOncePod'];
/** ms until what failed is tried again. sig-storage-lib-external-provisioner: controller/controller.go */
const FIRST_PAUSE = 15_000;
const LONGEST_PAUSE = 1_000_000;
/** How often it looks whether its helper Pod has ended, and how long it waits for it, ms. */
const POLL = 1000;
const PATIENCE = 120_000;

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/**
 * local-path-provisioner: makes a directory on the node that the scheduler has chosen for each claim of its class, by a
 * helper Pod, and takes it away when the volume is released. rancher/local-path-provisioner: provisioner.go
 */
export function localPathProgram(cluster: Cluster): Program {
  return {
    name: 'images/local-path-provisioner',
    *main(process) {
      const provisioner = new LocalPath(cluster, process);
      yield* process.printError(
        `time="${stamp(process.now)}" level=debug msg="Applied config: {\\"nodePathMap\\":[{\\"node\\":\\"DEFAULT_PATH_FOR_NON_LISTED_NODES\\",\\"paths\\":[\\"${BASE}\\"]}]}"\ntime="${stamp(process.now)}" level=debug msg="Provisioner started"\n`,
      );
      provisioner.start();
      try {
        return yield* untilStopped(process);
      } finally {
        provisioner.stop();
      }
    },
  };
}

const stamp = (now: number) => `${new Date(now).toISOString().slice(0, 19)}Z`;

class LocalPath {
  private readonly client: Client;
  private readonly context: ControllerContext;
  private readonly recorder: ReturnType<ControllerContext['recorder']>;
  private readonly busy = new Set<string>();

  constructor(
    cluster: Cluster,
    private readonly process: Process,
  ) {
    const account = `system:serviceaccount:${NAMESPACE}:local-path-provisioner-service-account`;
    this.client = cluster.client(account, ['system:serviceaccounts', 'system:masters'], 'local-path-provisioner');
    this.context = new ControllerContext(cluster.world, this.client);
    const identity = `${PROVISIONER}_${process.machine.hostname}_${cluster.world.random.uid()}`;
    this.recorder = this.context.recorder(identity);
  }

  start(): void {
    this.context.informer(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) => {
      if (type !== 'DELETED') this.consider(object);
    });
    this.context.informer(PERSISTENT_VOLUMES, ({ type, object }) => {
      if (type !== 'DELETED' && this.mustDelete(object)) this.begin(object.metadata.uid, (p) => this.remove(p, object));
    });
  }

  stop(): void {
    this.context.stop();
  }

  private consider(claim: Claim): void {
    if (claim.spec?.volumeName || claim.metadata.deletionTimestamp) return;
    const node = claim.metadata.annotations?.[SELECTED_NODE];
    const storageClass = this.client.get(STORAGE_CLASSES, '', claim.spec?.storageClassName ?? '');
    if (storageClass?.provisioner !== PROVISIONER) return;
    if (!node && storageClass.volumeBindingMode === 'WaitForFirstConsumer') return;
    if (!node) {
      const text =
        'failed to provision volume with StorageClass "' +
        `${storageClass.metadata.name}": configuration error, no node was specified`;
      this.recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      return;
    }
    if (claim.spec?.volumeMode === 'Block') {
      const text = `${PROVISIONER} does not support block volume provisioning`;
      this.recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      return;
    }
    this.begin(claim.metadata.uid, (p) =>
      this.provision(
        p,
        claim,
        node,
        storageClass.reclaimPolicy === 'Retain' ? 'Retain' : 'Delete',
        storageClass.metadata.name,
      ),
    );
  }

  /** One piece of work at a time for an object, as a process of its own. */
  private begin(uid: string, work: (process: Process) => Task): void {
    if (this.busy.has(uid)) return;
    this.busy.add(uid);
    const { busy } = this;
    this.process.spawn({
      argv: ['provision'],
      *main(child) {
        try {
          yield* work(child);
        } catch (error) {
          if (!(error instanceof ApiUnreachable || error instanceof StatusError)) throw error;
          yield* child.printError(`time="${stamp(child.now)}" level=error msg=${JSON.stringify(error.message)}\n`);
        } finally {
          busy.delete(uid);
        }
        return 0;
      },
    });
  }

  private *provision(p: Process, claim: Claim, node: string, policy: 'Delete' | 'Retain', className: string): Task {
    const { namespace = '', name, uid } = claim.metadata;
    const volume = `pvc-${uid}`;
    const path = `${BASE}/${volume}_${namespace}_${name}`;
    const begin = () =>
      this.recorder.event(
        claim,
        'Normal',
        'Provisioning',
        `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
      );
    begin();
    if (claim.spec?.accessModes?.some((mode) => !ACCESS_MODES.includes(mode))) {
      const why = `failed to provision volume with StorageClass "${className}": NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes`;
      for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        this.recorder.event(claim, 'Warning', 'ProvisioningFailed', why);
        yield* p.sleep(pause);
        if (this.client.get(PERSISTENT_VOLUME_CLAIMS, namespace, name)?.metadata.uid !== uid) return;
        begin();
      }
    }
    const made = yield* this.help(p, 'create', volume, node, path);
    if (!made) {
      const why = `failed to provision volume with StorageClass "${className}": failed to create volume ${volume}: create process timeout after ${PATIENCE / 1000} seconds`;
      this.recorder.event(claim, 'Warning', 'ProvisioningFailed', why);
      return;
    }
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [node] }] }];
    this.client.create(PERSISTENT_VOLUMES, '', {
      metadata: {
        name: volume,
        annotations: { [OWN_NODE]: node, [PROVISIONED_BY]: PROVISIONER },
        finalizers: ['kubernetes.io/pv-protection'],
      },
      spec: {
        accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
        capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '0' },
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          name,
          namespace,
          resourceVersion: claim.metadata.resourceVersion,
          uid,
        },
        hostPath: { path, type: 'DirectoryOrCreate' },
        nodeAffinity: { required: { nodeSelectorTerms: terms } },
        persistentVolumeReclaimPolicy: policy,
        storageClassName: className,
        volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      },
    });
    this.recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume}`);
  }

  private mustDelete({ metadata, spec, status }: Volume): boolean {
    return (
      metadata.annotations?.[PROVISIONED_BY] === PROVISIONER &&
      status?.phase === 'Released' &&
      spec?.persistentVolumeReclaimPolicy === 'Delete' &&
      !metadata.deletionTimestamp
    );
  }

  private *remove(p: Process, volume: Volume): Task {
    const { name, annotations } = volume.metadata;
    const path = volume.spec?.hostPath?.path ?? '';
    const node = annotations?.[OWN_NODE] ?? '';
    if (!(yield* this.help(p, 'delete', name, node, path))) {
      const why = `failed to delete volume ${name}: delete process timeout after ${PATIENCE / 1000} seconds`;
      this.recorder.event(volume, 'Warning', 'VolumeFailedDelete', why);
      return;
    }
    if (this.client.get(PERSISTENT_VOLUMES, '', name)) this.client.delete(PERSISTENT_VOLUMES, '', name);
  }

  /** Runs the helper Pod on the node. True when it has succeeded. */
  private *help(p: Process, action: 'create' | 'delete', volume: string, node: string, path: string): Task<boolean> {
    const name = `helper-pod-${action}-${volume}`;
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (!this.client.get(PODS, NAMESPACE, name))
      this.client.create(PODS, NAMESPACE, helperPod(name, action, node, path, parent));
    const patience = p.now + PATIENCE;
    let done = false;
    while (!done && p.now < patience) {
      yield* p.sleep(POLL);
      done = this.client.get(PODS, NAMESPACE, name)?.status?.phase === 'Succeeded';
    }
    if (this.client.get(PODS, NAMESPACE, name)) this.client.delete(PODS, NAMESPACE, name);
    return done;
  }
}

function helperPod(name: string, action: string, node: string, path: string, parent: string) {
  const script = action === 'create' ? 'mkdir -m 0777 -p "$VOL_DIR"' : 'rm -rf "$VOL_DIR"';
  return {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      nodeName: node,
      restartPolicy: 'Never' as const,
      serviceAccountName: 'local-path-provisioner-service-account',
      tolerations: [{ operator: 'Exists' as const }],
      containers: [
        {
          name: 'helper-pod',
          image: 'busybox',
          imagePullPolicy: 'IfNotPresent' as const,
          command: ['/bin/sh', '-c', script],
          env: [{ name: 'VOL_DIR', value: path }],
          volumeMounts: [{ name: 'data', mountPath: parent }],
        },
      ],
      volumes: [{ name: 'data', hostPath: { path: parent, type: 'DirectoryOrCreate' as const } }],
    },
  };
}
