import { decode, encode, fromBase64 } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { Directory, RegularFile } from '../../world/files/inode.ts';
import {
  bodyBytes,
  type HttpBody,
  type HttpRequest,
  type HttpResponse,
  parseTarget,
} from '../../world/network/http.ts';
import { reasonOf } from '../../world/network/reasons.ts';
import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';
import { keepsAlive } from '../net/http-bytes.ts';
import { inCidr } from '../proxy/cidr.ts';
import { requestBody } from '../proxy/forward.ts';
import { passwordFits } from '../proxy/htpasswd.ts';
import { type Answer, Exchange } from './exchange.ts';
import type { Loaded } from './load.ts';
import type { Logs } from './logs.ts';
import { chooseLocation, chooseServer, type Location, type Server } from './model.ts';
import { errorPage, STATUS_LINES } from './pages.ts';
import type { Step, Test } from './script.ts';
import { apply, type Settings } from './settings.ts';
import { fileOf, serveFile } from './static.ts';
import { Upstreams } from './upstream.ts';

export const VERSION = '1.27.5';
/** nginx gives up after so many internal redirects. */
const MAX_ROUNDS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Statuses that add_header without `always` goes with. */
const PLAIN = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);
const HOP_BY_HOP = new Set(['server', 'date', 'connection', 'content-length', 'keep-alive']);

/** How a part of the work ended: with an answer, with a status that has a page, or with a new path to look for. */
type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Answer['headers'] }
  | { readonly kind: 'again'; readonly location?: string }
  | { readonly kind: 'on' };

/** A loaded nginx: answers the requests that come to a port. */
export class NginxServer {
  private readonly upstreams: Upstreams;
  private connections = 0;

  constructor(
    private readonly process: Process,
    private readonly loaded: Loaded,
    private readonly logs: Logs,
  ) {
    this.upstreams = new Upstreams(loaded);
  }

  *handle(port: number, request: HttpRequest): Task<HttpResponse> {
    yield* wait(this.process.timer(0.3));
    const exchange = new Exchange(this.process, this.loaded.config, request, port, ++this.connections);
    const server = chooseServer(this.loaded.config, port, request.headers.get('host') ?? '');
    if (!server) return finish(exchange, this.page(404, undefined), undefined);
    exchange.server = server;
    const plainToTls = !request.tls && server.listens.some((listen) => listen.port === port && listen.tls);
    const { answer, settings } = plainToTls
      ? { answer: this.page(400, server.settings), settings: server.settings }
      : yield* this.answer(exchange, server);
    exchange.answer = answer;
    const response = finish(exchange, answer, settings);
    for (const [file, format] of settings.accessLogs) {
      const text = this.loaded.config.formats.get(format) ?? this.loaded.config.formats.get('combined') ?? '';
      yield* this.logs.write(file, `${exchange.expand(text, '-')}\n`);
    }
    // nginx closes the connection and says nothing.
    if (answer.status === 444) throw new Errno('EPIPE');
    return response;
  }

  /** Finds the location, runs its script and handler, and looks at error pages; paths may change on the way. */
  private *answer(exchange: Exchange, server: Server): Task<{ answer: Answer; settings: Settings }> {
    let settings = server.settings;
    const first = yield* this.run(exchange, server.script, settings);
    let outcome = first.outcome;
    let named: string | undefined;
    let kept: number | undefined;
    if (outcome.kind === 'on' || outcome.kind === 'again') outcome = { kind: 'again' };
    for (let round = 0; ; round++) {
      if (outcome.kind === 'again') {
        if (round > MAX_ROUNDS) {
          yield* this.complain(
            exchange,
            settings,
            `rewrite or internal redirection cycle while processing "${exchange.uri}"`,
          );
          outcome = { kind: 'status', status: 500 };
        } else {
          named = outcome.location;
          const location = this.locate(exchange, server, named);
          settings = location?.settings ?? server.settings;
          const internal = location?.settings.internal && round === 0;
          const done: { outcome: Outcome; settings: Settings } = internal
            ? { outcome: { kind: 'status', status: 404 }, settings }
            : yield* this.enter(exchange, location, settings);
          outcome = done.outcome;
          settings = done.settings;
        }
      }
      if (outcome.kind === 'again') continue;
      const status =
        outcome.kind === 'answer' ? outcome.answer.status : outcome.kind === 'status' ? outcome.status : 404;
      const page =
        outcome.kind === 'answer' && !(settings.interceptErrors && exchange.tries.length > 0)
          ? undefined
          : settings.errorPages.find(({ codes }) => codes.includes(status));
      if (page && kept === undefined && round <= MAX_ROUNDS) {
        kept = page.status ?? status;
        const to = exchange.expand(page.to);
        if (/^https?:/.test(to)) {
          const code = REDIRECTS.has(kept) ? kept : 302;
          return { answer: this.page(code, settings, [['location', to]]), settings };
        }
        if (!to.startsWith('@')) [exchange.uri = '/'] = to.split('?');
        outcome = to.startsWith('@') ? { kind: 'again', location: to } : { kind: 'again' };
        continue;
      }
      const headers = outcome.kind === 'status' ? (outcome.headers ?? []) : [];
      const answer = outcome.kind === 'answer' ? outcome.answer : this.page(status, settings, headers);
      // A page that is itself missing leaves the plain one of the first status.
      if (kept !== undefined && kept > 0) {
        const replaced = answer.status === 404 && kept !== 404 ? this.page(kept, settings) : answer;
        return { answer: { ...replaced, status: kept }, settings };
      }
      return { answer, settings };
    }
  }

