import { encode } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import { DISK, type MountKind } from '../../../world/files/file-system.ts';
import { Directory, type Inode, RegularFile, Symlink } from '../../../world/files/inode.ts';
import type { Machine } from '../../../world/machine.ts';
import type { Client } from '../../api/client.ts';
import {
  CONFIG_MAPS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  SECRETS,
  SERVICE_ACCOUNTS,
} from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { KeyToPath, Pod, Volume } from '../../api/types.generated.ts';
import { signToken } from '../../api/virtual/tokens.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { fieldValue, fromBase64, type PodAddresses, resourceValue } from './environment.ts';

/** A volume cannot be set up; the text is that of the FailedMount event. */
export class MountError extends Error {}

/** What a volume's files come from is not there. */
class SourceError extends Error {}

interface Payload {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** What a volume needs beside its Pod. */
export interface VolumeHost {
  readonly client: Client;
  readonly node: Machine;
  readonly addresses: () => PodAddresses;
  readonly allocatable: { readonly cpu: string; readonly memory: string };
  /** What the CSI driver of the node mounts for a volume; a text when it cannot. */
  readonly csiVolume?: ((driver: string, handle: string) => Inode | string) | undefined;
}

/** A volume as its containers mount it. */
export interface SetUpVolume {
  readonly inode: Inode;
  readonly kind: MountKind;
  /** Where the node has it. */
  readonly path: string;
  /** Whatever the mount says. */
  readonly readOnly: boolean;
}

const TMPFS: MountKind = { source: 'tmpfs', type: 'tmpfs', options: 'relatime' };

/** Sets up a Pod's volume. Raises MountError. kubernetes: pkg/volume */
export function setUpVolume(host: VolumeHost, pod: Stored<Pod>, volume: Volume): SetUpVolume {
  const fromApi = Boolean(volume.configMap || volume.secret || volume.projected || volume.downwardAPI);
  const inMemory = (fromApi && !volume.configMap) || volume.emptyDir?.medium === 'Memory';
  const bytes = memoryOf(host, volume);
  const inode = makeVolume(host, pod, volume);
  if (volume.emptyDir?.medium === 'Memory') {
    inode.mode |= 0o1000;
    inode.quota = { limit: bytes, used: 0 };
  }
  return {
    inode,
    kind: inMemory ? { ...TMPFS, options: `relatime,size=${Math.floor(bytes / 1024)}k,noswap` } : DISK,
    path: pathOf(pod, volume),
    readOnly: fromApi || volume.persistentVolumeClaim?.readOnly === true,
  };
}

/** What a volume in memory may hold, bytes: what is left to Pods of the node's, or its own limit. */
function memoryOf({ allocatable }: VolumeHost, { emptyDir }: Volume): number {
  const all = Quantity.parse(allocatable.memory).value();
  return emptyDir?.sizeLimit ? Math.min(all, Quantity.parse(emptyDir.sizeLimit).value()) : all;
}

function pathOf(pod: Stored<Pod>, volume: Volume): string {
  if (volume.hostPath) return volume.hostPath.path;
  return `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/${pluginOf(volume)}/${volume.name}`;
}

/** The folder that a volume's plugin keeps its volumes in. */
export function pluginOf(volume: Volume): string {
  if (volume.configMap) return 'kubernetes.io~configmap';
  if (volume.secret) return 'kubernetes.io~secret';
  if (volume.projected) return 'kubernetes.io~projected';
  if (volume.downwardAPI) return 'kubernetes.io~downward-api';
  if (volume.persistentVolumeClaim) return 'kubernetes.io~host-path';
  return 'kubernetes.io~empty-dir';
}

function makeVolume(host: VolumeHost, pod: Stored<Pod>, volume: Volume): Inode {
  const now = host.node.world.now;
  if (volume.hostPath) return hostPath(host.node, volume);
  if (volume.persistentVolumeClaim) return claimVolume(host, pod, volume);
  if (volume.nfs) throw nfsError(pod, volume.name, volume.name, volume.nfs);
  if (volume.csi || volume.iscsi)
    throw new MountError(
      `MountVolume.SetUp failed for volume "${volume.name}" : kubetutor does not model this kind of volume`,
    );
  const payload = settingUp(volume.name, () => payloadOf(host, pod, volume));
  const group = pod.spec?.securityContext?.fsGroup;
  const root = new Directory({
    mode: (payload ? 0o1777 : 0o777) | (pod.spec?.securityContext?.fsGroup === undefined ? 0 : 0o2000),
    uid: 0,
    gid: pod.spec?.securityContext?.fsGroup ?? 0,
    mtime: now,
  });
  if (payload) writePayload(root, payload, now, group);
  return root;
}

/** Raises MountError for what is not there. */
function settingUp<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new MountError(`MountVolume.SetUp failed for volume "${name}" : ${error.message}`);
  }
}

