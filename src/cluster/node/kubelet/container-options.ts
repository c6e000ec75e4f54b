import { encode } from '../../../world/bytes.ts';
import { DEFAULT_PATH } from '../../../world/execute.ts';
import { DISK } from '../../../world/files/file-system.ts';
import { Directory, type Inode, RegularFile } from '../../../world/files/inode.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import { PidNamespace } from '../../../world/pids.ts';
import type { Process } from '../../../world/process.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import type { Image } from '../images/catalog.ts';
import type { ContainerOptions, Mount } from '../runtime/container.ts';
import type { ContainerState } from './container-state.ts';
import { ConfigError, expand, makeEnvironment } from './environment.ts';
import type { KubeletHost } from './host.ts';
import { credentialsOf, mustHaveProfile } from './security.ts';
import type { SetUpVolume } from './volumes.ts';

interface PodResources {
  readonly podIP: string;
  /** When the kubelet came to know the Pod, ms. */
  readonly seen: number;
  readonly network: NetworkNamespace;
  /** A table of processes that is not the container's own. */
  readonly pids: PidNamespace | undefined;
  /** What watches over its first process. */
  readonly keeper: Process | undefined;
  readonly volumes: ReadonlyMap<string, SetUpVolume>;
  readonly etc: ReadonlyMap<string, Inode>;
  readonly sharedMemory: Directory;
}

/** What the runtime is told to make. Raises ConfigError. kubernetes: kuberuntime_container.go generateContainerConfig */
export function makeContainerOptions(
  host: KubeletHost,
  pod: Stored<Pod>,
  state: ContainerState,
  image: Image,
  resources: PodResources,
): ContainerOptions {
  const { spec } = state;
  const hostname = pod.spec?.hostNetwork ? host.node.hostname : hostNameOf(host, pod);
  const declared = makeEnvironment(
    host.client,
    pod,
    spec,
    { podIP: resources.podIP, hostIP: host.nodeIP, seen: resources.seen },
    host.allocatable,
  );
  const credentials = credentialsOf(pod, spec, image, host.runtimeCapabilities?.());
  mustHaveProfile(pod, spec, (path) => host.node.files.exists(path));
  const env = new Map<string, string>([
    ['PATH', DEFAULT_PATH],
    ['HOSTNAME', hostname],
    ...Object.entries(image.config.env ?? {}),
    ...declared,
  ]);
  if (!env.has('HOME')) env.set('HOME', credentials.uid === 0 ? '/root' : '/');
  const lookup = (name: string) => declared.get(name);
  const command = (spec.command ?? []).map((word) => expand(word, lookup));
  const args = (spec.args ?? []).map((word) => expand(word, lookup));
  const argv =
    command.length > 0
      ? [...command, ...args]
      : [...(image.config.entrypoint ?? []), ...(args.length > 0 ? args : (image.config.command ?? []))];
  if (argv.length === 0) throw new ConfigError('no command specified');
  return {
    id: host.world.random.hex(64),
    name: spec.name,
    hostname,
    layer: image.layer,
    network: resources.network,
    argv,
    env,
    workingDirectory: spec.workingDir || image.config.workingDirectory || '/',
    credentials,
    mounts: mountsOf(host.world.now, state, resources, (text) => expandSubPath(text, lookup)),
    stdin: spec.stdin === true,
    stdinOnce: spec.stdinOnce === true,
    tty: spec.tty === true,
    facts: Object.fromEntries(host.node.facts),
    keeper: resources.keeper,
    pids: resources.pids ?? new PidNamespace(host.node.pids),
    ...(spec.resources?.limits?.['memory']
      ? { memoryLimit: Quantity.parse(spec.resources.limits['memory']).value() }
      : {}),
    ...(spec.resources?.limits?.['cpu']
      ? { cpuLimit: Quantity.parse(spec.resources.limits['cpu']).milliValue() / 1000 }
      : {}),
    ...sysctlsOf(pod),
    programs: host.node.programs,
    sharedMemory: resources.sharedMemory,
    readOnlyRoot: spec.securityContext?.readOnlyRootFilesystem === true,
  };
}

/** What the Pod sets of the kernel; numbers stand apart as the kernel shows them. */
function sysctlsOf({ spec }: Stored<Pod>): { sysctls?: Record<string, string> } {
  const given = spec?.securityContext?.sysctls ?? [];
  if (given.length === 0) return {};
  const paths = given.map(({ name, value }) => [name.replaceAll('.', '/'), value.trim().replace(/\s+/g, '\t')]);
  return { sysctls: Object.fromEntries(paths) };
}

/** kubernetes: pkg/kubelet/container/helpers.go ExpandContainerVolumeMounts: every variable must be there. */
function expandSubPath(text: string, lookup: (name: string) => string | undefined): string {
  return expand(text, (name) => {
    const value = lookup(name);
    if (value === undefined) throw new ConfigError(`missing value for ${name}`);
    return value;
  });
}

function mountsOf(
  now: number,
  state: ContainerState,
  resources: PodResources,
  expandText: (text: string) => string,
): Mount[] {
  const log = new RegularFile({ mode: 0o666, uid: 0, gid: 0, mtime: now });
  const mounts: Mount[] = [
    {
      path: state.spec.terminationMessagePath || '/dev/termination-log',
      source: log,
      readOnly: false,
      kind: DISK,
      from: '',
    },
  ];
  state.terminationLog = log;
  mounts.push(
    ...[...resources.etc].map(([path, source]) => ({ path, source, readOnly: false, kind: DISK, from: path })),
  );
  for (const mount of state.spec.volumeMounts ?? []) {
    const volume = resources.volumes.get(mount.name);
    if (!volume) continue;
    const subPath = mount.subPathExpr ? expandText(mount.subPathExpr) : mount.subPath;
    mounts.push({
      path: mount.mountPath,
      source: subPath ? below(volume.inode, subPath, mount.name, state.name) : volume.inode,
      readOnly: volume.readOnly || mount.readOnly === true,
      kind: volume.kind,
      from: volume.path,
    });
  }
  return mounts;
}

