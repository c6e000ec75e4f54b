import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { openFile } from '../../world/files/disk-file.ts';
import { joinPath } from '../../world/files/file-system.ts';
import { Directory, RegularFile, Symlink } from '../../world/files/inode.ts';
import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import { parseTarget } from '../../world/network/http.ts';
import type { Listener } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { acceptHttp } from '../net/http-bytes.ts';
import { resolveHost } from '../net/resolve.ts';
import { ConfigError, type Directive, parseConfig } from './config.ts';
import { errorPage, mimeType } from './pages.ts';
import { chooseLocation, chooseServer, type HttpConfig, readHttpConfig, type Settings } from './server.ts';

const VERSION = '1.27.5';
const CONFIG_FILE = '/etc/nginx/nginx.conf';

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
  const testing = args.includes('-t') || args.includes('-T');
  const signal = args.indexOf('-s');
  if (signal >= 0) return yield* signalMaster(process, args[signal + 1] ?? '');
  let config: HttpConfig;
  try {
    config = load(process, file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const prefix = testing
      ? 'nginx: '
      : `${timestamp(process.now)} [emerg] ${process.pid}#${process.pid}: ${error.message}\nnginx: `;
    yield* process.printError(`${prefix}[emerg] ${error.message}\n`);
    if (testing) yield* process.printError(`nginx: configuration file ${file} test failed\n`);
    return 1;
  }
  if (testing) {
    yield* process.printError(
      `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`,
    );
    return 0;
  }
  return yield* serve(process, file, config);
}

function load(process: Process, file: string): HttpConfig {
  const { files } = process.machine;
  const read = (path: string, from?: Directive): string => {
    try {
      return files.readText(path, process.credentials);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const where = from ? ` in ${from.file}:${from.line}` : '';
      throw new ConfigError(`open() "${path}" failed (${error.code === 'ENOENT' ? 2 : 13}: ${error.text})${where}`);
    }
  };
  const include = (pattern: string, from: Directive): { file: string; text: string }[] => {
    const path = joinPath('/etc/nginx', pattern);
    if (!/[*?[]/.test(path)) return [{ file: path, text: read(path, from) }];
    const folder = path.slice(0, path.lastIndexOf('/'));
    const matches = new RegExp(
      `^${path
        .slice(folder.length + 1)
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    );
    if (files.tryStat(folder)?.kind !== 'directory') return [];
    return files
      .readDirectory(folder)
      .filter((name) => matches.test(name))
      .map((name) => ({ file: `${folder}/${name}`, text: read(`${folder}/${name}`, from) }));
  };
  return readHttpConfig(parseConfig(file, read(file), include));
}

function* serve(process: Process, file: string, first: HttpConfig): Task<number> {
  let config = first;
  const { network } = process.machine;
  const logs = new Logs(process);
  const open = new Map<number, Listener>();
  const listen = (): string | undefined => {
    const wanted = new Set(config.servers.flatMap((server) => server.listens.map((entry) => entry.port)));
    for (const [port, listener] of open) {
      if (wanted.has(port)) continue;
      network.close(listener);
      open.delete(port);
    }
    for (const port of wanted) {
      if (open.has(port)) continue;
      const handler = (request: HttpRequest) => handle(process, config, port, request, logs);
      const listener: Listener = {
        protocol: 'tcp',
        address: '0.0.0.0',
        port,
        owner: process,
        http: handler,
        accept: (connection) => acceptHttp(process, connection, handler, () => badRequest(process)),
      };
      if (!network.listen(listener)) return `bind() to 0.0.0.0:${port} failed (98: Address already in use)`;
      open.set(port, listener);
    }
    return undefined;
  };
  const problem = listen();
  if (problem !== undefined) {
    for (let attempt = 0; attempt < 5; attempt++) {
      yield* process.printError(
        `${timestamp(process.now)} [emerg] ${process.pid}#${process.pid}: ${problem}\nnginx: [emerg] ${problem}\n`,
      );
      yield* process.sleep(500);
    }
    yield* process.printError(
      `${timestamp(process.now)} [emerg] ${process.pid}#${process.pid}: still could not bind()\nnginx: [emerg] still could not bind()\n`,
    );
    return 1;
  }
  const notice = (text: string) =>
    logs.error(
      config.servers[0]?.settings.errorLog ?? '/var/log/nginx/error.log',
      `${timestamp(process.now)} [notice] ${process.pid}#${process.pid}: ${text}\n`,
    );
  yield* notice('using the "epoll" event method');
  yield* notice(`nginx/${VERSION}`);
  yield* notice('OS: Linux 6.8.0-71-generic');
  yield* notice('start worker processes');
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
  while (stop === undefined) {
    yield* wait<void>({
      arm: (resume) => {
        wake = resume;
        if (stop !== undefined || reload) resume();
        return () => {};
      },
    });
    if (!reload) continue;
    reload = false;
    try {
      const next = load(process, file);
      config = next;
      listen();
      yield* notice('reconfiguring');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* logs.error(
        config.servers[0]?.settings.errorLog ?? '',
        `${timestamp(process.now)} [emerg] ${process.pid}#${process.pid}: ${error.message}\n`,
      );
    }
  }
  yield* notice(
    stop === 'QUIT'
      ? 'gracefully shutting down'
      : `signal ${stop === 'TERM' ? '15 (SIGTERM)' : '2 (SIGINT)'} received, exiting`,
  );
  return 0;
}

