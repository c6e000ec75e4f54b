import { Directory } from '../../../world/files/inode.ts';
import { Machine } from '../../../world/machine.ts';
import { NetworkNamespace } from '../../../world/network/namespace.ts';
import { PidNamespace } from '../../../world/pids.ts';
import type { Process } from '../../../world/process.ts';
import { type Task, wait } from '../../../world/task.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import type { KubeletHost } from './host.ts';
import { qualifiedSandbox } from './sandbox-id.ts';

/** What the containers of a Pod lie in: their network, and the runtime's processes that hold it and watch over them. */
export class PodSandbox {
  readonly network: NetworkNamespace;
  podIP = '';
  ready = false;
  /** The process that the runtime watches over its containers with. */
  keeper: Process | undefined;
  /** Which try of the kubelet it is, as the runtime tells it. */
  attempt = 0;
  /** When it was made, ms. */
  since: number;
  /** How many sandboxes the Pod has had before. */
  private before = 0;
  private machine: Machine | undefined;

  constructor(
    private readonly host: KubeletHost,
    private readonly pod: Stored<Pod>,
  ) {
    this.since = host.world.now;
    this.network = new NetworkNamespace(`${pod.metadata.namespace}/${pod.metadata.name}`);
  }

  /** The processes that containers see beside their own: those of the node, or of the whole Pod. */
  get pids(): PidNamespace | undefined {
    if (this.pod.spec?.hostPID) return this.host.node.pids;
    return this.pod.spec?.shareProcessNamespace ? this.machine?.pids : undefined;
  }

  private shared: Directory | undefined;

  /** The /dev/shm that containers have together: the node's own for hostIPC. */
  get sharedMemory(): Directory {
    const { node, world } = this.host;
    const ofNode = this.pod.spec?.hostIPC ? node.files.tryStat('/dev/shm') : undefined;
    if (ofNode instanceof Directory) return ofNode;
    this.shared ??= new Directory({ mode: 0o1777, uid: 0, gid: 0, mtime: world.now });
    return this.shared;
  }

  /** The network that containers live in: the node's own for hostNetwork. */
  get networkOfContainers(): NetworkNamespace {
    return this.pod.spec?.hostNetwork ? this.host.node.network : this.network;
  }

  get id(): string {
    return qualifiedSandbox(this.pod, this.before);
  }

  /** The runtime was told to end it: what takes its place is another one. `removed`: the runtime knows nothing of it any more. */
  lose(removed: boolean): void {
    this.release();
    this.before++;
    this.attempt = removed ? 0 : this.attempt + 1;
    this.since = this.host.world.now;
  }

  /** It is made and has its address: the shim that watches over its containers starts, and what holds its namespaces. */
  start(podIP: string): void {
    const { world, node, runtime } = this.host;
    this.podIP = podIP;
    this.ready = true;
    this.keeper = node.spawn({
      argv: keeperArguments(runtime, this.id),
      main: idle,
      session: { tty: undefined },
    });
    const pause = node.programs.get('images/pause');
    if (!pause) return;
    this.machine = new Machine(world, {
      hostname: this.pod.metadata.name,
      network: this.network,
      pids: new PidNamespace(node.pids),
      programs: node.programs,
    });
    this.machine.keeper = this.keeper;
    this.machine.files.writeFile('/pause', '', undefined, 0o755);
    this.machine.spawn({ argv: ['/pause'], main: pause.main });
  }

  /** Its processes end and its address is free again, which the Pod's status goes on to name. */
  release(): void {
    this.ready = false;
    this.machine?.killAll();
    this.machine = undefined;
    this.keeper?.destroy();
    this.keeper = undefined;
    if (this.podIP !== '' && !this.pod.spec?.hostNetwork) this.host.tearDownNetwork(this.network, this.podIP);
  }
}

function keeperArguments(runtime: string, id: string): string[] {
  return runtime === 'containerd'
    ? [
        '/usr/bin/containerd-shim-runc-v2',
        '-namespace',
        'k8s.io',
        '-id',
        id,
        '-address',
        '/run/containerd/containerd.sock',
      ]
    : ['/usr/libexec/crio/conmon', '-b', `/run/containers/storage/overlay-containers/${id}/userdata`, '-c', id];
}

/** What the shim does between the things that it is asked for. */
function* idle(process: Process): Task<number> {
  for (;;) yield* wait(process.stateChange);
}
