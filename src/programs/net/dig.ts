import { formatTime } from '../../shell/utilities/time-text.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { type DnsMessage, encodeDns, type RecordType } from '../../world/network/dns-message.ts';
import { bindQuery, headText, questionLine, recordLine, shownValue } from './bind.ts';
import { candidates } from './dns.ts';
import { configOf, recordType, reverseName } from './nslookup.ts';
import { isAddress, resolveHost } from './resolve.ts';

const VERSION = '9.18.49-1~deb12u3-Debian';
/** An OPT record with a cookie, which our own messages do without, bytes. */
const OPT_SIZE = 23;
const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;

/** What +noX takes away and +X puts back. */
const PARTS = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats'] as const;
type Part = (typeof PARTS)[number];
/** Words after + that change nothing that is modelled here. */
const QUIET =
  /^(no)?(recurse|rec|edns(=\d+)?|cookie(=.*)?|dnssec|do|adflag|cdflag|aaflag|ignore|besteffort|multiline|crypto|ttlid|ttlunits|class|rrcomments|identify|nssearch|trace|fail|qr|bufsize=\d+|domain=.*|split=.*|sit.*|expire|keepopen|nsid|subnet=.*|mapped|unknownformat|yaml|onesoa|all|opcode=.*|header-only|idn\w*|badcookie|zflag|raflag|tcflag|dns64prefix|padding=.*|retry=\d+)$/;

interface Request {
  server: string | undefined;
  name: string | undefined;
  type: RecordType;
  port: number;
  readonly shown: Set<Part>;
  short: boolean;
  search: boolean;
  tcp: boolean;
  tries: number;
  timeout: number | undefined;
}

/** A text says which option is wrong. */
function readRequest(args: readonly string[]): Request | string {
  const request: Request = {
    server: undefined,
    name: undefined,
    type: 'A',
    port: 53,
    shown: new Set(PARTS),
    short: false,
    search: false,
    tcp: false,
    tries: 3,
    timeout: undefined,
  };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const next = args[at + 1];
    if (word.startsWith('@')) request.server = word.slice(1);
    else if (word.startsWith('+')) {
      if (!readFlag(request, word.slice(1))) return word;
    } else if (word === '-x') {
      request.name = reverseName(args[++at] ?? '');
      request.type = 'PTR';
    } else if (word === '-t') request.type = recordType(args[++at] ?? '') ?? request.type;
    else if (word === '-p') request.port = Number(args[++at]);
    else if (word === '-q') request.name = args[++at];
    else if (word === '-c' || word === '-b') at++;
    else if (word.startsWith('-') || word.toUpperCase() === 'IN') continue;
    else if (recordType(word) && (request.name !== undefined || next !== undefined))
      request.type = recordType(word) ?? request.type;
    else request.name = word;
  }
  return request;
}

function readFlag(request: Request, flag: string): boolean {
  const [, no, name = '', value] = /^(no)?([a-z0-9-]+)(?:=(.*))?$/.exec(flag) ?? [];
  const part = PARTS.find((one) => one === name);
  if (part) {
    if (no) request.shown.delete(part);
    else request.shown.add(part);
  } else if (name === 'all') {
    request.shown.clear();
    if (!no) for (const one of PARTS) request.shown.add(one);
  } else if (name === 'short') request.short = !no;
  else if (name === 'search' || name === 'showsearch') request.search = !no;
  else if (name === 'tcp' || name === 'vc') request.tcp = !no;
  else if (name === 'time' || name === 'timeout') request.timeout = Number(value) * 1000;
  else if (name === 'tries') request.tries = Number(value);
  else return QUIET.test(flag);
  return true;
}

/** dig of BIND 9. bind: bin/dig/dig.c */
export const dig = utility({
  name: 'dig',
  usage: '[@global-server] [domain] [q-type] [q-class] {q-opt}',
  about: 'DNS lookup utility',
  *run(tool) {
    const request = readRequest(tool.args);
    if (typeof request === 'string') {
      yield* tool.complain(`Invalid option: ${request}\n${USAGE}`);
      return 1;
    }
    const { server, type, shown } = request;
    if (server !== undefined && !isAddress(server) && (yield* resolveHost(tool.p, server)) === undefined) {
      yield* tool.complain(`dig: couldn't get address for '${server}': failure\n`);
      return 1;
    }
    const config = yield* configOf(tool, server);
    const asked = request.name ?? '.';
    const tried = request.search ? candidates(asked, config) : [asked.replace(/\.$/, '')];
    const started = tool.p.now;
    const banner = `\n; <<>> DiG ${VERSION} <<>> ${tool.args.join(' ')}\n${server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`;
    for (const [index, full] of tried.entries()) {
      const result = yield* bindQuery(tool, config, { name: full, type }, { ...request, edns: true });
      tool.put(result.notes);
      if (!('message' in result)) {
        if (!result.told)
          tool.put(`${request.short || !shown.has('cmd') ? '' : banner};; no servers could be reached\n`);
        return 9;
      }
      const { message } = result;
      if (message.code === 'NXDOMAIN' && index < tried.length - 1) continue;
      if (request.short) for (const record of message.answers) tool.put(`${shownValue(record)}\n`);
      else {
        if (shown.has('cmd')) tool.put(banner);
        putAnswer(tool, request, full, message);
        if (shown.has('stats')) putStatistics(tool, request, message, result.server, started);
      }
      return 0;
    }
    return 0;
  },
});

function putAnswer(tool: Tool, { shown, type }: Request, name: string, message: DnsMessage): void {
  const comments = shown.has('comments');
  if (comments) {
    const local = /(^|\.)local$/i.test(name)
      ? ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n'
      : '';
    const recursion = message.recursionAvailable ? '' : ';; WARNING: recursion requested but not available\n';
    tool.put(`;; Got answer:\n${local}${headText(message, 1 + (message.additional?.length ?? 0))}${recursion}\n`);
    const cookie = tool.p.machine.world.random.hex(16);
    tool.put(`;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n; COOKIE: ${cookie} (echoed)\n`);
  }
  const section = (part: Part, title: string, lines: string) => {
    if (lines !== '' && shown.has(part)) tool.put(comments ? `;; ${title} SECTION:\n${lines}\n` : lines);
  };
  section('question', 'QUESTION', questionLine(name, type));
  section('answer', 'ANSWER', message.answers.map(recordLine).join(''));
  section('authority', 'AUTHORITY', message.authority.map(recordLine).join(''));
  section('additional', 'ADDITIONAL', (message.additional ?? []).map(recordLine).join(''));
}

function putStatistics(tool: Tool, request: Request, message: DnsMessage, server: string, started: number): void {
  const took = Math.floor(tool.p.now - started);
  const when = formatTime('%a %b %d %H:%M:%S UTC %Y', tool.p.now, { name: 'UTC', offset: 0 });
  const over = request.tcp ? 'TCP' : 'UDP';
  const size = encodeDns(message).length + OPT_SIZE;
  tool.put(
    `;; Query time: ${took} msec\n;; SERVER: ${server}#${request.port}(${server}) (${over})\n;; WHEN: ${when}\n;; MSG SIZE  rcvd: ${size}\n\n`,
  );
}
