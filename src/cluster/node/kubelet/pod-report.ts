import { PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod, PodStatus } from '../../api/types.generated.ts';
import type { KubeletHost } from './host.ts';
import { makePodStatus, type PodState, sameStatus } from './status.ts';

/** Several changes at once make one update, ms. */
const SOON = 20;

/** What a Pod's worker knows of it. */
export type Reported = Pick<
  PodState,
  'containers' | 'phase' | 'reason' | 'message' | 'sandboxReady' | 'podIP' | 'startTime'
>;

/** Writes the status of one Pod. kubernetes: pkg/kubelet/status/status_manager.go */
export class PodReport {
  private queued = false;
  /** Of a static Pod: what it was when somebody looked last. */
  private last: PodStatus | undefined;
  /** Of a static Pod: its mirror as it was when it had the status `last`. */
  private reported: Stored<Pod> | undefined;

  constructor(
    private readonly host: KubeletHost,
    private readonly pod: () => Stored<Pod>,
    private readonly isStatic: boolean,
    private readonly known: () => Reported,
  ) {}

  /** Writes it soon. */
  queue(): void {
    if (this.queued) return;
    this.queued = true;
    this.host.world.loop.after(SOON, () => {
      this.queued = false;
      this.write();
    });
  }

  /** Writes the status if it is another one. A new mirror waits for a change of its Pod, or until `all` are looked at. */
  write(all = false): void {
    const { client } = this.host;
    if (!client.available) return;
    const pod = this.pod();
    const { namespace = '', name, uid } = pod.metadata;
    const stored = client.get(PODS, namespace, name);
    if (this.isStatic) {
      const own = this.statusOf({ ...pod, status: this.last });
      const changed = !this.last || !sameStatus(this.last, own);
      this.last = own;
      if (!all && !changed && stored?.status?.startTime === undefined) return;
      if (!changed && stored === this.reported) return;
    }
    if (!stored || (stored.metadata.uid !== uid && !this.isStatic)) return;
    const status = this.statusOf(stored);
    this.reported = sameStatus(stored.status, status)
      ? stored
      : client.modify(PODS, namespace, name, (old) => ({ ...old, status }), 'status');
  }

  private statusOf(pod: Stored<Pod>): PodStatus {
    const { nodeIP, runtime, world } = this.host;
    const known = this.known();
    return makePodStatus(
      pod,
      {
        ...known,
        ...stillRunning(pod, known),
        podIP: pod.spec?.hostNetwork ? nodeIP : known.podIP,
        hostIP: nodeIP,
        runtime,
        readinessGates: (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType),
      },
      world.now,
    );
  }
}

/** A Pod is not over as long as one of its containers runs. kubernetes: pkg/kubelet/status/status_manager.go mergePodStatus */
function stillRunning({ status }: Stored<Pod>, { phase, containers }: Reported): Partial<Reported> {
  if (phase !== 'Succeeded' && phase !== 'Failed') return {};
  if (status?.phase !== 'Pending' && status?.phase !== 'Running') return {};
  if (!containers.some((state) => state.running)) return {};
  return { phase: status.phase, reason: status.reason, message: status.message };
}