  private locate(exchange: Exchange, server: Server, named: string | undefined): Location | undefined {
    if (named !== undefined) return server.locations.find(({ modifier, path }) => modifier === '@' && path === named);
    const found = chooseLocation(server, exchange.uri);
    if (found?.match) exchange.capture(found.match);
    return found?.location;
  }

  private *enter(
    exchange: Exchange,
    location: Location | undefined,
    outer: Settings,
  ): Task<{ outcome: Outcome; settings: Settings }> {
    const { outcome, settings } = yield* this.run(exchange, location?.script ?? [], outer);
    if (outcome.kind !== 'on') return { outcome, settings };
    const prefix = location && /^(=|\^~)?$/.test(location.modifier) ? location.path : undefined;
    return { outcome: yield* this.content(exchange, settings, prefix), settings };
  }

  /** The rewrite phase. `if` blocks may change the settings. */
  private *run(
    exchange: Exchange,
    script: readonly Step[],
    outer: Settings,
  ): Task<{ outcome: Outcome; settings: Settings }> {
    let settings = outer;
    for (const step of script) {
      switch (step.kind) {
        case 'set':
          exchange.variables.set(step.name, exchange.expand(step.value));
          break;
        case 'break':
          return { outcome: { kind: 'on' }, settings };
        case 'return':
          return { outcome: this.returned(exchange, step.code, step.text, settings), settings };
        case 'rewrite': {
          const outcome = this.rewrite(exchange, step);
          if (outcome) return { outcome, settings };
          break;
        }
        case 'if': {
          if (!this.holds(exchange, step.test)) break;
          settings = apply(settings, step.block);
          const inner = yield* this.run(exchange, step.steps, settings);
          settings = inner.settings;
          if (inner.outcome.kind !== 'on') return inner;
          break;
        }
      }
    }
    return { outcome: { kind: 'on' }, settings };
  }

  private returned(exchange: Exchange, code: number, text: string | undefined, settings: Settings): Outcome {
    if (code === 444) return { kind: 'answer', answer: { status: 444, headers: [], body: bytesBody('') } };
    const body = text === undefined ? undefined : exchange.expand(text);
    if (body === undefined) return { kind: 'status', status: code };
    if (REDIRECTS.has(code)) return { kind: 'status', status: code, headers: [['location', absolute(exchange, body)]] };
    return {
      kind: 'answer',
      answer: { status: code, headers: [['content-type', settings.defaultType]], body: bytesBody(body) },
    };
  }

  private rewrite(exchange: Exchange, step: Step & { kind: 'rewrite' }): Outcome | undefined {
    const match = step.pattern.exec(exchange.uri);
    if (!match) return undefined;
    exchange.capture(match);
    const to = exchange.expand(step.to);
    const drops = to.endsWith('?');
    const [path = '', own] = (drops ? to.slice(0, -1) : to).split('?');
    const args = [own, drops ? undefined : exchange.args].filter((part) => part).join('&');
    if (/^(https?:\/\/|\$scheme)/.test(step.to) || step.flag === 'redirect' || step.flag === 'permanent') {
      const where = absolute(exchange, args === '' ? path : `${path}?${args}`);
      return { kind: 'status', status: step.flag === 'permanent' ? 301 : 302, headers: [['location', where]] };
    }
    exchange.uri = parseTarget(path).path;
    exchange.args = args;
    if (step.flag === 'break') return { kind: 'on' };
    return step.flag === 'last' ? { kind: 'again' } : undefined;
  }

