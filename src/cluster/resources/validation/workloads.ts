import { deepEqual, type Stored } from '../../api/object.ts';
import type {
  DaemonSet,
  Deployment,
  LabelSelector,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
  StatefulSetSpec,
  Volume,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { percentOf } from '../../apimachinery/int-or-string.ts';
import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import { validatePercent } from '../../apimachinery/value-names.ts';
import { validateClaimSpec } from './claims.ts';
import { dnsLabel, type Errors, immutable, invalid, nonNegative, optionalOneOf, required } from './field.ts';
import { validatePodTemplate } from './pod.ts';
import { isEmptySelector, isParsable, validateLabelSelector } from './selectors.ts';

// kubernetes: pkg/apis/apps/validation/validation.go

const NO_TEMPLATE: PodTemplateSpec = {};

/** The rules of templates whose Pods must run for ever. `owner` names the kind in an error. */
function validateEndlessTemplate(template: PodTemplateSpec, path: string, owner: string): Errors {
  const errors = validatePodTemplate(template, path);
  const policy = template.spec?.restartPolicy;
  if (policy !== 'Always') errors.push(FieldError.notSupported(`${path}.spec.restartPolicy`, policy ?? '', ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(
      FieldError.forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`),
    );
  }
  return errors;
}

/** No selector selects nothing, an empty one all. */
function mismatch(selector: LabelSelector | undefined, template: PodTemplateSpec, path: string): Errors {
  const labels = template.metadata?.labels;
  if (selector && (isEmptySelector(selector) || matches(selector, labels ?? {}))) return [];
  return [FieldError.invalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')];
}

/** Selectors that cannot be parsed are told by other rules. */
function matches(selector: LabelSelector, labels: { [key: string]: string }): boolean {
  try {
    return labelSelectorMatches(selector, labels);
  } catch {
    return true;
  }
}

/** The rules of a template, or that its selector is none: then the template is not looked at. */
function withSelector(selector: LabelSelector | undefined, path: string, why: string, template: () => Errors): Errors {
  return isParsable(selector) ? template() : [FieldError.invalid(path, selector ?? null, why)];
}

function validateSelector(selector: LabelSelector | undefined, path: string, owner: string): Errors {
  if (!selector) return [FieldError.required(path)];
  const errors = validateLabelSelector(selector, path);
  if (isEmptySelector(selector))
    errors.push(FieldError.invalid(path, selector, `empty selector is invalid for ${owner}`));
  return errors;
}

export function validateReplicaSet(replicaSet: ReplicaSet): Errors {
  const spec = replicaSet.spec;
  const template = spec?.template ?? NO_TEMPLATE;
  return [
    ...nonNegative(spec?.replicas, 'spec.replicas'),
    ...nonNegative(spec?.minReadySeconds, 'spec.minReadySeconds'),
    ...validateSelector(spec?.selector, 'spec.selector', 'deployment'),
    ...withSelector(spec?.selector, 'spec.selector', 'invalid label selector', () => [
      ...mismatch(spec?.selector, template, 'spec.template'),
      ...validateEndlessTemplate(template, 'spec.template', 'ReplicaSet'),
    ]),
  ];
}

export function validateReplicaSetUpdate(replicaSet: ReplicaSet, old: Stored<ReplicaSet>): Errors {
  return [
    ...validateReplicaSet(replicaSet),
    ...immutable(replicaSet.spec?.selector, old.spec?.selector, 'spec.selector'),
  ];
}

export function validateDeployment(deployment: Deployment): Errors {
  const spec = deployment.spec;
  const template = spec?.template ?? NO_TEMPLATE;
  const errors = [
    ...nonNegative(spec?.replicas, 'spec.replicas'),
    ...validateSelector(spec?.selector, 'spec.selector', 'deployment'),
    ...withSelector(spec?.selector, 'spec.selector', 'invalid label selector', () => [
      ...mismatch(spec?.selector, template, 'spec.template'),
      ...validateEndlessTemplate(template, 'spec.template', 'ReplicaSet'),
    ]),
    ...validateStrategy(spec?.strategy, 'spec.strategy'),
    ...nonNegative(spec?.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec?.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
  const deadline = spec?.progressDeadlineSeconds;
  if (deadline === undefined) return errors;
  errors.push(...nonNegative(deadline, 'spec.progressDeadlineSeconds'));
  if (deadline <= (spec?.minReadySeconds ?? 0)) {
    errors.push(FieldError.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

export function validateDeploymentUpdate(deployment: Deployment, old: Stored<Deployment>): Errors {
  return [
    ...validateDeployment(deployment),
    ...immutable(deployment.spec?.selector, old.spec?.selector, 'spec.selector'),
  ];
}

type Strategy = NonNullable<NonNullable<Deployment['spec']>['strategy']>;

function validateStrategy(strategy: Strategy | undefined, path: string): Errors {
  const { type, rollingUpdate } = strategy ?? {};
  if (type === 'Recreate') {
    if (!rollingUpdate) return [];
    return [FieldError.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== 'RollingUpdate') {
    // The server shows its own struct, not the manifest's.
    const rolling = rollingUpdate
      ? { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 }
      : null;
    return [FieldError.notSupported(path, { Type: type ?? '', RollingUpdate: rolling }, ['Recreate', 'RollingUpdate'])];
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
  const at = `${path}.rollingUpdate`;
  const errors = [...intOrPercent(maxUnavailable, `${at}.maxUnavailable`), ...intOrPercent(maxSurge, `${at}.maxSurge`)];
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    errors.push(FieldError.invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...errors, ...atMost100Percent(maxUnavailable, `${at}.maxUnavailable`)];
}

/** A number that is not negative, or a percentage. */
export function intOrPercent(value: number | string, path: string): Errors {
  return typeof value === 'number' ? nonNegative(value, path) : invalid(path, value, validatePercent(value));
}

export function atMost100Percent(value: number | string, path: string): Errors {
  const percent = percentOf(value);
  return percent !== undefined && percent > 100
    ? [FieldError.invalid(path, value, 'must not be greater than 100%')]
    : [];
}

const amount = (value: number | string) => (typeof value === 'number' ? value : (percentOf(value) ?? 0));

export function validateDaemonSet(daemonSet: DaemonSet): Errors {
  const spec = daemonSet.spec;
  const template = spec?.template ?? NO_TEMPLATE;
  const errors = validateLabelSelector(spec?.selector, 'spec.selector');
  const labels = template.metadata?.labels;
  if (isParsable(spec?.selector) && !(spec?.selector && matches(spec.selector, labels ?? {}))) {
    errors.push(
      FieldError.invalid(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  if (spec?.selector && isEmptySelector(spec.selector)) {
    errors.push(FieldError.invalid('spec.selector', spec.selector, 'empty selector is invalid for daemonset'));
  }
  return [
    ...errors,
    ...validateEndlessTemplate(template, 'spec.template', 'DaemonSet'),
    ...nonNegative(spec?.minReadySeconds, 'spec.minReadySeconds'),
    ...validateDaemonSetStrategy(spec?.updateStrategy, 'spec.updateStrategy'),
    ...nonNegative(spec?.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
}

export function validateDaemonSetUpdate(daemonSet: DaemonSet, old: Stored<DaemonSet>): Errors {
  return [...immutable(daemonSet.spec?.selector, old.spec?.selector, 'spec.selector'), ...validateDaemonSet(daemonSet)];
}

type DaemonSetStrategy = NonNullable<NonNullable<DaemonSet['spec']>['updateStrategy']>;

function validateDaemonSetStrategy(strategy: DaemonSetStrategy | undefined, path: string): Errors {
  const { type, rollingUpdate } = strategy ?? {};
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const rolling = rollingUpdate
      ? { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 }
      : null;
    return [FieldError.notSupported(path, { Type: type ?? '', RollingUpdate: rolling }, ['RollingUpdate', 'OnDelete'])];
  }
  if (!rollingUpdate) return [FieldError.required(`${path}.rollingUpdate`)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  const errors = [
    ...intOrPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...intOrPercent(maxSurge, `${at}.maxSurge`),
    ...atMost100Percent(maxUnavailable, `${at}.maxUnavailable`),
    ...atMost100Percent(maxSurge, `${at}.maxSurge`),
  ];
  if (amount(maxUnavailable) !== 0 && amount(maxSurge) !== 0) {
    errors.push(FieldError.invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  } else if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    errors.push(FieldError.required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  }
  return errors;
}

export function validateStatefulSet(statefulSet: StatefulSet): Errors {
  return validateStatefulSetSpec(statefulSet.spec, true);
}

function validateStatefulSetSpec(spec: StatefulSetSpec | undefined, creating: boolean): Errors {
  const errors: Errors = [];
  const { podManagementPolicy, updateStrategy, persistentVolumeClaimRetentionPolicy: retention, selector } = spec ?? {};
  if (!podManagementPolicy) errors.push(FieldError.required('spec.podManagementPolicy'));
  else if (podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel') {
    errors.push(
      FieldError.invalid('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"),
    );
  }
  errors.push(...validateStatefulSetStrategy(updateStrategy));
  for (const when of ['whenDeleted', 'whenScaled'] as const) {
    errors.push(
      ...optionalOneOf(retention?.[when], ['Retain', 'Delete'], `spec.persistentVolumeClaimRetentionPolicy.${when}`),
    );
  }
  if (creating) {
    for (const [i, claim] of (spec?.volumeClaimTemplates ?? []).entries()) {
      errors.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${i}].spec`));
    }
  }
  errors.push(
    ...nonNegative(spec?.replicas, 'spec.replicas'),
    ...nonNegative(spec?.minReadySeconds, 'spec.minReadySeconds'),
  );
  if (spec?.ordinals) errors.push(...nonNegative(spec.ordinals.start, 'spec.ordinals.start'));
  if (creating && spec?.serviceName) errors.push(...dnsLabel(spec.serviceName, 'spec.serviceName'));
  errors.push(...validateSelector(selector, 'spec.selector', 'statefulset'));
  const template = withClaimVolumes(spec);
  errors.push(
    ...withSelector(selector, 'spec.selector', '', () => [
      ...mismatch(selector, template, 'spec.template'),
      ...validatePodTemplate(template, 'spec.template'),
    ]),
  );
  const policy = template.spec?.restartPolicy;
  if (policy !== 'Always')
    errors.push(FieldError.notSupported('spec.template.spec.restartPolicy', policy ?? '', ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(
      FieldError.forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in StatefulSet is not Supported',
      ),
    );
  }
  return errors;
}

