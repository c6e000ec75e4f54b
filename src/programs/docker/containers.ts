import { usageOf } from '../../cluster/metrics/usage.ts';
import { StartError } from '../../cluster/node/runtime/container.ts';
import { type LogLine, logTimestamp } from '../../cluster/node/runtime/log.ts';
import { DeviceFile } from '../../world/files/devices.ts';
import type { OpenFile } from '../../world/open-file.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import { SIGNALS, type Signal } from '../../world/signals.ts';
import { type Task, wait } from '../../world/task.ts';
import { humanAge } from '../containers/runtime.ts';
import { attach as attachTo, listen, terminalOf } from './attach.ts';
import type { ContainerRecord } from './container-record.ts';
import { type Context, each, fill, indented, listText, tableText } from './context.ts';
import { type DockerEngine, daemonError } from './engine.ts';
import { DockerError, has, type Line, needOperands, value, values } from './flags.ts';
import { inspectContainer, inspectImage, inspectNetwork } from './inspect.ts';

// The commands that look at containers and change them. cli: cli/command/container

const COLUMNS = {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  RunningFor: 'CREATED',
  CreatedAt: 'CREATED AT',
  Status: 'STATUS',
  State: 'STATE',
  Ports: 'PORTS',
  Names: 'NAMES',
  Networks: 'NETWORKS',
  Mounts: 'MOUNTS',
};

const portsText = ({ published }: ContainerRecord) =>
  published
    .map(({ hostAddress, hostPort, port, protocol }) => `${hostAddress}:${hostPort}->${port}/${protocol}`)
    .join(', ');

function statusText(record: ContainerRecord, now: number): string {
  const { run } = record;
  if (record.running) return `Up ${humanAge(now - (run?.startedAt ?? now))}`;
  if (record.state === 'created') return 'Created';
  return `Exited (${record.exitCode}) ${humanAge(now - (run?.finishedAt ?? now))} ago`;
}

/** Raises DockerError for a filter that is not modelled. */
function passes(record: ContainerRecord, filters: readonly string[]): boolean {
  return filters.every((filter) => {
    const [key = '', text = ''] = filter.split(/=(.*)/s);
    if (key === 'name') return new RegExp(text).test(`/${record.name}`) || new RegExp(text).test(record.name);
    if (key === 'id') return record.id.startsWith(text);
    if (key === 'status') return record.state === text;
    if (key === 'network') return record.networks.has(text);
    if (key === 'ancestor') return record.plan.imageName === text;
    throw new DockerError(`kubetutor does not model docker ps --filter ${key}`);
  });
}

export function* ps(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 0, 0);
  const filters = values(line, 'filter');
  const all = has(line, 'all') || filters.some((filter) => filter.startsWith('status='));
  const last = has(line, 'latest') ? 1 : Number(value(line, 'last') ?? '-1');
  let found = engine.containers.filter((one) => (all || last >= 0 || one.running) && passes(one, filters)).reverse();
  if (last >= 0) found = found.slice(0, last);
  const whole = has(line, 'no-trunc');
  if (has(line, 'quiet')) {
    yield* process.print(found.map(({ id, shortId }) => `${whole ? id : shortId}\n`).join(''));
    return 0;
  }
  const rows = found.map((record) => {
    const command = record.argv.join(' ');
    return {
      ID: whole ? record.id : record.shortId,
      Image: record.plan.imageName,
      Command: JSON.stringify(whole || command.length <= 20 ? command : `${command.slice(0, 19)}…`),
      CreatedAt: `${new Date(record.created).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`,
      RunningFor: `${humanAge(process.now - record.created)} ago`,
      Status: statusText(record, process.now),
      State: record.state,
      Ports: portsText(record),
      Names: record.name,
      Networks: [...record.networks.keys()].join(','),
      Mounts: record.plan.mounts.map(({ from }) => from).join(','),
    };
  });
  const shown = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'];
  yield* process.print(listText(context, value(line, 'format'), COLUMNS, shown, rows));
  return 0;
}

function* end(process: Process, record: ContainerRecord, patience: number, signal: Signal = 'TERM'): Task {
  const { run } = record;
  if (!run?.running) return;
  run.signal(signal);
  const deadline = process.now + patience;
  while (run.running && process.now < deadline) yield* process.sleep(50);
  if (run.running) run.kill();
}

const patienceOf = (line: Line) => Number(value(line, 'timeout') ?? value(line, 'time') ?? '10') * 1000;

export function* stop(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  return yield* each(context, function* (text) {
    yield* end(process, engine.container(text), patienceOf(line));
    yield* process.print(`${text}\n`);
  });
}

