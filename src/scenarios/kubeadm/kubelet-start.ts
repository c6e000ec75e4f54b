import { isRecord } from '../../cluster/api/object.ts';
import { FormatError } from '../../cluster/apimachinery/format-error.ts';
import { yamlToJson } from '../../cluster/apimachinery/yaml.ts';
import type { FileSystem } from '../../world/files/file-system.ts';
import { FlagError, readFlags } from '../components/flags.ts';

/** What a kubelet has read before it does anything. */
export interface KubeletSettings {
  /** Of its kubeconfig: `https://192.168.64.10:6443`. */
  readonly server: string;
  readonly staticPodPath: string;
  readonly runtimeEndpoint: string;
}

const KIND = 'KubeletConfiguration';
const VERSION = 'kubelet.config.k8s.io/v1beta1';
/** Types of fields that are often written wrongly. kubernetes: staging/src/k8s.io/kubelet/config/v1beta1/types.go */
const TYPES: Readonly<Record<string, string>> = {
  clusterDNS: '[]string',
  clusterDomain: 'string',
  staticPodPath: 'string',
  cgroupDriver: 'string',
  containerRuntimeEndpoint: 'string',
  maxPods: 'int32',
  port: 'int32',
  healthzPort: 'int32',
  failSwapOn: 'bool',
  rotateCertificates: 'bool',
  serializeImagePulls: 'bool',
};

/** Reads command line, configuration and kubeconfig. A text says why it cannot start: that of `"command failed" err=`. */
export function kubeletSettings(argv: readonly string[], files: FileSystem): KubeletSettings | string {
  let flags: ReadonlyMap<string, string>;
  try {
    flags = readFlags('kubelet', argv.slice(1));
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return `failed to parse kubelet flag: ${error.message}`;
  }
  const config = readConfig(flags.get('config') ?? '', files);
  if (typeof config === 'string') return config;
  const kubeconfig = readKubeconfig(flags, files);
  if ('problem' in kubeconfig) return `failed to run Kubelet: ${kubeconfig.problem}`;
  const authority = authorityProblem(config, files);
  if (authority !== undefined) return `failed to run Kubelet: ${authority}`;
  const text = (name: string) => (typeof config[name] === 'string' ? config[name] : '');
  return {
    server: kubeconfig.server,
    staticPodPath: flags.get('pod-manifest-path') ?? text('staticPodPath'),
    runtimeEndpoint: flags.get('container-runtime-endpoint') ?? text('containerRuntimeEndpoint'),
  };
}

