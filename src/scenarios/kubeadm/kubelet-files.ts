import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Volume } from '../../cluster/api/types.generated.ts';
import type { Image } from '../../cluster/node/images/catalog.ts';
import type { Kubelet } from '../../cluster/node/kubelet/kubelet.ts';
import type { PodWorker } from '../../cluster/node/kubelet/pod-worker.ts';
import { encode } from '../../world/bytes.ts';
import { digest } from '../../world/describe.ts';
import { Directory, type Inode, RegularFile, Special } from '../../world/files/inode.ts';
import { ComputedDirectory } from '../../world/files/procfs.ts';
import type { Machine } from '../../world/machine.ts';

const FOLDER = '/var/lib/kubelet';

/** What a kubelet keeps in its folder beside what kubeadm writes there. kubernetes: pkg/kubelet/config/defaults.go */
export function showKubeletFiles(machine: Machine, socket: string, kubelet: () => Kubelet): void {
  const { files, bootTime } = machine;
  files.makeDirectories(FOLDER);
  const put = (name: string, mode: number, make: () => string) => {
    const file = new RegularFile({ mode, uid: 0, gid: 0, mtime: bootTime });
    file.computed = () => encode(make());
    files.place(`${FOLDER}/${name}`, file);
  };
  const folder = (name: string, mode: number, make: () => Map<string, Inode>) =>
    files.place(`${FOLDER}/${name}`, new ComputedDirectory(bootTime, make, mode));
  files.writeFile(
    `${FOLDER}/instance-config.yaml`,
    `containerRuntimeEndpoint: ${JSON.stringify(`unix://${socket}`)}\n`,
  );
  put('cpu_manager_state', 0o600, () => '{"policyName":"none","defaultCpuSet":"","checksum":1353318690}');
  put('memory_manager_state', 0o600, () => '{"policyName":"None","machineState":{},"checksum":4236770233}');
  put(
    'dra_manager_state',
    0o600,
    () =>
      '{"Data":"{\\"kind\\":\\"DRACheckpoint\\",\\"apiVersion\\":\\"checkpoint.dra.kubelet.k8s.io/v1\\",\\"ClaimInfoStateList\\":[]}","Checksum":2361995144}',
  );
  const resources = () => checkpoint(resourceEntries([...kubelet().workers.values()]));
  put('allocated_pods_state', 0o600, resources);
  put('actuated_pods_state', 0o600, resources);
  files.makeDirectory(`${FOLDER}/checkpoints`, undefined, 0o700);
  for (const name of ['plugins', 'plugins_registry']) files.makeDirectory(`${FOLDER}/${name}`, undefined, 0o750);
  folder('device-plugins', 0o755, () => socketOf(kubelet(), bootTime));
  folder('pod-resources', 0o750, () => socketOf(kubelet(), bootTime));
  folder('image_manager', 0o700, () => imageManager(kubelet().images(), bootTime));
  folder('pods', 0o750, () => {
    const kept = [...kubelet().workers.values()].filter((worker) => worker.hasFolder);
    return new Map(kept.map((worker): [string, Inode] => [worker.pod.metadata.uid, podFolder(worker)]));
  });
}

function socketOf(kubelet: Kubelet, mtime: number): Map<string, Inode> {
  if (!kubelet.running) return new Map();
  return new Map([['kubelet.sock', new Special({ mode: 0o755, uid: 0, gid: 0, mtime }, 'socket')]]);
}

/** kubernetes: pkg/kubelet/images/pullmanager: a file for each image that was pulled, and for each that is being pulled. */
function imageManager(images: readonly Image[], mtime: number): Map<string, Inode> {
  const meta = { mode: 0o600, uid: 0, gid: 0, mtime };
  const records = images.map(({ name, digest: imageRef }): [string, Inode] => {
    const record = {
      kind: 'ImagePulledRecord',
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      lastUpdatedTime: new Date(mtime).toISOString().replace(/\.\d+Z$/, 'Z'),
      imageRef,
      credentialMapping: { [name.replace(/^docker\.io\/(library\/)?/, '')]: { nodePodsAccessible: true } },
    };
    const file = new RegularFile(meta, encode(`${JSON.stringify(record)}\n`));
    return [`sha256-${bytesToHex(sha256(encode(imageRef)))}`, file];
  });
  return new Map([
    ['pulled', new ComputedDirectory(mtime, () => new Map(records), 0o700)],
    ['pulling', new ComputedDirectory(mtime, () => new Map(), 0o700)],
  ]);
}