/** The template with a volume for each claim: containers may mount them. */
function withClaimVolumes(spec: StatefulSetSpec | undefined): PodTemplateSpec {
  const template = spec?.template ?? NO_TEMPLATE;
  const names = (spec?.volumeClaimTemplates ?? []).map((claim) => claim.metadata?.name ?? '');
  if (!template.spec) return template;
  const claims: Volume[] = names.map((name) => ({ name, persistentVolumeClaim: { claimName: 'placeholder' } }));
  const others = (template.spec.volumes ?? []).filter((volume) => !names.includes(volume.name));
  return {
    ...template,
    spec: { ...template.spec, subdomain: undefined, hostname: undefined, volumes: [...claims, ...others] },
  };
}

function validateStatefulSetStrategy(strategy: StatefulSetSpec['updateStrategy']): Errors {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = strategy ?? {};
  if (!type) return [FieldError.required(path)];
  if (type === 'OnDelete') {
    if (!rollingUpdate) return [];
    const shown = { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
    return [FieldError.invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type !== 'RollingUpdate') {
    const rolling = rollingUpdate
      ? { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null }
      : null;
    return [FieldError.invalid(path, { Type: type, RollingUpdate: rolling }, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  if (!rollingUpdate) return [];
  const at = `${path}.rollingUpdate.maxUnavailable`;
  const errors = nonNegative(rollingUpdate.partition, `${path}.rollingUpdate.partition`);
  const max = rollingUpdate.maxUnavailable;
  if (max === undefined) return errors;
  errors.push(...intOrPercent(max, at));
  if (amount(max) === 0) errors.push(FieldError.invalid(at, max, 'cannot be 0'));
  return [...errors, ...atMost100Percent(max, at)];
}

const MUTABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const;

export function validateStatefulSetUpdate(statefulSet: StatefulSet, old: Stored<StatefulSet>): Errors {
  const errors = validateStatefulSetSpec(statefulSet.spec, false);
  const fixed = (spec: StatefulSetSpec | undefined) => {
    const copy: Partial<StatefulSetSpec> = { ...spec };
    for (const name of MUTABLE) delete copy[name];
    return copy;
  };
  if (deepEqual(fixed(statefulSet.spec), fixed(old.spec))) return errors;
  const why =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  return [...errors, FieldError.forbidden('spec', why)];
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec */
export function validateReplicationController(controller: ReplicationController): Errors {
  const spec = controller.spec;
  const selector = spec?.selector ?? {};
  const errors = nonNegative(spec?.minReadySeconds, 'spec.minReadySeconds');
  if (Object.keys(selector).length === 0) errors.push(...required('', 'spec.selector'));
  errors.push(...nonNegative(spec?.replicas, 'spec.replicas'));
  const template = spec?.template;
  if (!template) return [...errors, FieldError.required('spec.template')];
  return [
    ...errors,
    ...mismatch({ matchLabels: selector }, template, 'spec.template'),
    ...validateEndlessTemplate(template, 'spec.template', 'ReplicationController'),
  ];
}

export function validateReplicationControllerUpdate(controller: ReplicationController): Errors {
  return validateReplicationController(controller);
}
