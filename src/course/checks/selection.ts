import { isRecord } from '../input.ts';
import { plain, type Text } from '../text.ts';
import type { ClusterView, KubeObject } from '../world-source.ts';
import { type Condition, judge } from './condition.ts';

/** Which objects of a cluster are meant. */
export interface Selection {
  /** `Pod`, `Deployment`; `Kind.group` where the kind alone is not clear. */
  readonly kind: string;
  readonly name?: string;
  /** Default: `default`; without meaning for kinds that have none. `*`: all. */
  readonly namespace?: string;
  /** As in `kubectl -l`. */
  readonly selector?: string;
  /** Only those for which these hold. */
  readonly where?: readonly Condition[];
  /** Only Pods and Nodes that are (not) Ready. */
  readonly ready?: boolean;
  readonly cluster?: string;
}

/** Kinds without namespace that lessons name. */
const CLUSTER_SCOPED = new Set([
  'Node',
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'IngressClass',
  'GatewayClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'RuntimeClass',
  'CustomResourceDefinition',
  'CertificateSigningRequest',
  'VolumeAttachment',
  'CSIDriver',
  'CSINode',
  'APIService',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** The namespace to look in: undefined for all, or for a kind that has none. */
export function namespaceOf(selection: Selection): string | undefined {
  if (CLUSTER_SCOPED.has(selection.kind.split('.')[0] ?? '') || selection.namespace === '*') return undefined;
  return selection.namespace ?? 'default';
}

/** The objects of a selection. With `but: 'where'` those before the conditions are asked. Raises PathError. */
export function select(view: ClusterView, selection: Selection, but?: 'where'): readonly KubeObject[] {
  const namespace = namespaceOf(selection);
  let objects: readonly KubeObject[];
  if (selection.name !== undefined && (namespace !== undefined || selection.namespace === undefined)) {
    const object = view.get(selection.kind, namespace, selection.name);
    objects = object ? [object] : [];
    if (selection.selector !== undefined) {
      const names = new Set(view.list(selection.kind, namespace, selection.selector).map((item) => item.metadata.name));
      objects = objects.filter((item) => names.has(item.metadata.name));
    }
  } else {
    objects = view.list(selection.kind, namespace, selection.selector);
    if (selection.name !== undefined) objects = objects.filter((item) => item.metadata.name === selection.name);
  }
  return but === 'where' ? objects : objects.filter((object) => fits(object, selection));
}

/** Whether an object that the selection names fulfils its conditions. */
export function fits(object: KubeObject, selection: Selection): boolean {
  if (selection.ready !== undefined && isReady(object) !== selection.ready) return false;
  return (selection.where ?? []).every((condition) => judge(object, condition).holds);
}

/** Its condition Ready (Available for a Deployment) is True, and it is not being deleted. */
export function isReady(object: KubeObject): boolean {
  if (object.metadata['deletionTimestamp'] !== undefined) return false;
  const status = object['status'];
  const conditions = isRecord(status) ? status['conditions'] : undefined;
  if (!Array.isArray(conditions)) return false;
  return conditions.some(
    (item) => isRecord(item) && (item['type'] === 'Ready' || item['type'] === 'Available') && item['status'] === 'True',
  );
}

/** `Pod web`, `Pods with app=web in shop`. */
export function describeSelection(selection: Selection): Text {
  const { kind, name, selector } = selection;
  const namespace = namespaceOf(selection);
  const where = namespace !== undefined && namespace !== 'default' ? ` -n ${namespace}` : '';
  const ready =
    selection.ready === undefined
      ? ['', '']
      : selection.ready
        ? ['ready ', '준비된 ']
        : ['not ready ', '준비되지 않은 '];
  const label = selector === undefined ? '' : ` -l ${selector}`;
  const conditions = (selection.where ?? []).map((condition) => judge({}, condition).expected);
  const tail = (language: 'en' | 'ko') =>
    conditions.length === 0 ? '' : ` (${conditions.map((text) => text[language]).join(', ')})`;
  const rest = `${kind}${name === undefined ? '' : ` ${name}`}${label}${where}`;
  return { en: `${ready[0]}${rest}${tail('en')}`, ko: `${ready[1]}${rest}${tail('ko')}` };
}

export function nameOf(object: KubeObject): Text {
  const namespace = object.metadata.namespace;
  return plain(`${object.kind} ${namespace && namespace !== 'default' ? `${namespace}/` : ''}${object.metadata.name}`);
}
