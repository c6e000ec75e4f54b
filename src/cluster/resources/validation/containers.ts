import type { Container, EphemeralContainer, PodSpec, Volume } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validatePortName, validatePortNumber } from '../../apimachinery/value-names.ts';
import { validateResources } from './compute-resources.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { dnsLabel, type Errors, invalid, oneOf, optionalOneOf, required } from './field.ts';
import { validateLifecycle, validateLivenessProbe, validateReadinessProbe } from './probes.ts';
import { validateSecurityContext } from './security-context.ts';
import { descendingPath } from './volumes.ts';

// kubernetes: pkg/apis/core/validation/validation.go validateContainers and what it calls

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
type Volumes = ReadonlyMap<string, Volume>;

export function validateContainers(spec: PodSpec, volumes: Volumes, path: string): Errors {
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [FieldError.required(path)];
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [i, container] of containers.entries()) {
    const at = `${path}[${i}]`;
    errors.push(...validateCommon(container, spec, volumes, at));
    if (names.has(container.name)) errors.push(FieldError.duplicate(`${at}.name`, container.name));
    names.add(container.name);
    errors.push(...validateHooks(container, spec, at), ...validateRestartPolicy(container, at));
  }
  return [...errors, ...hostPortConflicts(containers, path)];
}

export function validateInitContainers(spec: PodSpec, volumes: Volumes, path: string): Errors {
  const errors: Errors = [];
  const names = new Set((spec.containers ?? []).map((container) => container.name));
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = `${path}[${i}]`;
    errors.push(...validateCommon(container, spec, volumes, at), ...validateRestartPolicy(container, at));
    if (names.has(container.name)) errors.push(FieldError.duplicate(`${at}.name`, container.name));
    else if (container.name) names.add(container.name);
    errors.push(...hostPortConflicts([container], path));
    if (container.restartPolicy === 'Always') errors.push(...validateHooks(container, spec, at));
    else {
      for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (!container[name]) continue;
        errors.push(
          FieldError.forbidden(`${at}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
        );
      }
    }
  }
  return errors;
}

const EPHEMERAL_FORBIDDEN = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function validateEphemeralContainers(spec: PodSpec, volumes: Volumes, path: string): Errors {
  const errors: Errors = [];
  const others = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.name),
  );
  const names = new Set(others);
  for (const [i, container] of (spec.ephemeralContainers ?? []).entries()) {
    const at = `${path}[${i}]`;
    errors.push(...validateCommon(container, spec, volumes, at), ...validateImageBlanks(container, at));
    if (names.has(container.name)) errors.push(FieldError.duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.push(FieldError.notFound(`${at}.targetContainerName`, target));
    for (const name of EPHEMERAL_FORBIDDEN) {
      const given = container[name];
      if (!given || Object.keys(given).length === 0) continue;
      errors.push(FieldError.forbidden(`${at}.${name}`, 'cannot be set for an Ephemeral Container'));
    }
    for (const [j, mount] of (container.volumeMounts ?? []).entries()) {
      for (const name of ['subPath', 'subPathExpr'] as const) {
        if (!mount[name]) continue;
        errors.push(
          FieldError.forbidden(`${at}.volumeMounts[${j}].${name}`, 'cannot be set for an Ephemeral Container'),
        );
      }
    }
  }
  return errors;
}

/** kubernetes: validateContainersOnlyForPod: Pod templates are not checked for it. */
export function validateImages(containers: readonly Container[] | undefined, path: string): Errors {
  return (containers ?? []).flatMap((container, i) => validateImageBlanks(container, `${path}[${i}]`));
}

export function validateImageBlanks({ image = '' }: { image?: string | undefined }, path: string): Errors {
  return image.trim() === image
    ? []
    : [FieldError.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

function validateCommon(
  container: Container | EphemeralContainer,
  spec: PodSpec,
  volumes: Volumes,
  path: string,
): Errors {
  return [
    ...(container.name ? dnsLabel(container.name, `${path}.name`) : [FieldError.required(`${path}.name`)]),
    ...required(container.image, `${path}.image`),
    ...oneOf(container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], `${path}.terminationMessagePolicy`),
    ...validatePorts(container, `${path}.ports`),
    ...validateEnv(container.env, `${path}.env`),
    ...validateEnvFrom(container.envFrom, `${path}.envFrom`),
    ...validateMounts(container, volumes, `${path}.volumeMounts`),
    ...validateDevices(container, volumes, `${path}.volumeDevices`),
    ...oneOf(container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], `${path}.imagePullPolicy`),
    ...validateResources(container.resources, `${path}.resources`),
    ...validateResizePolicy(container, spec, `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, `${path}.securityContext`, spec.hostUsers ?? true),
  ];
}

function validateHooks(container: Container, spec: PodSpec, path: string): Errors {
  return [
    ...validateLifecycle(container.lifecycle, `${path}.lifecycle`, spec.terminationGracePeriodSeconds),
    ...validateLivenessProbe(container.livenessProbe, `${path}.livenessProbe`),
    ...validateReadinessProbe(container.readinessProbe, `${path}.readinessProbe`),
    ...validateLivenessProbe(container.startupProbe, `${path}.startupProbe`),
  ];
}

function validateRestartPolicy(container: Container, path: string): Errors {
  const rules = container.restartPolicyRules ?? [];
  if (container.restartPolicy !== undefined) {
    return optionalOneOf(container.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`);
  }
  if (rules.length === 0) return [];
  return [FieldError.required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used')];
}

function validatePorts(container: Container | EphemeralContainer, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [i, port] of (container.ports ?? []).entries()) {
    const at = `${path}[${i}]`;
    if (port.name) {
      const wrong = invalid(`${at}.name`, port.name, validatePortName(port.name));
      if (wrong.length > 0) errors.push(...wrong);
      else if (names.has(port.name)) errors.push(FieldError.duplicate(`${at}.name`, port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) errors.push(FieldError.required(`${at}.containerPort`));
    else errors.push(...invalid(`${at}.containerPort`, port.containerPort, validatePortNumber(port.containerPort)));
    if (port.hostPort) errors.push(...invalid(`${at}.hostPort`, port.hostPort, validatePortNumber(port.hostPort)));
    errors.push(...oneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`));
  }
  return errors;
}

