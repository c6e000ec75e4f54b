import { usageOf } from '../../cluster/metrics/usage.ts';
import { parseImageReference } from '../../cluster/node/images/reference.ts';
import { qualifiedSandbox } from '../../cluster/node/kubelet/sandbox-id.ts';
import { StartError } from '../../cluster/node/runtime/container.ts';
import type { OpenFile } from '../../world/open-file.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import {
  findContainer,
  humanAge,
  humanBytes,
  type ListedContainer,
  listContainers,
  listSandboxes,
  type NodeRuntime,
  type RuntimeFinder,
} from './runtime.ts';
import { TextTable } from './table.ts';

/** A message after which crictl gives up. */
class Fatal extends Error {}

const SHORT = 13;

/** crictl: the runtime of a node as its administrator sees it, whether the API server is up or not. kubernetes-sigs/cri-tools */
export function crictlProgram(find: RuntimeFinder): Program {
  return {
    name: 'crictl',
    *main(process) {
      yield* process.cpu(20);
      try {
        return yield* run(process, find);
      } catch (error) {
        if (!(error instanceof Fatal)) throw error;
        yield* process.printError(`FATA[0000] ${error.message} \n`);
        return 1;
      }
    },
  };
}

interface Line {
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** Options that take a value. */
const VALUES = new Set(
  'r i c t runtime-endpoint image-endpoint config timeout name state label pod image last n namespace o output tail since limit-bytes id s'.split(
    ' ',
  ),
);

function parse(words: readonly string[], stopAtOperand: number): Line {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-' || operands.length >= stopAtOperand) {
      operands.push(word);
      continue;
    }
    const [name = '', value] = word.replace(/^--?/, '').split(/=(.*)/s);
    if (value !== undefined) options.set(name, value);
    else if (VALUES.has(name)) options.set(name, words[++at] ?? '');
    else if (!word.startsWith('--') && name.length > 1) for (const letter of name) options.set(letter, '');
    else options.set(name, '');
  }
  return { options, operands };
}

type Command = (process: Process, runtime: NodeRuntime, line: Line) => Task<number>;

function* run(process: Process, find: RuntimeFinder): Task<number> {
  let words = process.argv.slice(1);
  while (words[0]?.startsWith('-')) {
    const name = words[0].replace(/^--?/, '').split('=')[0] ?? '';
    if (name === 'version' || name === 'v') {
      yield* process.print('crictl version v1.36.0\n');
      return 0;
    }
    words = words.slice(VALUES.has(name) && !words[0].includes('=') ? 2 : 1);
  }
  const [verb = 'help', ...rest] = words;
  if (verb === 'help' || verb === 'h') {
    yield* process.print(HELP);
    return 0;
  }
  const command = COMMANDS[verb];
  if (!command) {
    yield* process.printError(`No help topic for '${verb}'\n`);
    return 3;
  }
  const runtime = find(process.machine);
  const socket = runtime?.socket ?? '/run/containerd/containerd.sock';
  const refuse = (why: string) =>
    new Fatal(
      `validate service connection: validate CRI v1 runtime API for endpoint "unix://${socket}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: ${why}"`,
    );
  if (!runtime) throw refuse('no such file or directory');
  if (process.credentials.uid !== 0) throw refuse('permission denied');
  const problem = runtime.socketProblem();
  if (problem !== undefined) throw refuse(problem);
  return yield* command(process, runtime, parse(rest, verb === 'exec' ? 1 : Number.POSITIVE_INFINITY));
}

