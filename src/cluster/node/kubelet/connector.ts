import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../../world/bytes.ts';
import { Collector, DeviceFile } from '../../../world/files/devices.ts';
import { type RemoteSession, type Tunnel, TunnelError } from '../../../world/network/http.ts';
import type { OpenFile } from '../../../world/open-file.ts';
import { makePipe } from '../../../world/pipe.ts';
import { type Process, shellStatus } from '../../../world/process.ts';
import { Channel } from '../../../world/task.ts';
import type { Connector, ExecOptions, LogOptions } from '../../api/connector.ts';
import { at, type Stored } from '../../api/object.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { type Container, StartError } from '../runtime/container.ts';
import { type LogLine, logTimestamp } from '../runtime/log.ts';
import type { ContainerState } from './container-state.ts';
import type { Kubelet } from './kubelet.ts';
import type { PodWorker } from './pod-worker.ts';

/** Finds the kubelet of a node; undefined when its process does not answer. */
export type KubeletFinder = (
  nodeName: string,
) => { readonly kubelet: Kubelet; readonly address: string; readonly up: boolean } | undefined;

/** What is asked of a kubelet by a connection that is turned into streams. */
const STREAMS = new Set(['exec', 'attach', 'portForward']);

const SHOWN = ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps'] as const;

