import { Fail } from '../../shell/utilities/fail.ts';
import type { Options } from '../../shell/utilities/options.ts';
import { formatTime } from '../../shell/utilities/time-text.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { HttpResponse } from '../../world/network/http.ts';
import type { ServerTls } from '../../world/network/namespace.ts';
import { readCertificate } from '../../world/pki/certificate.ts';
import { chainProblem, isForHost } from '../../world/pki/verify.ts';
import type { Task } from '../../world/task.ts';
import { reasonOf } from '../net/http-bytes.ts';
import { isAddress, resolveHost } from '../net/resolve.ts';
import {
  CONNECT_FAILURES,
  DeadlineError,
  HttpFault,
  httpExchange,
  nextPart,
  shownHeaders,
  withDeadline,
} from './client.ts';
import { type HttpUrl, hostHeader, parseUrl, remoteName, resolveUrl } from './url.ts';

const UTC = { name: 'UTC', offset: 0 };
const CONNECT_TIMEOUT = 130_000;
/** wget's own statuses: network failure, server error. */
const VERIFICATION_FAILURE = 5;
const NETWORK_FAILURE = 4;
const AUTHENTICATION_FAILURE = 6;
const SERVER_ERROR = 8;

/** GNU wget 1.21, without recursion. */
export const gnuWget = utility({
  name: 'wget',
  usage: '[OPTION]... [URL]...',
  about: 'GNU Wget 1.21.4, a non-interactive network retriever.',
  package: 'GNU Wget',
  usageStatus: 2,
  options: [
    '-q --quiet',
    '-O --output-document=',
    '-S --server-response',
    '-T --timeout=',
    '-t --tries=',
    '--spider',
    '--header=',
    '--post-data=',
    '-P --directory-prefix=',
    '-U --user-agent=',
    '--no-check-certificate',
    '--ca-certificate=',
    '-c --continue',
    '-n=',
    '-N --timestamping',
    '--connect-timeout=',
    '--no-verbose',
    '--show-progress',
    '--method=',
    '--retry-connrefused',
    '--waitretry=',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) {
      yield* tool.complain(
        "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n",
      );
      return 1;
    }
    let status = 0;
    for (const url of options.operands) status = (yield* retrieve(tool, options, url)) || status;
    return status;
  },
});

