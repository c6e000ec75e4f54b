import type { Container, ContainerPort, Pod, PodSpec, PodTemplateSpec } from '../../api/types.generated.ts';
import { Quantity } from '../../apimachinery/quantity.ts';

// kubernetes: pkg/api/pod/warnings.go

/** What the server warns of when it takes a Pod. */
export function podWarnings(pod: Pod): string[] {
  return pod.spec ? warningsFor(pod.spec, pod.metadata?.annotations ?? {}, '') : [];
}

/** The same for the template of a controller; `path` is `spec.template`. */
export function podTemplateWarnings(template: PodTemplateSpec | undefined, path: string): string[] {
  return template?.spec ? warningsFor(template.spec, template.metadata?.annotations ?? {}, `${path}.`) : [];
}

const LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};
const ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const VOLUMES = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const;

function warningsFor(spec: PodSpec, annotations: { [key: string]: string }, path: string): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {}).sort()) {
    const message = LABELS[key];
    if (message) warnings.push(`${path}spec.nodeSelector[${key}]: ${message}`);
  }
  for (const [i, { topologyKey, labelSelector }] of (spec.topologySpreadConstraints ?? []).entries()) {
    const at = `${path}spec.topologySpreadConstraints[${i}]`;
    const message = LABELS[topologyKey];
    if (message) warnings.push(`${at}.topologyKey: ${topologyKey} is ${message}`);
    if (!labelSelector) warnings.push(`${at}.labelSelector: a null labelSelector results in matching no pod`);
  }
  for (const [key, message] of Object.entries(ANNOTATIONS)) {
    if (annotations[key] !== undefined) warnings.push(`${path}metadata.annotations[${key}]: ${message}`);
  }
  warnings.push(...volumeWarnings(spec, path), ...repeated(spec, path));
  const containers = containersOf(spec, path);
  for (const { container, at } of containers) warnings.push(...containerWarnings(container, at));
  warnings.push(...portWarnings(containers));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const must = 'must be >= 0; negative values are invalid and will be treated as 1';
    warnings.push(`${path}spec.terminationGracePeriodSeconds: ${must}`);
  }
  return [...warnings, ...affinityWarnings(spec, path)];
}

function volumeWarnings(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    for (const [source, message] of Object.entries(VOLUMES)) {
      const shown = source === 'storageos' ? 'storageOS' : source;
      if (volume[source as keyof typeof VOLUMES]) warnings.push(`${path}spec.volumes[${i}].${shown}: ${message}`);
    }
  }
  for (const volume of spec.volumes ?? []) {
    for (const source of volume.projected?.sources ?? []) {
      if (Object.keys(source).length === 0)
        warnings.push(`volume "${volume.name}" (Projected) has no sources provided`);
    }
  }
  return warnings;
}

function repeated(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  const ips = new Set<string>();
  for (const [i, { ip }] of (spec.hostAliases ?? []).entries()) {
    if (ips.has(ip)) warnings.push(`${path}spec.hostAliases[${i}].ip: duplicate ip "${ip}"`);
    ips.add(ip);
  }
  const names = new Set<string>();
  for (const [i, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (names.has(name)) warnings.push(`${path}spec.imagePullSecrets[${i}].name: duplicate name "${name}"`);
    names.add(name);
  }
  for (const [i, { name }] of (spec.imagePullSecrets ?? []).entries()) {
    if (!name) warnings.push(`${path}spec.imagePullSecrets[${i}].name: invalid empty name ""`);
  }
  return warnings;
}

type Ported = Pick<Container, 'ports' | 'env' | 'resources'>;

function containersOf(spec: PodSpec, path: string): { container: Ported; at: string }[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i) => ({ container, at: `${path}spec.${list}[${i}]` })),
  );
}

function containerWarnings(container: Ported, path: string): string[] {
  const warnings: string[] = [];
  for (const name of ['memory', 'ephemeral-storage']) {
    for (const list of ['limits', 'requests'] as const) {
      const amount = container.resources?.[list]?.[name];
      if (amount === undefined || (Quantity.tryFromJson(amount)?.milliValue() ?? 0) % 1000 === 0) continue;
      warnings.push(
        `${path}.resources.${list}[${name}]: fractional byte value "${amount}" is invalid, must be an integer`,
      );
    }
  }
  const names = new Set<string>();
  for (const [i, { name, value = '', valueFrom }] of (container.env ?? []).entries()) {
    const reference = `$(${name})`;
    // A variable may build on one of the same name before it.
    const hides = valueFrom !== undefined || value === reference || !value.includes(reference);
    if (names.has(name) && hides) {
      warnings.push(`${path}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`);
    }
    names.add(name);
  }
  return warnings;
}

function portWarnings(containers: readonly { container: Ported; at: string }[]): string[] {
  const warnings: string[] = [];
  const known = new Map<string, { at: string; port: ContainerPort }[]>();
  const names = new Map<string, string>();
  const byName: string[] = [];
  for (const { container, at: path } of containers) {
    for (const [i, port] of (container.ports ?? []).entries()) {
      const at = `${path}.ports[${i}]`;
      const key = `${port.containerPort}/${port.protocol}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const relation = relationOf(port, other.port);
        if (relation) warnings.push(`${at}: ${relation} port definition with ${other.at}`);
      }
      known.set(key, [...others, { at, port }]);
      if (!port.name) continue;
      const first = names.get(port.name);
      if (first === undefined) names.set(port.name, at);
      else {
        byName.push(
          `${at}: duplicate port name "${port.name}" with ${first}, services and probes that select ports by name will use ${first}`,
        );
      }
    }
  }
  return [...warnings, ...byName];
}

function relationOf(port: ContainerPort, other: ContainerPort): string | undefined {
  const [ip, otherIp] = [port.hostIP ?? '', other.hostIP ?? ''];
  const [host, otherHost] = [port.hostPort ?? 0, other.hostPort ?? 0];
  if (ip === otherIp && host === otherHost) return 'duplicate';
  if (host === 0 || otherHost === 0) return 'overlapping';
  return host === otherHost && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined;
}

function affinityWarnings(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const at = `${path}spec.affinity.${kind}`;
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = spec.affinity?.[kind] ?? {};
    for (const [i, term] of required.entries()) {
      if (term.labelSelector) continue;
      warnings.push(
        `${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: a null labelSelector results in matching no pod`,
      );
    }
    for (const [i, term] of preferred.entries()) {
      if (term.podAffinityTerm?.labelSelector) continue;
      const where = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`;
      warnings.push(`${where}.labelSelector: a null labelSelector results in matching no pod`);
    }
  }
  return warnings;
}
