import { isRecord } from '../input.ts';
import { plain, type Text } from '../text.ts';
import type { ClusterView, KubeObject } from '../world-source.ts';
import { joinTexts } from './condition.ts';
import { isReady, nameOf, namespaceOf, type Selection, select } from './selection.ts';
import { NO_TEXT } from './verdict.ts';

/** Objects that an explanation names at most. */
const MAX_NAMED = 3;
/** Objects whose reasons are looked for at most. */
const MAX_ASKED = 20;

/** Why a selection matches nothing, or less than hoped: read from the cluster. */
export function whyMissing(view: ClusterView, selection: Selection): Text {
  const named = select(view, selection, 'where');
  if (named.length > 0)
    return whyUnready(
      view,
      named.filter((object) => !isReady(object)),
    );
  const { kind, name, selector } = selection;
  const namespace = namespaceOf(selection);
  if (name !== undefined && namespace !== undefined) {
    const elsewhere = view.list(kind).filter((object) => object.metadata.name === name);
    const place = elsewhere[0]?.metadata.namespace;
    if (place !== undefined) {
      return {
        en: `there is ${kind} ${name} in namespace ${place}, not in ${namespace}`,
        ko: `${kind} ${name}은(는) 네임스페이스 ${namespace}가 아니라 ${place}에 있습니다`,
      };
    }
  }
  const all = view.list(kind, namespace);
  if (all.length === 0) {
    const where = namespace === undefined ? ['', ''] : [` in namespace ${namespace}`, `네임스페이스 ${namespace}에 `];
    return { en: `there is no ${kind}${where[0]}`, ko: `${where[1]}${kind}이(가) 하나도 없습니다` };
  }
  const list = all
    .slice(0, MAX_NAMED)
    .map((object) => (selector === undefined ? object.metadata.name : withLabels(object)));
  const more = all.length > MAX_NAMED ? ', …' : '';
  const what = [kind, ...(name === undefined ? [] : [name]), ...(selector === undefined ? [] : [`-l ${selector}`])];
  return {
    en: `there is no ${what.join(' ')}; there are: ${list.join(', ')}${more}`,
    ko: `${what.join(' ')}에 해당하는 것이 없습니다. 있는 것: ${list.join(', ')}${more}`,
  };
}

