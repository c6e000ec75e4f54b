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

  private silent = false;

  /** Nothing more is written. */
  silence(): void {
    this.silent = true;
  }

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
    if (!client.available || this.silent) return;
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
    const { phase, reason, message } = stillRunning(pod, known) ?? known;
    // A literal of one shape: a status is made at each change of every container.
    return makePodStatus(
      pod,
      {
        containers: known.containers,
        phase,
        reason,
        message,
        sandboxReady: known.sandboxReady,
        podIP: pod.spec?.hostNetwork ? nodeIP : known.podIP,
        hostIP: nodeIP,
        startTime: known.startTime,
        readinessGates: (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType),
        runtime,
      },
      world.now,
    );
  }
}

/** A Pod is not over as long as one of its containers runs. kubernetes: pkg/kubelet/status/status_manager.go mergePodStatus */
function stillRunning(
  { status }: Stored<Pod>,
  { phase, containers }: Reported,
): Pick<Reported, 'phase' | 'reason' | 'message'> | undefined {
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  if (status?.phase !== 'Pending' && status?.phase !== 'Running') return undefined;
  if (!containers.some((state) => state.running)) return undefined;
  return { phase: status.phase, reason: status.reason, message: status.message };
}
