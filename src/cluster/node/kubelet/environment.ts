import type { Client } from '../../api/client.ts';
import { CONFIG_MAPS, SECRETS, SERVICES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Container, EnvVar, EnvVarSource, Pod } from '../../api/types.generated.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { validateRelaxedEnvVarName } from '../../apimachinery/value-names.ts';

/** A container cannot be made because of its configuration: the text of CreateContainerConfigError. */
export class ConfigError extends Error {
  constructor(
    message: string,
    readonly reason: 'CreateContainerConfigError' | 'CreateContainerError' = 'CreateContainerConfigError',
  ) {
    super(message);
  }
}

export interface PodAddresses {
  readonly podIP: string;
  readonly hostIP: string;
  /** When the kubelet came to know the Pod, ms. */
  readonly seen: number;
}

/** The variables of a container, in order. Raises ConfigError. kubernetes: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables */
export function makeEnvironment(
  client: Client,
  pod: Stored<Pod>,
  container: Container,
  addresses: PodAddresses,
  allocatable: { readonly cpu: string; readonly memory: string },
): Map<string, string> {
  const result = new Map<string, string>();
  for (const source of container.envFrom ?? []) addFrom(client, pod, source, result);
  const services = serviceVariables(client, pod);
  const known = new Map(result);
  for (const variable of container.env ?? []) {
    const value = variableValue(client, pod, container, variable, addresses, allocatable, (text) =>
      expand(text, (name) => known.get(name) ?? services.get(name)),
    );
    if (value === undefined) continue;
    result.set(variable.name, value);
    known.set(variable.name, value);
  }
  for (const [name, value] of services) if (!result.has(name)) result.set(name, value);
  return result;
}

function addFrom(
  client: Client,
  pod: Stored<Pod>,
  source: NonNullable<Container['envFrom']>[number],
  result: Map<string, string>,
): void {
  const namespace = pod.metadata.namespace ?? '';
  const prefix = source.prefix ?? '';
  if (source.configMapRef) {
    const { name = '', optional } = source.configMapRef;
    const object = client.get(CONFIG_MAPS, namespace, name);
    if (!object && !optional) throw new ConfigError(`configmap "${name}" not found`);
    for (const [key, value] of Object.entries(object?.data ?? {})) addVariable(result, prefix + key, value);
  }
  if (source.secretRef) {
    const { name = '', optional } = source.secretRef;
    const object = client.get(SECRETS, namespace, name);
    if (!object && !optional) throw new ConfigError(`secret "${name}" not found`);
    for (const [key, value] of Object.entries(object?.data ?? {})) addVariable(result, prefix + key, fromBase64(value));
  }
}

function addVariable(result: Map<string, string>, name: string, value: string): void {
  if (validateRelaxedEnvVarName(name).length === 0) result.set(name, value);
}

export function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
}

function variableValue(
  client: Client,
  pod: Stored<Pod>,
  container: Container,
  variable: EnvVar,
  addresses: PodAddresses,
  allocatable: { readonly cpu: string; readonly memory: string },
  expandText: (text: string) => string,
): string | undefined {
  const source = variable.valueFrom;
  if (!source) return expandText(variable.value ?? '');
  if (source.fieldRef) return fieldValue(pod, source.fieldRef.fieldPath, addresses);
  if (source.resourceFieldRef) return resourceValue(pod, container, source.resourceFieldRef, allocatable);
  return keyValue(client, pod, source);
}

function keyValue(client: Client, pod: Stored<Pod>, source: EnvVarSource): string | undefined {
  const namespace = pod.metadata.namespace ?? '';
  if (source.configMapKeyRef) {
    const { name = '', key, optional } = source.configMapKeyRef;
    const object = client.get(CONFIG_MAPS, namespace, name);
    if (!object) {
      if (optional) return undefined;
      throw new ConfigError(`configmap "${name}" not found`);
    }
    const value = object.data?.[key];
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return value;
  }
  if (source.secretKeyRef) {
    const { name = '', key, optional } = source.secretKeyRef;
    const object = client.get(SECRETS, namespace, name);
    if (!object) {
      if (optional) return undefined;
      throw new ConfigError(`secret "${name}" not found`);
    }
    const value = object.data?.[key];
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return value === undefined ? undefined : fromBase64(value);
  }
  return undefined;
}

