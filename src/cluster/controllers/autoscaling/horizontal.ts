import type { Kind } from '../../api/client.ts';
import { HORIZONTAL_POD_AUTOSCALERS, PODS } from '../../api/kinds.ts';
import { type ApiObject, at, isRecord, keyOf, type Stored, splitKey } from '../../api/object.ts';
import { qualifiedResource, type Resource } from '../../api/resource.ts';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition } from '../../api/types.generated.ts';
import { LabelSelector } from '../../apimachinery/label-selector.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { noKindMatch } from '../../apimachinery/no-kind-match.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { putCondition } from '../conditions.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import type { WorkQueue } from '../work-queue.ts';
import { propose } from './metrics.ts';

const PERIOD = 15_000;
/** So long the highest recommendation holds before Pods are taken away, ms. */
const STABILIZATION = 300_000;

type Hpa = Stored<HorizontalPodAutoscaler>;
type Status = NonNullable<HorizontalPodAutoscaler['status']>;

/** kubernetes: pkg/controller/podautoscaler/horizontal.go */
export const horizontalPodAutoscaler: Controller = {
  name: 'horizontal-pod-autoscaler',
  start: (context) => new Horizontal(context).start(),
};

interface Target {
  readonly resource: Resource;
  readonly object: Stored;
  readonly replicas: number;
}

class Horizontal {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;
  private readonly selectors = new Map<string, LabelSelector>();
  private readonly recommendations = new Map<string, { time: number; replicas: number }[]>();

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.recorder = context.recorder('horizontal-pod-autoscaler');
  }

  start(): void {
    this.context.informer(HORIZONTAL_POD_AUTOSCALERS, ({ type, object }) => {
      if (type === 'DELETED') {
        this.recommendations.delete(object.metadata.uid);
        this.selectors.delete(keyOf(object));
      } else this.queue.addAfter(keyOf(object), PERIOD);
    });
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client } = this.context;
    const hpa = client.get(HORIZONTAL_POD_AUTOSCALERS, namespace, name);
    if (!hpa) return;
    this.queue.addAfter(key, PERIOD);
    const round = new HpaRound(
      hpa,
      this.context,
      this.recorder,
      (limit) => this.stabilized(hpa, limit),
      (selector, pods) => this.claim(key, selector, pods),
    );
    const status = round.run();
    client.modify(HORIZONTAL_POD_AUTOSCALERS, namespace, name, (old) => ({ ...old, status }), 'status');
  }

  /** What each autoscaler scales, as far as it has looked. kubernetes: pkg/controller/podautoscaler/horizontal.go hpaSelectors */
  private claim(key: string, selector: LabelSelector, pods: readonly ApiObject[]): readonly string[] {
    this.selectors.set(key, selector);
    const [namespace = ''] = key.split('/');
    return [...this.selectors].flatMap(([other, theirs]) =>
      other.startsWith(`${namespace}/`) && pods.some((pod) => theirs.matches(pod.metadata?.labels)) ? [other] : [],
    );
  }

  /** The highest recommendation of the last five minutes. */
  private stabilized(hpa: Hpa, replicas: number): number {
    const { now } = this.context;
    const window = (hpa.spec?.behavior?.scaleDown?.stabilizationWindowSeconds ?? STABILIZATION / 1000) * 1000;
    const known = this.recommendations.get(hpa.metadata.uid) ?? [];
    const recent = [...known.filter(({ time }) => time > now - window), { time: now, replicas }];
    this.recommendations.set(hpa.metadata.uid, recent);
    return Math.max(...recent.map((each) => each.replicas));
  }
}

class HpaRound {
  private readonly status: Status;
  private readonly now: number;

  constructor(
    private readonly hpa: Hpa,
    private readonly context: ControllerContext,
    private readonly recorder: EventRecorder,
    private readonly stabilized: (replicas: number) => number,
    /** The autoscalers that have looked at any of these Pods. */
    private readonly claimants: (selector: LabelSelector, pods: readonly ApiObject[]) => readonly string[],
  ) {
    this.status = { desiredReplicas: 0, ...hpa.status };
    this.now = context.now;
  }

  run(): Status {
    const target = this.target();
    if (typeof target === 'string') {
      this.recorder.event(this.hpa, 'Warning', 'FailedGetScale', target);
      const text = `the HPA controller was unable to get the target's current scale: ${target}`;
      this.set('AbleToScale', 'False', 'FailedGetScale', text);
      return this.status;
    }
    const text = "the HPA controller was able to get the target's current scale";
    this.set('AbleToScale', 'True', 'SucceededGetScale', text);
    const { minReplicas = 1, maxReplicas = 1 } = this.hpa.spec ?? {};
    const current = target.replicas;
    if (current === 0 && minReplicas !== 0) {
      const disabled = 'scaling is disabled since the replica count of the target is zero';
      this.set('ScalingActive', 'False', 'ScalingDisabled', disabled);
      this.finish(current, 0);
    } else if (current > maxReplicas)
      this.rescale(target, maxReplicas, 'Current number of replicas above Spec.MaxReplicas');
    else if (current < minReplicas)
      this.rescale(target, minReplicas, 'Current number of replicas below Spec.MinReplicas');
    else this.byMetrics(target, minReplicas, maxReplicas);
    return this.status;
  }

  private set(type: string, status: string, reason: string, message: string): void {
    const condition: HorizontalPodAutoscalerCondition = {
      type,
      status,
      lastTransitionTime: toSeconds(this.now),
      reason,
      message,
    };
    this.status.conditions = putCondition(this.status.conditions, condition);
  }

