import { mayDo } from '../../cloud/aws/policies.ts';
import type { Region } from '../../cloud/aws/region.ts';
import { addVolume, removeVolume } from '../../cloud/aws/services/ec2/network.ts';
import { associationOf } from '../../cloud/aws/services/eks/pod-identity.ts';
import { roleOfAssociation } from '../../cloud/aws/services/sts.ts';
import type { Instance, Volume } from '../../cloud/aws/types/ec2.ts';
import type { Identity } from '../../cloud/aws/types/iam.ts';
import {
  DEPLOYMENTS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
} from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { PersistentVolumeClaim } from '../../cluster/api/types.generated.ts';
import { ControllerContext } from '../../cluster/controllers/controller.ts';
import { Directory, type Inode } from '../../world/files/inode.ts';
import type { EksPlane, PlaneOptions } from './control-plane.ts';

const DRIVER = 'ebs.csi.aws.com';
const CLASSES = [DRIVER, 'kubernetes.io/aws-ebs'];
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const ZONE = 'topology.kubernetes.io/zone';
/** ms that EC2 takes to make a volume; until a failed one is tried again. */
const CREATE_TIME = 3000;
const RETRY = 15_000;
const GIB = 1024 ** 3;
const UNITS: Readonly<Record<string, number>> = {
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: GIB,
  Ti: 1024 ** 4,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  '': 1,
};

/** The contents of EBS volumes, and which instance has which. */
export class EbsDisks {
  private readonly contents = new Map<string, Directory>();

  constructor(private readonly region: Region) {}

  /** What a node mounts; it attaches the volume first. A volume is attached to one instance of its zone at a time. */
  mount(instance: Instance, driver: string, handle: string): Inode | string {
    const { region } = this;
    const volume = region.volumes.get(handle);
    if (driver !== DRIVER || !volume)
      return `AttachVolume.Attach failed for volume "${handle}" : rpc error: code = NotFound desc = Volume "${handle}" not found`;
    const attached = volume.Attachments.find((one) => one.InstanceId !== instance.InstanceId);
    const holder = attached && region.instances.get(attached.InstanceId);
    if (holder && /running|pending|stopping/.test(holder.State.Name))
      return `AttachVolume.Attach failed for volume "${pvOf(volume)}" : rpc error: code = Internal desc = Could not attach volume "${handle}" to node "${instance.InstanceId}": could not attach volume "${handle}" to node "${instance.InstanceId}": operation error EC2: AttachVolume, https response error StatusCode: 400, RequestID: ${region.account.random.uid()}, api error VolumeInUse: ${handle} is already attached to an instance`;
    volume.Attachments = [
      {
        AttachTime: region.account.now,
        Device: '/dev/xvdaa',
        InstanceId: instance.InstanceId,
        State: 'attached',
        VolumeId: handle,
        DeleteOnTermination: false,
      },
    ];
    volume.State = 'in-use';
    if (!instance.volumes.includes(handle)) instance.volumes.push(handle);
    let root = this.contents.get(handle);
    if (!root) {
      root = new Directory({ mode: 0o755, uid: 0, gid: 0, mtime: region.account.now });
      this.contents.set(handle, root);
    }
    return root;
  }

  /** No Pod of the node uses it any more. */
  release(handle: string): void {
    const volume = this.region.volumes.get(handle);
    if (!volume) return;
    for (const { InstanceId } of volume.Attachments) {
      const instance = this.region.instances.get(InstanceId);
      if (instance) instance.volumes = instance.volumes.filter((id) => id !== handle);
    }
    volume.Attachments = [];
    volume.State = 'available';
  }
}

/** The PersistentVolume that a volume was made for. */
function pvOf({ VolumeId, Tags }: Volume): string {
  return Tags?.find(({ Key }) => Key === 'kubernetes.io/created-for/pv/name')?.Value ?? VolumeId;
}

