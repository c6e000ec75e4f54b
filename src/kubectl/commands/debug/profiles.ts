import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textsAt } from '../../json.ts';

/** What is made: a container in a Pod, a copy of a Pod, a Pod for a node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node';

/** Which parts of a Pod its copy keeps. */
export interface Keep {
  readonly labels: boolean;
  readonly annotations: boolean;
  readonly liveness: boolean;
  readonly readiness: boolean;
  readonly startup: boolean;
  readonly initContainers: boolean;
}

export const PROFILES = ['legacy', 'general', 'baseline', 'restricted', 'netadmin', 'sysadmin'];

/** The Pod with what a profile gives to its debug container. Raises KubectlError. kubernetes: kubectl/pkg/cmd/debug/profiles.go */
export function applyProfile(
  profile: string,
  pod: JsonObject,
  container: string,
  style: DebugStyle,
  keep: Keep,
): JsonObject {
  const change = (security: (old: JsonObject) => JsonObject | undefined) => (object: JsonObject) =>
    withContainer(object, container, (one) => {
      const { securityContext, ...rest } = one;
      const next = security(isObject(securityContext) ? securityContext : {});
      return next === undefined ? rest : { ...rest, securityContext: next };
    });
  const copied = (object: JsonObject) => (style === 'copy' ? sharing(stripped(object, keep)) : object);
  switch (profile) {
    case 'legacy':
      if (style === 'node') return onHost(withRoot(pod, container));
      return style === 'copy' ? withoutMetadata(pod, 'labels') : pod;
    case 'general':
      if (style === 'node') return onHost(change(() => undefined)(withRoot(pod, container)));
      return change(adding('SYS_PTRACE'))(copied(pod));
    case 'baseline':
      return copied(change(() => undefined)(pod));
    case 'restricted':
      return copied(change(() => RESTRICTED)(pod));
    case 'netadmin': {
      const able = change(adding('NET_ADMIN', 'NET_RAW'))(pod);
      return style === 'node' ? onHost(able) : copied(able);
    }
    case 'sysadmin': {
      const able = change((old) => ({ ...old, privileged: true }))(pod);
      return style === 'node' ? withRoot(onHost(able), container) : copied(able);
    }
    default:
      throw new KubectlError(`unknown profile: ${profile}`);
  }
}

const RESTRICTED: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

function adding(...names: string[]): (old: JsonObject) => JsonObject {
  return (old) => {
    const capabilities = objectAt(old, 'capabilities');
    return { ...old, capabilities: { ...capabilities, add: [...textsAt(capabilities, 'add'), ...names] } };
  };
}

/** Changes the first container of a name, whichever list it is in. */
export function withContainer(pod: JsonObject, name: string, change: (one: JsonObject) => JsonObject): JsonObject {
  const spec: JsonObject = { ...objectAt(pod, 'spec') };
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    const list = listAt(spec, field);
    const at = list.findIndex((one) => one['name'] === name);
    if (at < 0) continue;
    spec[field] = list.map((one, index) => (index === at ? change(one) : one));
    break;
  }
  return { ...pod, spec };
}

function withSpec(pod: JsonObject, changes: JsonObject): JsonObject {
  return { ...pod, spec: { ...objectAt(pod, 'spec'), ...changes } };
}

function onHost(pod: JsonObject): JsonObject {
  return withSpec(pod, { hostNetwork: true, hostPID: true, hostIPC: true });
}

function withRoot(pod: JsonObject, container: string): JsonObject {
  const volumes = [...listAt(pod, 'spec', 'volumes'), { name: 'host-root', hostPath: { path: '/' } }];
  return withContainer(withSpec(pod, { volumes }), container, (one) => ({
    ...one,
    volumeMounts: [...listAt(one, 'volumeMounts'), { mountPath: '/host', name: 'host-root' }],
  }));
}

function sharing(pod: JsonObject): JsonObject {
  return objectAt(pod, 'spec')['shareProcessNamespace'] === undefined
    ? withSpec(pod, { shareProcessNamespace: true })
    : pod;
}

function withoutMetadata(pod: JsonObject, field: string): JsonObject {
  const { [field]: _, ...metadata } = objectAt(pod, 'metadata');
  return { ...pod, metadata };
}

function stripped(given: JsonObject, keep: Keep): JsonObject {
  let pod = given;
  if (!keep.labels) pod = withoutMetadata(pod, 'labels');
  if (!keep.annotations) pod = withoutMetadata(pod, 'annotations');
  const { initContainers, ...spec } = objectAt(pod, 'spec');
  const kept = keep.initContainers && initContainers !== undefined ? { initContainers } : {};
  const containers = listAt(spec, 'containers').map((one) => {
    const { livenessProbe, readinessProbe, startupProbe, ...rest } = one;
    return {
      ...rest,
      ...(keep.liveness && livenessProbe !== undefined ? { livenessProbe } : {}),
      ...(keep.readiness && readinessProbe !== undefined ? { readinessProbe } : {}),
      ...(keep.startup && startupProbe !== undefined ? { startupProbe } : {}),
    };
  });
  return { ...pod, spec: { ...spec, ...kept, containers } };
}
