import { isObject, type Json, type JsonObject } from '../cluster/apimachinery/json-value.ts';
import { decode, encode } from '../world/bytes.ts';
import { Errno } from '../world/errno.ts';
import { bodyText, type HttpBody, type HttpRequest, type HttpResponse } from '../world/network/http.ts';
import type { Process } from '../world/process.ts';
import { anyOf, type Channel, type Task, wait } from '../world/task.ts';
import { ConnectionError, StatusError } from './errors.ts';
import { goErrno } from './files.ts';
import { isJson } from './json.ts';
import { klogLine } from './klog.ts';
import { encodeBase64 } from './kubeconfig/base64.ts';
import type { ClientConfig } from './kubeconfig/client-config.ts';
import { type ExecCredential, runExecPlugin } from './kubeconfig/exec-plugin.ts';
import { type Login, promptForLogin } from './kubeconfig/login.ts';
import { unquoteGo } from './printers/go-unquote.ts';
import type { RequestLog } from './request-log.ts';

/** Go: net/http defaultCheckRedirect */
const MAX_REDIRECTS = 10;

/** ms after which Go's dialer gives up. client-go: transport DialTimeout */
const DIAL_TIMEOUT = 30_000;

export interface RequestOptions {
  /** Query parameters in order; the same name may come more than once. */
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: Json;
  /** A body that is sent as it stands, instead of `body`. */
  readonly text?: string;
  readonly contentType?: string;
  readonly accept?: string;
}

/** Something that a watch reports. */
export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** Speaks to one API server as one user. client-go: rest.RESTClient */
export class Client {
  private readonly warned = new Set<string>();
  /** What was typed by somebody without credentials. */
  private login: Login | undefined;
  /** What the user's plugin gave. */
  private credential: ExecCredential | undefined;

  constructor(
    readonly process: Process,
    readonly config: ClientConfig,
    private readonly log?: RequestLog,
  ) {}

  /** `192.168.64.10:6443`, as messages name the server. */
  get host(): string {
    return this.config.server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  }

