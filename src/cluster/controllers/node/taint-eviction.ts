import type { Timer } from '../../../world/loop.ts';
import { NODES, PODS } from '../../api/kinds.ts';
import { deepEqual, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { Pod, Taint } from '../../api/types.generated.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { markDisrupted } from '../disruption-target.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { tolerates } from './taints.ts';

const DELAY = 5;

/** Deletes Pods that do not bear the NoExecute taints of their node, or no longer. kubernetes: pkg/controller/tainteviction */
export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  account: 'node-controller',
  start: (context) => new TaintEviction(context).start(),
};

class TaintEviction {
  private readonly recorder: EventRecorder;
  private readonly pending = new Map<string, { readonly since: number; readonly timer: Timer }>();

  constructor(private readonly context: ControllerContext) {
    this.recorder = context.recorder('taint-eviction-controller');
  }

  start(): void {
    const { context } = this;
    context.onStop(() => {
      for (const { timer } of this.pending.values()) timer.cancel();
      this.pending.clear();
    });
    context.informer(NODES, ({ type, object, old }) => {
      if (type === 'DELETED' || (old && deepEqual(old.spec?.taints, object.spec?.taints))) return;
      for (const pod of [...context.client.onNode(PODS, object.metadata.name)]) this.look(pod);
    });
    context.informer(PODS, ({ type, object, old }) => {
      if (type === 'DELETED') return this.cancel(object, false);
      const moved = old?.spec?.nodeName !== object.spec?.nodeName;
      if (moved || !deepEqual(old?.spec?.tolerations, object.spec?.tolerations)) this.look(object);
    });
  }

  private look(pod: Stored<Pod>): void {
    if (!pod.spec?.nodeName || pod.metadata.deletionTimestamp) return;
    const node = this.context.client.get(NODES, '', pod.spec.nodeName);
    const taints = (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
    if (taints.length === 0) return this.cancel(pod, true);
    const seconds = toleratedFor(pod, taints);
    if (seconds === undefined) return this.cancel(pod, true);
    const known = this.pending.get(keyOf(pod));
    const since = known?.since ?? this.context.now;
    const time = seconds <= 0 ? this.context.now + DELAY : since + seconds * 1000;
    if (known && known.timer.time <= time) return;
    known?.timer.cancel();
    const timer = this.context.world.loop.at(time, () => this.evict(keyOf(pod), pod.metadata.uid));
    this.pending.set(keyOf(pod), { since, timer });
  }

  private cancel(pod: Stored<Pod>, tell: boolean): void {
    const known = this.pending.get(keyOf(pod));
    if (!known) return;
    known.timer.cancel();
    this.pending.delete(keyOf(pod));
    if (tell) this.tell(pod, `Cancelling deletion of Pod ${keyOf(pod)}`);
  }

  private tell({ metadata: { namespace, name } }: Stored<Pod>, text: string): void {
    // Upstream refers to the Pod without its uid.
    const about = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } };
    this.recorder.event(about, 'Normal', 'TaintManagerEviction', text);
  }

  private evict(key: string, uid: string): void {
    this.pending.delete(key);
    const { client } = this.context;
    const { namespace, name } = splitKey(key);
    if (!client.available) return;
    const pod = client.get(PODS, namespace, name);
    if (!pod || pod.metadata.uid !== uid || pod.metadata.deletionTimestamp) return;
    this.tell(pod, `Marking for deletion Pod ${key}`);
    const message = 'Taint manager: deleting due to NoExecute taint';
    markDisrupted(client, pod, { reason: 'DeletionByTaintManager', message });
    client.delete(PODS, namespace, name);
  }
}

/** For how many seconds a Pod bears the taints: undefined for ever, 0 not at all. */
function toleratedFor(pod: Pod, taints: readonly Taint[]): number | undefined {
  let least: number | undefined;
  for (const taint of taints) {
    const tolerations = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (tolerations.length === 0) return 0;
    for (const { tolerationSeconds } of tolerations) {
      if (tolerationSeconds === undefined) continue;
      const seconds = Math.max(0, tolerationSeconds);
      if (least === undefined || seconds < least) least = seconds;
    }
  }
  return least;
}