  private finish(current: number, desired: number): void {
    this.status.currentReplicas = current;
    this.status.desiredReplicas = desired;
  }

  /** The object to scale, or why it cannot be had. */
  private target(): Target | string {
    const { server } = this.context.client;
    const { apiVersion = 'v1', kind = '', name = '' } = this.hpa.spec?.scaleTargetRef ?? {};
    const resource = server.resources.ofKind(apiVersion, kind);
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    if (!resource) return noKindMatch(kind, group, [version]);
    if (!resource.subresources.includes('scale')) return 'the server could not find the requested resource';
    const object = server.store.get(qualifiedResource(resource), `${this.hpa.metadata.namespace}/${name}`);
    if (!object) return `${qualifiedResource(resource)} "${name}" not found`;
    return { resource, object, replicas: Number(at(object, 'spec', 'replicas') ?? 0) };
  }

  private byMetrics(target: Target, minReplicas: number, maxReplicas: number): void {
    const { server } = this.context.client;
    const selector = selectorOf(target.object);
    const pods = this.context.client
      .list(PODS, this.hpa.metadata.namespace)
      .filter((pod) => selector.matches(pod.metadata.labels));
    const rivals = this.claimants(selector, pods);
    if (rivals.length > 1) {
      const text = `pods by selector ${selector} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
      this.recorder.event(this.hpa, 'Warning', 'AmbiguousSelector', text);
      this.set('ScalingActive', 'False', 'AmbiguousSelector', text);
      this.finish(target.replicas, this.status.desiredReplicas);
      this.recorder.event(this.hpa, 'Warning', 'FailedComputeMetricsReplicas', text);
      return;
    }
    const metrics = this.hpa.spec?.metrics ?? [];
    const proposals = metrics.map((metric) => propose(server, metric, pods, target.replicas));
    const failures = proposals.flatMap((proposal) => ('problem' in proposal ? [proposal] : []));
    const good = proposals.flatMap((proposal) => ('replicas' in proposal ? [proposal] : []));
    for (const failure of failures) this.recorder.event(this.hpa, 'Warning', failure.reason, failure.problem);
    this.status.currentMetrics = good.length > 0 ? good.map((proposal) => proposal.status) : undefined;
    const [first] = failures;
    const best = [...good].sort((a, b) => b.replicas - a.replicas)[0];
    if (first && (!best || best.replicas < target.replicas)) {
      const text = `the HPA was unable to compute the replica count: ${first.problem}`;
      this.set('ScalingActive', 'False', first.reason, text);
      this.finish(target.replicas, this.status.desiredReplicas);
      const summary = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ${first.error}`;
      this.recorder.event(this.hpa, 'Warning', 'FailedComputeMetricsReplicas', summary);
      return;
    }
    if (!best) return;
    const found = `the HPA was able to successfully calculate a replica count from ${best.name}`;
    this.set('ScalingActive', 'True', 'ValidMetricFound', found);
    const wanted = this.normalized(target.replicas, best.replicas, minReplicas, maxReplicas);
    if (wanted === target.replicas) return this.finish(target.replicas, wanted);
    this.rescale(target, wanted, wanted > target.replicas ? `${best.name} above target` : 'All metrics below target');
  }

  /** kubernetes: normalizeDesiredReplicas: stabilization, doubling at most, the limits */
  private normalized(current: number, proposed: number, minReplicas: number, maxReplicas: number): number {
    const stable = this.stabilized(proposed);
    if (stable !== proposed) {
      const text = 'recent recommendations were higher than current one, applying the highest recent recommendation';
      this.set('AbleToScale', 'True', 'ScaleDownStabilized', text);
    } else this.set('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
    const limit = Math.min(Math.max(current * 2, 4), maxReplicas);
    if (stable > limit) {
      const reason = limit === maxReplicas ? 'TooManyReplicas' : 'ScaleUpLimit';
      const text =
        limit === maxReplicas
          ? 'the desired replica count is more than the maximum replica count'
          : 'the desired replica count is increasing faster than the maximum scale rate';
      this.set('ScalingLimited', 'True', reason, text);
      return limit;
    }
    if (stable < minReplicas) {
      const text = 'the desired replica count is less than the minimum replica count';
      this.set('ScalingLimited', 'True', 'TooFewReplicas', text);
      return minReplicas;
    }
    this.set('ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range');
    return stable;
  }

  private rescale(target: Target, replicas: number, reason: string): void {
    const { resource, object } = target;
    const { group, version, plural } = resource;
    const kind: Kind<ApiObject> = { group, version, plural };
    this.context.client.modify(
      kind,
      object.metadata.namespace ?? '',
      object.metadata.name,
      (old) => {
        const spec = at(old, 'spec');
        return Object.assign({}, old, { spec: { ...(isRecord(spec) ? spec : {}), replicas } });
      },
      'scale',
    );
    const text = `the HPA controller was able to update the target scale to ${replicas}`;
    this.set('AbleToScale', 'True', 'SucceededRescale', text);
    this.recorder.event(this.hpa, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    this.status.lastScaleTime = toSeconds(this.now);
    this.finish(target.replicas, replicas);
  }
}

function selectorOf(object: Stored): LabelSelector {
  const selector = at(object, 'spec', 'selector');
  if (object.kind !== 'ReplicationController') return labelSelectorAsSelector(selector);
  return isRecord(selector) ? LabelSelector.ofSet(selector) : LabelSelector.none;
}