  private holds(exchange: Exchange, test: Test): boolean {
    const subject = exchange.expand(test.subject);
    const { operator, value, pattern } = test;
    if (pattern) {
      const match = pattern.exec(subject);
      if (match) exchange.capture(match);
      return operator.startsWith('!') ? !match : match !== null;
    }
    if (operator === '=') return subject === exchange.expand(value);
    if (operator === '!=') return subject !== exchange.expand(value);
    if (operator === '') return subject !== '' && subject !== '0';
    const inode = this.process.machine.files.tryStat(subject, this.process.credentials);
    const fits = operator.endsWith('f')
      ? inode instanceof RegularFile
      : operator.endsWith('d')
        ? inode instanceof Directory
        : inode !== undefined;
    return operator.startsWith('!') ? !fits : fits;
  }

  /** The access phase and the handler of a location. `prefix`: the path of a location without a pattern. */
  private *content(exchange: Exchange, settings: Settings, prefix: string | undefined): Task<Outcome> {
    const { request } = exchange;
    const length = requestBody(request)?.length ?? 0;
    if (settings.bodySize > 0 && length > settings.bodySize) {
      yield* this.complain(exchange, settings, `client intended to send too large body: ${length} bytes`);
      return { kind: 'status', status: 413 };
    }
    const rule = settings.access.find(([, who]) => who === 'all' || inCidr(request.remoteAddress, who));
    if (rule?.[0] === 'deny') {
      yield* this.complain(exchange, settings, 'access forbidden by rule');
      return { kind: 'status', status: 403 };
    }
    const refused = yield* this.authorize(exchange, settings);
    if (refused) return refused;
    if (settings.tryFiles) {
      const found = this.tryFiles(exchange, settings, prefix ?? '/');
      if (found.kind !== 'on') return found;
    }
    if (settings.stubStatus) return this.stubStatus();
    if (settings.proxyPass !== undefined) return yield* this.proxy(exchange, settings, prefix);
    if (request.method !== 'GET' && request.method !== 'HEAD') return { kind: 'status', status: 405 };
    const found = serveFile(exchange, settings, prefix ?? '/', exchange.uri);
    if (found.kind === 'answer') return found;
    if (found.kind === 'path') {
      exchange.uri = found.path;
      return { kind: 'again' };
    }
    if (found.complaint !== undefined) yield* this.complain(exchange, settings, found.complaint);
    if (found.location === undefined) return { kind: 'status', status: found.status };
    return { kind: 'status', status: found.status, headers: [['location', absolute(exchange, found.location)]] };
  }

  private *authorize(exchange: Exchange, settings: Settings): Task<Outcome | undefined> {
    if (settings.authRealm === '') return undefined;
    const { files } = this.process.machine;
    const encoded = /^basic +(\S+)$/i.exec(exchange.request.headers.get('authorization') ?? '')?.[1];
    const refuse: Outcome = {
      kind: 'status',
      status: 401,
      headers: [['www-authenticate', `Basic realm="${exchange.expand(settings.authRealm)}"`]],
    };
    if (encoded === undefined) return refuse;
    const file = files.tryStat(settings.authFile, this.process.credentials);
    if (!(file instanceof RegularFile)) {
      yield* this.complain(exchange, settings, `open() "${settings.authFile}" failed (2: No such file or directory)`);
      return { kind: 'status', status: 403 };
    }
    const [user = '', password = ''] = splitOnce(fromBase64(encoded) ?? '', ':');
    const lines = decode(files.readFile(settings.authFile, this.process.credentials)).split('\n');
    const stored = lines.map((line) => splitOnce(line, ':')).find(([name]) => name === user)?.[1];
    exchange.user = user;
    if (stored !== undefined && passwordFits(password, stored.trim())) return undefined;
    yield* this.complain(
      exchange,
      settings,
      stored === undefined
        ? `user "${user}" was not found in "${settings.authFile}"`
        : `user "${user}": password mismatch`,
    );
    return refuse;
  }

  private tryFiles(exchange: Exchange, settings: Settings, prefix: string): Outcome {
    const { files } = this.process.machine;
    const all = settings.tryFiles ?? [];
    for (const candidate of all.slice(0, -1)) {
      const path = exchange.expand(candidate);
      const inode = files.tryStat(fileOf(exchange, settings, prefix, path), this.process.credentials);
      if (path.endsWith('/') ? !(inode instanceof Directory) : !(inode instanceof RegularFile)) continue;
      exchange.uri = path;
      return { kind: 'on' };
    }
    const last = all.at(-1) ?? '=404';
    if (last.startsWith('=')) return { kind: 'status', status: Number(last.slice(1)) };
    if (last.startsWith('@')) return { kind: 'again', location: last };
    const [path = '/', args = ''] = exchange.expand(last).split('?');
    exchange.uri = path;
    exchange.args = args;
    return { kind: 'again' };
  }

