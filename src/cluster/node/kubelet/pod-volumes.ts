import type { Inode } from '../../../world/files/inode.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import type { KubeletHost } from './host.ts';
import { MountError, refreshVolume, type SetUpVolume, setUpVolume } from './volumes.ts';

/** Until a volume is tried again, ms: doubled each time. kubernetes: pkg/util/goroutinemap/exponentialbackoff */
const FIRST_DELAY = 500;
const LAST_DELAY = 122_000;

/** The volumes of one Pod on its node. kubernetes: pkg/kubelet/volumemanager */
export class PodVolumes {
  readonly ready = new Map<string, SetUpVolume>();

  constructor(
    private readonly host: KubeletHost,
    private readonly podIP: () => string,
    /** When the kubelet came to know the Pod, ms. */
    private readonly seen: number,
  ) {}

  /** When a volume that could not be set up is tried again, and how long after that. ms */
  private readonly tries = new Map<string, { at: number; delay: number }>();

  /**
   * Sets up what is not there yet and may be tried now, each volume for itself. The value is how long to wait until the
   * next try, ms; undefined when all are there. kubernetes: pkg/volume/util/nestedpendingoperations
   */
  setUp(pod: Stored<Pod>, failed: (error: MountError) => void): number | undefined {
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

  /** Whether some of them change with objects of the API. The token of the service account is not looked at again. */
  mayChange(pod: Stored<Pod>): boolean {
    return sourcesOf(pod).length > 0;
  }

  /** Changed ConfigMaps and Secrets reach their volumes. */
  refresh(pod: Stored<Pod>): void {
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
      addresses: () => ({ podIP: this.podIP(), hostIP: nodeIP, seen: this.seen }),
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
