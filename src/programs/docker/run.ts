import type { Container, Mount } from '../../cluster/node/runtime/container.ts';
import { DISK } from '../../world/files/file-system.ts';
import type { Task } from '../../world/task.ts';
import { attach, listen, terminalOf } from './attach.ts';
import type { ContainerPlan, ContainerRecord, PortRequest } from './container-record.ts';
import type { Context } from './context.ts';
import type { DockerEngine } from './engine.ts';
import { DockerError, has, needOperands, value, values } from './flags.ts';
import { familiar } from './names.ts';
import { pullImage } from './pull.ts';

/** The status of docker's own faults. */
const RUN_FAILURE = 125;
const HINT = "\n\nRun 'docker run --help' for more information";

/** docker run. cli: cli/command/container/run.go */
export function* run(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  try {
    const detached = has(line, 'detach');
    const stdin = has(line, 'interactive');
    const terminal = detached ? undefined : clientTerminal(context);
    const record = yield* create(context);
    if (detached) {
      engine.startContainer(record);
      yield* process.print(`${record.id}\n`);
      return 0;
    }
    let output: ReturnType<typeof listen> | undefined;
    let live: Container | undefined;
    engine.startContainer(record, (started) => {
      live = started;
      output = listen(started);
    });
    if (!live || !output) return RUN_FAILURE;
    return yield* attach(process, live, output, stdin || has(line, 'tty') ? terminal : undefined);
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
    if (error.message.startsWith('the input device')) throw error;
    throw new DockerError(`docker: ${error.message}${HINT}`, error.status === 1 ? RUN_FAILURE : error.status);
  }
}

const clientTerminal = ({ process, line }: Context) => terminalOf(process, has(line, 'tty'), has(line, 'interactive'));

/** Makes the container that the options ask for, pulling its image when it is not there. Raises DockerError. */
function* create(context: Context): Task<ContainerRecord> {
  const { process, engine, line } = context;
  const [imageName = '', ...command] = line.operands;
  const { full } = engine.reference(imageName);
  const ports = values(line, 'publish').map(readPort);
  const mode = networkMode(engine, value(line, 'network') ?? 'default');
  let image = engine.findImage(imageName);
  if (!image) {
    yield* process.printError(`Unable to find image '${familiar(full)}' locally\n`);
    image = yield* pullImage(process, engine, imageName, 2);
  }
  const entrypoint = value(line, 'entrypoint');
  const plan: ContainerPlan = {
    name: value(line, 'name') ?? engine.freshName(),
    imageName,
    image,
    entrypoint: entrypoint === undefined ? undefined : entrypoint === '' ? [] : [entrypoint],
    command,
    env: values(line, 'env').flatMap((text) => {
      if (text.includes('=')) return [text];
      const own = process.env.get(text);
      return own === undefined ? [] : [`${text}=${own}`];
    }),
    hostname: value(line, 'hostname'),
    workingDirectory: value(line, 'workdir'),
    user: userOf(value(line, 'user') ?? image.config.user ?? ''),
    tty: has(line, 'tty'),
    stdin: has(line, 'interactive'),
    autoRemove: has(line, 'rm'),
    privileged: has(line, 'privileged'),
    networkMode: mode,
    aliases: values(line, 'network-alias'),
    ports: mode === 'host' ? [] : ports,
    ...volumes(engine, values(line, 'volume')),
  };
  return engine.create(plan);
}

function userOf(text: string): number {
  const [name = ''] = text.split(':');
  if (name === '' || name === 'root') return 0;
  if (/^\d+$/.test(name)) return Number(name);
  throw new DockerError(`Error response from daemon: unable to find user ${name}: no matching entries in passwd file`);
}

/** What the engine calls a network mode. Raises DockerError. */
function networkMode(engine: DockerEngine, text: string): string {
  if (text === 'default' || text === 'host' || text === 'none') return text;
  if (text.startsWith('container:')) {
    const name = text.slice('container:'.length);
    if (name === '')
      throw new DockerError(
        'Error response from daemon: invalid network mode: invalid container format container:<name|id>',
      );
    return `container:${engine.container(name).id}`;
  }
  return engine.network(text).name;
}

/** `[[address:]host:]port[/protocol]`. Raises DockerError. go-connections: nat/nat.go */
function readPort(text: string): PortRequest {
  const [spec = '', given = 'tcp'] = text.split('/');
  const protocol = given === 'udp' ? 'udp' : 'tcp';
  if (given !== 'tcp' && given !== 'udp') throw new DockerError(`invalid proto: ${given}`);
  const parts = spec.split(':');
  const port = parts.pop() ?? '';
  const hostPort = parts.pop() ?? '';
  const hostAddress = parts.join(':') || '0.0.0.0';
  if (/^\d+-\d+$/.test(port) || /^\d+-\d+$/.test(hostPort))
    throw new DockerError(`kubetutor does not model ranges of ports: ${text}`);
  const valid = (digits: string) => /^\d+$/.test(digits) && Number(digits) <= 65535;
  if (port === '') throw new DockerError(`no port specified: ${text}<empty>`);
  if (!valid(port)) throw new DockerError(`invalid containerPort: ${port}`);
  if (hostPort !== '' && !valid(hostPort)) throw new DockerError(`invalid hostPort: ${hostPort}`);
  return { hostAddress, hostPort: Number(hostPort), port: Number(port), protocol };
}

/** `-v /here:/there[:ro]` and `-v name:/there`. */
function volumes(engine: DockerEngine, texts: readonly string[]): { mounts: Mount[]; binds: string[] } {
  const { files } = engine.machine;
  const mounts = texts.map((text): Mount => {
    const parts = text.split(':');
    const [source, path, mode = ''] = parts.length === 1 ? [engine.machine.world.random.hex(64), text] : parts;
    if (source === undefined || path === undefined || !path.startsWith('/'))
      throw new DockerError(
        `Error response from daemon: invalid volume specification: '${text}': invalid mount config for type "volume": invalid mount path: '${path ?? ''}' mount path must be absolute`,
      );
    const from = source.startsWith('/') ? source : `/var/lib/docker/volumes/${source}/_data`;
    if (!files.exists(from)) files.makeDirectories(from);
    return { path, source: files.stat(from), readOnly: mode.split(',').includes('ro'), kind: DISK, from };
  });
  return { mounts, binds: [...texts] };
}
