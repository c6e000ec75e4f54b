import { deepCopy, deepEqual, type Stored } from '../../api/object.ts';
import type { Container, Pod, PodSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { inclusiveRangeError } from '../../apimachinery/names.ts';
import { validateImageBlanks, validateImages } from './containers.ts';
import { annotations, type Errors, labels, required } from './field.ts';
import { ephemeralContainerDiff, podSpecDiff } from './pod-diff.ts';
import { validateResize } from './pod-resize.ts';
import { validatePodSpec } from './pod-spec.ts';
import { validateTolerations } from './scheduling.ts';

const MAX_INT32 = 2 ** 31 - 1;

/** kubernetes: pkg/apis/core/validation/validation.go ValidatePodCreate. The registry checks the metadata. */
export function validatePod(pod: Pod): Errors {
  const spec = pod.spec ?? { containers: [] };
  const errors = validateSpec(spec);
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(FieldError.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    errors.push(FieldError.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

function validateSpec(spec: PodSpec): Errors {
  const errors = validatePodSpec(spec, 'spec', true);
  if (!spec.serviceAccountName) {
    for (const [i, volume] of (spec.volumes ?? []).entries()) {
      for (const [j, source] of (volume.projected?.sources ?? []).entries()) {
        if (!source.serviceAccountToken) continue;
        const at = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
        errors.push(FieldError.forbidden(at, 'must not be specified when serviceAccountName is not set'));
      }
    }
  }
  return [
    ...errors,
    ...validateImages(spec.containers, 'spec.containers'),
    ...validateImages(spec.initContainers, 'spec.initContainers'),
  ];
}

const MIRROR = 'kubernetes.io/config.mirror';

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** kubernetes: ValidatePodUpdate */
export function validatePodUpdate(pod: Pod, old: Stored<Pod>): Errors {
  const spec = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const errors = [...validateMirror(pod, old), ...validateSpec(spec)];
  for (const list of ['containers', 'initContainers'] as const) {
    const given = spec[list] ?? [];
    if (given.length !== (before[list] ?? []).length) {
      return [...errors, FieldError.forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
    errors.push(...given.flatMap((container, i) => imageErrors(container, `spec.${list}[${i}]`)));
  }
  const deadline = validateDeadline(spec.activeDeadlineSeconds, before.activeDeadlineSeconds);
  errors.push(...deadline.errors);
  if (deadline.stop) return errors;
  errors.push(...validateTolerationUpdate(spec, before), ...validateGateUpdate(spec, before));
  if (deepEqual(spec, before)) return errors;
  const munged = mungedSpec(spec, before);
  if ((before.schedulingGates ?? []).length > 0) errors.push(...applyGatedChanges(munged, before));
  if (!deepEqual(munged, before)) {
    const text = `pod updates may not change fields other than ${UPDATABLE}\n${podSpecDiff(before, munged)}`;
    errors.push(FieldError.forbidden('spec', text));
  }
  return errors;
}

/** kubernetes: ValidatePodSpecificAnnotationUpdates */
function validateMirror(pod: Pod, old: Stored<Pod>): Errors {
  const before = old.metadata.annotations?.[MIRROR];
  const after = pod.metadata?.annotations?.[MIRROR];
  if (before === after) return [];
  const not = before === undefined ? 'add' : 'remove or update';
  return [FieldError.forbidden(`metadata.annotations[${MIRROR}]`, `may not ${not} mirror pod annotation`)];
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidatePodResize */
export function validatePodResize(pod: Pod, old: Stored<Pod>): Errors {
  return [...validateSpec(pod.spec ?? { containers: [] }), ...validateResize(pod, old)];
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidatePodEphemeralContainersUpdate */
export function validateEphemeralUpdate(pod: Pod, old: Stored<Pod>): Errors {
  const spec = pod.spec ?? { containers: [] };
  const errors = validateSpec(spec);
  if (old.metadata.annotations?.[MIRROR] !== undefined)
    return [FieldError.forbidden('[]', 'static pods do not support ephemeral containers')];
  const given = new Map((spec.ephemeralContainers ?? []).map((one) => [one.name, one]));
  for (const before of old.spec?.ephemeralContainers ?? []) {
    const after = given.get(before.name);
    const fail = (what: string) =>
      errors.push(
        FieldError.forbidden(
          'spec.ephemeralContainers',
          `existing ephemeral containers "${before.name}" may not be ${what}`,
        ),
      );
    if (!after) fail('removed\n');
    else if (!deepEqual(before, after)) fail(`changed\n${ephemeralContainerDiff(before, after)}`);
  }
  return errors;
}

function imageErrors(container: Container, path: string): Errors {
  return [...required(container.image, `${path}.image`), ...validateImageBlanks(container, path)];
}

function validateDeadline(value: number | undefined, old: number | undefined): { errors: Errors; stop: boolean } {
  const path = 'spec.activeDeadlineSeconds';
  if (value === undefined) {
    const gone = old !== undefined;
    return {
      errors: gone ? [FieldError.invalid(path, null, 'must not update from a positive integer to nil value')] : [],
      stop: false,
    };
  }
  if (value < 0 || value > MAX_INT32)
    return { errors: [FieldError.invalid(path, value, inclusiveRangeError(0, MAX_INT32))], stop: true };
  if (old !== undefined && old < value) {
    return { errors: [FieldError.invalid(path, value, 'must be less than or equal to previous value')], stop: true };
  }
  return { errors: [], stop: false };
}

function validateTolerationUpdate(spec: PodSpec, before: PodSpec): Errors {
  const given = spec.tolerations ?? [];
  for (const old of before.tolerations ?? []) {
    const kept = given.some((toleration) =>
      deepEqual({ ...old, tolerationSeconds: toleration.tolerationSeconds }, toleration),
    );
    if (!kept)
      return [
        FieldError.forbidden(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
  }
  return validateTolerations(given, 'spec.tolerations');
}

function validateGateUpdate(spec: PodSpec, before: PodSpec): Errors {
  const known = new Set((before.schedulingGates ?? []).map((gate) => gate.name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, i) =>
    known.has(name)
      ? []
      : [
          FieldError.forbidden(
            `spec.schedulingGates[${i}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** The new spec with all that may change as it was before. */
function mungedSpec(spec: PodSpec, before: PodSpec): PodSpec {
  const munged = deepCopy(spec);
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (munged[list] ?? []).entries()) container.image = before[list]?.[i]?.image;
  }
  munged.activeDeadlineSeconds = before.activeDeadlineSeconds;
  munged.schedulingGates = before.schedulingGates;
  munged.tolerations = before.tolerations;
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && munged.terminationGracePeriodSeconds === 1) {
    munged.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds;
  }
  return munged;
}

/** A Pod behind a scheduling gate may still get a narrower node selector. */
function applyGatedChanges(munged: PodSpec, before: PodSpec): Errors {
  const errors: Errors = [];
  const selector = munged.nodeSelector ?? {};
  for (const [key, value] of Object.entries(before.nodeSelector ?? {})) {
    if (selector[key] === value) continue;
    const only = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(FieldError.invalid('spec.nodeSelector', selector, only));
    break;
  }
  munged.nodeSelector = before.nodeSelector;
  return errors;
}

export function validatePodStatusUpdate(pod: Pod, old: Stored<Pod>): Errors {
  const errors: Errors = [];
  const nominated = pod.status?.nominatedNodeName;
  if (nominated && !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(nominated)) {
    errors.push(FieldError.invalid('status.nominatedNodeName', nominated, 'must be a valid node name'));
  }
  if (pod.spec?.nodeName !== old.spec?.nodeName)
    errors.push(FieldError.forbidden('spec.nodeName', 'may not be changed directly'));
  return errors;
}

/** The template of a controller. kubernetes: ValidatePodTemplateSpec */
export function validatePodTemplate(
  template: { metadata?: Pod['metadata']; spec?: PodSpec | undefined } | undefined,
  path: string,
): Errors {
  const spec = template?.spec ?? { containers: [] };
  const errors: Errors = [
    ...labels(template?.metadata?.labels, `${path}.labels`),
    ...annotations(template?.metadata?.annotations, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`, false),
  ];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(
      FieldError.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    );
  }
  return errors;
}
