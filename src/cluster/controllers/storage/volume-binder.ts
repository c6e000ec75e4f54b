import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from '../../api/kinds.ts';
import { deepEqual, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.generated.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { isPodTerminal } from '../pods.ts';
import type { WorkQueue } from '../work-queue.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  capacityOf,
  classOf,
  findVolume,
  isReservedFor,
  requestOf,
  reserve,
  SELECTED_NODE,
} from './match.ts';
import { reclaim } from './reclaim.ts';

/** Claims and volumes that wait are looked at again this often, ms. */
const RESYNC = 15_000;
/** First and longest wait before a volume is deleted again, ms. */
const FIRST_RETRY = 500;
const LAST_RETRY = 122_000;
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
/** Plugins that were part of Kubernetes, and the CSI drivers that do their work now. kubernetes: pkg/volume/csimigration */
const MIGRATED: Readonly<Record<string, string>> = { 'kubernetes.io/aws-ebs': 'ebs.csi.aws.com' };
const PROVISIONERS = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'];

type Volume = Stored<PersistentVolume>;
type Claim = Stored<PersistentVolumeClaim>;

/** Binds claims to volumes. kubernetes: pkg/controller/volume/persistentvolume/pv_controller.go */
export const persistentVolumeBinder: Controller = {
  name: 'persistentvolume-binder',
  account: 'persistent-volume-binder',
  start: (context) => new VolumeBinder(context).start(),
};

class VolumeBinder {
  private readonly claims: WorkQueue;
  private readonly volumes: WorkQueue;
  private readonly recorder: EventRecorder;
  /** Volumes that could not be deleted: until when to wait, and how long that is, ms. */
  private readonly failures = new Map<string, { readonly until: number; readonly delay: number }>();

  constructor(private readonly context: ControllerContext) {
    this.volumes = context.queue((name) => this.syncVolume(name));
    this.claims = context.queue((key) => this.syncClaim(key));
    this.recorder = context.recorder('persistentvolume-controller');
  }

  start(): void {
    const { context, claims, volumes } = this;
    context.enqueue(PERSISTENT_VOLUMES, volumes);
    context.informer(PERSISTENT_VOLUME_CLAIMS, ({ object, old }) => {
      claims.add(keyOf(object));
      for (const name of [object.spec?.volumeName, old?.spec?.volumeName]) if (name) volumes.add(name);
    });
    context.every(RESYNC, () => {
      if (!context.client.available) return;
      for (const claim of context.client.list(PERSISTENT_VOLUME_CLAIMS)) {
        if (claim.status?.phase !== 'Bound') claims.add(keyOf(claim));
      }
      for (const volume of context.client.list(PERSISTENT_VOLUMES)) {
        if (volume.status?.phase !== 'Bound') volumes.add(volume.metadata.name);
      }
    });
  }

  // ---- claims ----