/** The nodes have nothing that mounts NFS: no mount.nfs, and no such file system in their kernel. util-linux: mount(8) */
function nfsError(
  pod: Stored<Pod>,
  volume: string,
  folder: string,
  { server, path }: NonNullable<Volume['nfs']>,
): MountError {
  const target = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~nfs/${folder}`;
  return new MountError(
    `MountVolume.SetUp failed for volume "${volume}" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${server}:${path} ${target}\nOutput: mount: ${target}: unknown filesystem type 'nfs'.\n       dmesg(1) may have more information after failed mount system call.\n`,
  );
}

/** Writes a changed ConfigMap, Secret or projection into a volume that is set up. True when something changed. */
export function refreshVolume(host: VolumeHost, pod: Stored<Pod>, volume: Volume, root: Inode): boolean {
  if (!(root instanceof Directory)) return false;
  let payload: Payload[] | undefined;
  try {
    payload = payloadOf(host, pod, volume);
  } catch (error) {
    if (error instanceof SourceError) return false;
    throw error;
  }
  const group = pod.spec?.securityContext?.fsGroup;
  return payload !== undefined && writePayload(root, payload, host.node.world.now, group);
}

/** Volumes whose files come from the API; undefined for others. */
function payloadOf(host: VolumeHost, pod: Stored<Pod>, volume: Volume): Payload[] | undefined {
  const mode =
    volume.configMap?.defaultMode ??
    volume.secret?.defaultMode ??
    volume.projected?.defaultMode ??
    volume.downwardAPI?.defaultMode ??
    0o644;
  if (volume.configMap) return configMapFiles(host, pod, volume.configMap, mode);
  if (volume.secret) {
    const { secretName, ...rest } = volume.secret;
    return secretFiles(host, pod, { ...rest, name: secretName }, mode);
  }
  if (volume.downwardAPI) return downwardFiles(host, pod, volume.downwardAPI.items ?? [], mode);
  if (!volume.projected) return undefined;
  return collected(volume.projected.sources ?? [], (source) => {
    if (source.configMap) return configMapFiles(host, pod, source.configMap, mode);
    if (source.secret) return secretFiles(host, pod, source.secret, mode);
    if (source.downwardAPI) return downwardFiles(host, pod, source.downwardAPI.items ?? [], mode);
    if (!source.serviceAccountToken) return [];
    const { path, expirationSeconds = 3600, audience } = source.serviceAccountToken;
    return [{ path, bytes: encode(tokenFor(host, pod, expirationSeconds, audience)), mode }];
  });
}

/** What all sources give, or all that is wrong with them. kubernetes: pkg/volume/projected/projected.go collectData */
function collected<T>(sources: readonly T[], filesOf: (source: T) => Payload[]): Payload[] {
  const errors: string[] = [];
  const files = sources.flatMap((source) => {
    try {
      return filesOf(source);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      errors.push(error.message);
      return [];
    }
  });
  if (errors.length > 0) throw new SourceError(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
  return files;
}

interface KeySource {
  readonly name?: string | undefined;
  readonly items?: KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

function configMapFiles(host: VolumeHost, pod: Stored<Pod>, source: KeySource, mode: number): Payload[] {
  const name = source.name ?? '';
  const object = host.client.get(CONFIG_MAPS, pod.metadata.namespace ?? '', name);
  if (!object && !source.optional) throw new SourceError(`configmap "${name}" not found`);
  const data = new Map<string, Uint8Array>();
  for (const [key, value] of Object.entries(object?.data ?? {})) data.set(key, encode(value));
  for (const [key, value] of Object.entries(object?.binaryData ?? {})) data.set(key, encode(fromBase64(value)));
  return chosenFiles(data, source, mode, 'configmap');
}

function secretFiles(host: VolumeHost, pod: Stored<Pod>, source: KeySource, mode: number): Payload[] {
  const name = source.name ?? '';
  const object = host.client.get(SECRETS, pod.metadata.namespace ?? '', name);
  if (!object && !source.optional) throw new SourceError(`secret "${name}" not found`);
  const data = new Map(Object.entries(object?.data ?? {}).map(([key, value]) => [key, encode(fromBase64(value))]));
  return chosenFiles(data, source, mode, 'secret');
}

function chosenFiles(data: ReadonlyMap<string, Uint8Array>, source: KeySource, mode: number, kind: string): Payload[] {
  if (!source.items?.length) return [...data].map(([path, bytes]) => ({ path, bytes, mode }));
  return source.items.flatMap((item) => {
    const bytes = data.get(item.key);
    if (bytes) return [{ path: item.path, bytes, mode: item.mode ?? mode }];
    if (source.optional) return [];
    throw new SourceError(`${kind} references non-existent config key: ${item.key}`);
  });
}

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

function downwardFiles(host: VolumeHost, pod: Stored<Pod>, items: DownwardItems, mode: number): Payload[] {
  return items.map((item) => {
    const container = pod.spec?.containers?.[0];
    const text = item.fieldRef
      ? fieldValue(pod, item.fieldRef.fieldPath, host.addresses())
      : item.resourceFieldRef && container
        ? resourceValue(pod, container, item.resourceFieldRef, host.allocatable)
        : '';
    return { path: item.path, bytes: encode(text), mode: item.mode ?? mode };
  });
}

/** kubernetes: pkg/serviceaccount/claims.go WarnOnlyBoundTokenExpiration, and what it is made into */
const EXTENDED_SECONDS = 3607;
const YEAR = 365 * 24 * 3600;

function tokenFor(host: VolumeHost, pod: Stored<Pod>, seconds: number, audience: string | undefined): string {
  const namespace = pod.metadata.namespace ?? '';
  const name = pod.spec?.serviceAccountName ?? 'default';
  const account = host.client.get(SERVICE_ACCOUNTS, namespace, name);
  const node = host.client.get(NODES, '', pod.spec?.nodeName ?? '');
  // The life that admission asks for is the sign of one who may not know how to read it again.
  const extended = audience === undefined && seconds === EXTENDED_SECONDS;
  return signToken(host.client.server, {
    namespace,
    name,
    uid: account?.metadata.uid ?? '',
    audiences: [audience ?? 'https://kubernetes.default.svc.cluster.local'],
    ...(extended ? { seconds: YEAR, asked: seconds } : { seconds }),
    pod: { name: pod.metadata.name, uid: pod.metadata.uid },
    ...(node ? { node: { name: node.metadata.name, uid: node.metadata.uid } } : {}),
  });
}

/**
 * Puts files in place as the atomic writer does: in a dated directory, with links that are switched at once.
 * Those of a Pod with an fsGroup belong to that group, which may read them. kubernetes: pkg/volume/util/atomic_writer.go, pkg/volume/volume_linux.go
 */
function writePayload(root: Directory, payload: readonly Payload[], now: number, group: number | undefined): boolean {
  const [ofFile, ofFolder] = group === undefined ? [0, 0] : [0o440, 0o2550];
  const meta = { mode: 0o755 | ofFolder, uid: 0, gid: group ?? 0, mtime: now };
  const data = root.entries.get('..data');
  const old = data instanceof Symlink ? root.entries.get(data.target) : undefined;
  if (old instanceof Directory && sameFiles(old, payload)) return false;
  const stamp = new Date(now).toISOString();
  const name = `..${stamp.slice(0, 19).replace(/[-:]/g, '_').replace('T', '_')}.${String(Math.floor(now * 1000) % 1_000_000_000).padStart(9, '0')}`;
  const dated = new Directory(meta);
  for (const file of payload) {
    const names = file.path.split('/');
    const last = names.pop() ?? '';
    let at = dated;
    for (const part of names) {
      const next = at.entries.get(part);
      const directory = next instanceof Directory ? next : new Directory(meta);
      at.entries.set(part, directory);
      at = directory;
    }
    at.entries.set(last, new RegularFile({ ...meta, mode: file.mode | ofFile }, file.bytes));
  }
  if (data instanceof Symlink) root.entries.delete(data.target);
  root.entries.set(name, dated);
  root.entries.set('..data', new Symlink(meta, name));
  for (const entry of [...root.entries.keys()])
    if (!entry.startsWith('..') && !dated.entries.has(entry)) root.entries.delete(entry);
  for (const entry of dated.entries.keys()) root.entries.set(entry, new Symlink(meta, `..data/${entry}`));
  return true;
}

function sameFiles(old: Directory, payload: readonly Payload[]): boolean {
  if (payload.some((file) => file.path.includes('/'))) return false;
  if (old.entries.size !== payload.length) return false;
  return payload.every((file) => {
    const inode = old.entries.get(file.path);
    if (!(inode instanceof RegularFile) || inode.size !== file.bytes.length) return false;
    return inode.content.every((byte, index) => byte === file.bytes[index]);
  });
}

/** kubernetes: pkg/volume/hostpath/host_path.go */
function hostPath(node: Machine, volume: Volume): Inode {
  const { path = '', type = '' } = volume.hostPath ?? {};
  const fail = (text: string) =>
    new MountError(`MountVolume.SetUp failed for volume "${volume.name}" : hostPath type check failed: ${text}`);
  const { files } = node;
  const found = files.tryStat(path);
  const what = HOST_PATH_KINDS[type];
  if (found && what && !what.fits(found)) throw fail(`${path} is not ${what.name}`);
  if (found) return found;
  if (type === 'FileOrCreate') {
    try {
      return files.writeFile(path, '');
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new MountError(
        `MountVolume.SetUp failed for volume "${volume.name}" : open ${path}: ${error.text.toLowerCase()}`,
      );
    }
  }
  if (what && type !== 'DirectoryOrCreate') throw fail(`${path} is not ${what.name}`);
  try {
    files.makeDirectories(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new MountError(
      `MountVolume.SetUp failed for volume "${volume.name}" : mkdir ${path}: ${error.text.toLowerCase()}`,
    );
  }
  return files.stat(path);
}

const HOST_PATH_KINDS: Readonly<Record<string, { readonly name: string; readonly fits: (inode: Inode) => boolean }>> = {
  Directory: { name: 'a directory', fits: (inode) => inode.kind === 'directory' },
  DirectoryOrCreate: { name: 'a directory', fits: (inode) => inode.kind === 'directory' },
  File: { name: 'a file', fits: (inode) => inode.kind === 'file' },
  FileOrCreate: { name: 'a file', fits: (inode) => inode.kind === 'file' },
  Socket: { name: 'a socket file', fits: (inode) => inode.kind === 'socket' },
  CharDevice: { name: 'a character device', fits: (inode) => inode.kind === 'device' },
  // The machines of the world have no block devices.
  BlockDevice: { name: 'a block device', fits: () => false },
};

function claimVolume(host: VolumeHost, pod: Stored<Pod>, volume: Volume): Inode {
  const { claimName } = volume.persistentVolumeClaim ?? { claimName: '' };
  const claim = host.client.get(PERSISTENT_VOLUME_CLAIMS, pod.metadata.namespace ?? '', claimName);
  const persistent = claim?.spec?.volumeName
    ? host.client.get(PERSISTENT_VOLUMES, '', claim.spec.volumeName)
    : undefined;
  if (!claim || !persistent || claim.status?.phase !== 'Bound') {
    throw new MountError(`error processing PVC ${pod.metadata.namespace}/${claimName}: PVC is not bound`);
  }
  const { csi } = persistent.spec ?? {};
  if (csi && host.csiVolume) {
    const mounted = host.csiVolume(csi.driver, csi.volumeHandle);
    if (typeof mounted === 'string') throw new MountError(mounted);
    return mounted;
  }
  const { nfs } = persistent.spec ?? {};
  if (nfs) throw nfsError(pod, persistent.metadata.name, persistent.metadata.name, nfs);
  const source = persistent.spec?.hostPath ?? persistent.spec?.local;
  if (!source)
    throw new MountError(
      `MountVolume.SetUp failed for volume "${persistent.metadata.name}" : kubetutor does not model this kind of volume`,
    );
  const { local } = persistent.spec ?? {};
  if (local && !host.node.files.tryStat(local.path))
    throw new MountError(
      `MountVolume.NewMounter initialization failed for volume "${persistent.metadata.name}" : path "${local.path}" does not exist`,
    );
  try {
    return hostPath(host.node, {
      name: persistent.metadata.name,
      hostPath: { path: source.path, type: persistent.spec?.local ? 'Directory' : '' },
    });
  } catch (error) {
    throw error instanceof Errno ? new MountError(error.message) : error;
  }
}