function resourceEntries(workers: readonly PodWorker[]): Readonly<Record<string, unknown>> {
  const entries = workers.map((worker) => {
    const ContainerResources = Object.fromEntries(
      worker.containers
        .filter(({ role }) => role !== 'ephemeral')
        .map(({ name, spec }) => [name, spec.resources ?? {}]),
    );
    return [worker.pod.metadata.uid, { ContainerResources, PodLevelResources: null }];
  });
  return Object.fromEntries(entries);
}

/** kubernetes: pkg/kubelet/allocation/state/checkpoint.go; the sum here is that of the text alone. */
function checkpoint(entries: Readonly<Record<string, unknown>>): string {
  const data = JSON.stringify({ entries });
  let sum = 0x811c9dc5;
  for (const byte of encode(data)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return JSON.stringify({ data, checksum: sum });
}

/** `/var/lib/kubelet/pods/UID`. kubernetes: pkg/kubelet/kubelet_getters.go */
function podFolder(worker: PodWorker): Inode {
  const { startTime } = worker;
  const directory = (entries: Map<string, Inode>, mode = 0o750) =>
    new ComputedDirectory(startTime, () => entries, mode);
  const containers = new Map<string, Inode>();
  for (const { name, current, terminationLog } of worker.containers) {
    if (!current || !terminationLog) continue;
    containers.set(name, directory(new Map([[digest(current.id).slice(0, 8), terminationLog]])));
  }
  const volumes = new Map<string, Map<string, Inode>>();
  const wrapped = new Map<string, Inode>();
  const ready = directory(new Map([['ready', directory(new Map())]]));
  for (const volume of worker.pod.spec?.volumes ?? []) {
    const setUp = worker.volumes.get(volume.name);
    if (!setUp?.path.startsWith(`${FOLDER}/pods/`)) continue;
    const plugin = setUp.path.split('/').at(-2) ?? '';
    const beside = volumes.get(plugin) ?? new Map<string, Inode>();
    volumes.set(plugin, beside.set(volume.name, setUp.inode));
    const wrapper = wrapperOf(volume);
    if (wrapper !== undefined) wrapped.set(wrapper, ready);
  }
  const plugins = wrapped.size > 0 ? new Map([['kubernetes.io~empty-dir', directory(wrapped)]]) : new Map();
  const own = new Map<string, Inode>([
    ['containers', directory(containers)],
    ['plugins', directory(plugins)],
    ['volumes', directory(new Map([...volumes].map(([plugin, beside]) => [plugin, directory(beside)])))],
  ]);
  const subPaths = subPathsOf(worker);
  if (subPaths.size > 0) own.set('volume-subpaths', directory(subPaths));
  const hosts = worker.etc.get('/etc/hosts');
  if (hosts) own.set('etc-hosts', hosts);
  return directory(own);
}

/** Volumes of the API's objects lie in an emptyDir of their own. */
function wrapperOf(volume: Volume): string | undefined {
  if (volume.emptyDir) return volume.name;
  return volume.configMap || volume.secret || volume.projected || volume.downwardAPI
    ? `wrapped_${volume.name}`
    : undefined;
}

/** kubernetes: pkg/volume/util/subpath: `VOLUME/CONTAINER/INDEX`, a bind mount of the path. */
function subPathsOf(worker: PodWorker): Map<string, Inode> {
  const found = new Map<string, Inode>();
  const meta = { mode: 0o750, uid: 0, gid: 0, mtime: worker.startTime };
  const below = (parent: Map<string, Inode>, name: string): Map<string, Inode> => {
    const known = parent.get(name);
    const directory = known instanceof Directory ? known : new Directory(meta);
    parent.set(name, directory);
    return directory.entries;
  };
  for (const { name, current, spec } of worker.containers)
    for (const [index, mount] of (spec.volumeMounts ?? []).entries()) {
      const mounted = current?.options.mounts.find(({ path }) => path === mount.mountPath);
      if (!mounted || (!mount.subPath && !mount.subPathExpr)) continue;
      below(below(found, mount.name), name).set(String(index), mounted.source);
    }
  return found;
}