/** kubernetes: cmd/kubelet/app/server.go loadConfigFile, pkg/kubelet/kubeletconfig/configfiles */
function readConfig(path: string, files: FileSystem): Readonly<Record<string, unknown>> | string {
  if (path === '') return {};
  const loading = `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error `;
  if (!files.exists(path))
    return `${loading}failed to read kubelet config file ${JSON.stringify(path)}, error: open ${path}: no such file or directory`;
  let config: unknown;
  try {
    config = readOnce(files.readText(path));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${loading}failed to decode: ${error.message}`;
  }
  if (!isRecord(config)) return `${loading}kubelet config file ${JSON.stringify(path)} was empty`;
  const { kind, apiVersion } = config;
  if (kind !== KIND || apiVersion !== VERSION)
    return `${loading}failed to decode: no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "pkg/runtime/scheme.go:111"`;
  for (const [name, type] of Object.entries(TYPES)) {
    const given = goKind(config[name]);
    if (given !== undefined && given !== goKindOf(type))
      return `${loading}failed to decode: json: cannot unmarshal ${given} into Go struct field ${KIND}.${name} of type ${type}`;
  }
  const errors = validationErrors(config);
  if (errors.length === 0) return config;
  const text = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
  return `failed to validate kubelet configuration, error: ${text}, path: &TypeMeta{Kind:,APIVersion:,}`;
}

/** What texts hold that were read before: the kubelets of all nodes, and of all worlds, have the same one, unless somebody edits it. */
const read = new Map<string, unknown>();
const REMEMBERED = 16;

function readOnce(text: string): unknown {
  if (!read.has(text)) {
    if (read.size >= REMEMBERED) read.clear();
    read.set(text, yamlToJson(text));
  }
  return read.get(text);
}

/** What encoding/json calls a value; undefined for one that is not there. */
function goKind(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const goKindOf = (type: string) => ({ '[]string': 'array', int32: 'number', bool: 'bool' })[type] ?? 'string';

/** kubernetes: pkg/kubelet/apis/config/validation */
function validationErrors(config: Readonly<Record<string, unknown>>): string[] {
  const errors: string[] = [];
  const wrong = (text: string) => errors.push(`invalid configuration: ${text}`);
  for (const [name, flag] of [
    ['healthzPort', '--healthz-port'],
    ['port', '--port'],
  ] as const) {
    const value = config[name];
    if (typeof value === 'number' && (value < 0 || value > 65_535))
      wrong(`${name} (${flag}) ${value} must be between 1 and 65535, inclusive`);
  }
  const { maxPods } = config;
  if (typeof maxPods === 'number' && maxPods < 0)
    wrong(`maxPods (--max-pods) ${maxPods} must not be a negative number`);
  return errors;
}

/** kubernetes: cmd/kubelet/app/server.go buildKubeletClientConfig */
function readKubeconfig(
  flags: ReadonlyMap<string, string>,
  files: FileSystem,
): { readonly server: string } | { readonly problem: string } {
  const path = flags.get('kubeconfig') ?? '';
  const bootstrap = flags.get('bootstrap-kubeconfig');
  const problem = (text: string) => ({ problem: text });
  if (!files.exists(path)) {
    if (bootstrap !== undefined && !files.exists(bootstrap))
      return problem(`unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`);
    if (bootstrap === undefined) return problem(`unable to load kubeconfig: stat ${path}: no such file or directory`);
    return problem('kubetutor does not model a kubelet that joins with a bootstrap kubeconfig alone');
  }
  const text = files.readText(path);
  let config: unknown;
  try {
    config = yamlToJson(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return problem(`unable to load kubeconfig: error loading config file ${JSON.stringify(path)}: ${error.message}`);
  }
  const cluster = firstOf(config, 'clusters', 'cluster');
  const user = firstOf(config, 'users', 'user');
  if (!cluster)
    return problem(
      'unable to load kubeconfig: invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    );
  for (const [holder, field, short] of [
    [user, 'client-certificate', 'client-cert'],
    [user, 'client-key', 'client-key'],
    [cluster, 'certificate-authority', 'certificate-authority'],
  ] as const) {
    const file = holder?.value[field];
    if (typeof file === 'string' && !files.exists(file))
      return problem(
        `unable to load kubeconfig: invalid configuration: unable to read ${short} ${file} for ${holder?.name} due to open ${file}: no such file or directory`,
      );
  }
  const data = cluster.value['certificate-authority-data'];
  if (typeof data === 'string' && !atobOrEmpty(data).includes('BEGIN CERTIFICATE'))
    return problem(
      'unable to configure TLS for the rest client: unable to load root certificates: unable to parse bytes as PEM block',
    );
  const { server } = cluster.value;
  return { server: typeof server === 'string' ? server : '' };
}

function atobOrEmpty(text: string): string {
  try {
    return atob(text.trim());
  } catch {
    return '';
  }
}

function firstOf(config: unknown, list: string, field: string) {
  const items = isRecord(config) ? config[list] : undefined;
  const [first] = Array.isArray(items) ? items : [];
  if (!isRecord(first)) return undefined;
  const value = first[field];
  return isRecord(value) ? { name: String(first['name'] ?? ''), value } : undefined;
}

function authorityProblem(config: Readonly<Record<string, unknown>>, files: FileSystem): string | undefined {
  const authentication = config['authentication'];
  const x509 = isRecord(authentication) ? authentication['x509'] : undefined;
  const path = isRecord(x509) ? x509['clientCAFile'] : undefined;
  if (typeof path !== 'string' || path === '') return undefined;
  if (!files.exists(path)) return `open ${path}: no such file or directory`;
  if (files.readText(path).includes('BEGIN CERTIFICATE')) return undefined;
  return `error loading CA bundle for "client-ca-bundle::${path}": data does not contain any valid RSA or ECDSA certificates`;
}
