import type { AppArmorProfile, PodSpec, SeccompProfile, SecurityContext } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateGroupId, validateUserId } from '../../apimachinery/value-names.ts';
import { type Errors, invalid, oneOf, optionalOneOf } from './field.ts';
import { internalSecurityContext } from './internal-form.ts';
import { descendingPath } from './volumes.ts';

// kubernetes: pkg/apis/core/validation/validation.go ValidateSecurityContext, validatePodSpecSecurityContext

const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

/** `hostUsers`: whether the Pod shares the host's user namespace, as it does unless told otherwise. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  path: string,
  hostUsers: boolean,
): Errors {
  if (!context) return [];
  const errors: Errors = [
    ...ids(context.runAsUser, `${path}.runAsUser`, validateUserId),
    ...ids(context.runAsGroup, `${path}.runAsGroup`, validateGroupId),
    ...optionalOneOf(context.procMount, ['Default', 'Unmasked'], `${path}.procMount`),
    ...(hostUsers && context.procMount === 'Unmasked'
      ? [FieldError.invalid(`${path}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`),
  ];
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) {
      errors.push(
        FieldError.invalid(
          path,
          internalSecurityContext(context),
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        ),
      );
    }
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      errors.push(
        FieldError.invalid(
          path,
          internalSecurityContext(context),
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        ),
      );
    }
  }
  return [...errors, ...validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`)];
}

/** Containers of Windows that are processes of the host: all of a Pod or none. kubernetes: validateWindowsHostProcessPod */
export function validateHostProcess(spec: PodSpec, path: string): Errors {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const own = containers.filter(
    ({ securityContext }) => securityContext?.windowsOptions?.hostProcess ?? ofPod ?? false,
  );
  if (own.length === 0) return [];
  const errors: Errors = [];
  if (own.length !== containers.length)
    errors.push(
      FieldError.invalid(
        path,
        '',
        'If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ),
    );
  if (!spec.hostNetwork)
    errors.push(
      FieldError.invalid(
        `${path}.hostNetwork`,
        false,
        'hostNetwork must be true if pod contains any hostProcess containers',
      ),
    );
  return errors;
}

export function validatePodSecurityContext(spec: PodSpec, path: string): Errors {
  const context = spec.securityContext;
  if (!context) return [];
  const errors: Errors = [
    ...ids(context.fsGroup, `${path}.fsGroup`, validateGroupId),
    ...ids(context.runAsUser, `${path}.runAsUser`, validateUserId),
    ...ids(context.runAsGroup, `${path}.runAsGroup`, validateGroupId),
    ...(context.supplementalGroups ?? []).flatMap((group, i) =>
      ids(group, `${path}.supplementalGroups[${i}]`, validateGroupId),
    ),
  ];
  if (spec.shareProcessNamespace && spec.hostPID) {
    errors.push(
      FieldError.invalid(
        `${path}.shareProcessNamespace`,
        true,
        'ShareProcessNamespace and HostPID cannot both be enabled',
      ),
    );
  }
  const names = new Set<string>();
  for (const [i, { name }] of (context.sysctls ?? []).entries()) {
    const at = `${path}.sysctls[${i}].name`;
    if (!name) errors.push(FieldError.required(at));
    else if (name.length > 253 || !new RegExp(SYSCTL).test(name)) {
      errors.push(FieldError.invalid(at, name, `must have at most 253 characters and match regex ${SYSCTL}`));
    } else if (names.has(name)) errors.push(FieldError.duplicate(at, name));
    if (spec.hostNetwork && /^net[./]/.test(name)) {
      errors.push(FieldError.invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    }
    names.add(name);
  }
  return [
    ...errors,
    ...optionalOneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], `${path}.fsGroupChangePolicy`),
    ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`),
    ...validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`),
    ...optionalOneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], `${path}.supplementalGroupsPolicy`),
    ...optionalOneOf(context.seLinuxChangePolicy, ['MountOption', 'Recursive'], `${path}.seLinuxChangePolicy`),
  ];
}

function ids(value: number | undefined, path: string, rule: (id: number) => string[]): Errors {
  return value === undefined ? [] : invalid(path, value, rule(value));
}

function validateSeccomp(profile: SeccompProfile | undefined, path: string): Errors {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const errors: Errors = type
    ? oneOf(type, ['Localhost', 'RuntimeDefault', 'Unconfined'], `${path}.type`)
    : [FieldError.required(`${path}.type`, 'type is required when seccompProfile is set')];
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return errors;
    return [
      ...errors,
      FieldError.invalid(
        `${path}.localhostProfile`,
        { Type: type, LocalhostProfile: localhostProfile },
        'can only be set when seccomp type is Localhost',
      ),
    ];
  }
  if (localhostProfile !== undefined)
    return [...errors, ...descendingPath(localhostProfile, `${path}.localhostProfile`)];
  return [...errors, FieldError.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')];
}

function validateAppArmor(profile: AppArmorProfile | undefined, path: string): Errors {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const supported = ['Localhost', 'RuntimeDefault', 'Unconfined'];
  const at = `${path}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined) return [FieldError.required(at, 'must be set when AppArmor type is Localhost')];
    return localhostProfile.trim() === localhostProfile && localhostProfile !== ''
      ? []
      : [FieldError.invalid(at, localhostProfile, 'must not be padded with whitespace')];
  }
  if (!type) return [FieldError.required(`${path}.type`, 'type is required when appArmorProfile is set')];
  if (!supported.includes(type)) return [FieldError.notSupported(`${path}.type`, type, supported)];
  return localhostProfile === undefined
    ? []
    : [FieldError.invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
}
