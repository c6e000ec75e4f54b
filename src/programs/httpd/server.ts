import { decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { Directory, RegularFile } from '../../world/files/inode.ts';
import { joinPath } from '../../world/files/paths.ts';
import { bodyBytes, type HttpRequest, type HttpResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';
import { HttpFault } from '../http/client.ts';
import { resolveHost } from '../net/resolve.ts';
import { mimeType } from '../nginx/pages.ts';
import { inCidr } from '../proxy/cidr.ts';
import { forward, queryOf, requestBody, targetOf } from '../proxy/forward.ts';
import { passwordFits } from '../proxy/htpasswd.ts';
import { apacheTime, logTime } from '../servers/support.ts';
import { type Answer, page } from './answers.ts';
import type { Directive } from './config.ts';
import { type Area, chooseHost, type Host, type ServerConfig } from './model.ts';

export const VERSION = 'Apache/2.4.65 (Unix)';
/** How long a backend that did not answer is left alone, ms: retry=60. */
const RETRY = 60_000;

/** httpd with its configuration: answers the requests that come to a port. */
export class HttpdServer {
  /** Until when a backend is left alone. */
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly process: Process,
    private readonly config: ServerConfig,
    private readonly write: (file: string, text: string) => Task,
  ) {}

  *handle(port: number, request: HttpRequest): Task<HttpResponse> {
    yield* wait(this.process.timer(0.3));
    const name = (request.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    const host = chooseHost(this.config, port, name);
    const first = yield* this.answer(host, request, port);
    const answer = this.withErrorDocument(host, first.answer, request);
    for (const { file, format } of host.customLogs) {
      const text = this.config.formats.get(format) ?? format;
      yield* this.write(file, `${this.logLine(text, request, answer, first.user, host)}\n`);
    }
    const headers = new Map<string, string>([
      ['date', new Date(this.process.now).toUTCString()],
      ['server', VERSION],
      ...answer.headers,
      ['content-length', String(answer.bytes.length)],
    ]);
    for (const rule of host.headers) setHeader(headers, rule);
    const bytes = request.method === 'HEAD' ? new Uint8Array(0) : answer.bytes;
    return { status: answer.status, headers, body: { kind: 'bytes', bytes } };
  }

  private *answer(host: Host, request: HttpRequest, port: number): Task<{ answer: Answer; user: string }> {
    const rewritten = rewrite(host, request, port);
    if (typeof rewritten !== 'string') return { answer: rewritten, user: '-' };
    const redirect = redirectOf(host, rewritten, request);
    if (redirect) return { answer: redirect, user: '-' };
    const rule = host.proxies.find(({ path }) => covers(path, rewritten));
    const file = fileOf(host, rewritten);
    const areas = [
      ...host.directories.filter(({ path }) => rule === undefined && covers(path, file)),
      ...host.locations.filter(({ path }) => covers(path, rewritten)),
    ];
    const access = this.access(areas, request);
    if (access.answer) return { answer: access.answer, user: access.user };
    const answer =
      rule && rule.to !== '!'
        ? yield* this.proxy(host, rule.path, rule.to, rewritten, request)
        : this.serveFile(host, areas, rewritten, file, request);
    return { answer, user: access.user };
  }

  /** `Require` and basic authentication of the areas that a request is in; the innermost decides. */
  private access(areas: readonly Area[], request: HttpRequest): { answer?: Answer; user: string } {
    const all = areas.flatMap(({ directives }) => directives);
    const named = (name: string) => all.filter((one) => one.name.toLowerCase() === name);
    const last = [...areas].reverse().find(({ directives }) => directives.some(({ name }) => /^require$/i.test(name)));
    const requires = (last?.directives ?? []).filter(({ name }) => /^require$/i.test(name)).map(({ args }) => args);
    if (requires.length === 0) return { user: '-' };
    const user = this.user(named('authuserfile').at(-1), request);
    if (requires.some((rule) => grants(rule, request, user))) return { user: user ?? '-' };
    if (!requires.some(([kind]) => kind === 'valid-user' || kind === 'user')) return { user: '-', answer: page(403) };
    const realm = named('authname').at(-1)?.args[0] ?? '';
    const refused = page(401);
    return {
      user: '-',
      answer: { ...refused, headers: [['www-authenticate', `Basic realm="${realm}"`], ...refused.headers] },
    };
  }

  private user(file: Directive | undefined, request: HttpRequest): string | undefined {
    const encoded = /^basic +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const path = file?.args[0];
    if (encoded === undefined || path === undefined) return undefined;
    const [name = '', ...rest] = atobSafely(encoded).split(':');
    const inode = this.process.machine.files.tryStat(joinPath('/usr/local/apache2', path));
    if (!(inode instanceof RegularFile)) return undefined;
    const lines = decode(this.process.machine.files.readFile(joinPath('/usr/local/apache2', path))).split('\n');
    const stored = lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
    return stored !== undefined && passwordFits(rest.join(':'), stored) ? name : undefined;
  }

  private *proxy(host: Host, prefix: string, to: string, path: string, request: HttpRequest): Task<Answer> {
    if (!this.config.modules.has('proxy_http')) {
      yield* this.complain(
        host,
        'proxy:warn',
        `AH01144: No protocol handler was valid for the URL ${path} (scheme 'http'). If you are using a DSO version of mod_proxy, make sure the proxy submodules are included in the configuration using LoadModule.`,
        request,
      );
      return page(500);
    }
    const [, scheme = 'http', name = '', portText, base = '/'] =
      /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(to) ?? [];
    const port = Number(portText ?? (scheme === 'https' ? 443 : 80));
    const rest = path.slice(prefix.length);
    const target = targetOf(request, base + rest);
    if ((this.resting.get(`${name}:${port}`) ?? 0) > this.process.now) {
      yield* this.complain(host, 'proxy:error', `AH00940: HTTP: disabled connection for (${name})`, request);
      return page(503);
    }
    const address = yield* resolveHost(this.process, name);
    if (address === undefined) {
      yield* this.complain(
        host,
        'proxy:error',
        `AH00898: DNS lookup failure for: ${name} returned by ${path}`,
        request,
      );
      return proxyError(`DNS lookup failure for: ${name}`);
    }
    const own = portText === undefined ? name : `${name}:${portText}`;
    const asked = request.headers.get('host') ?? '';
    const forwarded: [string, string][] = [
      ['Host', host.preserveHost ? asked : own],
      ['X-Forwarded-For', [request.headers.get('x-forwarded-for'), request.remoteAddress].filter(Boolean).join(', ')],
      ['X-Forwarded-Host', asked],
      ['X-Forwarded-Server', host.name || asked],
    ];
    const set = new Set([...forwarded.map(([key]) => key.toLowerCase()), 'connection']);
    const headers = [...forwarded, ...[...request.headers].filter(([key]) => !set.has(key))];
    try {
      const response = yield* forward(
        this.process,
        { address, port },
        {
          method: request.method,
          target,
          headers,
          body: requestBody(request),
          tls: scheme === 'https',
          serverName: name,
        },
        { connect: 60_000, read: 60_000 },
      );
      const kept = [...response.headers].filter(
        ([key]) => !['date', 'server', 'content-length', 'connection'].includes(key),
      );
      return {
        status: response.status,
        headers: kept.map(([key, value]): [string, string] => [
          key,
          key === 'location' ? reversed(host, value, asked) : value,
        ]),
        bytes: bodyBytes(response.body),
      };
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      if (error.kind === 'timeout') return page(504);
      if (error.kind === 'empty' || error.kind === 'not-http' || error.kind === 'reset')
        return proxyError('Error reading from remote server');
      this.resting.set(`${name}:${port}`, this.process.now + RETRY);
      const reason = {
        refused: '(111)Connection refused',
        'no-network': '(101)Network is unreachable',
        unreachable: '(113)No route to host',
      };
      const why =
        error.kind === 'refused' || error.kind === 'no-network' || error.kind === 'unreachable'
          ? reason[error.kind]
          : '(110)Connection timed out';
      yield* this.complain(
        host,
        'proxy:error',
        `${why}: AH00957: http: attempt to connect to ${address}:${port} (${name}:${port}) failed`,
      );
      yield* this.complain(
        host,
        'proxy_http:error',
        `AH01114: HTTP: failed to make connection to backend: ${name}`,
        request,
      );
      return page(503);
    }
  }

  private serveFile(host: Host, areas: readonly Area[], path: string, file: string, request: HttpRequest): Answer {
    const { files } = this.process.machine;
    if (!['GET', 'HEAD', 'POST', 'OPTIONS'].includes(request.method)) return page(405, request.method);
    let target = file;
    let inode = files.tryStat(target, this.process.credentials);
    if (inode instanceof Directory && !path.endsWith('/')) {
      const where = `http://${request.headers.get('host') ?? ''}${path}/`;
      const moved = page(301, where);
      return { ...moved, headers: [['location', where], ...moved.headers] };
    }
    if (inode instanceof Directory) {
      const index = host.directoryIndex
        .map((name) => joinPath(target, name))
        .find((name) => files.tryStat(name, this.process.credentials) instanceof RegularFile);
      if (index === undefined) return indexesAllowed(areas) ? this.listing(target, path) : page(403);
      target = index;
      inode = files.tryStat(target, this.process.credentials);
    }
    if (!inode) return page(404);
    try {
      const bytes = files.readFile(target, this.process.credentials);
      return {
        status: 200,
        headers: [
          ['last-modified', new Date(inode.mtime).toUTCString()],
          ['etag', `"${bytes.length.toString(16)}-${Math.floor(inode.mtime * 1000).toString(16)}"`],
          ['accept-ranges', 'bytes'],
          ['content-type', mimeType(target) ?? 'text/plain'],
        ],
        bytes,
      };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return page(403);
    }
  }

  private listing(path: string, shown: string): Answer {
    const items = this.process.machine.files
      .readDirectory(path)
      .map((name) => `<li><a href="${name}"> ${name}</a></li>\n`);
    const html = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>Index of ${shown}</title>\n </head>\n <body>\n<h1>Index of ${shown}</h1>\n<ul>${items.join('')}</ul>\n</body></html>\n`;
    return { status: 200, headers: [['content-type', 'text/html;charset=ISO-8859-1']], bytes: encode(html) };
  }

  private withErrorDocument(host: Host, answer: Answer, request: HttpRequest): Answer {
    const document = answer.status >= 400 ? host.errorDocuments.get(answer.status) : undefined;
    if (document === undefined) return answer;
    if (!document.startsWith('/')) return { ...answer, bytes: encode(document) };
    const found = this.serveFile(host, [], document, fileOf(host, document), request);
    return found.status === 200 ? { ...found, status: answer.status } : answer;
  }

  private *complain(host: Host, module: string, text: string, request?: HttpRequest): Task {
    const { now, pid } = this.process;
    const client = request ? `[client ${request.remoteAddress}:40000] ` : '';
    yield* this.write(
      host.errorLog,
      `[${apacheTime(now)}] [${module}] [pid ${pid + 7}:tid ${pid + 9}] ${client}${text}\n`,
    );
  }

  /** mod_log_config's format strings. */
  private logLine(format: string, request: HttpRequest, answer: Answer, user: string, host: Host): string {
    const size = request.method === 'HEAD' || answer.bytes.length === 0 ? '-' : String(answer.bytes.length);
    const values: Readonly<Record<string, string>> = {
      h: request.remoteAddress, a: request.remoteAddress, l: '-', u: user, t: `[${logTime(this.process.now)}]`,
      r: `${request.method} ${targetOf(request)} HTTP/1.1`, s: String(answer.status), b: size, B: String(answer.bytes.length),
      O: String(answer.bytes.length), v: host.name, V: host.name, m: request.method, U: request.path, q: queryOf(request),
      D: '300', T: '0', p: '80', H: 'HTTP/1.1',
    }; // biome-ignore format: a table
    return format.replace(/%[<>]?(?:\{([^}]*)\})?([a-zA-Z%])/g, (_, name: string | undefined, letter: string) => {
      if (letter === '%') return '%';
      if (name !== undefined && letter === 'i') return request.headers.get(name.toLowerCase()) ?? '-';
      if (name !== undefined && letter === 'o')
        return answer.headers.find(([key]) => key === name.toLowerCase())?.[1] ?? '-';
      return values[letter] ?? '-';
    });
  }
}

function covers(prefix: string, path: string): boolean {
  const bare = prefix.replace(/\/+$/, '');
  return bare === '' || path === bare || path.startsWith(`${bare}/`);
}

function fileOf(host: Host, path: string): string {
  const alias = host.aliasPaths.find((one) => covers(one.path, path));
  return joinPath('/', alias ? `${alias.to}/${path.slice(alias.path.length)}` : host.documentRoot + path);
}

function grants([kind = '', ...values]: readonly string[], request: HttpRequest, user: string | undefined): boolean {
  if (kind === 'all') return values[0] === 'granted';
  if (kind === 'ip') return values.some((range) => inCidr(request.remoteAddress, range));
  if (kind === 'local') return request.remoteAddress.startsWith('127.');
  if (kind === 'valid-user') return user !== undefined;
  return kind === 'user' && user !== undefined && values.includes(user);
}

function indexesAllowed(areas: readonly Area[]): boolean {
  const options = areas
    .flatMap(({ directives }) => directives.filter(({ name }) => /^options$/i.test(name)))
    .at(-1)?.args;
  return options === undefined || options.some((word) => /^\+?(indexes|all)$/i.test(word));
}

function rewrite(host: Host, request: HttpRequest, port: number): string | Answer {
  let { path } = request;
  for (const { pattern, to, flags } of host.rewrites) {
    const match = pattern.exec(path);
    if (!match) continue;
    if (flags.includes('F')) return page(403);
    if (flags.includes('G')) return page(410);
    if (to === '-') continue;
    const next = to
      .replace(/%\{(\w+)\}/g, (_, name: string) => serverVariable(name, request, port))
      .replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
    const redirect = flags.find((flag) => /^R(=\d+)?$/.test(flag));
    if (redirect !== undefined || /^https?:/.test(next)) {
      const where = /^https?:/.test(next) ? next : `http://${request.headers.get('host') ?? ''}${next}`;
      return moved(Number(redirect?.slice(2) || 302), where + queryOf(request));
    }
    path = next;
    if (flags.includes('L') || flags.includes('END')) break;
  }
  return path;
}

function serverVariable(name: string, request: HttpRequest, port: number): string {
  const values: Readonly<Record<string, string>> = {
    HTTP_HOST: request.headers.get('host') ?? '',
    SERVER_NAME: (request.headers.get('host') ?? '').replace(/:\d+$/, ''),
    SERVER_PORT: String(port),
    REQUEST_URI: request.path,
    QUERY_STRING: queryOf(request).slice(1),
    REMOTE_ADDR: request.remoteAddress,
    HTTPS: request.tls ? 'on' : 'off',
  };
  return values[name] ?? '';
}

function redirectOf(host: Host, path: string, request: HttpRequest): Answer | undefined {
  for (const { status, pattern, path: from, to } of host.redirects) {
    const match = pattern?.exec(path);
    if (pattern ? !match : !covers(from, path)) continue;
    if (status === 410) return page(410);
    const where = match
      ? to.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '')
      : to + path.slice(from.length);
    return moved(
      status,
      (where.startsWith('/') ? `http://${request.headers.get('host') ?? ''}` : '') + where + queryOf(request),
    );
  }
  return undefined;
}

function moved(status: number, where: string): Answer {
  const answer = page(status, where);
  return { ...answer, headers: [['location', where], ...answer.headers] };
}

function proxyError(reason: string): Answer {
  return page(502, reason);
}

/** ProxyPassReverse: addresses of the backend in Location become this server's. */
function reversed(host: Host, location: string, asked: string): string {
  const rule = host.reverses.find(({ to }) => location.startsWith(to));
  return rule ? `http://${asked}${rule.path}${location.slice(rule.to.length)}` : location;
}

function setHeader(headers: Map<string, string>, rule: readonly string[]): void {
  const [action = '', name = '', value = ''] = rule[0] === 'always' || rule[0] === 'onsuccess' ? rule.slice(1) : rule;
  const key = name.toLowerCase();
  const old = headers.get(key);
  if (action === 'unset') headers.delete(key);
  else if (action === 'append' || action === 'merge') headers.set(key, old === undefined ? value : `${old}, ${value}`);
  else if (action === 'set' || action === 'add' || (action === 'setifempty' && old === undefined))
    headers.set(key, value);
}

function atobSafely(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
