import { digest } from '../../../world/describe.ts';
import { Errno } from '../../../world/errno.ts';
import { Directory, type Inode, Symlink } from '../../../world/files/inode.ts';
import { memoize } from '../../../world/memoize.ts';
import { NODES, PODS } from '../../api/kinds.ts';
import { deepCopy, isRecord, type Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import { FormatError } from '../../apimachinery/format-error.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { decodeManifest } from '../../apimachinery/yaml.ts';
import type { ControllerContext } from '../../controllers/controller.ts';
import { setPodDefaults } from '../../resources/defaults/pod.ts';
import type { KubeletHost } from './host.ts';

/** Worlds are built by the thousand from the same manifests. */
const readManifest = memoize(8, decodeManifest);

const FOLDER = '/etc/kubernetes/manifests';
/** kubelet's fileCheckFrequency, and how soon a change is seen. */
const CHECK_PERIOD = 20_000;
const WATCH_PERIOD = 1000;
/** When a Pod is looked at again though nothing happened, and by how much later at most, ms. kubernetes: pkg/kubelet/pod_workers.go completeWork */
const RESYNC_PERIOD = 60_000;
const RESYNC_JITTER = 0.5;
/** When a Pod that may not start yet is tried again, and by how much later at most, ms. kubernetes: pkg/kubelet/pod_workers.go allowStaticPodStart, completeWork */
const BACK_OFF_PERIOD = 10_000;
const BACK_OFF_JITTER = 0.5;
const MIRROR = 'kubernetes.io/config.mirror';

export interface StaticPodSink {
  readonly start: (pod: Stored<Pod>) => void;
  /** `replaced`: another Pod of its name is waiting already, and nothing more is told of this one. */
  readonly stop: (uid: string, replaced: boolean) => void;
  /** A new mirror has no status yet. */
  readonly mirrored: (uid: string) => void;
}

interface KnownFile {
  readonly inode: Inode;
  readonly mtime: number;
  /** Virtual time of the reading, ms. */
  readonly readAt: number;
}

interface Running {
  readonly uid: string;
  readonly text: string;
  readonly hash: string;
  readonly pod: Stored<Pod>;
  stopping: boolean;
  /** Virtual time at which a Pod of another manifest is tried in its place, ms. */
  nextTry: number | undefined;
  ended: boolean;
  /** The kubelet itself takes its mirror away, to make another one. */
  replacing: boolean;
  /** Virtual time at which it is seen that its mirror is missing, ms. */
  missedAt: number;
}

const FRESH = { stopping: false, nextTry: undefined, ended: false, replacing: false, missedAt: 0 };

/** Pods from the node's manifest folder, and their mirrors in the API. kubernetes: pkg/kubelet/config/file.go */
export class StaticPods {
  private readonly byFile = new Map<string, Running>();
  /** What the files held when they were last read. */
  private readonly known = new Map<string, KnownFile>();
  /** Files whose Pods run, though what they hold now is none. */
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly host: KubeletHost,
    private readonly sink: StaticPodSink,
  ) {}

  start(context: ControllerContext): void {
    this.read();
    context.every(WATCH_PERIOD, () => this.read());
    context.every(CHECK_PERIOD, () => {
      this.stopUnreadable();
      this.mirrorAll();
    });
    context.informer(PODS, ({ type, object }) => {
      if (object.metadata.annotations?.[MIRROR] === undefined) return;
      const leaving = type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined;
      if (type !== 'DELETED' && !leaving) return;
      for (const running of this.byFile.values()) {
        if (running.pod.metadata.name !== object.metadata.name || running.stopping) continue;
        const { loop, random, now } = this.host.world;
        // Nothing stops for the sake of a mirror: it goes at once, and another one comes. kubernetes: pkg/kubelet/kubelet.go tryReconcileMirrorPods
        if (leaving) loop.after(200, () => this.deleteMirror(running));
        else if (running.replacing) loop.after(200, () => this.mirror(running));
        // One that was deleted by force is missed when the Pod is looked at the next time.
        else {
          running.missedAt = now + RESYNC_PERIOD * (1 + RESYNC_JITTER * random.next());
          loop.at(running.missedAt, () => this.mirror(running));
        }
      }
    });
    context.informer(NODES, ({ type, object }) => {
      if (type !== 'DELETED' && object.metadata.name === this.host.nodeName) this.mirrorAll();
    });
  }

  /** The Pod's last container has ended. */
  stopped(uid: string): void {
    for (const [file, running] of this.byFile) {
      if (running.uid !== uid) continue;
      running.ended = true;
      if (running.nextTry === undefined) this.forget(file, running);
    }
    this.read();
  }

  private forget(file: string, running: Running): void {
    if (this.byFile.get(file) !== running) return;
    this.byFile.delete(file);
    this.known.delete(file);
    this.deleteMirror(running);
  }

  /** Another Pod of the same name waits for the end of this one, and its worker looks for it now and then. */
  private replace(file: string, running: Running): void {
    if (running.nextTry !== undefined) return;
    const { loop, random } = this.host.world;
    running.nextTry = this.host.world.now + BACK_OFF_PERIOD * (1 + BACK_OFF_JITTER * random.next());
    this.stopRunning(running, true);
    loop.at(running.nextTry, () => {
      running.nextTry = undefined;
      if (this.byFile.get(file) !== running) return;
      if (!running.ended) return this.replace(file, running);
      this.forget(file, running);
      this.read();
    });
  }

  /** The folder that the kubelet's configuration names; none when it names none. */
  private get place(): string {
    return (this.host.manifests?.folder ?? FOLDER).replace(/\/$/, '');
  }

  private read(): void {
    const { files } = this.host.node;
    const place = this.place;
    const folder = place === '' ? undefined : files.tryStat(place);
    if (folder instanceof Directory && this.isUnchanged(folder)) return;
    const seen = new Set<string>();
    for (const name of namesIn(folder)) {
      const path = `${place}/${name}`;
      seen.add(path);
      const inode = files.tryStat(path);
      if (!inode || this.isAsKnown(path, inode)) continue;
      const text = this.textOf(path);
      if (text === undefined) continue;
      const running = this.byFile.get(path);
      const hash = digest(text).slice(0, 32);
      const pod = running?.text === text ? undefined : this.podOf(text, hash, path);
      if (running && pod) {
        // Its manifest is read again when it has gone.
        this.replace(path, running);
        continue;
      }
      this.known.set(path, { inode, mtime: inode.mtime, readAt: this.host.world.now });
      // What is no Pod any more is only found out when the folder is listed again. kubernetes: pkg/kubelet/config/file_linux.go
      if (running && running.text !== text) this.unreadable.add(path);
      else this.unreadable.delete(path);
      if (running || !pod) continue;
      this.byFile.set(path, { uid: pod.metadata.uid, text, hash, pod, ...FRESH });
      this.sink.start(pod);
      this.mirrorAll();
    }
    for (const [path, running] of this.byFile) {
      if (seen.has(path)) continue;
      if (running.ended) this.forget(path, running);
      else {
        running.nextTry = undefined;
        this.stopRunning(running, false);
      }
    }
  }

  /** Most looks find nothing new: they cost little. */
  private isUnchanged(folder: Directory): boolean {
    if (folder.entries.size !== this.known.size || this.byFile.size !== this.known.size) return false;
    for (const [name, inode] of folder.entries)
      if (inode instanceof Symlink || !this.isAsKnown(`${this.place}/${name}`, inode)) return false;
    return true;
  }

  /** A file of the time at which it was read may have been written again since. */
  private isAsKnown(path: string, inode: Inode): boolean {
    const known = this.known.get(path);
    return known?.inode === inode && known.mtime === inode.mtime && inode.mtime < known.readAt;
  }

  private textOf(path: string): string | undefined {
    try {
      return this.host.node.files.readText(path);
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }

  private stopRunning(running: Running, replaced: boolean): void {
    if (running.stopping) return;
    running.stopping = true;
    this.sink.stop(running.uid, replaced);
  }

  /** The Pod of a manifest; undefined when the file is no Pod, which the kubelet only logs. */
  private podOf(text: string, hash: string, path: string): Stored<Pod> | undefined {
    let value: unknown;
    try {
      value = deepCopy(readManifest(text));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      const why = error.message.replace('error converting YAML to JSON: ', '');
      const told = `${path}: couldn't parse as pod(${why}), please check config file`;
      const { now } = this.host.world;
      const line = `"Could not process manifest file" err=${JSON.stringify(told)} path=${JSON.stringify(path)}`;
      this.host.log?.(`${klogStamp('E', now)} ${line}`);
      return undefined;
    }
    if (!isRecord(value) || value['kind'] !== 'Pod' || !isRecord(value['spec'])) return undefined;
    const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
    const given = typeof metadata['name'] === 'string' ? metadata['name'] : '';
    if (given === '') return undefined;
    const now = this.host.world.now;
    const needed = neededFromApi(value['spec']);
    if (needed !== undefined) {
      const told = `can't process config file ${JSON.stringify(path)}: static pods may not reference ${needed}`;
      this.host.log?.(
        `${klogStamp('E', now, 'file.go:107')} "Unable to process watch event" err=${JSON.stringify(told)}`,
      );
      return undefined;
    }
    const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
    const pod = {
      ...value,
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadata,
        name: `${given}-${this.host.nodeName}`,
        namespace: typeof metadata['namespace'] === 'string' ? metadata['namespace'] : 'default',
        uid: hash,
        resourceVersion: '',
        creationTimestamp: toSeconds(now),
        annotations: {
          ...annotations,
          'kubernetes.io/config.hash': hash,
          'kubernetes.io/config.seen': new Date(now).toISOString().replace('Z', '000000Z'),
          'kubernetes.io/config.source': 'file',
        },
      },
      status: undefined,
    } as unknown as Stored<Pod>;
    setPodDefaults(pod);
    const spec = pod.spec;
    if (!spec?.containers?.length) return undefined;
    spec.nodeName = this.host.nodeName;
    spec.tolerations = [{ effect: 'NoExecute', operator: 'Exists' }];
    return pod;
  }

  private stopUnreadable(): void {
    for (const path of this.unreadable) {
      const running = this.byFile.get(path);
      if (running) this.stopRunning(running, false);
    }
    this.unreadable.clear();
  }

  private mirrorAll(): void {
    const { now } = this.host.world;
    for (const running of this.byFile.values()) if (!running.stopping && now >= running.missedAt) this.mirror(running);
  }

  private mirror(running: Running): void {
    const { client, nodeName } = this.host;
    if (running.stopping || !client.available) return;
    running.replacing = false;
    const node = client.get(NODES, '', nodeName);
    if (!node) return;
    const { pod } = running;
    const { namespace = '', name } = pod.metadata;
    const stored = client.get(PODS, namespace, name);
    if (stored?.metadata.annotations?.[MIRROR] === running.hash) return;
    if (stored) {
      this.deleteMirror(running);
      return;
    }
    client.create(PODS, namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels: pod.metadata.labels,
        annotations: { ...pod.metadata.annotations, [MIRROR]: running.hash },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid, controller: true }],
      },
      spec: pod.spec,
    });
    this.sink.mirrored(running.uid);
  }

  private deleteMirror(running: Running): void {
    const { client } = this.host;
    const { namespace = '', name } = running.pod.metadata;
    if (!client.available || !client.get(PODS, namespace, name)) return;
    running.replacing = true;
    client.delete(PODS, namespace, name, { gracePeriodSeconds: 0 });
  }
}