/** The settings of a log as they stand in the address. kubernetes: pkg/registry/core/pod/strategy.go LogLocation */
function logQuery(options: LogOptions): string {
  const given = SHOWN.flatMap((name) => {
    const value = options[name];
    return value === undefined || value === false ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

/** The API server's way to the kubelets. kubernetes: pkg/kubelet/server/server.go, pkg/kubelet/kuberuntime */
export class KubeletConnector implements Connector {
  constructor(private readonly find: KubeletFinder) {}

  logs(pod: Stored, options: LogOptions): Channel<Uint8Array> {
    const state = this.stateOf(pod, options.container, 'containerLogs', logQuery(options));
    const { name } = pod.metadata;
    if (!state) {
      const gone = containerIdOf(pod, options.container);
      if (gone !== undefined) return unavailableLog(gone);
      throw StatusError.badRequest(
        `container ${JSON.stringify(options.container)} in pod ${JSON.stringify(name)} is not available`,
      );
    }
    if (options.previous && state.previous && state.isGone(state.previous))
      return unavailableLog(`containerd://${state.previous.id}`);
    const container = options.previous ? state.logBefore : state.current;
    if (!container) {
      if (options.previous)
        throw StatusError.badRequest(
          `previous terminated container ${JSON.stringify(options.container)} in pod ${JSON.stringify(name)} not found`,
        );
      const reason = state.waiting?.reason ?? 'ContainerCreating';
      const why =
        reason === 'ErrImagePull'
          ? "image can't be pulled"
          : reason === 'ImagePullBackOff'
            ? 'trying and failing to pull image'
            : reason;
      throw StatusError.badRequest(
        `container ${JSON.stringify(options.container)} in pod ${JSON.stringify(name)} is waiting to start: ${why}`,
      );
    }
    return streamLog(container, options);
  }

  exec(pod: Stored, options: ExecOptions): RemoteSession {
    const container = this.runningContainer(pod, options.container, 'exec');
    return runSession(container, options);
  }

  attach(pod: Stored, options: ExecOptions): RemoteSession {
    return attachSession(this.attachable(pod, options.container), options);
  }

  portForward(pod: Stored): Tunnel {
    const { name, namespace = '', uid } = pod.metadata;
    const worker = () => this.kubeletOf(pod, `portForward/${namespace}/${name}`).workerOf(pod);
    if (!worker()) throw new StatusError({ code: 404, reason: 'NotFound', message: 'pod does not exist' });
    const sandbox = bytesToHex(sha256(encode(uid)));
    const netns = `/var/run/netns/cni-${sandbox.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')}`;
    // containerd: internal/cri/server/sandbox_portforward_linux.go
    const failed = (port: number, reason: string) =>
      new TunnelError(`error forwarding port ${port} to pod ${sandbox}, uid : ${reason}`);
    return {
      open: (port) => {
        const live = worker();
        // A sandbox stays in the runtime's store for a while after its network is gone.
        if (!live?.isReady) throw failed(port, `network namespace for sandbox "${sandbox}" is closed`);
        const listener = live.network.listenerAt('tcp', '127.0.0.1', port);
        if (listener) return listener;
        const refused = `IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6${dialed6(live, port)} `;
        throw failed(
          port,
          `failed to execute portforward in network namespace "${netns}": failed to connect to localhost:${port} inside namespace "${sandbox}", ${refused}`,
        );
      },
    };
  }

  private stateOf(pod: Stored, container: string, action: string, query = ''): ContainerState | undefined {
    const path = `${action}/${pod.metadata.namespace}/${pod.metadata.name}${container === '' ? '' : `/${container}`}${query}`;
    return this.kubeletOf(pod, path).workerOf(pod)?.container(container);
  }

  /** The kubelet of the Pod's node; `path`: what is asked of it. */
  private kubeletOf(pod: Stored, path: string): Kubelet {
    const nodeName = String(at(pod, 'spec', 'nodeName') ?? '');
    const found = this.find(nodeName);
    if (!found)
      throw StatusError.internal(`Get "https://${nodeName}:10250/${path}": dial tcp: lookup ${nodeName}: no such host`);
    if (!found.up) {
      if (STREAMS.has(path.split('/')[0] ?? ''))
        throw StatusError.internal(
          `unable to upgrade connection: error dialing backend: dial tcp ${found.address}:10250: connect: connection refused`,
        );
      throw new StatusError({
        code: 500,
        message: `Get "https://${found.address}:10250/${path}": dial tcp ${found.address}:10250: connect: connection refused`,
      });
    }
    return found.kubelet;
  }

  /** kubernetes: pkg/kubelet/kubelet_pods.go GetAttach: asks the runtime for what the kubelet believes to run. */
  private attachable(pod: Stored, name: string): Container {
    const state = this.stateOf(pod, name, 'attach');
    if (state?.current?.running) return state.current;
    if (state?.current && state.endUnseen)
      throw StatusError.internal(
        `Internal error occurred: error attaching to container: failed to load task: no running task found: task ${state.current.id} not found`,
      );
    const { metadata } = pod;
    throw new StatusError({
      code: 404,
      reason: 'NotFound',
      message: `unable to upgrade connection: container ${name} not found in pod ${metadata.name}_${metadata.namespace}`,
    });
  }

  private runningContainer(pod: Stored, name: string, action: string): Container {
    const container = this.stateOf(pod, name, action)?.current;
    if (container?.running) return container;
    throw new StatusError({
      code: 404,
      reason: 'NotFound',
      message: `unable to upgrade connection: container not found (${JSON.stringify(name)})`,
    });
  }
}

/** What the API still says of a container whose Pod the node has let go of: a finalizer may keep its object. */
function containerIdOf(pod: Stored, name: string): string | undefined {
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
    const statuses = at(pod, 'status', list);
    const found: unknown = Array.isArray(statuses) ? statuses.find((one) => at(one, 'name') === name) : undefined;
    const id = at(found, 'containerID');
    if (typeof id === 'string') return id;
  }
  return undefined;
}

/** The node keeps one ended container of each: what the log of an older one is answered with. */
function unavailableLog(id: string): Channel<Uint8Array> {
  const items = new Channel<Uint8Array>();
  items.push(encode(`unable to retrieve container logs for ${id}`));
  items.end();
  return items;
}

function shown(line: LogLine, timestamps: boolean): Uint8Array[] {
  return timestamps ? [logTimestamp(line.time), line.bytes] : [line.bytes];
}

/** The lines of a log that are asked for, and those to come when following. */
function streamLog(container: Container, options: LogOptions): Channel<Uint8Array> {
  const { log, machine } = container;
  const items = new Channel<Uint8Array>();
  const since =
    options.sinceTime !== undefined
      ? parseTime(options.sinceTime)
      : options.sinceSeconds !== undefined
        ? machine.world.now - options.sinceSeconds * 1000
        : 0;
  let lines = log.lines.filter((line) => line.time >= since);
  if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines);
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const send = (line: LogLine) => {
    for (const bytes of shown(line, options.timestamps)) {
      if (left <= 0) return;
      items.push(bytes.length <= left ? bytes : bytes.subarray(0, left));
      left -= bytes.length;
    }
  };
  for (const line of lines) send(line);
  if (!options.follow || log.ended) {
    items.end();
    return items;
  }
  let next = log.dropped + log.lines.length;
  let stop = () => {};
  const wait = () => {
    stop = log.changed.arm(() => {
      const from = Math.max(0, next - log.dropped);
      for (const line of log.lines.slice(from)) send(line);
      next = log.dropped + log.lines.length;
      if (log.ended) items.end();
      else wait();
    });
  };
  wait();
  items.onClose = () => stop();
  return items;
}

function newSession(): RemoteSession {
  return {
    stdin: new Channel(),
    stdout: new Channel(),
    stderr: new Channel(),
    resize: new Channel(),
    status: new Channel(),
  };
}

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

/** Runs a command in the container, its streams connected to the session. */
function runSession(container: Container, options: ExecOptions): RemoteSession {
  const session = newSession();
  const { machine } = container;
  const tty = options.tty ? machine.openTty(80, 24) : undefined;
  const input = makePipe();
  const files = new Map<number, OpenFile>();
  if (tty) {
    const terminal = machine.ttyFile(tty);
    tty.onOutput((bytes) => session.stdout.push(bytes.slice()));
    for (const fd of [0, 1, 2]) files.set(fd, terminal);
  } else {
    files.set(0, options.stdin ? input.reader : new DeviceFile('null'));
    files.set(1, new Collector((bytes) => session.stdout.push(bytes.slice())));
    files.set(2, new Collector((bytes) => session.stderr.push(bytes.slice())));
  }
  let process: Process;
  try {
    process = container.exec(options.command, files, tty);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const id = JSON.stringify(machine.world.random.hex(64));
    const message = `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec ${id}: OCI runtime exec failed: exec failed: unable to start container process: ${error.message}`;
    session.status.push(StatusError.internal(message).toStatus());
    endAll(session);
    return session;
  }
  if (tty) tty.foreground = process.group;
  if (!options.stdin) input.buffer.closeWriter();
  feed(
    session,
    (bytes) => (tty ? tty.type(bytes) : input.buffer.put(bytes)),
    () => (tty ? tty.hangUp() : input.buffer.closeWriter()),
  );
  followResize(session, (columns, rows) => tty?.resize(columns, rows));
  const listener = (ended: Process) => {
    if (ended !== process || !process.ended) return;
    machine.endListeners.delete(listener);
    session.status.push(statusOf(shellStatus(process.ended)));
    endAll(session);
  };
  machine.endListeners.add(listener);
  return session;
}

function statusOf(code: number): unknown {
  if (code === 0) return SUCCESS;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** Shows what the container writes from now on, and lets the client type into its standard input. */
function attachSession(container: Container, options: ExecOptions): RemoteSession {
  const session = newSession();
  const { log } = container;
  const show = (stream: LogLine['stream'], bytes: Uint8Array) => session[stream].push(bytes);
  log.watchers.add(show);
  let stop = () => {};
  const wait = () => {
    stop = log.changed.arm(() => {
      if (!log.ended) return wait();
      log.watchers.delete(show);
      session.status.push(statusOf(container.exitCode));
      endAll(session);
    });
  };
  wait();
  session.stdout.onClose = () => {
    log.watchers.delete(show);
    stop();
  };
  if (options.stdin)
    feed(
      session,
      (bytes) => container.type(bytes),
      () => container.endInput(),
    );
  followResize(session, (columns, rows) => container.tty?.resize(columns, rows));
  return session;
}

function endAll(session: RemoteSession): void {
  session.stdout.end();
  session.stderr.end();
  session.status.end();
}

/** Calls `take` for everything the client sends. */
function feed(session: RemoteSession, take: (bytes: Uint8Array) => void, end: () => void): void {
  const again = () => {
    session.stdin.readable.arm(() => {
      for (let bytes = session.stdin.poll(); bytes; bytes = session.stdin.poll()) take(bytes);
      if (session.stdin.isEnded) end();
      else again();
    });
  };
  again();
}

function followResize(session: RemoteSession, resize: (columns: number, rows: number) => void): void {
  const again = () => {
    session.resize.readable.arm(() => {
      for (let size = session.resize.poll(); size; size = session.resize.poll()) resize(size.columns, size.rows);
      if (!session.resize.isEnded) again();
    });
  };
  again();
}

/** The runtime looks localhost up on its node: without an address of IPv6 there it has none to dial. */
function dialed6({ host }: PodWorker, port: number): string {
  const { files } = host.node;
  const hosts = files.exists('/etc/hosts') ? files.readText('/etc/hosts') : '';
  return /^\s*::1\s(.*\s)?localhost(\s|$)/m.test(hosts)
    ? ` [::1]:${port}: connect: connection refused`
    : ': address localhost: no suitable address found';
}