/** The EBS CSI driver's controller: it works while its Deployment has a Pod that is ready. aws-ebs-csi-driver: pkg/driver/controller.go */
export function startEbsProvisioner(options: PlaneOptions, plane: EksPlane, disks: EbsDisks): () => void {
  const { world, region, eks, account } = options;
  const client = plane.cluster.client(
    'system:serviceaccount:kube-system:ebs-csi-controller-sa',
    ['system:masters'],
    'csi-provisioner',
  );
  const context = new ControllerContext(world, client);
  const recorder = context.recorder(`${DRIVER}_ebs-csi-controller`, '');
  const busy = new Set<string>();

  const running = () => (client.get(DEPLOYMENTS, 'kube-system', 'ebs-csi-controller')?.status?.readyReplicas ?? 0) > 0;

  /** By EKS Pod Identity: Pods that were made since there is an association ask the agent for credentials. */
  const ofAssociation = (): string | undefined => {
    const association = associationOf(eks, 'kube-system', 'ebs-csi-controller-sa');
    if (!association || !eks.addons.has('eks-pod-identity-agent')) return undefined;
    const asks = client
      .list(PODS, 'kube-system')
      .some(
        ({ metadata, spec }) =>
          metadata.labels?.['app'] === 'ebs-csi-controller' &&
          spec?.containers[0]?.env?.some((one) => one.name === 'AWS_CONTAINER_CREDENTIALS_FULL_URI'),
      );
    return asks ? roleOfAssociation(account, association)?.Arn : undefined;
  };

  /** The role that the controller's Pods have: their own, or the node's. */
  const role = (): Identity => {
    const own = plane.cluster.server.store.get('serviceaccounts', 'kube-system/ebs-csi-controller-sa')?.metadata
      .annotations?.['eks.amazonaws.com/role-arn'];
    const arn =
      ofAssociation() ??
      eks.addons.get('aws-ebs-csi-driver')?.serviceAccountRoleArn ??
      own ??
      [...eks.nodegroups.values()][0]?.nodeRole ??
      '';
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    return {
      account: account.id,
      arn: `arn:aws:sts::${account.id}:assumed-role/${name}/ebs-csi`,
      userId: '',
      name,
      role: true,
    };
  };

  const consider = (claim: Stored<PersistentVolumeClaim>) => {
    if (claim.spec?.volumeName || claim.metadata.deletionTimestamp || busy.has(claim.metadata.uid) || !running())
      return;
    const storageClass = client.get(STORAGE_CLASSES, '', claim.spec?.storageClassName ?? '');
    if (!storageClass || !CLASSES.includes(storageClass.provisioner)) return;
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected === undefined && storageClass.volumeBindingMode === 'WaitForFirstConsumer') return;
    busy.add(claim.metadata.uid);
    const { name, namespace, uid } = claim.metadata;
    recorder.event(
      claim,
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
    );
    world.loop.after(CREATE_TIME, () => {
      busy.delete(uid);
      if (!plane.cluster.apiServerRunning) return;
      const now = client.get(PERSISTENT_VOLUME_CLAIMS, namespace ?? '', name);
      if (!now || now.metadata.uid !== uid || now.spec?.volumeName) return;
      const identity = role();
      if (mayDo(account, identity, 'ec2:CreateVolume', '*') !== 'allowed') {
        recorder.event(
          now,
          'Warning',
          'ProvisioningFailed',
          `failed to provision volume with StorageClass "${storageClass.metadata.name}": rpc error: code = Internal desc = Could not create volume "pvc-${uid}": could not create volume in EC2: operation error EC2: CreateVolume, https response error StatusCode: 403, RequestID: ${account.random.uid()}, api error UnauthorizedOperation: You are not authorized to perform this operation. User: ${identity.arn} is not authorized to perform: ec2:CreateVolume because no identity-based policy allows the ec2:CreateVolume action`,
        );
        world.loop.after(RETRY, () => plane.cluster.apiServerRunning && consider(now));
        return;
      }
      const node = selected === undefined ? undefined : client.get(NODES, '', selected);
      const zone =
        node?.metadata.labels?.[ZONE] ?? region.subnets.get(eks.vpc.subnetIds[0] ?? '')?.AvailabilityZone ?? '';
      const asked = /^([\d.]+)([KMGT]i|[kMGT]?)$/.exec(now.spec?.resources?.requests?.['storage'] ?? '1Gi');
      const size = Math.max(1, Math.ceil((Number(asked?.[1] ?? 1) * (UNITS[asked?.[2] ?? ''] ?? 1)) / GIB));
      const type = storageClass.parameters?.['type'] ?? 'gp3';
      const pv = `pvc-${uid}`;
      const volume = addVolume(region, {
        zone,
        size,
        type,
        tags: [
          { Key: 'kubernetes.io/created-for/pvc/name', Value: name },
          { Key: 'kubernetes.io/created-for/pvc/namespace', Value: namespace ?? '' },
          { Key: 'kubernetes.io/created-for/pv/name', Value: pv },
          { Key: 'ebs.csi.aws.com/cluster', Value: 'true' },
          { Key: `kubernetes.io/cluster/${eks.name}`, Value: 'owned' },
        ],
      });
      client.create(PERSISTENT_VOLUMES, '', {
        metadata: {
          name: pv,
          annotations: { 'pv.kubernetes.io/provisioned-by': DRIVER },
          finalizers: ['external-provisioner.volume.kubernetes.io/finalizer', 'kubernetes.io/pv-protection'],
        },
        spec: {
          accessModes: now.spec?.accessModes ?? ['ReadWriteOnce'],
          capacity: { storage: `${size}Gi` },
          claimRef: {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            name,
            namespace: namespace ?? '',
            resourceVersion: now.metadata.resourceVersion,
            uid,
          },
          csi: { driver: DRIVER, fsType: 'ext4', volumeHandle: volume.VolumeId },
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] },
          },
          persistentVolumeReclaimPolicy: storageClass.reclaimPolicy === 'Retain' ? 'Retain' : 'Delete',
          storageClassName: storageClass.metadata.name,
          volumeMode: 'Filesystem',
        },
      });
      recorder.event(now, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${pv}`);
    });
  };

  context.informer(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) => {
    if (type !== 'DELETED') consider(object);
  });
  // The controller came up: what waits for it is looked at.
  context.informer(DEPLOYMENTS, ({ object, type }) => {
    if (object.metadata.name !== 'ebs-csi-controller' || type === 'DELETED') return;
    for (const claim of client.list(PERSISTENT_VOLUME_CLAIMS)) consider(claim);
  });
  context.informer(PERSISTENT_VOLUMES, ({ object, type }) => {
    const handle = object.spec?.csi?.driver === DRIVER ? object.spec.csi.volumeHandle : undefined;
    if (handle === undefined || type === 'DELETED' || !running()) return;
    if (
      object.status?.phase !== 'Released' ||
      object.spec?.persistentVolumeReclaimPolicy !== 'Delete' ||
      busy.has(handle)
    )
      return;
    busy.add(handle);
    world.loop.after(CREATE_TIME, () => {
      busy.delete(handle);
      disks.release(handle);
      removeVolume(region, handle);
      if (!plane.cluster.apiServerRunning || !client.get(PERSISTENT_VOLUMES, '', object.metadata.name)) return;
      client.modify(PERSISTENT_VOLUMES, '', object.metadata.name, (old) => ({
        ...old,
        metadata: {
          ...old.metadata,
          finalizers: (old.metadata.finalizers ?? []).filter((one) => !one.startsWith('external-provisioner')),
        },
      }));
      client.delete(PERSISTENT_VOLUMES, '', object.metadata.name);
    });
  });
  return () => context.stop();
}