/** The file or directory at a subPath of a volume; a missing one becomes a directory. */
function below(root: Inode, subPath: string, volume: string, container: string): Inode {
  let at = root;
  for (const name of subPath.split('/').filter((part) => part !== '' && part !== '.')) {
    if (!(at instanceof Directory))
      throw new ConfigError(
        `failed to prepare subPath for volumeMount ${JSON.stringify(volume)} of container ${JSON.stringify(container)}`,
      );
    let next = at.entries.get(name);
    // Files of ConfigMaps are links into the directory of the moment.
    if (next?.kind === 'symlink') next = resolveData(at, name);
    if (!next) {
      // kubernetes: pkg/volume/util/subpath SafeMakeDir, as open as the volume itself
      next = new Directory({ mode: root.mode & 0o777, uid: 0, gid: 0, mtime: at.mtime });
      at.entries.set(name, next);
    }
    at = next;
  }
  return at;
}

function resolveData(root: Directory, name: string): Inode | undefined {
  for (const entry of root.entries.values()) {
    if (entry instanceof Directory && entry.entries.has(name)) return entry.entries.get(name);
  }
  return undefined;
}

/** /etc/hosts, /etc/resolv.conf and /etc/hostname, which the containers of a Pod share. */
export function writeEtcFiles(host: KubeletHost, pod: Stored<Pod>, podIP: string, etc: Map<string, Inode>): void {
  const put = (path: string, text: string) =>
    etc.set(path, new RegularFile({ mode: 0o644, uid: 0, gid: 0, mtime: host.world.now }, encode(text)));
  put('/etc/resolv.conf', resolvConf(host, pod));
  if (pod.spec?.hostNetwork) {
    const own = host.node.files.tryStat('/etc/hosts') ? host.node.files.readText('/etc/hosts') : '';
    put('/etc/hosts', `# Kubernetes-managed hosts file (host network).\n${own}${aliasesOf(pod)}`);
    put('/etc/hostname', `${host.node.hostname}\n`);
    return;
  }
  const hostname = (pod.spec?.hostname ?? pod.metadata.name).slice(0, 63);
  const subdomain = pod.spec?.subdomain;
  const names = subdomain
    ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.${host.clusterDomain}\t${hostname}`
    : hostname;
  put(
    '/etc/hosts',
    `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${podIP}\t${names}\n${aliasesOf(pod)}`,
  );
  put('/etc/hostname', `${hostNameOf(host, pod)}\n`);
}

/** What `hostname` says in a Pod. kubernetes: pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain */
function hostNameOf(host: KubeletHost, pod: Stored<Pod>): string {
  const { hostname = pod.metadata.name, subdomain, setHostnameAsFQDN } = pod.spec ?? {};
  const short = hostname.slice(0, 63);
  const whole = setHostnameAsFQDN && subdomain;
  return whole ? `${short}.${subdomain}.${pod.metadata.namespace}.svc.${host.clusterDomain}` : short;
}

function aliasesOf(pod: Stored<Pod>): string {
  const lines = (pod.spec?.hostAliases ?? []).map((alias) => `${alias.ip}\t${(alias.hostnames ?? []).join('\t')}\n`);
  return lines.length === 0 ? '' : `\n# Entries added by HostAliases.\n${lines.join('')}`;
}

/** kubernetes: pkg/kubelet/network/dns/dns.go GetPodDNS */
function resolvConf(host: KubeletHost, pod: Stored<Pod>): string {
  const namespace = pod.metadata.namespace ?? 'default';
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  const fromNode = host.node.files.tryStat('/etc/resolv.conf') ? host.node.files.readText('/etc/resolv.conf') : '';
  const config = pod.spec?.dnsConfig;
  const cluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec?.hostNetwork);
  const values = (key: string) =>
    [...fromNode.matchAll(new RegExp(`^${key}\\s+(.*)$`, 'gm'))].flatMap((match) =>
      (match[1] ?? '').trim().split(/\s+/),
    );
  const nodeSearch = values('search').filter((domain) => domain !== '.');
  let nameservers = policy === 'None' ? [] : cluster ? [host.clusterDns] : values('nameserver');
  let search =
    policy === 'None'
      ? []
      : cluster
        ? [`${namespace}.svc.${host.clusterDomain}`, `svc.${host.clusterDomain}`, host.clusterDomain, ...nodeSearch]
        : nodeSearch;
  let options = cluster ? ['ndots:5'] : policy === 'None' ? [] : values('options');
  nameservers = [...new Set([...nameservers, ...(config?.nameservers ?? [])])];
  search = [...new Set([...search, ...(config?.searches ?? [])])];
  for (const option of config?.options ?? []) {
    options = options.filter((text) => text.split(':')[0] !== option.name);
    options.push(option.value === undefined ? (option.name ?? '') : `${option.name}:${option.value}`);
  }
  const lines: string[] = [];
  if (search.length > 0) lines.push(`search ${search.join(' ')}`);
  for (const server of nameservers) lines.push(`nameserver ${server}`);
  if (options.length > 0) lines.push(`options ${options.join(' ')}`);
  return `${lines.join('\n')}\n`;
}
