import type {
  Container,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
  Volume,
} from '../../api/types.generated.ts';
import { Quantity } from '../../apimachinery/quantity.ts';

/** kubernetes: pkg/apis/core/v1/defaults.go */
export function setPodDefaults(pod: Pod): void {
  if (!pod.spec) return;
  setPodSpecDefaults(pod.spec);
  for (const container of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])])
    setRequestsFromLimits(container.resources);
  pod.spec.enableServiceLinks ??= true;
  // A negative period stands for the shortest there is. kubernetes: pkg/apis/core/v1/conversion.go
  if ((pod.spec.terminationGracePeriodSeconds ?? 0) < 0) pod.spec.terminationGracePeriodSeconds = 1;
}

export function setPodTemplateDefaults(template: PodTemplateSpec | undefined): void {
  if (template?.spec) setPodSpecDefaults(template.spec);
}

export function setPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ??= 'default-scheduler';
  // The older name always says the same. kubernetes: pkg/apis/core/v1/conversion.go
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  for (const container of spec.containers ?? []) setContainerDefaults(container, spec.hostNetwork === true);
  for (const container of spec.initContainers ?? []) setContainerDefaults(container, spec.hostNetwork === true);
  for (const container of spec.ephemeralContainers ?? []) setContainerDefaults(container, spec.hostNetwork === true);
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
}

function setContainerDefaults(container: Container, hostNetwork: boolean): void {
  container.imagePullPolicy ??= pullPolicyOf(container.image ?? '');
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  canonicalize(container.resources);
  for (const port of container.ports ?? []) {
    port.protocol ??= 'TCP';
    if (hostNetwork && !port.hostPort) port.hostPort = port.containerPort;
  }
  for (const variable of container.env ?? []) {
    if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ??= 'v1';
    if (variable.valueFrom?.resourceFieldRef) variable.valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
    if (probe) setProbeDefaults(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    if (handler?.httpGet) setHttpDefaults(handler.httpGet);
  }
}

/** A tag `latest`, or none, is pulled each time. kubernetes: SetDefaults_Container */
function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const name = image.slice(image.lastIndexOf('/') + 1);
  if (name.includes('@')) return 'IfNotPresent';
  const colon = name.lastIndexOf(':');
  return colon < 0 || name.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}

function setProbeDefaults(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.httpGet) setHttpDefaults(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function setHttpDefaults(get: NonNullable<Probe['httpGet']>): void {
  get.path ||= '/';
  get.scheme ??= 'HTTP';
}

function setVolumeDefaults(volume: Volume): void {
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  if (sources.length === 0) volume.emptyDir = {};
  if (volume.secret) volume.secret.defaultMode ??= 0o644;
  if (volume.configMap) volume.configMap.defaultMode ??= 0o644;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= 0o644;
    for (const item of volume.downwardAPI.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1';
  }
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.projected) {
    volume.projected.defaultMode ??= 0o644;
    for (const source of volume.projected.sources ?? []) {
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
      for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1';
    }
  }
  if (volume.iscsi) volume.iscsi.iscsiInterface ??= 'default';
  const claim = volume.ephemeral?.volumeClaimTemplate;
  if (claim?.spec) claim.spec.volumeMode ??= 'Filesystem';
}

/** Limits without requests are the requests too. kubernetes: SetDefaults_Pod */
function setRequestsFromLimits(resources: ResourceRequirements | undefined): void {
  if (!resources?.limits) return;
  for (const [name, value] of Object.entries(resources.limits)) {
    resources.requests ??= {};
    resources.requests[name] ??= value;
  }
}

/** The API server writes quantities in their canonical form. */
export function canonicalize(resources: { limits?: Amounts | undefined; requests?: Amounts | undefined }): void {
  for (const amounts of [resources.limits, resources.requests]) if (amounts) canonicalizeAmounts(amounts);
}

type Amounts = { [key: string]: string };

export function canonicalizeAmounts(amounts: Amounts): void {
  for (const [name, value] of Object.entries(amounts)) {
    const quantity = Quantity.tryFromJson(value);
    // The smallest amount is a thousandth.
    if (quantity) amounts[name] = quantity.roundUp(3).toString();
  }
}
