import type { Machine } from '../../world/machine.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import {
  attach,
  exec,
  inspect,
  kill,
  logs,
  port,
  ps,
  rename,
  restart,
  rm,
  start,
  stats,
  stop,
  top,
  waitFor,
} from './containers.ts';
import type { Command, TemplateCompiler } from './context.ts';
import type { DockerEngine } from './engine.ts';
import { DockerError, needOperands, readLine } from './flags.ts';
import { HELP } from './help.ts';
import { images, pull, rmi } from './images.ts';
import { connect, create, disconnect, inspect as inspectNetwork, list, remove } from './networks.ts';
import { login, logout, push, tag } from './registry.ts';
import { run } from './run.ts';
import { info, version } from './system.ts';

interface Entry {
  readonly run: Command;
  /** The options that are modelled. */
  readonly flags: readonly string[];
}

const entry = (run: Command, flags = ''): Entry => ({ run, flags: flags.split(' ') });

const COMMANDS: Readonly<Record<string, Entry>> = {
  run: entry(
    run,
    'detach interactive tty rm name publish env network network-alias volume hostname workdir user entrypoint privileged',
  ),
  ps: entry(ps, 'all quiet no-trunc filter format latest last'),
  exec: entry(exec, 'interactive tty detach'),
  logs: entry(logs, 'follow tail timestamps'),
  inspect: entry(inspect, 'format type'),
  stop: entry(stop, 'timeout time'),
  start: entry(start, 'attach'),
  restart: entry(restart, 'timeout time'),
  rm: entry(rm, 'force volumes'),
  kill: entry(kill, 'signal'),
  rename: entry(rename),
  wait: entry(waitFor),
  attach: entry(attach),
  port: entry(port),
  top: entry(top),
  stats: entry(stats, 'no-stream format'),
  images: entry(images, 'quiet no-trunc digests format all'),
  pull: entry(pull, 'quiet'),
  rmi: entry(rmi, 'force'),
  tag: entry(tag),
  push: entry(push, 'quiet'),
  login: entry(login, 'username password password-stdin'),
  logout: entry(logout),
  version: entry(version, 'format'),
  info: entry(info, 'format'),
  'network ls': entry(list, 'quiet no-trunc format'),
  'network inspect': entry(inspectNetwork, 'format'),
  'network create': entry(create, 'driver subnet opt'),
  'network connect': entry(connect),
  'network disconnect': entry(disconnect),
  'network rm': entry(remove),
};

/** Other names of commands. */
const ALIASES: Readonly<Record<string, string>> = {
  'container run': 'run',
  'container ls': 'ps',
  'container list': 'ps',
  'container ps': 'ps',
  'container exec': 'exec',
  'container logs': 'logs',
  'container inspect': 'inspect',
  'container stop': 'stop',
  'container start': 'start',
  'container restart': 'restart',
  'container rm': 'rm',
  'container kill': 'kill',
  'container port': 'port',
  'container top': 'top',
  'container stats': 'stats',
  'image ls': 'images',
  'image pull': 'pull',
  'image push': 'push',
  'image rm': 'rmi',
  'image tag': 'tag',
  'network list': 'network ls',
  'network remove': 'network rm',
  'system info': 'info',
};
const GROUPS = ['network', 'container', 'image', 'system'];
const SOCKET = 'unix:///var/run/docker.sock';

/** The client of Docker Engine. `find`: the engine of a machine. docker/cli */
export function dockerProgram(
  find: (machine: Machine) => DockerEngine | undefined,
  compile: TemplateCompiler,
): Program {
  return {
    name: 'docker',
    *main(process) {
      yield* process.cpu(20);
      try {
        return yield* dispatch(process, find, compile);
      } catch (error) {
        if (!(error instanceof DockerError)) throw error;
        yield* process.printError(`${error.message}\n`);
        return error.status;
      }
    },
  };
}

function* dispatch(
  process: Process,
  find: (machine: Machine) => DockerEngine | undefined,
  compile: TemplateCompiler,
): Task<number> {
  const words = process.argv.slice(1);
  const [first = '--help', ...rest] = words;
  if (first === '-v' || first === '--version') {
    yield* process.print('Docker version 28.2.2, build e6534b4\n');
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    const name = rest.join(' ');
    yield* process.print(HELP[first === 'help' ? (ALIASES[name] ?? name) : ''] ?? HELP[''] ?? '');
    return 0;
  }
  if (first.startsWith('-')) throw new DockerError(`kubetutor does not model docker ${first}`);
  const { name, words: left } = commandOf(first, rest);
  const found = COMMANDS[name];
  if (!found) return yield* unknown(process, name, first, rest);
  if (left.includes('--help') && !left.slice(0, left.indexOf('--help')).some((word) => !word.startsWith('-'))) {
    yield* process.print(HELP[name] ?? '');
    return 0;
  }
  const line = readLine(name, left, found.flags);
  if (name === 'run' || name === 'exec') needOperands(line, name === 'run' ? 1 : 2);
  const engine = find(process.machine);
  const { uid, groups } = process.credentials;
  const group = engine?.options.group;
  if (uid !== 0 && (group === undefined || !groups.includes(group)))
    throw new DockerError(
      `permission denied while trying to connect to the Docker daemon socket at ${SOCKET}: Head "http://%2Fvar%2Frun%2Fdocker.sock/_ping": dial unix /var/run/docker.sock: connect: permission denied`,
    );
  if (!engine?.running)
    throw new DockerError(
      `${name === 'run' ? 'docker: ' : ''}Cannot connect to the Docker daemon at ${SOCKET}. Is the docker daemon running?${name === 'run' ? "\n\nRun 'docker run --help' for more information" : ''}`,
      name === 'run' ? 125 : 1,
    );
  return yield* found.run({ process, engine, line, compile });
}

function commandOf(first: string, rest: readonly string[]): { name: string; words: readonly string[] } {
  if (!GROUPS.includes(first) || rest[0] === undefined || rest[0].startsWith('-'))
    return { name: ALIASES[first] ?? first, words: rest };
  const name = `${first} ${rest[0]}`;
  return { name: ALIASES[name] ?? name, words: rest.slice(1) };
}

/** Docker's commands that this world has not, and words that are none. */
function* unknown(process: Process, name: string, first: string, rest: readonly string[]): Task<number> {
  if (GROUPS.includes(first) && (rest.length === 0 || rest[0] === '--help') && HELP[first] !== undefined) {
    yield* process.print(HELP[first] ?? '');
    return 0;
  }
  if (new RegExp(`^  ${first} +[A-Z]`, 'm').test(HELP[''] ?? '') && (!GROUPS.includes(first) || first !== 'network'))
    throw new DockerError(`kubetutor does not model docker ${name}`);
  const usage = GROUPS.includes(first)
    ? `Usage:  docker ${first}\n\nRun 'docker ${first} --help'`
    : "Run 'docker --help'";
  throw new DockerError(`docker: unknown command: docker ${name}\n\n${usage} for more information`);
}
