import { deepCopy, deepEqual, type Stored } from '../../api/object.ts';
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { qosClassOf } from '../qos.ts';
import type { Errors } from './field.ts';

const LISTS = ['initContainers', 'containers'] as const;
const MUTABLE = ['cpu', 'memory'];

/** Only resources and their policies pass through the subresource. kubernetes: pkg/registry/core/pod/strategy.go dropNonResizeUpdates */
export function keepResize(spec: PodSpec | undefined, before: PodSpec): PodSpec {
  const kept = deepCopy(before);
  for (const list of LISTS) {
    const given = spec?.[list] ?? [];
    // Another number or order of containers is for validation to refuse.
    if (given.length !== (before[list] ?? []).length || given.some((one, i) => one.name !== before[list]?.[i]?.name)) {
      kept[list] = given;
      continue;
    }
    for (const [i, container] of (kept[list] ?? []).entries()) {
      container.resources = given[i]?.resources;
      container.resizePolicy = given[i]?.resizePolicy;
    }
  }
  return kept;
}

/** What is asked of a resize beside a valid spec. kubernetes: pkg/apis/core/validation/validation.go ValidatePodResize */
export function validateResize(pod: Pod, old: Stored<Pod>): Errors {
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [FieldError.forbidden('[]', 'static pods cannot be resized')];
  if (old.spec?.os?.name === 'windows') return [FieldError.forbidden('[]', 'windows pods cannot be resized')];
  const spec = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const errors: Errors = [];
  const qos = old.status?.qosClass ?? qosClassOf(before);
  if (qos !== qosClassOf(spec))
    errors.push(FieldError.invalid('spec', qos, 'Pod QOS Class may not change as a result of resizing'));
  if (!supported(old)) errors.push(FieldError.forbidden('spec', 'Pod running on node without support for resize'));
  const ordered = LISTS.flatMap((list) => validateOrder(spec[list] ?? [], before[list] ?? [], `spec.${list}`));
  if (ordered.length > 0) return [...errors, ...ordered];
  for (const list of LISTS)
    for (const [i, container] of (before[list] ?? []).entries()) {
      const path = `spec.${list}[${i}].resources`;
      errors.push(...validateRemoved(spec[list]?.[i]?.resources, container.resources, path));
    }
  if (!deepEqual(withResourcesOf(spec, before), before))
    errors.push(FieldError.forbidden('spec', 'only cpu and memory resources are mutable'));
  return errors;
}

/** A kubelet that can resize says what running containers have. */
function supported(pod: Stored<Pod>): boolean {
  const running = (pod.status?.containerStatuses ?? []).find((status) => status.state?.running !== undefined);
  return running === undefined || running.resources !== undefined;
}

function validateOrder(given: readonly Container[], before: readonly Container[], path: string): Errors {
  if (given.length !== before.length)
    return [FieldError.forbidden(path, `${path.slice('spec.'.length)} may not be added or removed on resize`)];
  return given.flatMap((container, i) =>
    container.name === before[i]?.name
      ? []
      : [FieldError.forbidden(`${path}[${i}].name`, 'containers may not be renamed or reordered on resize')],
  );
}

function validateRemoved(
  given: ResourceRequirements | undefined,
  before: ResourceRequirements | undefined,
  path: string,
): Errors {
  const errors: Errors = [];
  for (const kind of ['limits', 'requests'] as const)
    if (Object.keys(before?.[kind] ?? {}).some((name) => given?.[kind]?.[name] === undefined))
      errors.push(FieldError.forbidden(`${path}.${kind}`, `resource ${kind} cannot be removed`));
  return errors;
}

/** The new spec with the processors and the memory of the old one, where a container may change them. */
function withResourcesOf(spec: PodSpec, before: PodSpec): PodSpec {
  const munged = deepCopy(spec);
  for (const list of LISTS)
    for (const [i, container] of (munged[list] ?? []).entries()) {
      const old = before[list]?.[i];
      if (list === 'initContainers' && old?.restartPolicy !== 'Always') continue;
      container.resizePolicy = old?.resizePolicy;
      for (const kind of ['limits', 'requests'] as const) {
        const amounts: { [name: string]: string } = { ...container.resources?.[kind] };
        for (const name of MUTABLE) {
          const value = old?.resources?.[kind]?.[name];
          if (value === undefined) delete amounts[name];
          else amounts[name] = value;
        }
        const kept = Object.keys(amounts).length > 0 || old?.resources?.[kind] !== undefined ? amounts : undefined;
        container.resources = { ...container.resources, [kind]: kept };
      }
    }
  return munged;
}