  /** Any exchange, whatever its status. Raises ConnectionError. Warnings of the server are printed. */
  *exchange(method: string, path: string, options: RequestOptions = {}): Task<HttpResponse> {
    const query = options.query ?? [];
    const target = query.length === 0 ? path : `${path}?${encodeQuery(query)}`;
    const fail = (text: string) => new ConnectionError(titleCase(method), this.config.server + target, this.host, text);
    if (this.config.unidentified && this.config.server.startsWith('https:'))
      this.login ??= yield* promptForLogin(this.process);
    const { address, port, name, shown } = yield* this.locate(fail);
    yield* this.fetchCredential(fail);
    const headers = this.headers(options);
    const certificate = this.credential?.certificate ?? this.config.certificate;
    const https = this.config.server.startsWith('https:');
    const prefix = /^https?:\/\/[^/]+(\/.*)?$/.exec(this.config.server)?.[1] ?? '';
    let response: HttpResponse;
    const url = this.config.server + target;
    const began = this.log ? yield* this.log.request(method, url, headers) : 0;
    try {
      response = yield* this.process.machine.world.network.request(this.process, address, port, {
        method,
        path: prefix + path,
        query,
        headers,
        ...bodyOf(options),
        ...(https
          ? {
              tls: {
                serverName: name,
                ...(certificate ? { clientCertificate: certificate } : {}),
              },
            }
          : {}),
        connectTimeout: this.config.timeout > 0 ? Math.min(this.config.timeout, DIAL_TIMEOUT) : DIAL_TIMEOUT,
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (this.log) yield* this.log.response(method, url, began);
      throw fail(dialText(error, shown));
    }
    if (this.log) yield* this.log.response(method, url, began, response);
    if (response.status === 401) yield* this.refreshCredential();
    yield* this.printWarnings(response);
    return response;
  }

  /** Passes on what somebody else asks, as this user. Raises ConnectionError. */
  *relay(request: HttpRequest): Task<HttpResponse> {
    const fail = (text: string) => new ConnectionError(titleCase(request.method), request.path, this.host, text);
    const { address, port, name, shown } = yield* this.locate(fail);
    yield* this.fetchCredential(fail);
    // The server is asked by its own name. kubernetes: kubectl/pkg/proxy/proxy_server.go UseLocationHost
    const headers = new Map([...this.headers({}), ...request.headers, ['host', this.host]]);
    const token = this.credential?.token ?? this.config.token;
    if (token !== '') headers.set('authorization', `Bearer ${token}`);
    const certificate = this.credential?.certificate ?? this.config.certificate;
    try {
      return yield* this.process.machine.world.network.request(this.process, address, port, {
        method: request.method,
        path: request.path,
        query: request.query,
        headers,
        ...(request.body ? { body: request.body } : {}),
        ...(this.config.server.startsWith('https:')
          ? { tls: { serverName: name, ...(certificate ? { clientCertificate: certificate } : {}) } }
          : {}),
        connectTimeout: DIAL_TIMEOUT,
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw fail(dialText(error, shown));
    }
  }

  /** Asks the user's plugin, once. */
  private *fetchCredential(fail: (text: string) => ConnectionError): Task {
    if (!this.config.exec || this.credential) return;
    try {
      this.credential = yield* runExecPlugin(this.process, this.config.exec);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error;
      throw fail(`getting credentials: ${error.message}`);
    }
  }

  /** A refused credential is fetched anew for the next request. client-go: exec roundTripper.RoundTrip */
  private *refreshCredential(): Task {
    const { exec } = this.config;
    if (!exec) return;
    try {
      this.credential = yield* runExecPlugin(this.process, exec);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error;
      yield* this.process.printError(
        klogLine(this.process, 'E', 'exec.go:186', `"Unhandled Error" err="refreshing credentials: ${error.message}"`),
      );
    }
  }

  /** An exchange whose answer is an object. Raises ConnectionError, StatusError. */
  *request(method: string, path: string, options: RequestOptions = {}): Task<JsonObject> {
    const response = yield* this.exchange(method, path, options);
    if (response.status >= 400) throw statusError(response);
    const value = bodyValue(response.body);
    return isObject(value) ? value : {};
  }

  *get(path: string, query: RequestOptions['query'] = []): Task<JsonObject> {
    return yield* this.request('GET', path, { query });
  }

  /** The answer as text: logs, --raw. Raises ConnectionError, StatusError. */
  *text(method: string, path: string, options: RequestOptions = {}): Task<string> {
    let response = yield* this.exchange(method, path, options);
    // As Go's client does: a redirection within the server is followed.
    for (
      let hop = 0;
      hop < MAX_REDIRECTS && method === 'GET' && response.status >= 301 && response.status < 400;
      hop++
    ) {
      const location = response.headers.get('location');
      if (!location?.startsWith('/')) break;
      response = yield* this.exchange(method, location, options);
    }
    if (response.status >= 400) throw statusError(response);
    if (response.body?.kind === 'stream') return yield* readStream(response.body.items);
    return bodyText(response.body);
  }

  /** Starts a watch; the caller closes it. Raises ConnectionError, StatusError. */
  *watch(path: string, options: RequestOptions = {}): Task<Watch> {
    const response = yield* this.exchange('GET', path, {
      ...options,
      query: [...(options.query ?? []), ['watch', 'true']],
    });
    if (response.status >= 400) throw statusError(response);
    if (response.body?.kind !== 'stream') throw new StatusError({ message: 'unexpected response', reason: '' });
    const { timeout } = this.config;
    return new Watch(this.process, response.body.items, timeout > 0 ? this.process.now + timeout : undefined);
  }

  private headers(options: RequestOptions): Map<string, string> {
    const { impersonate } = this.config;
    const basic = this.login ?? this.config.basic;
    const token = this.credential?.token ?? this.config.token;
    const headers = new Map([
      ['accept', options.accept ?? 'application/json'],
      ['user-agent', 'kubectl/v1.36.4 (linux/amd64) kubernetes/3c3ac0d'],
    ]);
    if (options.body !== undefined || options.text !== undefined)
      headers.set('content-type', options.contentType ?? 'application/json');
    if (token !== '') headers.set('authorization', `Bearer ${token}`);
    else if (basic)
      headers.set('authorization', `Basic ${encodeBase64(encode(`${basic.username}:${basic.password}`))}`);
    if (impersonate.user !== '') headers.set('impersonate-user', impersonate.user);
    if (impersonate.uid !== '') headers.set('impersonate-uid', impersonate.uid);
    if (impersonate.groups.length > 0) headers.set('impersonate-group', impersonate.groups.join('\n'));
    for (const one of impersonate.extra) {
      const [key = '', value = ''] = [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)];
      const header = `impersonate-extra-${key.toLowerCase()}`;
      headers.set(header, [...(headers.get(header)?.split('\n') ?? []), value].join('\n'));
    }
    return headers;
  }

  /** The server's address: a number, or a name looked up in /etc/hosts and then elsewhere. */
  private *locate(
    fail: (text: string) => ConnectionError,
  ): Task<{ address: string; port: number; name: string; shown: string }> {
    const [name = '', portText] = splitHost(this.host);
    const port = portText === undefined ? (this.config.server.startsWith('https:') ? 443 : 80) : Number(portText);
    if (/^[\d.]+$/.test(name) || name.includes(':')) return { address: name, port, name, shown: `${name}:${port}` };
    const address = lookUp(this.process, name);
    if (address === undefined) {
      yield* this.process.sleep(2);
      throw fail(`dial tcp: lookup ${name}${nameServer(this.process)}: no such host`);
    }
    return { address, port, name, shown: `${address}:${port}` };
  }

  private *printWarnings(response: HttpResponse): Task {
    for (const line of (response.headers.get('warning') ?? '').split('\n')) {
      const quoted = /^299 \S+ (".*")$/.exec(line)?.[1];
      const text = quoted === undefined ? undefined : unquoteGo(quoted);
      if (text === undefined || this.warned.has(text)) continue;
      this.warned.add(text);
      yield* this.process.printError(`Warning: ${text}\n`);
    }
  }
}

/** A running watch. */
export class Watch {
  constructor(
    private readonly process: Process,
    private readonly items: Channel<unknown>,
    /** When the client hangs up: --request-timeout. */
    private readonly deadline: number | undefined,
  ) {}

  /** The next event; undefined at the end of the stream, `timeout` after so many ms. */
  *next(timeout?: number): Task<WatchEvent | 'timeout' | undefined> {
    const left = this.deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.deadline - this.process.now);
    const limit = Math.min(timeout ?? Number.POSITIVE_INFINITY, left);
    if (limit < Number.POSITIVE_INFINITY && this.items.length === 0) {
      const first = yield* wait(anyOf<void>(this.items.readable, this.process.timer(limit)));
      if (first.index === 1) return limit === left ? undefined : 'timeout';
    }
    const item = yield* this.items.next();
    if (typeof item !== 'object' || item === null || !('type' in item) || !('object' in item)) return undefined;
    const object: unknown = item.object;
    return { type: String(item.type), object: isJson(object) && isObject(object) ? object : {} };
  }

  close(): void {
    this.items.close();
  }
}

function bodyOf({ body, text }: RequestOptions): { readonly body?: HttpBody } {
  if (text !== undefined) return { body: { kind: 'bytes', bytes: encode(text) } };
  return body === undefined ? {} : { body: { kind: 'json', value: sorted(body) } };
}

/** Objects are sent as Go's maps are written: with their keys sorted. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

/** Bodies that were looked through already: the server sends its discovery documents again and again. */
const plain = new WeakSet<object>();

function bodyValue(body: HttpBody | undefined): Json {
  if (body?.kind === 'json') return isKnownJson(body.value) ? body.value : null;
  const text = bodyText(body);
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

function isKnownJson(value: unknown): value is Json {
  if (typeof value !== 'object' || value === null) return isJson(value);
  if (plain.has(value)) return true;
  if (!isJson(value)) return false;
  plain.add(value);
  return true;
}

/** The error of an answer of 400 and above. client-go: rest/request.go transformResponse */
export function statusError(response: HttpResponse): StatusError {
  const value = bodyValue(response.body);
  if (isObject(value) && value['kind'] === 'Status') return new StatusError(value);
  const text = bodyText(response.body);
  const known = GENERIC[response.status];
  if (known) return new StatusError({ code: response.status, reason: known[0], message: known[1] });
  return new StatusError({
    code: response.status,
    reason: response.status >= 500 ? 'InternalError' : 'UnknownReason',
    message: `an error on the server (${JSON.stringify(text.trim() || 'unknown')}) has prevented the request from succeeding`,
  });
}

const GENERIC: Readonly<Record<number, readonly [string, string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  415: ['UnsupportedMediaType', 'the body of the request was in an unknown format'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

function* readStream(items: Channel<unknown>): Task<string> {
  let text = '';
  for (;;) {
    const item = yield* items.next();
    if (item === undefined) return text;
    text += item instanceof Uint8Array ? decode(item) : `${JSON.stringify(item)}\n`;
  }
}

function splitHost(host: string): [string, string | undefined] {
  const bracket = /^\[([^\]]+)\](?::(\d+))?$/.exec(host);
  if (bracket) return [bracket[1] ?? '', bracket[2]];
  const colon = host.lastIndexOf(':');
  return colon < 0 ? [host, undefined] : [host.slice(0, colon), host.slice(colon + 1)];
}

/** getaddrinfo's order: /etc/hosts, then names that everybody knows. */
export function lookUp(process: Process, name: string): string | undefined {
  if (name === 'localhost') return '127.0.0.1';
  const hosts = process.machine.files.exists('/etc/hosts') ? process.machine.files.readText('/etc/hosts') : '';
  for (const line of hosts.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address !== undefined && names.includes(name)) return address;
  }
  return process.machine.world.network.names.get(name)?.[0];
}

function nameServer(process: Process): string {
  const { files } = process.machine;
  const text = files.exists('/etc/resolv.conf') ? files.readText('/etc/resolv.conf') : '';
  const server = /^nameserver\s+(\S+)/m.exec(text)?.[1];
  return server === undefined ? '' : ` on ${server}:53`;
}

function dialText(error: Errno, shown: string): string {
  if (error.code === 'ETIMEDOUT') return `dial tcp ${shown}: i/o timeout`;
  if (error.code === 'EIO') return 'EOF';
  return goErrno('dial tcp', shown, error).replace(`${shown}: `, `${shown}: connect: `);
}

/** A query string in the order given. */
export function encodeQuery(query: readonly (readonly [string, string])[]): string {
  const encodePart = (text: string) =>
    encodeURIComponent(text)
      .replace(/%20/g, '+')
      .replace(/[!'()*]/g, percent);
  return query.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join('&');
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function titleCase(method: string): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}