  private stubStatus(): Outcome {
    const count = this.connections;
    const text = `Active connections: 1 \nserver accepts handled requests\n ${count} ${count} ${count} \nReading: 0 Writing: 1 Waiting: 0 \n`;
    return {
      kind: 'answer',
      answer: { status: 200, headers: [['content-type', 'text/plain']], body: bytesBody(text) },
    };
  }

  private *proxy(exchange: Exchange, settings: Settings, prefix: string | undefined): Task<Outcome> {
    const complain = (text: string, url?: string) => this.complain(exchange, settings, text, url);
    const passed = yield* this.upstreams.pass(exchange, settings, prefix, complain);
    if (passed.kind === 'failed') return { kind: 'status', status: passed.status };
    const { status, headers, body } = passed.response;
    const hidden = new Set([...HOP_BY_HOP, ...settings.hiddenHeaders]);
    const kept = [...headers].filter(([name]) => !hidden.has(name));
    const shown = kept.map(([name, value]): [string, string] => [
      name,
      name === 'location' ? this.redirected(exchange, settings, value, prefix) : value,
    ]);
    const whole: HttpBody = body?.kind === 'stream' ? body : { kind: 'bytes', bytes: bodyBytes(body) };
    return { kind: 'answer', answer: { status, reason: reasonOf(passed.response), headers: shown, body: whole } };
  }

  /** proxy_redirect: addresses of the upstream in Location become those of the location. */
  private redirected(exchange: Exchange, settings: Settings, value: string, prefix: string | undefined): string {
    const [from = 'default', to = ''] = settings.proxyRedirect;
    if (from === 'off') return value;
    if (from !== 'default') return value.startsWith(from) ? exchange.expand(to) + value.slice(from.length) : value;
    const pass = settings.proxyPass ?? '';
    if (pass.includes('$') || prefix === undefined) return value;
    const base = /^https?:\/\/[^/]+\//.test(pass) ? pass : `${pass}/`;
    const target = /^https?:\/\/[^/]+\//.test(pass) ? prefix : '/';
    return value.startsWith(base) ? absolute(exchange, target + value.slice(base.length)) : value;
  }

  private *complain(exchange: Exchange, settings: Settings, text: string, url?: string): Task {
    const { request, server } = exchange;
    const upstream = url === undefined ? '' : `, upstream: "${url}"`;
    const line = `*${exchange.connection} ${text}, client: ${request.remoteAddress}, server: ${server?.names[0] ?? ''}, request: "${exchange.requestLine}"${upstream}, host: "${request.headers.get('host') ?? ''}"`;
    yield* this.logs.report(settings.errorLog, 'error', line, true);
  }

  private page(status: number, settings: Settings | undefined, headers: Answer['headers'] = []): Answer {
    const html = errorPage(status, settings?.serverTokens === false ? 'nginx' : `nginx/${VERSION}`);
    const type: Answer['headers'] = html === '' ? [] : [['content-type', 'text/html']];
    return { status, headers: [...type, ...headers], body: bytesBody(html) };
  }
}

function bytesBody(text: string): HttpBody {
  return { kind: 'bytes', bytes: encode(text) };
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A Location header with scheme and host, as absolute_redirect makes it. */
function absolute(exchange: Exchange, where: string): string {
  if (!where.startsWith('/')) return where;
  const { request, port } = exchange;
  const scheme = request.tls ? 'https' : 'http';
  const usual = request.tls ? 443 : 80;
  return `${scheme}://${exchange.host}${port === usual ? '' : `:${port}`}${where}`;
}

function finish(exchange: Exchange, answer: Answer, settings: Settings | undefined): HttpResponse {
  const { request, process } = exchange;
  const headers = new Map<string, string>([
    ['server', settings?.serverTokens === false ? 'nginx' : `nginx/${VERSION}`],
    ['date', new Date(process.now).toUTCString()],
  ]);
  const type = answer.headers.find(([name]) => name === 'content-type')?.[1];
  if (type !== undefined) headers.set('content-type', type);
  if (answer.body.kind === 'bytes' && answer.status !== 204)
    headers.set('content-length', String(answer.body.bytes.length));
  const last = answer.headers.find(([name]) => name === 'last-modified')?.[1];
  if (last !== undefined) headers.set('last-modified', last);
  headers.set('connection', keepsAlive(request) ? 'keep-alive' : 'close');
  for (const [name, value] of answer.headers) headers.set(name, value);
  for (const { name, value, always } of settings?.headers ?? [])
    if (always || PLAIN.has(answer.status)) headers.set(name.toLowerCase(), exchange.expand(value));
  const body: HttpBody = request.method === 'HEAD' ? { kind: 'bytes', bytes: new Uint8Array(0) } : answer.body;
  const reason = answer.reason ?? STATUS_LINES[answer.status];
  return { status: answer.status, ...(reason === undefined ? {} : { reason }), headers, body };
}
