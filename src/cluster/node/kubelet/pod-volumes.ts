import type { Inode } from '../../../world/files/inode.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import type { KubeletHost } from './host.ts';
import { MountError, refreshVolume, type SetUpVolume, setUpVolume } from './volumes.ts';

/** Until a volume is tried again, ms: doubled each time. kubernetes: pkg/util/goroutinemap/exponentialbackoff */
const FIRST_DELAY = 500;
const LAST_DELAY = 122_000;

/** How often a Pod is looked at without a reason, ms, and what the loops of the volume manager take until a remount. */
export const RESYNC_PERIOD = 60_000;
const REMOUNT_TIME = 100;

/** What a Pod's worker lends to its volumes. */
interface Worker {
  readonly pod: () => Stored<Pod>;
  readonly podIP: () => string;
  readonly isRunning: () => boolean;
  readonly later: (ms: number, run: () => void) => void;
}

/** The volumes of one Pod on its node. kubernetes: pkg/kubelet/volumemanager */
export class PodVolumes {
  readonly ready = new Map<string, SetUpVolume>();

  constructor(
    private readonly host: KubeletHost,
    /** When the kubelet came to know the Pod, ms. */
    private readonly seen: number,
    private readonly worker: Worker,
  ) {}

  /** When a volume that could not be set up is tried again, and how long after that. ms */
  private readonly tries = new Map<string, { at: number; delay: number }>();

  /**
   * Sets up what is not there yet and may be tried now, each volume for itself. The value is how long to wait until the
   * next try, ms; undefined when all are there. kubernetes: pkg/volume/util/nestedpendingoperations
   */
  setUp(failed: (error: MountError) => void): number | undefined {
    const pod = this.worker.pod();
    const { now } = this.host.world;
    let next: number | undefined;
    for (const volume of pod.spec?.volumes ?? []) {
      if (this.ready.has(volume.name)) continue;
      let attempt = this.tries.get(volume.name);
      if (!attempt || attempt.at <= now) {
        try {
          this.ready.set(volume.name, setUpVolume(this.volumeHost(), pod, volume));
          continue;
        } catch (error) {
          if (!(error instanceof MountError)) throw error;
          failed(error);
          const delay = attempt ? Math.min(attempt.delay * 2, LAST_DELAY) : FIRST_DELAY;
          attempt = { at: now + delay, delay };
          this.tries.set(volume.name, attempt);
        }
      }
      next = Math.min(next ?? Number.POSITIVE_INFINITY, attempt.at - now);
    }
    return next;
  }

  /** Changed ConfigMaps and Secrets reach their volumes after the kubelet's sync period at the latest. */
  watch(): void {
    if (!this.mayChange) return;
    const again = () => {
      this.refresh();
      this.worker.later(RESYNC_PERIOD, again);
    };
    this.worker.later(RESYNC_PERIOD, again);
  }

  /** Each look at the Pod has its volumes mounted anew. kubernetes: volumemanager ReprocessPod, reconciler */
  refreshSoon(): void {
    if (this.mayChange) this.worker.later(REMOUNT_TIME, () => this.refresh());
  }

  /** Whether some of them change with objects of the API. The token of the service account is not looked at again. */
  private get mayChange(): boolean {
    return sourcesOf(this.worker.pod()).length > 0;
  }

  private refresh(): void {
    const pod = this.worker.pod();
    if (!this.worker.isRunning() || !this.host.client.available) return;
    for (const volume of sourcesOf(pod)) {
      const root: Inode | undefined = this.ready.get(volume.name)?.inode;
      if (root) refreshVolume(this.volumeHost(), pod, volume, root);
    }
  }

  private volumeHost() {
    const { client, node, nodeIP, allocatable, csiVolume } = this.host;
    return {
      client,
      node,
      addresses: () => ({ podIP: this.worker.podIP(), hostIP: nodeIP, seen: this.seen }),
      allocatable,
      csiVolume,
    };
  }
}

function sourcesOf({ spec }: Stored<Pod>) {
  return (spec?.volumes ?? []).filter(
    (volume) =>
      (volume.configMap || volume.secret || volume.projected || volume.downwardAPI) &&
      !volume.name.startsWith('kube-api-access-'),
  );
}