  private syncClaim(key: string): void {
    const { namespace, name } = splitKey(key);
    const claim = this.context.client.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (!claim) return;
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) this.checkBound(claim);
    else if (!claim.metadata.deletionTimestamp) this.bindUnbound(claim);
  }

  private checkBound(claim: Claim): void {
    const volume = this.volume(claim.spec?.volumeName ?? '');
    if (!volume)
      return this.lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
    if (!volume.spec?.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) return this.bind(volume, claim);
    this.lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  }

  private lose(claim: Claim, reason: string, message: string): void {
    if (claim.status?.phase === 'Lost') return;
    this.setClaimPhase(claim, 'Lost');
    this.recorder.event(claim, 'Warning', reason, message);
  }

  private bindUnbound(claim: Claim): void {
    const wanted = claim.spec?.volumeName;
    if (wanted) return this.bindWanted(claim, wanted);
    const storageClass = this.storageClass(claim);
    const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
    const candidates = this.context.client.list(PERSISTENT_VOLUMES);
    // A claim that waits for its Pod takes only what the scheduler has reserved for it.
    const open = delayed ? candidates.filter((volume) => isReservedFor(volume, claim)) : candidates;
    const volume = findVolume(claim, open);
    if (volume) return this.bind(volume, claim);
    if (this.giveDefaultClass(claim)) return;
    if (delayed && !claim.metadata.annotations?.[SELECTED_NODE]) this.tellToWait(claim);
    else if (classOf(claim) !== '') this.provision(claim, storageClass);
    else {
      const text = 'no persistent volumes available for this claim and no storage class is set';
      this.recorder.event(claim, 'Normal', 'FailedBinding', text);
    }
    this.setClaimPhase(claim, 'Pending');
  }

  private bindWanted(claim: Claim, name: string): void {
    const volume = this.volume(name);
    if (!volume) return this.setClaimPhase(claim, 'Pending');
    if (volume.spec?.claimRef && !isReservedFor(volume, claim)) {
      this.recorder.event(claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
      return this.setClaimPhase(claim, 'Pending');
    }
    const mismatch = volume.spec?.claimRef ? undefined : whyNot(volume, claim);
    if (!mismatch) return this.bind(volume, claim);
    const text = `Cannot bind to requested volume "${name}": ${mismatch}`;
    this.recorder.event(claim, 'Warning', 'VolumeMismatch', text);
    this.setClaimPhase(claim, 'Pending');
  }

  private storageClass(claim: Claim): Stored<StorageClass> | undefined {
    const name = classOf(claim);
    return name === '' ? undefined : this.context.client.get(STORAGE_CLASSES, '', name);
  }

  /** A claim without a class gets the default one, even long after it was made. */
  private giveDefaultClass(claim: Claim): boolean {
    if (claim.spec?.storageClassName !== undefined || classOf(claim) !== '') return false;
    const defaults = this.context.client
      .list(STORAGE_CLASSES)
      .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
      .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
    const storageClassName = defaults[0]?.metadata.name;
    if (storageClassName === undefined) return false;
    this.changeClaim(claim, (old) => ({ ...old, spec: { ...old.spec, storageClassName } }));
    return true;
  }

  private tellToWait(claim: Claim): void {
    const { namespace = '', name } = claim.metadata;
    const pods = this.context.client
      .list(PODS, namespace)
      .filter((pod) => !isPodTerminal(pod) && !pod.spec?.nodeName)
      .filter((pod) => pod.spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name))
      .map((pod) => pod.metadata.name);
    if (pods.length === 0) {
      const text = 'waiting for first consumer to be created before binding';
      this.recorder.event(claim, 'Normal', 'WaitForFirstConsumer', text);
    } else {
      const text = `waiting for ${pods.length > 1 ? 'pods' : 'pod'} ${pods.join(',')} to be scheduled`;
      this.recorder.event(claim, 'Normal', 'WaitForPodScheduled', text);
    }
  }

  /** Provisioning is somebody else's work: it is told so, and asked by annotations. */
  private provision(claim: Claim, storageClass: Stored<StorageClass> | undefined): void {
    if (!storageClass) {
      const text = `storageclass.storage.k8s.io "${classOf(claim)}" not found`;
      this.recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      return;
    }
    const provisioner = MIGRATED[storageClass.provisioner] ?? storageClass.provisioner;
    if (provisioner === 'kubernetes.io/no-provisioner') {
      const text = `no volume plugin matched name: ${provisioner}`;
      this.recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      return;
    }
    const asked = PROVISIONERS.every((key) => claim.metadata.annotations?.[key] === provisioner);
    if (!asked) {
      const annotations = Object.fromEntries(PROVISIONERS.map((key) => [key, provisioner]));
      this.changeClaim(claim, (old) => ({
        ...old,
        metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...annotations } },
      }));
    }
    const text = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    this.recorder.event(claim, 'Normal', 'ExternalProvisioning', text);
  }

  private bind(volume: Volume, claim: Claim): void {
    const reserved = reserve(volume, claim);
    const bound = deepEqual(reserved, volume)
      ? volume
      : this.context.client.modify(PERSISTENT_VOLUMES, '', volume.metadata.name, (old) => reserve(old, claim));
    this.setVolumePhase(bound, 'Bound');
    const chosen = claim.spec?.volumeName !== volume.metadata.name;
    const annotations: { [key: string]: string } = {
      ...claim.metadata.annotations,
      ...(chosen ? { [BOUND_BY_CONTROLLER]: 'yes' } : {}),
      [BIND_COMPLETED]: 'yes',
    };
    this.changeClaim(claim, (old) => ({
      ...old,
      metadata: { ...old.metadata, annotations },
      spec: { ...old.spec, volumeName: volume.metadata.name },
    }));
    this.setClaimPhase(claim, 'Bound', volume);
  }

  private changeClaim(claim: Claim, change: (old: Claim) => Claim): void {
    const { namespace = '', name } = claim.metadata;
    this.context.client.modify(PERSISTENT_VOLUME_CLAIMS, namespace, name, change);
  }

  private setClaimPhase(claim: Claim, phase: 'Bound' | 'Lost' | 'Pending', volume?: Volume): void {
    const { namespace = '', name } = claim.metadata;
    const content =
      phase === 'Bound'
        ? {
            accessModes: volume?.spec?.accessModes,
            // What was promised once stays, however large the volume says it is now.
            capacity: claim.status?.phase === 'Bound' ? claim.status.capacity : volume?.spec?.capacity,
          }
        : {};
    this.context.client.modify(
      PERSISTENT_VOLUME_CLAIMS,
      namespace,
      name,
      (old) => ({ ...old, status: { ...(phase === 'Bound' ? old.status : {}), phase, ...content } }),
      'status',
    );
  }

  // ---- volumes ----

  private volume(name: string): Volume | undefined {
    return this.context.client.get(PERSISTENT_VOLUMES, '', name);
  }

  private syncVolume(name: string): void {
    const volume = this.volume(name);
    if (!volume) {
      for (const claim of this.context.client.list(PERSISTENT_VOLUME_CLAIMS)) {
        if (claim.spec?.volumeName === name) this.claims.add(keyOf(claim));
      }
      return;
    }
    const reference = volume.spec?.claimRef;
    // Claims that wait hear of a new volume at the next resync only.
    if (!reference?.uid) {
      this.setVolumePhase(volume, 'Available');
      return;
    }
    const claim = this.context.client.get(PERSISTENT_VOLUME_CLAIMS, reference.namespace ?? '', reference.name ?? '');
    if (!claim || claim.metadata.uid !== reference.uid) return this.release(volume);
    if (!claim.spec?.volumeName) this.claims.add(keyOf(claim));
    else if (claim.spec.volumeName === name) this.setVolumePhase(volume, 'Bound');
    else this.unbind(volume);
  }

  private release(volume: Volume): void {
    const { phase } = volume.status ?? {};
    const released = phase === 'Released' || phase === 'Failed' ? volume : this.setVolumePhase(volume, 'Released');
    if (released.metadata.deletionTimestamp || this.mustWait(released)) return;
    const problem = reclaim(this.context.client, released);
    if (problem === undefined) return;
    this.noteFailure(released);
    if (released.status?.phase !== 'Failed' || released.status.message !== problem) {
      this.setVolumePhase(released, 'Failed', problem);
    }
    this.recorder.event(released, 'Warning', 'VolumeFailedDelete', problem);
  }

  private mustWait(volume: Volume): boolean {
    return (this.failures.get(volume.metadata.uid)?.until ?? 0) > this.context.now;
  }

  /** kubernetes: util/goroutinemap/exponentialbackoff */
  private noteFailure(volume: Volume): void {
    const delay = Math.min((this.failures.get(volume.metadata.uid)?.delay ?? FIRST_RETRY / 2) * 2, LAST_RETRY);
    this.failures.set(volume.metadata.uid, { until: this.context.now + delay, delay });
  }

  /** The claim took another volume. */
  private unbind(volume: Volume): void {
    const byController = volume.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
    const next = this.context.client.modify(PERSISTENT_VOLUMES, '', volume.metadata.name, (old) => {
      const { [BOUND_BY_CONTROLLER]: _, ...annotations } = old.metadata.annotations ?? {};
      const claimRef = byController ? undefined : { ...old.spec?.claimRef, uid: undefined, resourceVersion: undefined };
      return { ...old, metadata: { ...old.metadata, annotations }, spec: { ...old.spec, claimRef } };
    });
    this.setVolumePhase(next, 'Available');
  }

  private setVolumePhase(
    volume: Volume,
    phase: 'Available' | 'Bound' | 'Failed' | 'Released',
    message?: string,
  ): Volume {
    if (volume.status?.phase === phase && volume.status.message === message) return volume;
    const lastPhaseTransitionTime =
      volume.status?.phase === phase ? volume.status.lastPhaseTransitionTime : toSeconds(this.context.now);
    return this.context.client.modify(
      PERSISTENT_VOLUMES,
      '',
      volume.metadata.name,
      (old) => ({ ...old, status: { phase, message, lastPhaseTransitionTime } }),
      'status',
    );
  }
}

/** Why a claim cannot have the volume that it names. kubernetes: checkVolumeSatisfyClaim */
function whyNot(volume: Volume, claim: Claim): string | undefined {
  if (capacityOf(volume).compare(requestOf(claim)) < 0) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) {
    return 'incompatible volumeMode';
  }
  const modes = claim.spec?.accessModes ?? [];
  return modes.every((mode) => volume.spec?.accessModes?.includes(mode)) ? undefined : 'incompatible accessMode';
}
