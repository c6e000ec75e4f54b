import type { Inode } from '../../../world/files/inode.ts';
import type { Machine } from '../../../world/machine.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import type { World } from '../../../world/world.ts';
import type { Client } from '../../api/client.ts';
import type { EventRecorder } from '../../controllers/event-recorder.ts';
import type { PortMapping } from '../../network/portmap.ts';
import type { ImageCatalog } from '../images/catalog.ts';
import type { RuntimeState } from './runtime-state.ts';

/** What the workers of a kubelet share. */
export interface KubeletHost {
  readonly world: World;
  readonly client: Client;
  readonly node: Machine;
  readonly nodeName: string;
  readonly nodeIP: string;
  /** `containerd`, `cri-o`: what ids of containers begin with. */
  readonly runtime: string;
  /** ms by which its relists lie before full seconds */
  readonly relistPhase: number;
  readonly recorder: EventRecorder;
  readonly catalog: ImageCatalog;
  /** Full names of the images that the node holds. */
  readonly pulled: Set<string>;
  readonly allocatable: { readonly cpu: string; readonly memory: string };
  /** DNS settings that Pods with ClusterFirst get. */
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly manifests?: { readonly folder: string };
  readonly log?: (text: string) => void;
  /** Gives a Pod's sandbox an address, or says why the network plugin cannot. */
  readonly setUpNetwork: (
    sandbox: NetworkNamespace,
    hostNetwork: boolean,
    ports: readonly PortMapping[],
  ) => { readonly ip: string } | { readonly error: string };
  readonly runtimeState: RuntimeState;
  /** What the container runtime lets root of a container do. */
  readonly runtimeCapabilities?: () => readonly string[];
  /** Why the container runtime says NetworkReady=false: then only Pods in the network of the node start. */
  readonly networkProblem: () => string | undefined;
  readonly tearDownNetwork: (sandbox: NetworkNamespace, ip: string) => void;
  /** The CSI drivers of the node. */
  readonly csiVolume?: (driver: string, handle: string) => Inode | string;
}