function* signalMaster(process: Process, name: string): Task<number> {
  const master = [...process.machine.processes.values()].find(
    (other) => other !== process && /(^|\/)nginx$/.test(other.argv[0] ?? ''),
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

/** `2026/09/01 09:00:00` */
function timestamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function localTime(now: number): string {
  const iso = new Date(now).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Log files, which images often link to the standard streams. */
class Logs {
  constructor(private readonly process: Process) {}

  *write(path: string, text: string): Task {
    if (path === 'off' || path === '') return;
    const { process } = this;
    const target = this.target(path);
    if (target === '/dev/stdout') return yield* process.write(1, text);
    if (target === '/dev/stderr') return yield* process.write(2, text);
    try {
      const file = openFile(process, target, { write: true, append: true, create: true }).retain();
      yield* file.write(process, encode(text));
      file.release();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  *error(path: string, text: string): Task {
    yield* this.write(path === '' ? '/dev/stderr' : path, text);
  }

  private target(path: string): string {
    const { files } = this.process.machine;
    try {
      const inode = files.lstat(path);
      return inode instanceof Symlink ? inode.target : path;
    } catch {
      return path;
    }
  }
}

interface Answer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly bytes: Uint8Array;
}

function* handle(
  process: Process,
  config: HttpConfig,
  port: number,
  request: HttpRequest,
  logs: Logs,
): Task<HttpResponse> {
  const host = request.headers.get('host') ?? '';
  const server = chooseServer(config, port, host);
  yield* wait(process.timer(0.3));
  let path = request.path;
  let settings: Settings | undefined = server?.settings;
  let answer: Answer = page(404, settings);
  for (let round = 0; server && round < 10; round++) {
    const location = chooseLocation(server, path);
    settings = location?.settings ?? server.settings;
    const rewritten = rewrite(settings, path);
    if (rewritten !== undefined && rewritten !== path) {
      if (/^https?:/.test(rewritten)) {
        answer = redirect(302, rewritten, settings);
        break;
      }
      path = rewritten;
      continue;
    }
    const result = yield* answerTo(process, config, settings, location?.path ?? '/', path, request, port);
    if (typeof result === 'string') {
      path = result;
      continue;
    }
    answer = result;
    break;
  }
  const custom = settings?.errorPages.get(answer.status);
  if (custom !== undefined && settings && answer.status >= 400) {
    const replaced = fileAnswer(process, settings, custom, custom, request, port);
    if (typeof replaced !== 'string' && replaced.status === 200) answer = { ...replaced, status: answer.status };
  }
  const headers = new Map<string, string>([
    ['server', `nginx/${VERSION}`],
    ['date', new Date(process.now).toUTCString()],
    ...answer.headers,
    ['content-length', String(answer.bytes.length)],
    ['connection', 'keep-alive'],
  ]);
  for (const [name, value, always] of settings?.headers ?? []) {
    if (always || [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(answer.status))
      headers.set(name.toLowerCase(), expandVariables(process, value, request, port, answer));
  }
  if (settings) {
    const format = config.formats.get(settings.logFormat) ?? config.formats.get('combined') ?? '';
    yield* logs.write(settings.accessLog, `${expandVariables(process, format, request, port, answer)}\n`);
    if (answer.status === 404 && settings.returns === undefined && settings.proxyPass === undefined) {
      yield* logs.error(
        settings.errorLog,
        `${timestamp(process.now)} [error] ${process.pid + 20}#${process.pid + 20}: *1 open() "${settings.root}${path}" failed (2: No such file or directory), client: ${request.remoteAddress}, server: ${server?.names[0] ?? ''}, request: "${request.method} ${request.path} HTTP/1.1", host: "${host}"\n`,
      );
    }
  }
  const bytes = request.method === 'HEAD' ? new Uint8Array(0) : answer.bytes;
  return { status: answer.status, headers, body: { kind: 'bytes', bytes } };
}

function rewrite(settings: Settings, path: string): string | undefined {
  for (const { pattern, to } of settings.rewrites) if (pattern.test(path)) return path.replace(pattern, to);
  return undefined;
}

function page(status: number, _settings: Settings | undefined): Answer {
  return { status, headers: [['content-type', 'text/html']], bytes: encode(errorPage(status, `nginx/${VERSION}`)) };
}

/** The answer to a line that is not HTTP, byte for byte. */
function badRequest(process: Process): string {
  const body = errorPage(400, `nginx/${VERSION}`);
  return `HTTP/1.1 400 Bad Request\r\nServer: nginx/${VERSION}\r\nDate: ${new Date(process.now).toUTCString()}\r\nContent-Type: text/html\r\nContent-Length: ${encode(body).length}\r\nConnection: close\r\n\r\n${body}`;
}

function redirect(status: number, to: string, settings: Settings): Answer {
  const answer = page(status, settings);
  return { ...answer, headers: [...answer.headers, ['location', to]] };
}

/** The answer, or another path to look for. */
function* answerTo(
  process: Process,
  config: HttpConfig,
  settings: Settings,
  prefix: string,
  path: string,
  request: HttpRequest,
  port: number,
): Task<Answer | string> {
  const denied = settings.allow.find(([, who]) => who === 'all' || who === request.remoteAddress);
  if (denied?.[0] === 'deny') return page(403, settings);
  if (settings.returns) {
    const { code, text } = settings.returns;
    const body = expandVariables(process, text, request, port);
    if (code >= 301 && code <= 308 && body !== '') return redirect(code, body, settings);
    if (code === 444) return page(499, settings);
    if (text === '') return page(code, settings);
    return { status: code, headers: [['content-type', settings.defaultType]], bytes: encode(body) };
  }
  if (settings.proxyPass !== undefined) return yield* proxy(process, config, settings, prefix, path, request, port);
  if (request.method !== 'GET' && request.method !== 'HEAD') return page(405, settings);
  if (!settings.tryFiles) return fileAnswer(process, settings, prefix, path, request, port);
  for (const candidate of settings.tryFiles.slice(0, -1)) {
    const tried = expandVariables(process, candidate, request, port).replace('$uri', path);
    const target = joinPath('/', settings.root + tried);
    const inode = process.machine.files.tryStat(target, process.credentials);
    if (tried.endsWith('/') ? inode instanceof Directory : inode instanceof RegularFile)
      return fileAnswer(process, settings, prefix, tried, request, port);
  }
  const last = settings.tryFiles.at(-1) ?? '=404';
  return last.startsWith('=')
    ? page(Number(last.slice(1)), settings)
    : (expandVariables(process, last, request, port).split('?')[0] ?? '/');
}

function fileAnswer(
  process: Process,
  settings: Settings,
  prefix: string,
  path: string,
  request: HttpRequest,
  port: number,
): Answer | string {
  const { files } = process.machine;
  const base = settings.alias !== undefined ? settings.alias + path.slice(prefix.length) : settings.root + path;
  const target = joinPath('/', base);
  const inode = files.tryStat(target, process.credentials);
  if (inode instanceof Directory) {
    if (!path.endsWith('/'))
      return redirect(
        301,
        `http://${request.headers.get('host') ?? ''}${port === 80 || /:\d+$/.test(request.headers.get('host') ?? '') ? '' : `:${port}`}${path}/`,
        settings,
      );
    for (const name of settings.index) {
      const found = files.tryStat(`${target}/${name}`, process.credentials);
      if (found instanceof RegularFile) return content(process, settings, `${target}/${name}`);
    }
    return settings.autoindex ? listing(process, target, path) : page(403, settings);
  }
  return inode ? content(process, settings, target) : page(404, settings);
}

function content(process: Process, settings: Settings, path: string): Answer {
  const { files } = process.machine;
  try {
    const bytes = files.readFile(path, process.credentials);
    const { mtime } = files.stat(path);
    const etag = `"${Math.floor(mtime / 1000).toString(16)}-${bytes.length.toString(16)}"`;
    return {
      status: 200,
      headers: [
        ['content-type', mimeType(path) ?? settings.defaultType],
        ['last-modified', new Date(mtime).toUTCString()],
        ['etag', etag],
        ['accept-ranges', 'bytes'],
      ],
      bytes,
    };
  } catch (error) {
    if (error instanceof Errno) return page(error.code === 'EACCES' ? 403 : 404, settings);
    throw error;
  }
}

function listing(process: Process, target: string, path: string): Answer {
  const names = process.machine.files.readDirectory(target, process.credentials);
  const lines = names.map((name) => `<a href="${name}">${name}</a>`).join('\r\n');
  const html = `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${lines}\r\n</pre><hr></body>\r\n</html>\r\n`;
  return { status: 200, headers: [['content-type', 'text/html']], bytes: encode(html) };
}

function* proxy(
  process: Process,
  config: HttpConfig,
  settings: Settings,
  prefix: string,
  path: string,
  request: HttpRequest,
  port: number,
): Task<Answer> {
  const url = expandVariables(process, settings.proxyPass ?? '', request, port);
  const parts = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url);
  if (!parts) return page(500, settings);
  const [, scheme = 'http', name = '', portText, uri] = parts;
  const upstream = config.upstreams.get(name);
  const targets = upstream ? upstream.servers : [`${name}:${portText ?? (scheme === 'https' ? '443' : '80')}`];
  const onward = uri === undefined ? path : uri + path.slice(prefix.length);
  const headers = new Map(request.headers);
  headers.set('host', upstream ? name : portText ? `${name}:${portText}` : name);
  headers.set('connection', 'close');
  for (const [header, value] of settings.proxyHeaders)
    headers.set(header.toLowerCase(), expandVariables(process, value, request, port));
  const start = targets.length > 1 ? process.machine.world.random.integer(targets.length) : 0;
  for (let index = 0; index < targets.length; index++) {
    const [target = '', targetPort = '80'] = (targets[(start + index) % targets.length] ?? '').split(':');
    const address = yield* resolveHost(process, target);
    if (address === undefined) continue;
    try {
      const { path: onwardPath } = parseTarget(onward);
      const response = yield* process.machine.world.network.request(process, address, Number(targetPort), {
        method: request.method,
        path: onwardPath,
        query: request.query,
        headers,
        ...(request.body ? { body: request.body } : {}),
        connectTimeout: 60_000,
      });
      const bytes =
        response.body?.kind === 'bytes'
          ? response.body.bytes
          : response.body?.kind === 'json'
            ? encode(JSON.stringify(response.body.value))
            : new Uint8Array(0);
      const kept = [...response.headers].filter(
        ([header]) => !['server', 'date', 'connection', 'content-length'].includes(header),
      );
      return { status: response.status, headers: kept, bytes };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'ETIMEDOUT') return page(504, settings);
    }
  }
  return page(502, settings);
}

function expandVariables(process: Process, text: string, request: HttpRequest, port: number, answer?: Answer): string {
  const { now } = process;
  const { hostname } = process.machine;
  if (!text.includes('$')) return text;
  const query = request.query.map(([key, value]) => `${key}=${value}`).join('&');
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '');
  const target = request.path + (query === '' ? '' : `?${query}`);
  return text.replace(/\$\{?(\w+)\}?/g, (whole: string, name: string) => {
    if (name.startsWith('http_')) return request.headers.get(name.slice(5).replace(/_/g, '-')) ?? (answer ? '-' : '');
    if (name.startsWith('arg_')) return request.query.find(([key]) => key === name.slice(4))?.[1] ?? '';
    switch (name) {
      case 'remote_addr':
      case 'proxy_add_x_forwarded_for':
        return request.remoteAddress;
      case 'remote_user':
        return '-';
      case 'time_local':
        return localTime(now);
      case 'request':
        return `${request.method} ${target} HTTP/1.1`;
      case 'status':
        return String(answer?.status ?? '');
      case 'body_bytes_sent':
        return String(request.method === 'HEAD' ? 0 : (answer?.bytes.length ?? 0));
      case 'host':
        return host;
      case 'hostname':
        return hostname;
      case 'request_uri':
        return target;
      case 'uri':
      case 'document_uri':
        return request.path;
      case 'args':
      case 'query_string':
        return query;
      case 'is_args':
        return query === '' ? '' : '?';
      case 'scheme':
        return request.tls ? 'https' : 'http';
      case 'server_port':
        return String(port);
      case 'request_method':
        return request.method;
      case 'server_protocol':
        return 'HTTP/1.1';
      case 'server_name':
        return host;
      default:
        return whole;
    }
  });
}
