import type { Stored } from '../../api/object.ts';
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
  PodDisruptionBudget,
  PriorityClass,
  RuntimeClass,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateDns1123Label, validatePathSegmentName } from '../../apimachinery/names.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { validateResources } from './compute-resources.ts';
import { type Errors, immutable, invalid, labels, nonNegative, optionalOneOf } from './field.ts';
import { validateTolerations } from './scheduling.ts';
import { validateLabelSelector } from './selectors.ts';
import { atMost100Percent, intOrPercent } from './workloads.ts';

// kubernetes: pkg/apis/autoscaling, policy, scheduling/validation/validation.go

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export function validateHpa(hpa: HorizontalPodAutoscaler): Errors {
  const spec = hpa.spec;
  const errors: Errors = [];
  const { minReplicas, maxReplicas = 0 } = spec ?? {};
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.push(FieldError.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (maxReplicas === 0) errors.push(FieldError.required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maxReplicas < 0)
    errors.push(FieldError.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(FieldError.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  errors.push(...validateReference(spec?.scaleTargetRef, 'spec.scaleTargetRef'));
  for (const [i, metric] of (spec?.metrics ?? []).entries())
    errors.push(...validateMetric(metric, `spec.metrics[${i}]`));
  if (minReplicas === 0 && !(spec?.metrics ?? []).some(({ type }) => type === 'Object' || type === 'External')) {
    const must = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(FieldError.forbidden('spec.metrics', must));
  }
  return [
    ...errors,
    ...validateRules(spec?.behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...validateRules(spec?.behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ];
}

function validateReference(reference: CrossVersionObjectReference | undefined, path: string): Errors {
  const { apiVersion = '', kind = '' } = reference ?? {};
  // Of core's kinds only the one that scales needs no group.
  const ungrouped = !apiVersion.includes('/') && !(apiVersion === 'v1' && kind === 'ReplicationController');
  const group = ungrouped
    ? [FieldError.invalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group')]
    : [];
  return [...requiredNames(reference, path), ...group];
}

function requiredNames(reference: CrossVersionObjectReference | undefined, path: string): Errors {
  return (['kind', 'name'] as const).flatMap((field) => {
    const value = reference?.[field];
    if (!value) return [FieldError.required(`${path}.${field}`)];
    return invalid(`${path}.${field}`, value, validatePathSegmentName(value));
  });
}

const SOURCES = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const;

function validateMetric(metric: MetricSpec, path: string): Errors {
  const errors: Errors = [];
  const type: string = metric.type ?? '';
  if (type === '') errors.push(FieldError.required(`${path}.type`, 'must specify a metric source type'));
  const known = METRIC_TYPES.includes(type);
  if (!known) errors.push(FieldError.notSupported(`${path}.type`, type, METRIC_TYPES));
  const present = Object.values(SOURCES).filter((source) => metric[source]);
  const first = present[0];
  if (first) errors.push(...validateMetricSource(metric, first, `${path}.${first}`));
  const expected = known ? SOURCES[metric.type as keyof typeof SOURCES] : undefined;
  if (expected && !metric[expected]) {
    errors.push(FieldError.required(`${path}.${expected}`, 'must populate information for the given metric source'));
  }
  if (!known) errors.push(FieldError.notSupported(`${path}.type`, type, METRIC_TYPES));
  if (present.length !== 1) {
    for (const source of present) {
      if (source !== expected)
        errors.push(FieldError.forbidden(`${path}.${source}`, 'must populate the given metric source only'));
    }
  }
  return errors;
}

function validateMetricSource(
  metric: MetricSpec,
  source: (typeof SOURCES)[keyof typeof SOURCES],
  path: string,
): Errors {
  const given = metric[source];
  const errors: Errors = [];
  if (source === 'resource' || source === 'containerResource') {
    if (source === 'containerResource' && !metric.containerResource?.container) {
      errors.push(FieldError.required(`${path}.container`, 'must specify a container'));
    }
    if (!metric[source]?.name) errors.push(FieldError.required(`${path}.name`, 'must specify a resource name'));
    errors.push(...validateTarget(given?.target, `${path}.target`));
    const { averageUtilization, averageValue } = given?.target ?? {};
    if (averageUtilization === undefined && averageValue === undefined) {
      const must = 'must set either a target raw value or a target utilization';
      errors.push(FieldError.required(`${path}.target.averageUtilization`, must));
    }
    if (averageUtilization !== undefined && averageValue !== undefined) {
      errors.push(
        FieldError.forbidden(
          `${path}.target.averageValue`,
          'may not set both a target raw value and a target utilization',
        ),
      );
    }
    return errors;
  }
  if (source === 'object') errors.push(...requiredNames(metric.object?.describedObject, `${path}.describedObject`));
  const name = metric[source]?.metric?.name;
  if (!name) errors.push(FieldError.required(`${path}.metric.name`, 'must specify a metric name'));
  errors.push(...validateTarget(given?.target, `${path}.target`));
  const { value, averageValue } = given?.target ?? {};
  if (source === 'pods' && averageValue === undefined)
    errors.push(FieldError.required(`${path}.target.averageValue`, 'must specify a positive target averageValue'));
  if (source !== 'pods' && value === undefined && averageValue === undefined) {
    const must = `must set either a target value ${source === 'object' ? 'or averageValue' : 'for metric or a per-pod target'}`;
    errors.push(FieldError.required(`${path}.target.averageValue`, must));
  }
  if (source === 'external' && value !== undefined && averageValue !== undefined) {
    const both = 'may not set both a target value for metric and a per-pod target';
    errors.push(FieldError.forbidden(`${path}.target.value`, both));
  }
  return errors;
}

function validateTarget(target: MetricTarget | undefined, path: string): Errors {
  const errors: Errors = [];
  const type = target?.type ?? '';
  if (type === '') errors.push(FieldError.required(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.push(FieldError.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const field of ['value', 'averageValue'] as const) {
    const value = target?.[field];
    if (value !== undefined && (Quantity.tryFromJson(value)?.sign ?? 0) !== 1) {
      errors.push(FieldError.invalid(`${path}.${field}`, value, 'must be positive'));
    }
  }
  const utilization = target?.averageUtilization;
  if (utilization !== undefined && utilization < 1) {
    errors.push(FieldError.invalid(`${path}.averageUtilization`, utilization, 'must be greater than 0'));
  }
  return errors;
}

function validateRules(rules: HPAScalingRules | undefined, path: string): Errors {
  if (!rules) return [];
  const errors: Errors = [];
  const seconds = rules.stabilizationWindowSeconds;
  const window = `${path}.stabilizationWindowSeconds`;
  if (seconds !== undefined && seconds < 0)
    errors.push(FieldError.invalid(window, seconds, 'must be greater than or equal to zero'));
  if (seconds !== undefined && seconds > 3600)
    errors.push(FieldError.invalid(window, seconds, 'must be less than or equal to 3600'));
  errors.push(...optionalOneOf(rules.selectPolicy, ['Disabled', 'Max', 'Min'], `${path}.selectPolicy`));
  if ((rules.policies ?? []).length === 0)
    errors.push(FieldError.required(`${path}.policies`, 'must specify at least one Policy'));
  const { tolerance } = rules;
  if (tolerance !== undefined && (Quantity.tryFromJson(tolerance)?.sign ?? 0) < 0)
    errors.push(FieldError.invalid(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  for (const [i, policy] of (rules.policies ?? []).entries()) {
    const at = `${path}.policies[${i}]`;
    if (policy.type !== 'Pods' && policy.type !== 'Percent') {
      errors.push(FieldError.notSupported(`${at}.type`, policy.type ?? '', ['Percent', 'Pods']));
    }
    if (!(policy.value > 0))
      errors.push(FieldError.invalid(`${at}.value`, policy.value ?? 0, 'must be greater than zero'));
    if (!(policy.periodSeconds > 0)) {
      errors.push(FieldError.invalid(`${at}.periodSeconds`, policy.periodSeconds ?? 0, 'must be greater than zero'));
    }
    if (policy.periodSeconds > 1800) {
      errors.push(
        FieldError.invalid(`${at}.periodSeconds`, policy.periodSeconds, 'must be less than or equal to 1800'),
      );
    }
  }
  return errors;
}

export function validatePdb(budget: PodDisruptionBudget): Errors {
  const spec = budget.spec ?? {};
  const { minAvailable, maxUnavailable, selector = null, unhealthyPodEvictionPolicy = null } = spec;
  const errors: Errors = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: selector,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy,
    };
    errors.push(FieldError.invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[field];
    if (value !== undefined)
      errors.push(...intOrPercent(value, `spec.${field}`), ...atMost100Percent(value, `spec.${field}`));
  }
  return [
    ...errors,
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...optionalOneOf(
      spec.unhealthyPodEvictionPolicy,
      ['AlwaysAllow', 'IfHealthyBudget'],
      'spec.unhealthyPodEvictionPolicy',
    ),
  ];
}

export function validatePdbUpdate(budget: PodDisruptionBudget): Errors {
  return validatePdb(budget);
}

/** kubernetes: pkg/apis/policy/validation/validation.go ValidatePodDisruptionBudgetStatusUpdate */
export function validatePdbStatus({ status }: PodDisruptionBudget): Errors {
  const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;
  return counts.flatMap((name) => nonNegative(status?.[name], `status.${name}`));
}

export function validatePriorityClass(priority: PriorityClass): Errors {
  const errors: Errors = [];
  const name = priority.metadata?.name ?? '';
  const value = priority.value ?? 0;
  if (name.startsWith('system-')) {
    const known = SYSTEM_CLASSES[name];
    const why =
      known === undefined
        ? `${name} is not a known system priority class`
        : known !== value
          ? `value of ${name} PriorityClass must be ${known}`
          : undefined;
    if (why !== undefined) {
      const text = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
      errors.push(FieldError.forbidden('metadata.name', text));
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    errors.push(
      FieldError.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`),
    );
  }
  return [
    ...errors,
    ...optionalOneOf(priority.preemptionPolicy, ['PreemptLowerPriority', 'Never'], 'preemptionPolicy'),
  ];
}

export function validatePriorityClassUpdate(priority: PriorityClass, old: Stored<PriorityClass>): Errors {
  const errors: Errors = [];
  if (priority.value !== old.value) errors.push(FieldError.forbidden('value', 'may not be changed in an update.'));
  return [...errors, ...immutable(priority.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy')];
}

/** kubernetes: pkg/apis/node/validation/validation.go */
export function validateRuntimeClass({ handler = '', overhead, scheduling }: RuntimeClass): Errors {
  return [
    ...validateDns1123Label(handler).map((why) => FieldError.invalid('handler', handler, why)),
    ...validateResources({ limits: overhead?.podFixed }, 'overhead'),
    ...labels(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(scheduling?.tolerations, 'scheduling.tolerations'),
  ];
}

export function validateRuntimeClassUpdate(runtime: RuntimeClass, old: Stored<RuntimeClass>): Errors {
  return immutable(runtime.handler, old.handler, 'handler');
}
