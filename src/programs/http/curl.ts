import { type Options, optionSpec, parseOptions, Usage } from '../../shell/utilities/options.ts';
import { Tool } from '../../shell/utilities/tool.ts';
import { decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { ServerTls } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { reasonOf } from '../net/http-bytes.ts';
import { isAddress, resolveHost } from '../net/resolve.ts';
import {
  CONNECT_FAILURES,
  DeadlineError,
  type HttpAnswer,
  HttpFault,
  httpExchange,
  nextPart,
  shownHeaders,
  withDeadline,
} from './client.ts';
import { globbed } from './curl-glob.ts';
import { CURL_OPTIONS } from './curl-options.ts';
import { plainExchange } from './curl-plain.ts';
import { placeOf, requestBody, requestHeaders, VERSION, versionOf } from './curl-request.ts';
import { CurlError, type Facts, HELP, usageText, writeOutValue } from './curl-texts.ts';
import { shakeHands } from './curl-tls.ts';
import { progressLine, progressStart } from './progress.ts';
import { type HttpUrl, parseUrl, remoteName, resolveUrl } from './url.ts';

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n";
/** Linux gives up on a connection after this, ms. */
const CONNECT_TIMEOUT = 130_000;

/** curl: a client of HTTP over the world's network. */
export const curl: Program = {
  name: 'curl',
  *main(process) {
    const tool = new Tool(process, 'gnu', 'curl');
    let options: Options;
    try {
      options = parseOptions(tool.args, CURL_OPTIONS.map(optionSpec));
    } catch (error) {
      if (!(error instanceof Usage)) throw error;
      yield* tool.complain(`curl: ${usageText(error.message)}\n${TRY}`);
      return 2;
    }
    if (options.has('V')) {
      yield* process.print(
        `curl ${VERSION} (x86_64-pc-linux-gnu) libcurl/${VERSION} OpenSSL/3.0.13 zlib/1.3\nRelease-Date: 2023-12-06\nProtocols: http https\nFeatures: alt-svc AsynchDNS HTTP2 HTTPS-proxy IPv6 Largefile libz SSL threadsafe UnixSockets\n`,
      );
      return 0;
    }
    if (options.has('h')) {
      yield* process.print(HELP);
      return 0;
    }
    let urls: string[];
    try {
      const given = [...options.all('url'), ...options.operands];
      urls = options.has('g') ? given : given.flatMap(globbed);
    } catch (error) {
      if (!(error instanceof CurlError)) throw error;
      if (!options.has('s') || options.has('S')) yield* tool.complain(`curl: (${error.code}) ${error.message}\n`);
      return error.code;
    }
    if (urls.length === 0) {
      yield* tool.complain(`curl: (2) no URL specified\n${TRY}`);
      return 2;
    }
    for (const option of ['F', 'T', 'x'])
      if (options.has(option)) {
        yield* tool.complain(`curl: kubetutor does not model -${option}\n`);
        return 2;
      }
    let status = 0;
    const kept = new Set<string>();
    for (const [index, url] of urls.entries())
      status = yield* new Transfer(process, tool, options, index, kept).run(url);
    return status;
  },
};

class Transfer {
  private readonly started: number;
  private readonly deadline: number | undefined;
  private readonly facts: Facts;
  private meter = false;

  constructor(
    private readonly p: Process,
    private readonly tool: Tool,
    private readonly options: Options,
    private readonly index: number,
    /** Connections of transfers before it, which are used again. */
    private readonly kept: Set<string>,
  ) {
    this.started = p.now;
    const limit = Number(options.get('m') ?? '0');
    this.deadline = limit > 0 ? p.now + limit * 1000 : undefined;
    this.facts = {
      url: '',
      status: 0,
      redirects: 0,
      redirectUrl: '',
      contentType: '',
      received: 0,
      sent: 0,
      remoteIp: '',
      remotePort: 0,
      started: p.now,
      resolved: 0,
      connected: 0,
      firstByte: 0,
      http2: false,
      reused: false,
    };
  }

  /** The whole transfer with its retries. The value is curl's exit status. */
  *run(url: string): Task<number> {
    const retries = Number(this.options.get('retry') ?? '0');
    for (let attempt = 0; ; attempt++) {
      const error = yield* this.attempt(url);
      if (error === undefined) break;
      const temporary =
        error.code === 28 ||
        this.options.has('retry-all-errors') ||
        (error.code === 7 && this.options.has('retry-connrefused')) ||
        (error.code === 22 && [408, 429, 500, 502, 503, 504].includes(this.facts.status));
      if (!temporary || attempt >= retries) {
        if (!this.options.has('s') || this.options.has('S'))
          yield* this.tool.complain(`curl: (${error.code}) ${error.message}\n${error.more}`);
        yield* this.writeOut(error);
        return error.code;
      }
      const delay = Number(this.options.get('retry-delay') ?? '0') || Math.min(600, 2 ** attempt);
      const left = retries - attempt;
      if (!this.options.has('s'))
        yield* this.tool.complain(
          `Warning: Problem : ${error.code === 7 ? 'connection refused' : 'timeout'}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. ${left} retr${left === 1 ? 'y' : 'ies'} left.\n`,
        );
      yield* this.p.sleep(delay * 1000);
    }
    yield* this.writeOut(undefined);
    return 0;
  }

  private *attempt(url: string): Task<CurlError | undefined> {
    try {
      yield* this.follow(url);
      return undefined;
    } catch (error) {
      if (!(error instanceof CurlError)) throw error;
      if (this.meter && error.code !== 6)
        yield* this.tool.complain(`${progressLine(0, this.facts.received, 0, this.p.now - this.started, 1)}\n`);
      return error;
    }
  }

  private get elapsed(): number {
    return Math.floor(this.p.now - this.started) + (this.deadline !== undefined && this.p.now >= this.deadline ? 1 : 0);
  }

  /** A line of `-v`. */
  private *note(text: string): Task {
    if (this.options.has('v')) yield* this.tool.complain(`* ${text}\n`);
  }

  private *follow(first: string): Task {
    let text = first;
    for (let hop = 0; ; hop++) {
      const url = this.parse(text);
      this.facts.url = /^[a-z]+:\/\//i.test(text)
        ? text.replace(/^([^/]+\/\/[^/?#]+)$/, '$1/')
        : `http://${text}${text.includes('/') ? '' : '/'}`;
      if (hop === 0) yield* this.openMeter();
      if (url.scheme === 'telnet') return yield* this.telnet(url);
      const answer = yield* this.exchange(url, hop);
      const location = answer.response.headers.get('location');
      const { status } = answer.response;
      if (location !== undefined && status >= 300 && status < 400) {
        this.facts.redirectUrl = resolveUrl(url, location);
        if (this.options.has('L')) {
          const limit = Number(this.options.get('max-redirs') ?? '50');
          if (limit >= 0 && hop >= limit) throw new CurlError(47, `Maximum (${limit}) redirects followed`);
          yield* this.showHead(answer);
          yield* this.note(`Issue another request to this URL: '${this.facts.redirectUrl}'`);
          this.facts.redirects++;
          text = this.facts.redirectUrl;
          continue;
        }
      }
      return yield* this.receive(url, answer);
    }
  }

  private parse(text: string): HttpUrl {
    if (/\s/.test(text)) throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
    const url = parseUrl(text);
    if (!url)
      throw new CurlError(
        3,
        /:\d*[^\d/]/.test(text.replace(/^\w+:\/\//, ''))
          ? 'URL rejected: Port number was not a decimal number between 0 and 65535'
          : 'URL rejected: No host part in the URL',
      );
    if (!['http', 'https', 'telnet'].includes(url.scheme))
      throw new CurlError(1, `Protocol "${url.scheme}" not supported or disabled in libcurl`);
    if (this.options.has('O') && remoteName(url) === '')
      throw new CurlError(23, 'Failed writing received data to disk/application');
    return url;
  }

  /** Everything that is read goes there, everything that comes goes out. curl: lib/telnet.c */
  private *telnet(url: HttpUrl): Task {
    const { p, tool, facts } = this;
    const address = yield* resolveHost(p, url.host);
    if (address === undefined) throw new CurlError(6, `Could not resolve host: ${url.host}`);
    facts.resolved = p.now;
    const connected = function* (this: Transfer): Task {
      facts.connected = p.now;
      yield* this.note(`Connected to ${url.host} (${address}) port ${url.port}`);
    }.bind(this);
    try {
      yield* withDeadline(p, plainExchange(tool, address, url.port, connected), this.deadline);
    } catch (error) {
      if (error instanceof DeadlineError)
        throw new CurlError(
          28,
          facts.connected > 0 ? 'Time-out' : `Connection timed out after ${this.elapsed} milliseconds`,
        );
      if (!(error instanceof Errno)) throw error;
      throw new CurlError(
        error.code === 'ETIMEDOUT' ? 28 : 7,
        `Failed to connect to ${url.host} port ${url.port} after ${this.elapsed} ms: Couldn't connect to server`,
      );
    }
  }

  private *openMeter(): Task {
    const { options, tool } = this;
    const toFile = this.outputPath(undefined) !== undefined;
    if (options.has('s') || options.has('no-progress-meter') || (!toFile && tool.isTty(1)) || options.has('I')) return;
    this.meter = true;
    if (!options.has('#')) yield* tool.complain(progressStart());
  }

  private outputPath(url: HttpUrl | undefined): string | undefined {
    const given = this.options.all('o')[this.index];
    if (given !== undefined) return given === '-' ? undefined : given;
    if (!this.options.has('O')) return undefined;
    return url ? remoteName(url) : 'remote';
  }

  private *exchange(url: HttpUrl, hop: number): Task<HttpAnswer> {
    const { options, p, facts } = this;
    const task = this.connect(url, hop);
    try {
      const answer = yield* withDeadline(p, task, this.deadline);
      facts.firstByte = p.now;
      facts.status = answer.response.status;
      facts.http2 = answer.http2;
      facts.contentType = answer.response.headers.get('content-type') ?? '';
      return answer;
    } catch (error) {
      if (error instanceof DeadlineError) {
        if (facts.resolved === 0) throw new CurlError(28, `Resolving timed out after ${this.elapsed} milliseconds`);
        if (facts.connected === 0) throw new CurlError(28, `Connection timed out after ${this.elapsed} milliseconds`);
        throw new CurlError(28, `Operation timed out after ${this.elapsed} milliseconds with 0 bytes received`);
      }
      if (!(error instanceof HttpFault)) throw error;
      const place = placeOf(options, url);
      const failed = `Failed to connect to ${place.host} port ${place.port} after ${this.elapsed} ms`;
      const reason = CONNECT_FAILURES[error.kind];
      if (reason !== undefined) {
        const limited = error.kind === 'connect-timeout' && options.has('connect-timeout');
        const message = `${failed}: ${limited ? 'Timeout was reached' : "Couldn't connect to server"}`;
        yield* this.note(`connect to ${facts.remoteIp} port ${place.port} failed: ${reason}`);
        yield* this.note(message);
        yield* this.note('Closing connection');
        throw new CurlError(error.kind === 'connect-timeout' ? 28 : 7, message);
      }
      if (error.kind === 'no-tls')
        throw new CurlError(35, 'OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number');
      if (error.kind === 'certificate-required')
        throw new CurlError(
          56,
          `OpenSSL SSL_read: OpenSSL/3.0.13: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0`,
        );
      if (error.kind === 'reset') throw new CurlError(56, 'Recv failure: Connection reset by peer');
      if (error.kind === 'not-http') throw new CurlError(1, 'Received HTTP/0.9 when not allowed');
      yield* this.note('Empty reply from server');
      throw new CurlError(52, 'Empty reply from server');
    }
  }

  private *connect(url: HttpUrl, hop: number): Task<HttpAnswer> {
    const { options, p, facts } = this;
    const place = placeOf(options, url);
    if (place.host !== url.host) yield* this.note(`Connecting to hostname: ${place.host}`);
    if (place.port !== url.port) yield* this.note(`Connecting to port: ${place.port}`);
    const forced = options
      .all('resolve')
      .map((entry) => entry.replace(/^\+/, '').split(':'))
      .find(([host, port]) => host === place.host && port === String(place.port))?.[2];
    const address = forced ?? (yield* resolveHost(p, place.host));
    if (address === undefined) {
      yield* this.note(`Could not resolve host: ${place.host}`);
      yield* this.note('Closing connection');
      throw new CurlError(6, `Could not resolve host: ${place.host}`);
    }
    facts.resolved = p.now;
    facts.remoteIp = address;
    facts.remotePort = place.port;
    if (this.options.has('v'))
      yield* this.tool.complain(`*   Trying ${isAddress(address) ? address : ''}:${place.port}...\n`);
    const body = yield* requestBody(options, this.tool);
    facts.sent = body?.length ?? 0;
    const method = options.get('X') ?? (options.has('I') ? 'HEAD' : body && !options.has('G') ? 'POST' : 'GET');
    // A redirect makes a GET of a POST, as browsers do.
    const again = hop > 0 && method === 'POST' && !options.has('X');
    const target =
      options.has('G') && body ? `${url.target}${url.target.includes('?') ? '&' : '?'}${decode(body)}` : url.target;
    const sent = again || options.has('G') ? undefined : body;
    const headers = requestHeaders(options, url, sent);
    const certificate = options.get('E');
    const connectLimit = Number(options.get('connect-timeout') ?? '0');
    const transfer = this;
    return yield* httpExchange(
      p,
      {
        address,
        port: place.port,
        tls: url.scheme === 'https',
        connectTimeout: connectLimit > 0 ? Math.min(connectLimit * 1000 + 1, CONNECT_TIMEOUT) : CONNECT_TIMEOUT,
      },
      {
        method: again ? 'GET' : method,
        target,
        headers,
        body: sent,
        serverName: url.host,
        ...versionOf(options),
        ...(options.has('http0.9') ? { headless: true } : {}),
        ...(certificate === undefined ? {} : { clientCertificate: this.readPem(certificate, 58) }),
      },
      function* (tls) {
        facts.connected = p.now;
        const connection = `${url.scheme}://${place.host}:${place.port}`;
        facts.reused = transfer.kept.has(connection);
        transfer.kept.add(connection);
        yield* transfer.note(`Connected to ${place.host} (${address}) port ${place.port}`);
        if (tls && url.scheme === 'https') yield* transfer.checkCertificate(url, tls);
        if (!options.has('v')) return;
        const own = versionOf(options).protocol;
        const version = own ? own.slice(5) : tls && url.scheme === 'https' ? '2' : '1.1';
        const lines = [
          `${again ? 'GET' : method} ${target} HTTP/${version}`,
          ...headers.map(([name, value]) => `${name}: ${value}`),
          '',
        ];
        yield* transfer.tool.complain(lines.map((line) => `> ${line}\r\n`).join(''));
        if (sent && sent.length > 0) yield* transfer.tool.complain(`} [${sent.length} bytes data]\n`);
      },
    );
  }

  private *checkCertificate(url: HttpUrl, tls: ServerTls): Task {
    const file = this.options.get('cacert');
    yield* shakeHands(tls, {
      host: url.host,
      serverName: isAddress(url.host) ? undefined : url.host,
      insecure: this.options.has('k'),
      authorities: file === undefined ? undefined : this.readPem(file, 77),
      publiclyKnown: !isAddress(url.host) && this.p.machine.world.network.names.has(url.host),
      now: this.p.now,
      note: (text) => this.note(text),
    });
  }

  private readPem(path: string, code: 58 | 77): string {
    try {
      return this.tool.files.readText(this.tool.path(path), this.p.credentials);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (code === 77) throw new CurlError(77, `error setting certificate file: ${path}`);
      throw new CurlError(
        58,
        `could not load PEM client certificate from ${path}, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)`,
      );
    }
  }

  private head(answer: HttpAnswer): string {
    const { response, http2 } = answer;
    const line = http2
      ? `HTTP/2 ${response.status} `
      : `HTTP/${answer.version ?? '1.1'} ${response.status} ${reasonOf(response)}`;
    return [line, ...shownHeaders(response, http2).map(([name, value]) => `${name}: ${value}`), '']
      .map((text) => `${text}\r\n`)
      .join('');
  }

  /** What `-i` and `-I` put before the body, wherever that goes. */
  private heads = '';

  private *showHead(answer: HttpAnswer): Task {
    const head = this.head(answer);
    if (this.options.has('v')) yield* this.tool.complain(head.replace(/([^\r\n]*)\r\n/g, '< $1\r\n'));
    if (this.options.has('I') || this.options.has('i')) this.heads += head;
    const dump = this.options.get('D');
    if (dump === '-') this.tool.put(head);
    else if (dump !== undefined) this.tool.files.writeFile(this.tool.path(dump), head, this.p.credentials);
  }

  private *receive(url: HttpUrl, answer: HttpAnswer): Task {
    const { options, tool, facts, p } = this;
    const { response } = answer;
    const failed = response.status >= 400 && (options.has('f') || options.has('fail-with-body'));
    if (failed && options.has('f')) throw new CurlError(22, `The requested URL returned error: ${response.status}`);
    const path = this.outputPath(url);
    let fd = 1;
    if (path !== undefined) {
      try {
        fd = tool.openFor(path, { write: true, create: true, truncate: true });
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (!options.has('s')) yield* tool.complain(`Warning: Failed to open the file ${path}: ${error.text}\n`);
        throw new CurlError(23, 'Failure writing output to destination');
      }
    }
    yield* this.showHead(answer);
    yield* tool.flush();
    if (this.heads !== '') yield* p.write(fd, this.heads);
    this.heads = '';
    const state = { done: options.has('I') };
    try {
      for (;;) {
        const part = yield* withDeadline(p, nextPart(response.body, state), this.deadline);
        if (part === undefined) break;
        if (part.length === 0) continue;
        if (options.has('v') && (fd !== 1 || !tool.isTty(1))) yield* tool.complain(`{ [${part.length} bytes data]\n`);
        facts.received += part.length;
        // The meter's last line comes before the end of the output, as the real one's does.
        if (response.body?.kind !== 'stream') yield* this.closeMeter();
        yield* p.write(fd, part);
      }
    } catch (error) {
      if (error instanceof DeadlineError)
        throw new CurlError(
          28,
          `Operation timed out after ${this.elapsed} milliseconds with ${facts.received} bytes received`,
        );
      if (error instanceof Errno) throw new CurlError(23, 'Failure writing output to destination');
      throw error;
    } finally {
      if (fd !== 1) tool.close(fd);
    }
    yield* this.closeMeter();
    yield* this.note(`Connection #0 to host ${url.host} left intact`);
    if (failed) throw new CurlError(22, `The requested URL returned error: ${response.status}`);
  }

  private *closeMeter(): Task {
    if (!this.meter) return;
    this.meter = false;
    const { received, sent } = this.facts;
    if (this.options.has('#')) yield* this.tool.complain(`\r${'#'.repeat(72)} 100.0%\n`);
    else yield* this.tool.complain(`${progressLine(received, received, sent, this.p.now - this.started, 0)}\n`);
  }

  private *writeOut(error: CurlError | undefined): Task {
    let format = this.options.get('w');
    if (format === undefined) return;
    if (format.startsWith('@')) format = (yield* this.tool.readText(format.slice(1))).replace(/\n$/, '');
    const { facts } = this;
    let target = 1;
    for (const [, percent, name, escaped, text] of format.matchAll(/(%%)|%\{([^}]*)\}|\\([nrt])|([\s\S])/g)) {
      let piece = text ?? '';
      if (percent !== undefined) piece = '%';
      else if (escaped !== undefined) piece = { n: '\n', r: '\r', t: '\t' }[escaped] ?? '';
      else if (name === 'stderr' || name === 'stdout') {
        target = name === 'stderr' ? 2 : 1;
        continue;
      } else if (name !== undefined) {
        const known = writeOutValue(name, { process: this.p, options: this.options, index: this.index, facts, error });
        if (known === undefined) {
          yield* this.tool.complain(`curl: unknown --write-out variable: '${name}'\n`);
          continue;
        }
        piece = known;
      }
      if (target === 1) this.tool.put(piece);
      else yield* this.tool.complain(piece);
    }
    yield* this.tool.flush();
  }
}