function* retrieve(tool: Tool, options: Options, first: string): Task<number> {
  const { p } = tool;
  const quiet = options.has('q');
  const brief = quiet || options.has('no-verbose') || options.get('n') === 'v';
  const stamp = (format = '%Y-%m-%d %H:%M:%S') => formatTime(format, p.now, UTC);
  const say = function* (text: string): Task {
    if (!brief) yield* tool.complain(text);
  };
  const tries = Number(options.get('t') ?? '20') || 20;
  const limit = Number(options.get('T') ?? '900') * 1000;
  let url = parse(first);
  for (let hop = 0, attempt = 1; ; ) {
    const shown = `${url.scheme}://${hostHeader(url)}${url.target}`;
    yield* say(`--${stamp()}--  ${attempt > 1 ? `(try:${String(attempt).padStart(2)})  ` : ''}${shown}\n`);
    if (!isAddress(url.host)) yield* say(`Resolving ${url.host} (${url.host})... `);
    const address = yield* resolveHost(p, url.host);
    if (address === undefined) {
      yield* say('failed: Name or service not known.\n');
      if (!quiet) yield* tool.complain(`wget: unable to resolve host address ‘${url.host}’\n`);
      return NETWORK_FAILURE;
    }
    const place = isAddress(url.host) ? `${url.host}:${url.port}` : `${url.host} (${url.host})|${address}|:${url.port}`;
    if (!isAddress(url.host)) yield* say(`${address}\n`);
    yield* say(`Connecting to ${place}... `);
    let response: HttpResponse;
    try {
      response = yield* ask(tool, options, url, address, limit, say);
    } catch (error) {
      if (error instanceof HttpFault && error.kind === 'refused') {
        yield* say('failed: Connection refused.\n');
        if (!options.has('retry-connrefused') || attempt >= tries) return NETWORK_FAILURE;
      } else if (error instanceof HttpFault && (error.kind === 'unreachable' || error.kind === 'no-network')) {
        yield* say(`failed: ${CONNECT_FAILURES[error.kind]}.\n`);
        return NETWORK_FAILURE;
      } else if (error instanceof HttpFault && error.kind === 'no-tls') {
        yield* say('Unable to establish SSL connection.\n');
        return NETWORK_FAILURE;
      } else if (error instanceof HttpFault && error.kind === 'empty') yield* say('No data received.\n');
      else if (error instanceof HttpFault && error.kind === 'not-http') yield* say('Read error at headers.\n');
      else if (error instanceof HttpFault) yield* say('failed: Connection timed out.\n');
      else if (error instanceof DeadlineError) yield* say('Read error (Connection timed out) in headers.\n');
      else throw error;
      if (attempt >= tries) {
        yield* say('Giving up.\n\n');
        return NETWORK_FAILURE;
      }
      yield* say('Retrying.\n\n');
      yield* p.sleep(Math.min(10, attempt) * 1000);
      attempt++;
      continue;
    }
    const reason = reasonOf(response);
    if (options.has('S')) {
      const lines = [
        `HTTP/1.1 ${response.status} ${reason}`,
        ...shownHeaders(response, false).map((pair) => pair.join(': ')),
      ];
      yield* tool.complain(`${brief ? '' : '\n'}${lines.map((line) => `  ${line}\n`).join('')}`);
    } else yield* say(`${response.status} ${reason}\n`);
    const location = response.headers.get('location');
    if (location !== undefined && response.status >= 300 && response.status < 400 && hop < 20) {
      yield* say(`Location: ${location} [following]\n`);
      url = parse(resolveUrl(url, location));
      hop++;
      continue;
    }
    if (response.status === 401) {
      if (!quiet) yield* tool.complain(`${brief ? '' : '\n'}Username/Password Authentication Failed.\n`);
      return AUTHENTICATION_FAILURE;
    }
    if (response.status >= 400 || response.status < 200) {
      if (!quiet)
        yield* tool.complain(
          `${brief ? `${shown}:\n` : ''}${stamp()} ERROR ${response.status}: ${reason}.\n${brief ? '' : '\n'}`,
        );
      return SERVER_ERROR;
    }
    if (options.has('spider')) {
      yield* say('Remote file exists.\n\n');
      return 0;
    }
    return yield* save(tool, options, url, response, brief);
  }
}

/** What is wrong with a server's certificate, in wget's words; undefined when it is right. wget: openssl.c */
function* certificateErrors(tool: Tool, options: Options, url: HttpUrl, tls: ServerTls): Task<string | undefined> {
  const file = options.get('ca-certificate');
  const trusted = file === undefined ? [] : [yield* tool.readText(file)];
  const pem = tls.certificate?.(isAddress(url.host) ? undefined : url.host);
  const known = trusted.length === 0 && tool.p.machine.world.network.names.has(url.host);
  if (pem === undefined && known) return undefined;
  const issuer = pem === undefined ? '' : issuerText(pem);
  const problem = pem === undefined ? { code: 20 } : chainProblem(pem, trusted, tool.p.now);
  const head = `LEVEL: cannot verify ${url.host}'s certificate, issued by ‘${issuer}’:\n`;
  if (problem?.code === 18) return `${head}  Self-signed certificate encountered.\n`;
  if (problem?.code === 10) return `${head}  Issued certificate has expired.\n`;
  if (problem) return `${head}  Unable to locally verify the issuer's authority.\n`;
  if (pem === undefined || isForHost(pem, url.host)) return undefined;
  return `    LEVEL: no certificate subject alternative name matches\n\trequested host name ‘${url.host}’.\n`;
}

function issuerText(pem: string): string {
  const { commonName = '', organizations = [] } = readCertificate(pem)?.issuer ?? {};
  return [`CN=${commonName}`, ...organizations.map((name) => `O=${name}`)].join(',');
}

function parse(text: string): HttpUrl {
  const url = parseUrl(text);
  if (!url) throw new Fail(`${text}: Invalid host name.`);
  if (url.scheme !== 'http' && url.scheme !== 'https') throw new Fail(`${text}: Unsupported scheme ‘${url.scheme}’.`);
  return url;
}

