import { Fail } from '../../shell/utilities/fail.ts';
import { type Options, Usage } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { HttpBody } from '../../world/network/http.ts';
import type { Task } from '../../world/task.ts';
import { reasonOf } from '../net/http-bytes.ts';
import { resolveHost } from '../net/resolve.ts';
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
import { type HttpUrl, hostHeader, parseUrl, remoteName, resolveUrl } from './url.ts';

const CONNECT_TIMEOUT = 130_000;
const MAX_REDIRECTS = 5;

/** busybox: networking/wget.c */
export const busyboxWget = utility({
  name: 'wget',
  usage:
    '[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...',
  about:
    "Retrieve files via HTTP or FTP\n\n\t--spider\tOnly check URL existence: $? is 0 if exists\n\t--header STR\tAdd STR (of form 'header: value') to headers\n\t--post-data STR\tSend STR using POST method\n\t--post-file FILE\tSend FILE using POST method\n\t--no-check-certificate\tDon't validate the server's certificate\n\t-c\t\tContinue retrieval of aborted transfer\n\t-q\t\tQuiet\n\t-P DIR\t\tSave to DIR (default .)\n\t-S    \t\tShow server response\n\t-T SEC\t\tNetwork read timeout is SEC seconds\n\t-O FILE\t\tSave to FILE ('-' for stdout)\n\t-o LOGFILE\tLog messages to FILE\n\t-U STR\t\tUse STR for User-Agent header\n\t-Y on/off\tUse proxy",
  options: [
    '-c --continue',
    '-q --quiet',
    '-S --server-response',
    '--spider',
    '-O --output-document=',
    '-o --output-file=',
    '--header=',
    '--post-data=',
    '--post-file=',
    '-Y --proxy=',
    '--no-check-certificate',
    '-P --directory-prefix=',
    '-U --user-agent=',
    '-T --timeout=',
    '-t --tries=',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage('');
    for (const url of options.operands) yield* retrieve(tool, options, url);
    return 0;
  },
});

function* retrieve(tool: Tool, options: Options, first: string): Task {
  const { p } = tool;
  const quiet = options.has('q');
  const say = function* (text: string): Task {
    if (!quiet) yield* tool.complain(text);
  };
  const output = options.get('O');
  const start = parse(first);
  const folder = options.get('P');
  const name = output ?? `${folder === undefined ? '' : `${folder}/`}${remoteName(start) || 'index.html'}`;
  const data = options.get('post-data');
  const body = data === undefined ? undefined : encode(data);
  const limit = Number(options.get('T') ?? '900') * 1000;
  let url = start;
  for (let hop = 0; ; hop++) {
    const address = yield* resolveHost(p, url.host);
    if (address === undefined) throw new Fail(`bad address '${url.host}'`);
    yield* say(`Connecting to ${hostHeader(url)} (${address}:${url.port})\n`);
    const answer = yield* ask(tool, options, url, address, body, limit);
    const { response } = answer;
    if (options.has('S')) {
      yield* tool.complain(`  HTTP/${answer.version ?? '1.1'} ${response.status} ${reasonOf(response)}\n`);
      // What is wrong ends it before the other headers are read.
      const shown = response.status >= 200 && response.status < 400;
      for (const [header, value] of shown ? shownHeaders(response, false) : [])
        yield* tool.complain(`  ${header}: ${value}\n`);
      if (shown) yield* tool.complain('  \n');
    }
    const location = response.headers.get('location');
    if (location !== undefined && response.status >= 300 && response.status < 400) {
      if (hop >= MAX_REDIRECTS) throw new Fail('too many redirections');
      url = parse(resolveUrl(url, location));
      continue;
    }
    if (response.status < 200 || response.status >= 300)
      throw new Fail(`server returned error: HTTP/${answer.version ?? '1.1'} ${response.status} ${reasonOf(response)}`);
    if (options.has('spider')) return yield* say('remote file exists\n');
    yield* save(tool, name, output !== undefined, response.body, quiet);
    return;
  }
}

function parse(text: string): HttpUrl {
  const url = parseUrl(text);
  if (!url) throw new Fail(`bad address '${text.replace(/^\w+:\/\//, '').replace(/[/:].*/, '')}'`);
  if (url.scheme !== 'http' && url.scheme !== 'https') throw new Fail(`not an http or ftp url: ${text}`);
  return url;
}

function* ask(
  tool: Tool,
  options: Options,
  url: HttpUrl,
  address: string,
  body: Uint8Array | undefined,
  limit: number,
): Task<HttpAnswer> {
  const { p } = tool;
  const own = options.all('header').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim()];
  });
  const headers: [string, string][] = [
    ['Host', hostHeader(url)],
    ['User-Agent', options.get('U') ?? 'Wget'],
    ...own.filter(([header]) => !/^(host|user-agent)$/i.test(header)),
    ['Connection', 'close'],
    ...(body
      ? ([
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['Content-Length', String(body.length)],
        ] as [string, string][])
      : []),
  ];
  for (const [header, value] of own)
    if (/^(host|user-agent)$/i.test(header)) headers.splice(/^host$/i.test(header) ? 0 : 1, 1, [header, value]);
  const task = httpExchange(
    p,
    { address, port: url.port, tls: url.scheme === 'https', connectTimeout: Math.min(limit, CONNECT_TIMEOUT) },
    {
      method: body ? 'POST' : options.has('spider') ? 'HEAD' : 'GET',
      target: url.target,
      headers,
      body,
      serverName: url.host,
    },
  );
  try {
    return yield* withDeadline(p, task, p.now + limit + 1);
  } catch (error) {
    if (error instanceof DeadlineError) throw new Fail('download timed out');
    if (!(error instanceof HttpFault)) throw error;
    const reason =
      error.kind === 'connect-timeout' && !options.has('T') ? 'Operation timed out' : CONNECT_FAILURES[error.kind];
    if (error.kind === 'connect-timeout' && options.has('T')) throw new Fail('download timed out');
    if (reason !== undefined) throw new Fail(`can't connect to remote host (${address}): ${reason}`);
    throw new Fail('error getting response');
  }
}

function* save(tool: Tool, name: string, overwrite: boolean, body: HttpBody | undefined, quiet: boolean): Task {
  const toStdout = name === '-';
  if (!toStdout && !overwrite && tool.tryLstat(name)) throw new Fail(`can't open '${name}': File exists`);
  let fd = 1;
  if (!toStdout) {
    try {
      fd = tool.openFor(name, { write: true, create: true, truncate: true });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`can't open '${name}': ${error.text}`);
    }
  }
  if (!quiet) yield* tool.complain(toStdout ? 'writing to stdout\n' : `saving to '${name}'\n`);
  const state = { done: false };
  let received = 0;
  for (;;) {
    const part = yield* nextPart(body, state);
    if (part === undefined) break;
    received += part.length;
    if (part.length > 0) yield* tool.p.write(fd, part);
  }
  if (fd !== 1) tool.close(fd);
  if (quiet) return;
  const label = name.slice(name.lastIndexOf('/') + 1).slice(0, 20);
  yield* tool.complain(
    `${label.padEnd(20)} 100% |${'*'.repeat(32)}| ${String(received).padStart(5)}  0:00:00 ETA\n${toStdout ? 'written to stdout' : `'${name}' saved`}\n`,
  );
}