const HELP = `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options]

COMMANDS:
   attach       Attach to a running container
   exec         Run a command in a running container
   images       List images
   info         Display information of the container runtime
   inspect      Display the status of one or more containers
   inspecti     Return the status of one or more images
   inspectp     Display the status of one or more pods
   logs         Fetch the logs of a container
   pods         List pods
   ps           List containers
   pull         Pull an image from a registry
   rm           Remove one or more containers
   rmi          Remove one or more images
   rmp          Remove one or more pods
   stats        List container(s) resource usage statistics
   stop         Stop one or more running containers
   stopp        Stop one or more running pods
   version      Display runtime version information
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  ps,
  pods,
  images,
  img: images,
  image: images,
  logs,
  exec,
  inspect,
  inspectp,
  inspecti,
  stop,
  rm,
  stopp: stopPods,
  rmp: stopPods,
  pull,
  rmi,
  info,
  version,
  stats,
};

const has = ({ options }: Line, ...names: readonly string[]) => names.some((name) => options.has(name));
const value = ({ options }: Line, ...names: readonly string[]) =>
  names.map((name) => options.get(name)).find((text) => text !== undefined);
const stateOf = ({ container }: ListedContainer) =>
  container.running ? 'Running' : container.startedAt ? 'Exited' : 'Created';

function wanted(line: Line): (one: ListedContainer) => boolean {
  const name = value(line, 'name');
  const state = value(line, 'state', 's')?.toLowerCase();
  const pod = value(line, 'pod', 'p');
  const all = has(line, 'a', 'all') || state !== undefined;
  return (one) =>
    (all || one.container.running) &&
    (name === undefined || new RegExp(name).test(one.state.name)) &&
    (state === undefined || stateOf(one).toLowerCase() === state) &&
    (pod === undefined || qualifiedSandbox(one.worker.pod).startsWith(pod));
}

function* ps(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  let found = listContainers(runtime).filter(wanted(line));
  if (has(line, 'l', 'latest')) found = found.slice(0, 1);
  if (has(line, 'q', 'quiet')) {
    yield* process.print(found.map(({ container }) => `${container.id}\n`).join(''));
    return 0;
  }
  if (value(line, 'o', 'output') === 'json') {
    const containers = found.map((one) => ({
      ...statusOf(one, process),
      podSandboxId: qualifiedSandbox(one.worker.pod),
    }));
    yield* process.print(`${JSON.stringify({ containers }, null, 2)}\n`);
    return 0;
  }
  const table = new TextTable([
    'CONTAINER',
    'IMAGE',
    'CREATED',
    'STATE',
    'NAME',
    'ATTEMPT',
    'POD ID',
    'POD',
    'NAMESPACE',
  ]);
  for (const one of found) {
    const { container, state, worker, attempt } = one;
    table.add([
      container.id.slice(0, SHORT),
      state.imageID.replace(/.*sha256:/, '').slice(0, SHORT),
      `${humanAge(process.now - (container.startedAt || process.now))} ago`,
      stateOf(one),
      state.name,
      String(attempt),
      qualifiedSandbox(worker.pod).slice(0, SHORT),
      worker.pod.metadata.name,
      worker.pod.metadata.namespace ?? '',
    ]);
  }
  yield* process.print(table.text());
  return 0;
}

function* pods(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const name = value(line, 'name');
  const namespace = value(line, 'namespace');
  const state = value(line, 'state', 's')?.toLowerCase();
  const stateText = (worker: { readonly isReady: boolean }) => (worker.isReady ? 'Ready' : 'NotReady');
  const found = listSandboxes(runtime).filter(
    (worker) =>
      (name === undefined || new RegExp(name).test(worker.pod.metadata.name)) &&
      (namespace === undefined || worker.pod.metadata.namespace === namespace) &&
      (state === undefined || stateText(worker).toLowerCase() === state),
  );
  if (has(line, 'q', 'quiet')) {
    yield* process.print(found.map(({ pod }) => `${qualifiedSandbox(pod)}\n`).join(''));
    return 0;
  }
  const table = new TextTable(['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME']);
  for (const worker of found) {
    table.add([
      qualifiedSandbox(worker.pod).slice(0, SHORT),
      `${humanAge(process.now - worker.startTime)} ago`,
      stateText(worker),
      worker.pod.metadata.name,
      worker.pod.metadata.namespace ?? '',
      '0',
      '(default)',
    ]);
  }
  yield* process.print(table.text());
  return 0;
}

function* images(process: Process, { kubelet }: NodeRuntime, line: Line): Task<number> {
  const { operands } = line;
  const found = kubelet
    .images()
    .filter(({ name, tag }) => operands.length === 0 || operands.some((one) => `${name}:${tag}`.includes(one)))
    .sort((a, b) => (`${a.name}:${a.tag}` < `${b.name}:${b.tag}` ? -1 : 1));
  if (has(line, 'q', 'quiet')) {
    yield* process.print(found.map(({ digest }) => `${digest}\n`).join(''));
    return 0;
  }
  const table = new TextTable(['IMAGE', 'TAG', 'IMAGE ID', 'SIZE']);
  for (const { name, tag, digest, size } of found)
    table.add([name, tag, digest.replace('sha256:', '').slice(0, SHORT), humanBytes(size)]);
  yield* process.print(table.text());
  return 0;
}

function need(runtime: NodeRuntime, id: string | undefined): ListedContainer {
  if (id === undefined) throw new Fatal('ID cannot be empty');
  const found = findContainer(runtime, id);
  if (found) return found;
  throw new Fatal(`rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`);
}

function* logs(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const { container } = need(runtime, line.operands[0]);
  const { log } = container;
  const tail = value(line, 'tail');
  const lines =
    tail === undefined || Number(tail) < 0
      ? log.lines
      : log.lines.slice(Number(tail) === 0 ? log.lines.length : -Number(tail));
  const put = (entry: (typeof log.lines)[number]) => process.write(entry.stream === 'stdout' ? 1 : 2, entry.bytes);
  for (const entry of lines) yield* put(entry);
  let next = log.dropped + log.lines.length;
  while (has(line, 'f', 'follow') && !log.ended) {
    yield* wait(log.changed);
    for (const entry of log.lines.slice(Math.max(0, next - log.dropped))) yield* put(entry);
    next = log.dropped + log.lines.length;
  }
  return 0;
}

function* exec(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const [id, ...argv] = line.operands;
  const { container } = need(runtime, id);
  if (argv.length === 0) throw new Fatal('at least one command must be specified');
  if (!container.running)
    throw new Fatal(
      'execing command in container: rpc error: code = Unknown desc = container is in CONTAINER_EXITED state',
    );
  const files = new Map<number, OpenFile>();
  for (const fd of [0, 1, 2]) files.set(fd, process.file(fd));
  try {
    const tty = has(line, 't', 'tty', 'it') ? process.tty : undefined;
    const child = container.exec(argv, files, tty);
    if (tty) tty.foreground = child.group;
    while (!child.ended) yield* wait(child.stateChange);
    if (tty) tty.foreground = process.group;
    const status = shellStatus(child.ended);
    if (status === 0) return 0;
    throw new Fatal(`execing command in container: command terminated with exit code ${status}`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new Fatal(
      `execing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: ${error.message}`,
    );
  }
}

const time = (ms: number) =>
  ms === 0 ? '0001-01-01T00:00:00Z' : `${new Date(ms).toISOString().replace('Z', '000000Z')}`;

function statusOf({ container, state, worker, attempt }: ListedContainer, process: Process) {
  const { metadata } = worker.pod;
  const reason = container.running ? '' : container.exitCode === 0 ? 'Completed' : 'Error';
  void process;
  return {
    annotations: { 'io.kubernetes.container.restartCount': String(attempt) },
    createdAt: time(container.startedAt),
    exitCode: container.exitCode,
    finishedAt: time(container.finishedAt),
    id: container.id,
    image: { image: state.image },
    imageRef: state.imageID,
    labels: {
      'io.kubernetes.container.name': state.name,
      'io.kubernetes.pod.name': metadata.name,
      'io.kubernetes.pod.namespace': metadata.namespace,
      'io.kubernetes.pod.uid': metadata.uid,
    },
    logPath: `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}/${state.name}/${attempt}.log`,
    message: '',
    metadata: { attempt, name: state.name },
    mounts: container.options.mounts.map((mount) => ({
      containerPath: mount.path,
      hostPath: mount.from,
      readonly: mount.readOnly,
    })),
    reason,
    startedAt: time(container.startedAt),
    state: container.running ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
  };
}

function* inspect(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  for (const id of line.operands.length > 0 ? line.operands : [undefined]) {
    const one = need(runtime, id);
    const { options, machine } = one.container;
    const first = [...machine.processes.values()].find((each) => each.machine === machine);
    const pid = process.machine.pids.numberOf(first);
    const config = {
      args: options.argv,
      cwd: options.workingDirectory,
      env: [...options.env].map((pair) => pair.join('=')),
    };
    const whole = {
      info: {
        pid,
        runtimeSpec: { hostname: options.hostname, process: config },
        sandboxID: qualifiedSandbox(one.worker.pod),
      },
      status: statusOf(one, process),
    };
    yield* process.print(`${JSON.stringify(whole, null, 2)}\n`);
  }
  return 0;
}

function* inspectp(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  for (const id of line.operands) {
    const worker = sandbox(runtime, id);
    const { metadata, spec } = worker.pod;
    const status = {
      createdAt: time(worker.startTime),
      id: qualifiedSandbox(worker.pod),
      labels: metadata.labels ?? {},
      metadata: { attempt: 0, name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
      network: { additionalIps: [], ip: spec?.hostNetwork ? '' : worker.podIP },
      state: worker.isReady ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    };
    yield* process.print(`${JSON.stringify({ status }, null, 2)}\n`);
  }
  return 0;
}

function* inspecti(process: Process, { kubelet }: NodeRuntime, line: Line): Task<number> {
  for (const text of line.operands) {
    const found = kubelet.images().find(({ name, tag, digest }) => {
      const reference = /^[0-9a-f]{6,}$/.test(text) ? undefined : parseImageReference(text);
      return reference ? reference.full === `${name}:${tag}` : digest.includes(text);
    });
    if (!found) throw new Fatal(`no such image ${JSON.stringify(text)} present`);
    const { name, tag, digest, size, config } = found;
    const status = { id: digest, repoDigests: [`${name}@${digest}`], repoTags: [`${name}:${tag}`], size: String(size) };
    yield* process.print(`${JSON.stringify({ status, info: { imageSpec: { config } } }, null, 2)}\n`);
  }
  return 0;
}

function* stop(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  for (const id of line.operands) {
    const { container } = need(runtime, id);
    container.terminate();
    const patience = Number(value(line, 't', 'timeout') ?? '0') * 1000;
    const deadline = process.now + patience;
    while (container.running && process.now < deadline) yield* process.sleep(100);
    if (container.running) container.kill();
    yield* process.print(`${id}\n`);
  }
  return 0;
}

function* rm(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const ids = has(line, 'a', 'all')
    ? listContainers(runtime)
        .filter(({ container }) => !container.running || has(line, 'f', 'force'))
        .map(({ container }) => container.id)
    : line.operands;
  for (const id of ids) {
    const { container, state } = need(runtime, id);
    if (container.running && !has(line, 'f', 'force'))
      throw new Fatal(`removing container ${JSON.stringify(id)}: container is running, please stop it first`);
    container.kill();
    if (state.previous === container) state.previous = undefined;
    yield* process.print(`${id}\n`);
  }
  return 0;
}

function sandbox(runtime: NodeRuntime, id: string) {
  const found = listSandboxes(runtime).find(({ pod }) => qualifiedSandbox(pod).startsWith(id));
  if (!found)
    throw new Fatal(`rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`);
  return found;
}

/** stopp and rmp: the kubelet makes the sandbox anew and starts its containers again. */
function* stopPods(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const removing = process.argv.includes('rmp');
  const force = has(line, 'f', 'force');
  for (const id of line.operands) {
    const worker = sandbox(runtime, id);
    const running = worker.containers.filter((state) => state.running);
    if (removing && running.length > 0 && !force)
      throw new Fatal(
        `removing the pod sandbox ${JSON.stringify(id)}: rpc error: code = Unknown desc = sandbox ${JSON.stringify(qualifiedSandbox(worker.pod))} is still running, please stop it first`,
      );
    for (const state of running) state.current?.kill();
    yield* process.print(removing ? `Removed sandbox ${id}\n` : `Stopped sandbox ${id}\n`);
  }
  return 0;
}

function* pull(process: Process, { kubelet }: NodeRuntime, line: Line): Task<number> {
  const [text] = line.operands;
  if (text === undefined) throw new Fatal('image name cannot be empty');
  const result = yield* kubelet.pull(process, text);
  if (typeof result === 'string') throw new Fatal(`pulling image: ${result}`);
  yield* process.print(`Image is up to date for ${result.digest}\n`);
  return 0;
}

function* rmi(process: Process, { kubelet }: NodeRuntime, line: Line): Task<number> {
  for (const text of line.operands) {
    const removed = kubelet.removeImage(text);
    if (!removed) throw new Fatal(`no such image ${text}`);
    yield* process.print(`Deleted: ${removed}\n`);
  }
  return 0;
}

function* info(process: Process, { kubelet }: NodeRuntime, _line: Line): Task<number> {
  const ready = kubelet.networkReady();
  const conditions = [
    { message: '', reason: '', status: true, type: 'RuntimeReady' },
    ready
      ? { message: '', reason: '', status: true, type: 'NetworkReady' }
      : {
          message: 'Network plugin returns error: cni plugin not initialized',
          reason: 'NetworkPluginNotReady',
          status: false,
          type: 'NetworkReady',
        },
  ];
  yield* process.print(`${JSON.stringify({ status: { conditions } }, null, 2)}\n`);
  return 0;
}

function* version(process: Process, { unit, version: number }: NodeRuntime): Task<number> {
  const name = unit === 'crio' ? 'cri-o' : unit;
  yield* process.print(`Version:  0.1.0\nRuntimeName:  ${name}\nRuntimeVersion:  ${number}\nRuntimeApiVersion:  v1\n`);
  return 0;
}

function* stats(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const [id] = line.operands;
  const found = listContainers(runtime).filter(
    ({ container }) => container.running && (id === undefined || container.id.startsWith(id)),
  );
  const before = new Map(found.map(({ container }) => [container, usageOf(container.machine)]));
  const from = process.now;
  yield* process.sleep(1000);
  const table = new TextTable(['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK', 'INODES']);
  for (const { container, state } of found) {
    const usage = usageOf(container.machine);
    const share = ((usage.cpu - (before.get(container)?.cpu ?? 0)) * 100) / (process.now - from);
    table.add([container.id.slice(0, SHORT), state.name, share.toFixed(2), humanBytes(usage.memory), '0B', '0']);
  }
  yield* process.print(table.text());
  return 0;
}