function withLabels(object: KubeObject): string {
  const labels = Object.entries(object.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return `${object.metadata.name} (${labels.join(',') || 'no labels'})`;
}

/** Why objects are not ready; for owners of Pods (Deployment, ReplicaSet …) that of their Pods. What several share is said once. */
export function whyUnready(view: ClusterView, objects: readonly KubeObject[]): Text {
  const reasons = new Map<string, { readonly text: Text; others: number }>();
  const add = (object: KubeObject, text: Text) => {
    const key = text.en.replace(nameOf(object).en, '');
    const known = reasons.get(key);
    if (known) known.others++;
    else if (text.en !== '') reasons.set(key, { text, others: 0 });
  };
  for (const object of objects.slice(0, MAX_ASKED)) {
    if (reasons.size >= MAX_NAMED) break;
    const pods = object.kind === 'Pod' ? [object] : podsOf(view, object).filter((pod) => !isReady(pod));
    for (const pod of pods.slice(0, MAX_ASKED)) add(pod, whyPod(view, pod));
    if (pods.length === 0) for (const text of lastWarning(view, object)) add(object, text);
  }
  const texts = [...reasons.values()].slice(0, MAX_NAMED).map(({ text, others }) => withOthers(text, others));
  return joinTexts(texts, '; ');
}

function withOthers(text: Text, others: number): Text {
  if (others === 0) return text;
  return { en: `${text.en} (${others} more the same)`, ko: `${text.ko} (같은 것 ${others}개 더)` };
}

/** Waiting reason, exit status, scheduler's message or last warning of a Pod that is not ready. */
export function whyPod(view: ClusterView, pod: KubeObject): Text {
  const name = nameOf(pod).en;
  const say = (reason: string): Text => plain(`${name}: ${reason}`);
  if (pod.metadata['deletionTimestamp'] !== undefined) {
    return { en: `${name} is being deleted`, ko: `${name}은(는) 삭제되는 중입니다` };
  }
  const status = fieldsOf(pod['status']);
  for (const container of [...listOf(status['initContainerStatuses']), ...listOf(status['containerStatuses'])]) {
    const reason = whyContainer(container);
    if (reason !== undefined) return say(`container ${String(container['name'])}: ${reason}`);
  }
  for (const condition of listOf(status['conditions'])) {
    if (condition['type'] === 'PodScheduled' && condition['status'] === 'False')
      return say(String(condition['message']));
  }
  const [warning] = [pod, ...pendingClaims(view, pod)].flatMap((object) => lastWarning(view, object));
  if (warning) return warning;
  const unready = listOf(status['conditions']).find((item) => item['type'] === 'Ready' && item['status'] !== 'True');
  if (unready?.['message'] !== undefined) return say(String(unready['message']));
  return say(String(status['reason'] ?? status['phase'] ?? 'Pending'));
}

/** The claims that a Pod waits for. */
function pendingClaims(view: ClusterView, pod: KubeObject): KubeObject[] {
  return listOf(fieldsOf(pod['spec'])['volumes']).flatMap((volume) => {
    const { claimName } = fieldsOf(volume['persistentVolumeClaim']);
    const claim =
      claimName === undefined
        ? undefined
        : view.get('PersistentVolumeClaim', pod.metadata.namespace, String(claimName));
    return claim && fieldsOf(claim['status'])['phase'] === 'Pending' ? [claim] : [];
  });
}

function whyContainer(container: Record<string, unknown>): string | undefined {
  const state = fieldsOf(container['state']);
  const waiting = fieldsOf(state['waiting']);
  if (
    waiting['reason'] !== undefined &&
    waiting['reason'] !== 'ContainerCreating' &&
    waiting['reason'] !== 'PodInitializing'
  ) {
    const last = fieldsOf(fieldsOf(container['lastState'])['terminated']);
    const exit = last['exitCode'] === undefined ? '' : ` (last exit code ${String(last['exitCode'])})`;
    return `${String(waiting['reason'])}${waiting['message'] === undefined ? '' : `: ${String(waiting['message'])}`}${exit}`;
  }
  const terminated = fieldsOf(state['terminated']);
  if (terminated['exitCode'] !== undefined && terminated['exitCode'] !== 0) {
    return `${String(terminated['reason'] ?? 'Error')} (exit code ${String(terminated['exitCode'])})`;
  }
  return undefined;
}

function lastWarning(view: ClusterView, object: KubeObject): Text[] {
  const warning = view.events(object).findLast((event) => event['type'] === 'Warning');
  if (!warning) return [];
  return [
    plain(`${nameOf(object).en}: ${String(warning['reason'])}: ${String(warning['message'] ?? warning['note'] ?? '')}`),
  ];
}

/** Pods that an object owns, through ReplicaSets too. */
function podsOf(view: ClusterView, owner: KubeObject): readonly KubeObject[] {
  const uids = new Set([owner.metadata.uid]);
  for (const set of view.list('ReplicaSet', owner.metadata.namespace)) {
    if (ownedBy(set, uids)) uids.add(set.metadata.uid);
  }
  return view.list('Pod', owner.metadata.namespace).filter((pod) => ownedBy(pod, uids));
}

function ownedBy(object: KubeObject, uids: ReadonlySet<string | undefined>): boolean {
  return listOf(object.metadata['ownerReferences']).some((reference) => uids.has(String(reference['uid'])));
}

/** Why a condition on an object does not hold, where the cluster knows more than the value. */
export function whyCondition(view: ClusterView, object: KubeObject, path: string): Text {
  if (!/^\.?status\b/.test(path)) return NO_TEXT;
  const reasons = whyUnready(view, [object]);
  if (reasons.en !== '') return reasons;
  const spec = fieldsOf(object['spec']);
  if (object.kind === 'Service') return whyNoEndpoints(view, object, fieldsOf(spec['selector']));
  if (spec['paused'] === true) {
    return { en: `${nameOf(object).en} is paused`, ko: `${nameOf(object).en}은(는) 일시 중지 상태입니다` };
  }
  return NO_TEXT;
}

/** A selector that matches no Pod. */
export function whyNoEndpoints(view: ClusterView, service: KubeObject, selector: Record<string, unknown>): Text {
  const text = Object.entries(selector)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  if (text === '')
    return { en: `${nameOf(service).en} has no selector`, ko: `${nameOf(service).en}에 셀렉터가 없습니다` };
  const selection: Selection = { kind: 'Pod', namespace: service.metadata.namespace ?? 'default', selector: text };
  const pods = select(view, selection);
  if (pods.length > 0)
    return whyUnready(
      view,
      pods.filter((pod) => !isReady(pod)),
    );
  const missing = whyMissing(view, selection);
  return {
    en: `the selector ${text} matches no Pod: ${missing.en}`,
    ko: `셀렉터 ${text}에 맞는 Pod가 없습니다: ${missing.ko}`,
  };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
