import type { Inode } from '../../../world/files/inode.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import type { KubeletHost } from './host.ts';
import { refreshVolume, type SetUpVolume, setUpVolume } from './volumes.ts';

/** The volumes of one Pod on its node. kubernetes: pkg/kubelet/volumemanager */
export class PodVolumes {
  readonly ready = new Map<string, SetUpVolume>();

  constructor(
    private readonly host: KubeletHost,
    private readonly podIP: () => string,
  ) {}

  /** Sets up what is not there yet. Raises MountError. */
  setUp(pod: Stored<Pod>): void {
    for (const volume of pod.spec?.volumes ?? [])
      if (!this.ready.has(volume.name)) this.ready.set(volume.name, setUpVolume(this.volumeHost(), pod, volume));
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
    return { client, node, addresses: () => ({ podIP: this.podIP(), hostIP: nodeIP }), allocatable, csiVolume };
  }
}

function sourcesOf({ spec }: Stored<Pod>) {
  return (spec?.volumes ?? []).filter(
    (volume) =>
      (volume.configMap || volume.secret || volume.projected || volume.downwardAPI) &&
      !volume.name.startsWith('kube-api-access-'),
  );
}