function* ask(
  tool: Tool,
  options: Options,
  url: HttpUrl,
  address: string,
  limit: number,
  say: (text: string) => Task,
): Task<HttpResponse> {
  const { p } = tool;
  const data = options.get('post-data');
  const own = options.all('header').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim()];
  });
  const has = (name: string) => own.some(([key]) => key.toLowerCase() === name);
  const task = httpExchange(
    p,
    { address, port: url.port, tls: url.scheme === 'https', connectTimeout: Math.min(limit, CONNECT_TIMEOUT) },
    {
      method: options.get('method') ?? (data !== undefined ? 'POST' : options.has('spider') ? 'HEAD' : 'GET'),
      target: url.target,
      headers: [
        ...(has('host') ? [] : ([['Host', hostHeader(url)]] as const)),
        ['User-Agent', options.get('U') ?? 'Wget/1.21.4'],
        ['Accept', '*/*'],
        ['Accept-Encoding', 'identity'],
        ['Connection', 'Keep-Alive'],
        ...own,
        ...(data === undefined ? [] : ([['Content-Length', String(encode(data).length)]] as const)),
      ],
      body: data === undefined ? undefined : encode(data),
      serverName: url.host,
    },
    function* (tls) {
      yield* say('connected.\n');
      const lines = tls && url.scheme === 'https' ? yield* certificateErrors(tool, options, url, tls) : undefined;
      const tolerant = options.has('no-check-certificate');
      if (lines !== undefined) {
        const level = tolerant ? 'WARNING' : 'ERROR';
        const help = `To connect to ${url.host} insecurely, use \`--no-check-certificate'.\n`;
        if (!options.has('q')) yield* tool.complain(lines.replaceAll('LEVEL', level) + (tolerant ? '' : help));
        if (!tolerant) p.exit(VERIFICATION_FAILURE);
      }
      yield* say('HTTP request sent, awaiting response... ');
    },
  );
  return (yield* withDeadline(p, task, p.now + limit + 1)).response;
}

function* save(tool: Tool, options: Options, url: HttpUrl, response: HttpResponse, brief: boolean): Task<number> {
  const { p } = tool;
  const output = options.get('O');
  const folder = options.get('P');
  let name = output ?? `${folder === undefined ? '' : `${folder}/`}${remoteName(url) || 'index.html'}`;
  if (output === undefined && tool.tryLstat(name)) {
    let number = 1;
    while (tool.tryLstat(`${name}.${number}`)) number++;
    name = `${name}.${number}`;
  }
  const length = response.headers.get('content-length');
  const type = response.headers.get('content-type')?.replace(/;.*/, '');
  if (!brief) {
    yield* tool.complain(`Length: ${length ?? 'unspecified'}${type === undefined ? '' : ` [${type}]`}\n`);
    yield* tool.complain(`Saving to: ‘${name === '-' ? 'STDOUT' : name}’\n\n`);
  }
  let fd = 1;
  if (name !== '-') {
    try {
      fd = tool.openFor(name, { write: true, create: true, truncate: true });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.complain(`${name}: ${error.text}\n`);
      return 3;
    }
  }
  const started = p.now;
  const state = { done: false };
  let received = 0;
  for (;;) {
    const part = yield* nextPart(response.body, state);
    if (part === undefined) break;
    received += part.length;
    if (part.length > 0) yield* p.write(fd, part);
  }
  if (fd !== 1) tool.close(fd);
  const seconds = Math.max(p.now - started, 0.01) / 1000;
  const rate = `${(received / seconds / 1024 / 1024).toFixed(2)} MB/s`;
  const saved = name === '-' ? 'written to stdout' : `‘${name}’ saved`;
  const now = formatTime('%Y-%m-%d %H:%M:%S', p.now, UTC);
  if (brief) {
    if (!options.has('q'))
      yield* tool.complain(
        `${now} URL:${url.scheme}://${hostHeader(url)}${url.target} [${received}/${received}] -> "${name}" [1]\n`,
      );
    return 0;
  }
  yield* tool.complain(
    `     0K${' '.repeat(55)}100% ${(received / seconds / 1024 / 1024).toFixed(2)}M=0s\n\n${now} (${rate}) - ${saved} [${received}${length === undefined ? '' : `/${length}`}]\n\n`,
  );
  return 0;
}
