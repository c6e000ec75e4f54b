import type { PodDNSConfig, PodSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { inclusiveRangeError, validateDns1123SubdomainWithUnderscore } from '../../apimachinery/names.ts';
import { validateAmount, validatePodResources } from './compute-resources.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.ts';
import { dnsLabel, dnsSubdomain, type Errors, invalid, labels, oneOf, optionalOneOf, qualifiedName } from './field.ts';
import { legacyIp } from './ip.ts';
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.ts';
import { validateHostProcess, validatePodSecurityContext } from './security-context.ts';
import { validateVolumes } from './volumes.ts';

const MAX_INT32 = 2 ** 31 - 1;

/** `inPod`: a Pod itself, not a template. kubernetes: pkg/apis/core/validation/validation.go ValidatePodSpec */
export function validatePodSpec(spec: PodSpec, path: string, inPod: boolean): Errors {
  const { errors, valid } = validateVolumes(spec.volumes, `${path}.volumes`);
  errors.push(
    ...validateContainers(spec, valid, `${path}.containers`),
    ...validateInitContainers(spec, valid, `${path}.initContainers`),
    ...validateEphemeralContainers(spec, valid, `${path}.ephemeralContainers`),
    ...validatePodResources(spec, `${path}.resources`),
    ...validateHostPorts(spec, path, inPod),
    ...oneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], `${path}.restartPolicy`),
    ...oneOf(spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], `${path}.dnsPolicy`),
    ...labels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurityContext(spec, `${path}.securityContext`),
    ...validateHostProcess(spec, path),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...validateDnsConfig(spec.dnsConfig, spec.dnsPolicy ?? '', `${path}.dnsConfig`),
    ...(spec.readinessGates ?? []).flatMap((gate, i) =>
      qualifiedName(gate.conditionType, `${path}.readinessGates[${i}].conditionType`),
    ),
    ...validateSchedulingGates(spec, `${path}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`),
  );
  if (spec.serviceAccountName) errors.push(...dnsSubdomain(spec.serviceAccountName, `${path}.serviceAccountName`));
  if (spec.nodeName) errors.push(...dnsSubdomain(spec.nodeName, `${path}.nodeName`));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.push(FieldError.invalid(`${path}.activeDeadlineSeconds`, deadline, inclusiveRangeError(1, MAX_INT32)));
  }
  if (spec.hostname) errors.push(...dnsLabel(spec.hostname, `${path}.hostname`));
  if (spec.subdomain) errors.push(...dnsLabel(spec.subdomain, `${path}.subdomain`));
  errors.push(...validateTolerations(spec.tolerations, `${path}.tolerations`));
  for (const [i, alias] of (spec.hostAliases ?? []).entries()) {
    errors.push(...legacyIp(alias.ip, `${path}.hostAliases[${i}].ip`));
    for (const [j, name] of (alias.hostnames ?? []).entries()) {
      errors.push(...dnsSubdomain(name, `${path}.hostAliases[${i}].hostnames[${j}]`));
    }
  }
  if (spec.priorityClassName) errors.push(...dnsSubdomain(spec.priorityClassName, `${path}.priorityClassName`));
  if (spec.runtimeClassName !== undefined)
    errors.push(...dnsSubdomain(spec.runtimeClassName, `${path}.runtimeClassName`));
  errors.push(...optionalOneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], `${path}.preemptionPolicy`));
  for (const [name, amount] of Object.entries(spec.overhead ?? {}))
    errors.push(...validateAmount(name, amount, `${path}.overhead.limits[${name}]`));
  if (spec.os)
    errors.push(
      ...(spec.os.name
        ? optionalOneOf(spec.os.name, ['linux', 'windows'], `${path}.os`)
        : [FieldError.required(`${path}.os.name`)]),
    );
  return errors;
}

function validateHostPorts(spec: PodSpec, path: string, inPod: boolean): Errors {
  if (!spec.hostNetwork) return [];
  const errors: Errors = [];
  for (const [i, container] of (spec.containers ?? []).entries()) {
    for (const [j, port] of (container.ports ?? []).entries()) {
      const host = port.hostPort ?? 0;
      if (!(inPod || host !== 0) || host === port.containerPort) continue;
      const at = `${path}.containers[${i}].ports[${j}].hostPort`;
      errors.push(FieldError.invalid(at, host, 'must match `containerPort` when `hostNetwork` is true'));
    }
  }
  return errors;
}

function validateSchedulingGates(spec: PodSpec, path: string): Errors {
  const seen = new Set<string>();
  return (spec.schedulingGates ?? []).flatMap(({ name }, i) => {
    const errors = qualifiedName(name, `${path}[${i}]`);
    if (seen.has(name)) errors.push(FieldError.duplicate(`${path}[${i}]`, name));
    seen.add(name);
    return errors;
  });
}

const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_CHARACTERS = 2048;

function validateDnsConfig(config: PodDNSConfig | undefined, policy: string, path: string): Errors {
  const { nameservers = [], searches = [], options = [] } = config ?? {};
  if (policy === 'None') {
    if (!config) return [FieldError.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (nameservers.length === 0) {
      return [
        FieldError.required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
      ];
    }
  }
  const errors: Errors = [];
  if (nameservers.length > MAX_NAMESERVERS) {
    errors.push(
      FieldError.invalid(`${path}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`),
    );
  }
  for (const [i, server] of nameservers.entries()) errors.push(...legacyIp(server, `${path}.nameservers[${i}]`));
  if (searches.length > MAX_SEARCH_PATHS) {
    errors.push(
      FieldError.invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`),
    );
  }
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS) {
    const must = `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`;
    errors.push(FieldError.invalid(`${path}.searches`, searches, must));
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    errors.push(...invalid(`${path}.searches[${i}]`, name, validateDns1123SubdomainWithUnderscore(name)));
  }
  for (const [i, option] of options.entries()) {
    if (!option.name) errors.push(FieldError.required(`${path}.options[${i}]`, 'must not be empty'));
  }
  return errors;
}