function hostPortConflicts(containers: readonly Container[], path: string): Errors {
  const seen = new Set<string>();
  const errors: Errors = [];
  for (const [i, container] of containers.entries()) {
    for (const [j, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue;
      const text = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (seen.has(text)) errors.push(FieldError.duplicate(`${path}[${i}].ports[${j}].hostPort`, text));
      seen.add(text);
    }
  }
  return errors;
}

function validateMounts(container: Container | EphemeralContainer, volumes: Volumes, path: string): Errors {
  const errors: Errors = [];
  const points = new Set<string>();
  const devices = new Map((container.volumeDevices ?? []).map((device) => [device.name, device.devicePath]));
  const devicePaths = new Set(devices.values());
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}[${i}]`;
    if (!mount.name) errors.push(FieldError.required(`${at}.name`));
    if (!volumes.has(mount.name)) errors.push(FieldError.notFound(`${at}.name`, mount.name));
    if (!mount.mountPath) errors.push(FieldError.required(`${at}.mountPath`));
    if (points.has(mount.mountPath))
      errors.push(FieldError.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    points.add(mount.mountPath);
    if (devices.has(mount.name))
      errors.push(FieldError.invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices'));
    if (devicePaths.has(mount.mountPath)) {
      errors.push(
        FieldError.invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'),
      );
    }
    // These paths lack the index, as upstream's do.
    if (mount.subPath) errors.push(...descendingPath(mount.subPath, `${path}.subPath`));
    if (mount.subPathExpr) {
      if (mount.subPath) {
        errors.push(
          FieldError.invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
        );
      }
      errors.push(...descendingPath(mount.subPathExpr, `${path}.subPathExpr`));
    }
    const supported = ['Bidirectional', 'HostToContainer', 'None'];
    errors.push(...optionalOneOf(mount.mountPropagation, supported, `${path}.mountPropagation`));
    if (mount.mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
      const why = 'Bidirectional mount propagation is available only to privileged containers';
      errors.push(FieldError.forbidden(`${path}.mountPropagation`, why));
    }
    if (mount.recursiveReadOnly && mount.recursiveReadOnly !== 'Disabled' && !mount.readOnly) {
      errors.push(FieldError.forbidden(`${path}.recursiveReadOnly`, 'may only be specified when readOnly is true'));
    }
  }
  return errors;
}

function validateDevices(container: Container | EphemeralContainer, volumes: Volumes, path: string): Errors {
  const errors: Errors = [];
  for (const [i, device] of (container.volumeDevices ?? []).entries()) {
    const at = `${path}[${i}]`;
    const volume = volumes.get(device.name);
    if (!device.name) errors.push(FieldError.required(`${at}.name`));
    if (!volume) errors.push(FieldError.notFound(`${at}.name`, device.name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
      const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(FieldError.invalid(`${at}.name`, device.name, why));
    }
    if (!device.devicePath) errors.push(FieldError.required(`${at}.devicePath`));
    if (container.volumeMounts?.some((mount) => mount.name === device.name)) {
      errors.push(FieldError.invalid(`${at}.name`, device.name, 'must not already exist in volumeMounts'));
    }
  }
  return errors;
}

function validateResizePolicy(container: Container | EphemeralContainer, spec: PodSpec, path: string): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [i, policy] of (container.resizePolicy ?? []).entries()) {
    if (seen.has(policy.resourceName)) errors.push(FieldError.duplicate(`${path}[${i}]`, policy.resourceName));
    seen.add(policy.resourceName);
    errors.push(...oneOf(policy.resourceName, ['cpu', 'memory'], path));
    errors.push(...oneOf(policy.restartPolicy, ['NotRequired', 'RestartContainer'], path));
    if (spec.restartPolicy === 'Never' && policy.restartPolicy !== 'NotRequired') {
      errors.push(
        FieldError.invalid(path, policy.restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"),
      );
    }
  }
  return errors;
}