/** What a downward API path stands for. kubernetes: pkg/fieldpath/fieldpath.go */
export function fieldValue(pod: Stored<Pod>, path: string, addresses: PodAddresses): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) {
    const map = subscript[1] === 'labels' ? pod.metadata.labels : annotationsOf(pod, addresses.seen);
    return map?.[subscript[2] ?? ''] ?? '';
  }
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(annotationsOf(pod, addresses.seen));
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return addresses.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return addresses.podIP;
    default:
      return '';
  }
}

/** The kubelet's own copy of a Pod says where it comes from. kubernetes: pkg/kubelet/config/config.go updateAnnotations */
function annotationsOf({ metadata }: Stored<Pod>, seen: number): { [key: string]: string } {
  return {
    'kubernetes.io/config.seen': new Date(seen).toISOString().replace('Z', '000000Z'),
    'kubernetes.io/config.source': 'api',
    ...metadata.annotations,
  };
}

function formatMap(map: { [key: string]: string } | undefined): string {
  return Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify(map?.[key] ?? '')}`)
    .join('\n');
}

/** kubernetes: pkg/api/v1/resource/helpers.go ExtractContainerResourceValue */
export function resourceValue(
  pod: Stored<Pod>,
  own: Container,
  reference: { containerName?: string | undefined; resource: string; divisor?: string | undefined },
  allocatable: { readonly cpu: string; readonly memory: string },
): string {
  const container = reference.containerName
    ? (pod.spec?.containers?.find((candidate) => candidate.name === reference.containerName) ?? own)
    : own;
  const [kind = '', ...rest] = reference.resource.split('.');
  const name = rest.join('.');
  const amounts = kind === 'limits' ? container.resources?.limits : container.resources?.requests;
  let value = amounts?.[name];
  if (value === undefined && kind === 'limits')
    value = name === 'cpu' ? allocatable.cpu : name === 'memory' ? allocatable.memory : undefined;
  const divisor = Quantity.parse(!reference.divisor || reference.divisor === '0' ? '1' : reference.divisor);
  const amount = Quantity.parse(value ?? '0');
  if (name === 'cpu') return String(Math.ceil(amount.milliValue() / divisor.milliValue()));
  return String(Math.ceil(amount.value() / Math.max(1, divisor.value())));
}

/** `$(NAME)`, and `$$` for a dollar sign. kubernetes: third_party/forked/golang/expansion/expand.go */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char !== '$') out += char;
    else if (next === '$') {
      out += '$';
      at++;
    } else if (next === '(') {
      const end = text.indexOf(')', at);
      if (end < 0) {
        out += '$';
        continue;
      }
      const name = text.slice(at + 2, end);
      out += lookup(name) ?? `$(${name})`;
      at = end;
    } else out += '$';
  }
  return out;
}

/** Variables for the Services of the Pod's namespace, and for the API server's. kubernetes: pkg/kubelet/envvars/envvars.go */
function serviceVariables(client: Client, pod: Stored<Pod>): Map<string, string> {
  const variables = new Map<string, string>();
  const namespace = pod.metadata.namespace ?? '';
  const api = client.get(SERVICES, 'default', 'kubernetes');
  const services = pod.spec?.enableServiceLinks === false ? [] : client.list(SERVICES, namespace);
  for (const service of api && namespace !== 'default'
    ? [api, ...services]
    : services.length > 0
      ? services
      : api
        ? [api]
        : []) {
    const ip = service.spec?.clusterIP;
    const ports = service.spec?.ports ?? [];
    const [first] = ports;
    if (!ip || ip === 'None' || !first) continue;
    const prefix = service.metadata.name.toUpperCase().replace(/-/g, '_');
    variables.set(`${prefix}_SERVICE_HOST`, ip);
    variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const port of ports) {
      if (port.name)
        variables.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replace(/-/g, '_')}`, String(port.port));
    }
    const url = (port: { protocol?: string | undefined; port: number }) =>
      `${(port.protocol ?? 'TCP').toLowerCase()}://${ip}:${port.port}`;
    variables.set(`${prefix}_PORT`, url(first));
    for (const port of ports) {
      const protocol = port.protocol ?? 'TCP';
      const name = `${prefix}_PORT_${port.port}_${protocol}`;
      variables.set(name, url(port));
      variables.set(`${name}_PROTO`, protocol.toLowerCase());
      variables.set(`${name}_PORT`, String(port.port));
      variables.set(`${name}_ADDR`, ip);
    }
  }
  return variables;
}
