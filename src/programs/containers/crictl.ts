import { usageOf } from '../../cluster/metrics/usage.ts';
import { StartError } from '../../cluster/node/runtime/container.ts';
import type { OpenFile } from '../../world/open-file.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { inspect, inspecti, inspectp } from './crictl-inspect.ts';
import { type Command, Fatal, has, type Line, need, parse, SHORT, sandbox, VALUES, value } from './crictl-line.ts';
import { images, pods, ps } from './crictl-lists.ts';
import { humanBytes, listContainers, type NodeRuntime, type RuntimeFinder } from './runtime.ts';
import { TextTable } from './table.ts';

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

/** stopp and rmp: the kubelet makes the sandbox anew and starts its containers again. */
function* stopPods(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const removing = process.argv.includes('rmp');
  const force = has(line, 'f', 'force');
  for (const id of line.operands) {
    const worker = sandbox(runtime, id);
    const running = worker.containers.filter((state) => state.running);
    if (removing && running.length > 0 && !force)
      throw new Fatal(
        `removing the pod sandbox ${JSON.stringify(id)}: rpc error: code = Unknown desc = sandbox ${JSON.stringify(worker.sandboxFacts.id)} is still running, please stop it first`,
      );
    worker.loseSandbox(removing);
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