/** What of the API a Pod's containers and volumes need, by its resource: a static Pod may need nothing. kubernetes: pkg/api/v1/pod/util.go HasAPIObjectReference */
function neededFromApi(spec: Record<string, unknown>): string | undefined {
  if (spec['serviceAccountName']) return 'serviceaccounts';
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(look);
    if (!isRecord(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const resource = API_REFERENCES[key];
      if (resource !== undefined && inner !== null) found.add(resource);
      look(inner);
    }
  };
  for (const key of ['volumes', 'containers', 'initContainers', 'ephemeralContainers']) look(spec[key]);
  const { imagePullSecrets } = spec;
  if (Array.isArray(imagePullSecrets) && imagePullSecrets.length > 0) found.add('secrets');
  return ['secrets', 'configmaps', 'persistentvolumeclaims', 'serviceaccounts'].find((one) => found.has(one));
}

const API_REFERENCES: Readonly<Record<string, string>> = {
  configMap: 'configmaps',
  configMapRef: 'configmaps',
  configMapKeyRef: 'configmaps',
  secret: 'secrets',
  secretRef: 'secrets',
  secretKeyRef: 'secrets',
  persistentVolumeClaim: 'persistentvolumeclaims',
  serviceAccountToken: 'serviceaccounts',
};

/** klog: klog.go formatHeader; the number of the process is the journal's. */
function klogStamp(severity: string, now: number, place = 'file.go:186'): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  return `${severity}${date.slice(5).replace('-', '')} ${time.slice(0, 12)}000       1 ${place}]`;
}

function namesIn(folder: Inode | undefined): string[] {
  if (!(folder instanceof Directory)) return [];
  return [...folder.entries.keys()].filter((name) => !name.startsWith('.')).sort();
}