export function* start(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  if (has(line, 'attach')) {
    const record = engine.container(line.operands[0] ?? '');
    if (record.running) return yield* attach(context);
    let output: ReturnType<typeof listen> | undefined;
    engine.startContainer(record, (run) => {
      output = listen(run);
    });
    const { run } = record;
    return run && output ? yield* attachTo(process, run, output, undefined) : 1;
  }
  const status = yield* each(context, function* (text) {
    engine.startContainer(engine.container(text));
    yield* process.print(`${text}\n`);
  });
  if (status !== 0)
    yield* process.printError(
      `failed to start containers: ${line.operands.filter((one) => !engine.find(one)?.running).join(', ')}\n`,
    );
  return status;
}

export function* restart(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  return yield* each(context, function* (text) {
    const record = engine.container(text);
    yield* end(process, record, patienceOf(line));
    engine.startContainer(record);
    yield* process.print(`${text}\n`);
  });
}

export function* kill(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  const name = (value(line, 'signal') ?? 'KILL').toUpperCase().replace(/^SIG/, '');
  const signal = Object.keys(SIGNALS).find(
    (one): one is Signal => one === name || String(Reflect.get(SIGNALS, one)) === name,
  );
  if (!signal) throw daemonError(`invalid signal: ${value(line, 'signal')}`);
  return yield* each(context, function* (text) {
    const record = engine.container(text);
    if (!record.running) throw daemonError(`cannot kill container: ${text}: container ${record.id} is not running`);
    if (signal === 'KILL') record.run?.kill();
    else record.run?.signal(signal);
    yield* process.print(`${text}\n`);
  });
}

export function* rm(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  return yield* each(context, function* (text) {
    const record = engine.container(text);
    if (record.running && !has(line, 'force'))
      throw daemonError(
        `cannot remove container "/${record.name}": container is running: stop the container before removing or force remove`,
      );
    record.run?.kill();
    engine.forget(record);
    yield* process.print(`${text}\n`);
  });
}

export function* rename({ process, engine, line }: Context): Task<number> {
  needOperands(line, 2, 2);
  const [from = '', to = ''] = line.operands;
  void process;
  const record = engine.container(from);
  engine.checkName(to);
  record.name = to;
  return 0;
}

export function* waitFor(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  return yield* each(context, function* (text) {
    const record = engine.container(text);
    while (record.running && record.run) yield* wait(record.run.log.changed);
    yield* process.print(`${record.exitCode}\n`);
  });
}

export function* attach({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1);
  const record = engine.container(line.operands[0] ?? '');
  if (!record.run?.running) throw new DockerError('You cannot attach to a stopped container, start it first');
  const local = terminalOf(process, record.plan.tty, record.plan.stdin);
  return yield* attachTo(process, record.run, listen(record.run), local);
}

export function* logs({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1, 1);
  const record = engine.container(line.operands[0] ?? '');
  const tail = value(line, 'tail') ?? 'all';
  const every = record.log;
  const count = tail === 'all' || Number(tail) < 0 ? every.length : Number(tail);
  const put = function* ({ stream, time, bytes }: LogLine): Task {
    const fd = stream === 'stdout' ? 1 : 2;
    if (has(line, 'timestamps')) yield* process.write(fd, logTimestamp(time));
    yield* process.write(fd, bytes);
  };
  for (const entry of every.slice(every.length - Math.min(count, every.length))) yield* put(entry);
  const log = record.run?.log;
  if (!log || !has(line, 'follow')) return 0;
  let next = log.dropped + log.lines.length;
  while (!log.ended) {
    yield* wait(log.changed);
    for (const entry of log.lines.slice(Math.max(0, next - log.dropped))) yield* put(entry);
    next = log.dropped + log.lines.length;
  }
  return 0;
}

export function* exec({ process, engine, line }: Context): Task<number> {
  needOperands(line, 2);
  const [text = '', ...argv] = line.operands;
  const record = engine.container(text);
  const { run } = record;
  if (!run?.running) throw daemonError(`container ${record.id} is not running`);
  const stdin = has(line, 'interactive');
  const tty = terminalOf(process, has(line, 'tty'), stdin);
  const files = new Map<number, OpenFile>();
  for (const fd of [0, 1, 2]) if (process.hasFile(fd)) files.set(fd, process.file(fd));
  if (!stdin) files.set(0, new DeviceFile('null'));
  try {
    const child = run.exec(argv, files, tty);
    if (has(line, 'detach')) return 0;
    if (tty) tty.foreground = child.group;
    while (!child.ended) yield* wait(child.stateChange);
    if (tty) tty.foreground = process.group;
    return shellStatus(child.ended);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new DockerError(
      `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}: unknown`,
      error.message.includes('permission denied') ? 126 : 127,
    );
  }
}

export function* port({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1, 2);
  const [text = '', wanted] = line.operands;
  const record = engine.container(text);
  if (wanted === undefined) {
    const lines = record.published.map((one) => `${one.port}/${one.protocol} -> ${one.hostAddress}:${one.hostPort}\n`);
    yield* process.print(lines.join(''));
    return 0;
  }
  const full = wanted.includes('/') ? wanted : `${wanted}/tcp`;
  const found = record.published.filter((one) => `${one.port}/${one.protocol}` === full);
  if (found.length === 0) throw new DockerError(`no public port '${full}' published for ${text}`);
  yield* process.print(found.map((one) => `${one.hostAddress}:${one.hostPort}\n`).join(''));
  return 0;
}

