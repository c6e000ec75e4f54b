import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { HttpRequest } from '../../world/network/http.ts';
import type { Listener } from '../../world/network/namespace.ts';
import type { Credentials, Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { acceptHttp } from '../net/http-bytes.ts';
import { ConfigError } from './config.ts';
import { type Loaded, load } from './load.ts';
import { Logs, timestamp } from './logs.ts';
import { chooseServer } from './model.ts';
import { errorPage } from './pages.ts';
import { NginxServer, VERSION } from './server.ts';

const CONFIG_FILE = '/etc/nginx/nginx.conf';
/** How often nginx tries to bind a port that is taken. */
const BIND_TRIES = 5;

/** nginx: reads its configuration, listens, serves files, answers and proxies as the configuration says. */
export const nginx: Program = { name: 'nginx', main: nginxMain };

function* nginxMain(process: Process): Task<number> {
  const args = process.argv.slice(1);
  if (args.includes('-v')) {
    yield* process.printError(`nginx version: nginx/${VERSION}\n`);
    return 0;
  }
  const given = args.indexOf('-c');
  const file = given >= 0 ? joinPath('/etc/nginx', args[given + 1] ?? '') : CONFIG_FILE;
  const signal = args.indexOf('-s');
  if (signal >= 0) return yield* signalMaster(process, args[signal + 1] ?? '');
  const testing = args.includes('-t') || args.includes('-T');
  try {
    const loaded = yield* load(process, file);
    if (!testing) return yield* new Master(process, file, loaded).run();
    for (const text of loaded.config.warnings) yield* process.printError(`nginx: [warn] ${text}\n`);
    yield* process.printError(
      `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`,
    );
    if (args.includes('-T'))
      yield* process.print(`# configuration file ${file}:\n${process.machine.files.readText(file)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (!testing) yield* new Logs(process).report('/var/log/nginx/error.log', 'emerg', error.message);
    yield* process.printError(`nginx: [emerg] ${error.message}\n`);
    if (testing) yield* process.printError(`nginx: configuration file ${file} test failed\n`);
    return 1;
  }
}

/** Where nginx keeps what passes through it. nginx: src/core/ngx_file.c ngx_create_paths; the paths are those of the image's build. */
const TEMPORARY_ROOT = '/var/cache/nginx';
const TEMPORARY = ['client_temp', 'proxy_temp', 'fastcgi_temp', 'uwsgi_temp', 'scgi_temp'];
const ERROR_NUMBERS: Readonly<Record<string, number>> = { ENOENT: 2, EACCES: 13, ENOSPC: 28, EROFS: 30 };

/** Makes them; the value is what nginx says when it cannot. */
function makeTemporaryFolders({ machine: { files }, credentials }: Process): string | undefined {
  if (!files.exists(TEMPORARY_ROOT)) return undefined;
  for (const name of TEMPORARY) {
    const path = `${TEMPORARY_ROOT}/${name}`;
    if (files.exists(path)) continue;
    const failure = failureOf('mkdir', path, () => files.makeDirectory(path, credentials, 0o700));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function failureOf(call: string, path: string, run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return `${call}() "${path}" failed (${ERROR_NUMBERS[error.code] ?? 5}: ${error.text})`;
  }
}

/** The master process: holds the ports and loads the configuration anew on SIGHUP. */
class Master {
  private readonly logs: Logs;
  private server: NginxServer;
  private readonly open = new Map<number, Listener>();

  constructor(
    private readonly process: Process,
    private readonly file: string,
    private loaded: Loaded,
  ) {
    this.logs = new Logs(process);
    this.server = new NginxServer(process, loaded, this.logs);
  }

  *run(): Task<number> {
    const { process } = this;
    for (const text of this.loaded.config.warnings) yield* this.report('warn', text);
    const missing = makeTemporaryFolders(process);
    if (missing !== undefined) return yield* this.giveUp(missing);
    for (let attempt = 0; ; attempt++) {
      const problem = this.listen();
      if (problem === undefined) break;
      const text = attempt < BIND_TRIES ? problem : 'still could not bind()';
      yield* this.report('emerg', text);
      yield* process.printError(`nginx: [emerg] ${text}\n`);
      if (attempt >= BIND_TRIES) return 1;
      yield* process.sleep(500);
    }
    const unwritten = this.writePid();
    if (unwritten !== undefined) return yield* this.giveUp(unwritten);
    yield* this.report('notice', 'using the "epoll" event method');
    yield* this.report('notice', `nginx/${VERSION}`);
    yield* this.report('notice', 'OS: Linux 6.8.0-71-generic');
    yield* this.report('notice', 'start worker processes');
    process.argv = [`nginx: master process ${process.argv.join(' ')}`];
    process.title = 'nginx';
    this.startWorkers();
    yield* this.tellOfWorkers();
    const stop = yield* this.untilStopped();
    for (const worker of this.workers) worker.destroy();
    yield* this.report(
      'notice',
      stop === 'QUIT'
        ? 'gracefully shutting down'
        : `signal ${stop === 'TERM' ? '15 (SIGTERM)' : '2 (SIGINT)'} received, exiting`,
    );
    return 0;
  }

  private *untilStopped(): Task<string> {
    const { process } = this;
    let stop: string | undefined;
    let reload = false;
    let wake = () => {};
    for (const name of ['TERM', 'INT', 'QUIT', 'HUP'] as const) {
      process.onSignal(name, {
        interrupt: false,
        handle: () => {
          if (name === 'HUP') reload = true;
          else stop = name;
          wake();
        },
      });
    }
    for (;;) {
      yield* wait<void>({
        arm: (resume) => {
          wake = resume;
          if (stop !== undefined || reload) resume();
          return () => {};
        },
      });
      if (stop !== undefined) return stop;
      if (!reload) continue;
      reload = false;
      yield* this.reload();
    }
  }

  /** A configuration that is wrong leaves the old one in force. */
  private *reload(): Task {
    yield* this.report('notice', 'signal 1 (SIGHUP) received, reconfiguring');
    yield* this.report('notice', 'reconfiguring');
    try {
      this.loaded = yield* load(this.process, this.file);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* this.report('emerg', error.message);
      return;
    }
    this.server = new NginxServer(this.process, this.loaded, this.logs);
    this.listen();
    for (const text of this.loaded.config.warnings) yield* this.report('warn', text);
    yield* this.report('notice', 'start worker processes');
    this.startWorkers();
    yield* this.tellOfWorkers();
  }

  /** The value is what nginx says when it cannot. nginx: src/core/ngx_cycle.c ngx_create_pidfile */
  private writePid(): string | undefined {
    const { machine, credentials, pid } = this.process;
    const path = /^\s*pid\s+([^\s;]+)\s*;/m.exec(machine.files.readText(this.file))?.[1] ?? '/run/nginx.pid';
    return failureOf('open', path, () => machine.files.writeFile(path, `${pid}\n`, credentials));
  }

  private *giveUp(text: string): Task<number> {
    yield* this.report('emerg', text);
    yield* this.process.printError(`nginx: [emerg] ${text}\n`);
    return 1;
  }

  private *tellOfWorkers(): Task {
    for (const { pid } of this.workers) yield* this.report('notice', `start worker process ${pid}`);
  }

  private workers: Process[] = [];

  /** New workers, one for each processor, in the place of those before. */
  private startWorkers(): void {
    const { process } = this;
    for (const worker of this.workers) worker.destroy();
    const count = Number(process.machine.facts.get('cpus') ?? 2);
    this.workers = Array.from({ length: count }, () => {
      const worker = process.spawn({ argv: ['nginx: worker process'], main: idle, credentials: WORKER });
      worker.title = 'nginx';
      return worker;
    });
  }

  private *report(level: 'notice' | 'warn' | 'emerg', text: string): Task {
    yield* this.logs.report(this.loaded.config.errorLog, level, text);
  }

  /** Opens the ports of the configuration and closes others. The problem, if a port is taken. */
  private listen(): string | undefined {
    const { network } = this.process.machine;
    const wanted = new Set(this.loaded.config.servers.flatMap(({ listens }) => listens.map(({ port }) => port)));
    for (const [port, listener] of this.open) {
      network.close(listener);
      this.open.delete(port);
    }
    for (const port of wanted) {
      const listener = this.listener(port);
      if (!network.listen(listener)) return `bind() to 0.0.0.0:${port} failed (98: Address already in use)`;
      this.open.set(port, listener);
    }
    return undefined;
  }

  private listener(port: number): Listener {
    const { process } = this;
    const handler = (request: HttpRequest) => this.server.handle(port, request);
    const common = { protocol: 'tcp', address: '0.0.0.0', port, owner: process, http: handler } as const;
    const servers = this.loaded.config.servers.filter(({ listens }) =>
      listens.some((listen) => listen.port === port && listen.tls),
    );
    if (servers.length === 0)
      return { ...common, accept: (connection) => acceptHttp(process, connection, handler, () => badRequest(process)) };
    return {
      ...common,
      tls: { names: servers.flatMap(({ names }) => names), certificate: (name) => this.certificate(port, name ?? '') },
    };
  }

  private certificate(port: number, name: string): string | undefined {
    const path = chooseServer(this.loaded.config, port, name)?.certificate;
    return path === undefined ? undefined : this.loaded.certificates.get(path);
  }
}

/** The user nginx of the image. */
const WORKER: Credentials = { uid: 101, gid: 101, groups: [101] };

/** The master answers for its workers. */
function* idle(process: Process): Task<number> {
  for (;;) yield* wait(process.stateChange);
}

function* signalMaster(process: Process, name: string): Task<number> {
  const master = [...process.machine.processes.values()].find(
    (other) => other !== process && (other.argv[0] ?? '').startsWith('nginx: master'),
  );
  const signals: Readonly<Record<string, 'TERM' | 'QUIT' | 'HUP' | 'USR1'>> = {
    stop: 'TERM',
    quit: 'QUIT',
    reload: 'HUP',
    reopen: 'USR1',
  };
  const signal = signals[name];
  if (!signal) {
    yield* process.printError(`nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  yield* process.printError(
    `${timestamp(process.now)} [notice] ${process.pid}#${process.pid}: signal process started\n`,
  );
  if (!master) {
    yield* process.printError('nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n');
    return 1;
  }
  yield* process.printError(
    `${timestamp(process.now)} [notice] ${process.pid}#${process.pid}: signal process started\n`,
  );
  master.signal(signal);
  return 0;
}

/** The answer to a line that is not HTTP, byte for byte. */
function badRequest(process: Process): string {
  const body = errorPage(400, `nginx/${VERSION}`);
  return `HTTP/1.1 400 Bad Request\r\nServer: nginx/${VERSION}\r\nDate: ${new Date(process.now).toUTCString()}\r\nContent-Type: text/html\r\nContent-Length: ${encode(body).length}\r\nConnection: close\r\n\r\n${body}`;
}