export function* top({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1);
  const record = engine.container(line.operands[0] ?? '');
  if (line.operands.length > 1) throw new DockerError('kubetutor does not model options of ps for docker top');
  const { run } = record;
  if (!run?.running) throw daemonError(`container ${record.id} is not running`);
  const rows = [...run.machine.processes.values()]
    .filter((one) => one.machine === run.machine && !one.ended)
    .map((one) => [
      one.credentials.uid === 0 ? 'root' : String(one.credentials.uid),
      String(one.pid),
      String(one.parent?.pid ?? 0),
      '0',
      new Date(one.startTime).toISOString().slice(11, 16),
      one.tty ? 'pts/0' : '?',
      '00:00:00',
      one.argv.join(' '),
    ]);
  yield* process.print(tableText([['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'], ...rows]));
  return 0;
}

const STATS = {
  Container: 'CONTAINER ID',
  Name: 'NAME',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET I/O',
  BlockIO: 'BLOCK I/O',
  PIDs: 'PIDS',
};
/** bytes: that of the machine, which containers without a limit may use */
const MEMORY = 8_123_002_880;
const mebibytes = (bytes: number) => {
  const [size, unit] =
    bytes >= 2 ** 30 ? [bytes / 2 ** 30, 'GiB'] : bytes >= 2 ** 20 ? [bytes / 2 ** 20, 'MiB'] : [bytes / 1024, 'KiB'];
  return `${Number(size.toPrecision(4))}${unit}`;
};

/** Bytes of networks and disks are not counted in this world: docker shows `--` for what it does not know. */
export function* stats(context: Context): Task<number> {
  const { process, engine, line } = context;
  if (!has(line, 'no-stream')) throw new DockerError('kubetutor models docker stats with --no-stream only');
  const found = line.operands.length > 0 ? line.operands.map((one) => engine.container(one)) : engine.containers;
  const live = found.filter(({ running }) => running).reverse();
  const before = new Map(live.map(({ id, run }) => [id, run ? usageOf(run.machine).cpu : 0]));
  const from = process.now;
  yield* process.sleep(1000);
  const rows = live.flatMap(({ run, id, shortId, name }) => {
    if (!run) return [];
    const { cpu, memory } = usageOf(run.machine);
    const pids = [...run.machine.processes.values()].filter((one) => one.machine === run.machine && !one.ended).length;
    return [
      {
        Container: shortId,
        Name: name,
        CPUPerc: `${(((cpu - (before.get(id) ?? 0)) * 100) / (process.now - from)).toFixed(2)}%`,
        MemUsage: `${mebibytes(memory)} / ${mebibytes(MEMORY)}`,
        MemPerc: `${((memory * 100) / MEMORY).toFixed(2)}%`,
        NetIO: '--',
        BlockIO: '--',
        PIDs: String(pids),
      },
    ];
  });
  yield* process.print(listText(context, value(line, 'format'), STATS, Object.keys(STATS), rows));
  return 0;
}

/** docker inspect: containers, then images, then networks. */
export function* inspect(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  const type = value(line, 'type');
  return yield* show(
    context,
    (text) => {
      const record = !type || type === 'container' ? engine.find(text) : undefined;
      if (record) return inspectContainer(engine, record);
      const image = !type || type === 'image' ? engine.findImage(text) : undefined;
      if (image) return inspectImage(`${image.name}:${image.tag}`, image);
      const network = !type || type === 'network' ? findNetwork(engine, text) : undefined;
      return network && inspectNetwork(engine, network);
    },
    (text) => `error: no such ${type ?? 'object'}: ${text}`,
    process,
  );
}

function findNetwork(engine: DockerEngine, text: string) {
  try {
    return engine.network(text);
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
    return undefined;
  }
}

/** Prints objects as JSON or by `--format`, and then who is missing. */
export function* show(
  context: Context,
  find: (text: string) => ReturnType<typeof inspectContainer> | undefined,
  missing: (text: string) => string,
  process: Process,
): Task<number> {
  const { line } = context;
  const format = value(line, 'format');
  const found = line.operands.map((text) => ({ text, object: find(text) }));
  const objects = found.flatMap(({ object }) => (object ? [object] : []));
  if (format === undefined || format === '') yield* process.print(indented(objects));
  else if (format === 'json') yield* process.print(`${JSON.stringify(objects)}\n`);
  else for (const object of objects) yield* process.print(`${fill(context, format, object)}\n`);
  const lost = found.filter(({ object }) => !object);
  if (lost.length > 0) {
    if ((format ?? '') !== '' && objects.length === 0) yield* process.print('\n');
    yield* process.printError(lost.map(({ text }) => `${missing(text)}\n`).join(''));
  }
  return lost.length > 0 ? 1 : 0;
}
