import {
  bufferSize,
  type DnsMessage,
  type DnsRecord,
  decodeDns,
  encodeDns,
  type RecordType,
  type ResponseCode,
} from '../../../world/network/dns-message.ts';
import type { Client } from '../../api/client.ts';
import type { ForwardConfig, HostsConfig, KubernetesConfig, ServerConfig, TemplateConfig } from './config.ts';
import { type DnsZone, recordsOf, reverseRecords, soa } from './kubernetes.ts';
import { rewriteName } from './rewrite.ts';

/** What a server of the outside says to a query, and how long it takes, ms. */
export type UpstreamReply =
  | { readonly message: DnsMessage; readonly delay: number }
  | { readonly problem: 'timeout' | 'refused'; readonly delay: number };

export interface CorednsHost {
  readonly client: Client;
  /** Virtual time, ms. */
  readonly now: () => number;
  /** The Pod's address. */
  readonly self: string | undefined;
  /** A random number below. */
  readonly below: (limit: number) => number;
  readonly ask: (address: string, port: number, bytes: Uint8Array) => UpstreamReply;
  readonly log: (line: string) => void;
}

/** An answer as it leaves the server, `delay` ms after the query came. */
export interface CorednsReply {
  readonly bytes: Uint8Array;
  readonly delay: number;
}

interface Answer {
  readonly code: ResponseCode;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional?: readonly DnsRecord[];
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly delay: number;
  /** Nobody wrote an answer: the server says SERVFAIL for them. */
  readonly problem?: string | undefined;
}

interface Cached {
  readonly answer: Answer;
  readonly from: number;
  readonly until: number;
}

/** A try of forward waits so long for the answer, ms. coredns: plugin/pkg/proxy */
const READ_TIMEOUT = 2000;
/** Until health checks have found that an upstream is down, ms. coredns: plugin/forward/forward.go */
const HEALTH_CHECK_TIME = 3000;
const SERVFAIL_TTL = 5000;
/** Aliases that are followed before the rest is left to the client. */
const MAX_ALIASES = 8;

/** What the log tells of a query, bytes: its own size, and what its sender takes. */
interface QuerySizes {
  readonly size: number;
  readonly room: number;
}

/** One server block of a Corefile at work. */
export class CorednsServer {
  private readonly cached = new Map<string, Cached>();
  /** Upstreams that did not answer once. */
  private readonly failed = new Set<ForwardConfig>();

  constructor(
    readonly config: ServerConfig,
    private readonly host: CorednsHost,
  ) {}

  answer(query: DnsMessage, from: string, sizes: QuerySizes, protocol: 'udp' | 'tcp'): CorednsReply {
    const { question } = query;
    if (!question) return { bytes: encodeDns({ ...query, response: true, code: 'FORMERR' }), delay: 0 };
    const result = this.resolve(question.name, question.type, 0, true);
    const answers = this.config.plugins.has('loadbalance') ? this.shuffled(result.answers) : result.answers;
    const bytes = encodeDns({
      ...query,
      response: true,
      code: result.code,
      authoritative: result.authoritative,
      recursionAvailable: result.recursionAvailable,
      answers,
      authority: result.authority,
      additional: result.additional ?? [],
    });
    if (result.problem !== undefined && this.config.plugins.has('errors'))
      this.host.log(`[ERROR] plugin/errors: 2 ${question.name}. ${question.type}: ${result.problem}`);
    const seen = rewriteName(this.config.rewrites, question.name.toLowerCase());
    const grown = seen.restore ? 0 : seen.name.length - question.name.length;
    if (this.config.plugins.has('log'))
      this.host.log(logLine(query, from, { ...sizes, size: sizes.size + grown }, protocol, result, bytes.length));
    return { bytes, delay: result.delay };
  }

  /** A query on its way through the plugins. `outer` is false for names that an alias leads to. */
  private resolve(name: string, type: RecordType, depth: number, outer: boolean): Answer {
    const lower = name.toLowerCase().replace(/\.$/, '');
    const key = `${type} ${lower}`;
    const known = this.cached.get(key);
    const now = this.host.now();
    if (outer && known && known.from <= now && now < known.until) return this.aged(known, now);
    const rewritten = rewriteName(this.config.rewrites, lower);
    const found = this.plugins(rewritten.name, rewritten.name === lower ? name : rewritten.name, type, depth);
    const answer = rewritten.restore ? withName(found, rewritten.name, name) : found;
    if (outer) this.keep(key, lower, answer, now);
    return answer;
  }

  private plugins(lower: string, name: string, type: RecordType, depth: number): Answer {
    const { templates, hosts, kubernetes, forwards } = this.config;
    for (const template of templates) {
      const answer = fromTemplate(template, lower, name, type);
      if (answer) return answer;
    }
    const host = hosts && fromHosts(hosts, lower, name, type);
    if (host) return host;
    const cluster = kubernetes && this.fromKubernetes(kubernetes, lower, name, type, depth);
    if (cluster) return cluster;
    const forward = forwards.find((one) => within(lower, one.from) && !one.except.some((zone) => within(lower, zone)));
    if (forward) return this.fromUpstream(forward, name, type);
    return { ...NOTHING, problem: `plugin/${this.lastPlugin()}: no next plugin found` };
  }

  private lastPlugin(): string {
    return [...this.config.plugins].at(-1) ?? '';
  }

  private fromKubernetes(
    config: KubernetesConfig,
    lower: string,
    name: string,
    type: RecordType,
    depth: number,
  ): Answer | undefined {
    const domain = config.zones.find((zone) => within(lower, zone));
    if (domain === undefined) return undefined;
    const through = config.fallthrough.some((zone) => within(lower, zone));
    const { client, self } = this.host;
    const zone: DnsZone = { client, domain, pods: config.pods, ttl: config.ttl, self };
    const authority = [soa(domain, this.host.now())];
    if (domain.endsWith('.arpa')) {
      const cluster = config.zones.find((one) => !one.endsWith('.arpa')) ?? 'cluster.local';
      const answers = type === 'PTR' ? reverseRecords({ ...zone, domain: cluster }, name) : [];
      if (answers.length > 0) return own('NOERROR', answers, []);
      return through ? undefined : own('NXDOMAIN', [], authority);
    }
    const records = recordsOf(zone, lower);
    if (type === 'SOA' && lower !== domain) return own('NOERROR', [], authority);
    if (!records) return through ? undefined : own('NXDOMAIN', [], authority);
    if (lower === domain && type === 'SOA') return own('NOERROR', authority, []);
    const alias = records.find((record) => record.type === 'CNAME');
    if (alias && type !== 'CNAME') return this.followed(alias, name, type, depth, authority, domain);
    const answers = records.filter((record) => record.type === type).map((record) => ({ ...record, name }));
    const additional = type === 'SRV' ? answers.flatMap((answer) => targetAddresses(zone, answer)) : [];
    return { ...own('NOERROR', answers, answers.length === 0 ? authority : []), additional };
  }

  /** An alias together with what it leads to, each under its own name. coredns: plugin/backend_lookup.go A */
  private followed(
    alias: DnsRecord,
    name: string,
    type: RecordType,
    depth: number,
    authority: readonly DnsRecord[],
    domain: string,
  ): Answer {
    const target = alias.value.toLowerCase().replace(/\.$/, '');
    if (depth >= MAX_ALIASES || target === alias.name.toLowerCase()) return own('NOERROR', [], authority);
    const found = this.resolve(alias.value, type, depth + 1, false);
    // Within the zone an alias of nothing is left out; outside it is told even if nobody knows more.
    if (within(target, domain) && found.answers.length === 0)
      return { ...own('NOERROR', [], authority), delay: found.delay };
    return { ...own('NOERROR', [{ ...alias, name }, ...found.answers], []), delay: found.delay };
  }

  private fromUpstream(forward: ForwardConfig, name: string, type: RecordType): Answer {
    const query = encodeDns({
      id: this.host.below(65536),
      response: false,
      code: 'NOERROR',
      authoritative: false,
      recursionAvailable: false,
      question: { name, type },
      answers: [],
      authority: [],
    });
    // An upstream that failed is looked after by health checks: one more try, no more.
    const known = this.failed.has(forward) || this.config.plugins.has('loop');
    const deadline = known ? READ_TIMEOUT : HEALTH_CHECK_TIME;
    let spent = 0;
    let problem = 'no upstream host';
    const start = this.host.below(Math.max(1, forward.to.length));
    for (let attempt = 0; spent < deadline && forward.to.length > 0; attempt++) {
      const upstream = forward.to[(start + attempt) % forward.to.length];
      if (!upstream) break;
      const reply = this.host.ask(upstream.address, upstream.port, query);
      if ('message' in reply && reply.delay <= READ_TIMEOUT) {
        const { code, answers, authority, authoritative, recursionAvailable } = reply.message;
        return { code, answers, authority, authoritative, recursionAvailable, delay: spent + reply.delay };
      }
      const refused = 'problem' in reply && reply.problem === 'refused';
      const path = `${this.host.self}:${32768 + this.host.below(28000)}->${upstream.address}:${upstream.port}`;
      problem = `read udp ${path}: ${refused ? 'read: connection refused' : 'i/o timeout'}`;
      if (refused) return { ...NOTHING, problem, delay: reply.delay };
      spent += READ_TIMEOUT;
    }
    this.failed.add(forward);
    return { ...NOTHING, problem, delay: spent };
  }

  private keep(key: string, lower: string, answer: Answer, now: number): void {
    const { cache } = this.config;
    if (!cache) return;
    const from = now + answer.delay;
    const good = answer.code === 'NOERROR' && answer.answers.length > 0;
    const off = (good ? cache.noSuccess : cache.noDenial).some((zone) => within(lower, zone));
    const records = good ? answer.answers : answer.authority;
    const ttl = Math.min(...records.map((record) => record.ttl), good ? cache.success : cache.denial);
    const time = answer.code === 'SERVFAIL' ? SERVFAIL_TTL : ttl * 1000;
    if (!off || answer.code === 'SERVFAIL')
      this.cached.set(key, { answer: { ...answer, delay: 0 }, from, until: from + time });
  }

  private aged({ answer, from }: Cached, now: number): Answer {
    const age = Math.floor((now - from) / 1000);
    const older = (records: readonly DnsRecord[]) =>
      records.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - age) }));
    return { ...answer, answers: older(answer.answers), authority: older(answer.authority), problem: undefined };
  }

  /** Addresses in a random order, aliases first. coredns: plugin/loadbalance */
  private shuffled(records: readonly DnsRecord[]): DnsRecord[] {
    const isAddress = ({ type }: DnsRecord) => type === 'A' || type === 'AAAA';
    const addresses = records.filter(isAddress);
    for (let i = addresses.length - 1; i > 0; i--) {
      const other = this.host.below(i + 1);
      const [a, b] = [addresses[i], addresses[other]];
      if (a && b) [addresses[i], addresses[other]] = [b, a];
    }
    return [...records.filter((record) => !isAddress(record)), ...addresses];
  }
}

const NOTHING: Answer = {
  code: 'SERVFAIL',
  answers: [],
  authority: [],
  authoritative: false,
  recursionAvailable: false,
  delay: 0,
};

function own(code: ResponseCode, answers: readonly DnsRecord[], authority: readonly DnsRecord[]): Answer {
  return { ...NOTHING, code, answers, authority, authoritative: true };
}

/** The addresses of the name that a SRV record leads to. */
function targetAddresses(zone: DnsZone, { value }: DnsRecord): readonly DnsRecord[] {
  const target = value.split(' ')[3] ?? '';
  return (recordsOf(zone, target.toLowerCase()) ?? []).filter(({ type }) => type === 'A' || type === 'AAAA');
}

/** Whether a name lies in a zone; '' is the root. */
function within(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`);
}

function withName(answer: Answer, from: string, to: string): Answer {
  const answers = answer.answers.map((record) =>
    record.name.toLowerCase() === from ? { ...record, name: to } : record,
  );
  return { ...answer, answers };
}

/** coredns: plugin/hosts */
function fromHosts(hosts: HostsConfig, lower: string, name: string, type: RecordType): Answer | undefined {
  if (hosts.zones.length > 0 && !hosts.zones.some((zone) => within(lower, zone))) return undefined;
  const { ttl } = hosts;
  if (type === 'PTR' && lower.endsWith('.in-addr.arpa')) {
    const address = lower.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
    const names = hosts.entries.filter((entry) => entry.address === address).flatMap((entry) => entry.names);
    if (names.length > 0)
      return own(
        'NOERROR',
        names.map((value) => ({ name, type: 'PTR', ttl, value })),
        [],
      );
  } else {
    const entries = hosts.entries.filter((entry) => entry.names.some((each) => each.toLowerCase() === lower));
    const isSix = type === 'AAAA';
    const answers = entries
      .filter(({ address }) => (type === 'A' || isSix) && address.includes(':') === isSix)
      .map(({ address }): DnsRecord => ({ name, type, ttl, value: address }));
    // A name that is there under another type has no more to say.
    if (entries.length > 0) return own('NOERROR', answers, []);
  }
  const through = hosts.fallthrough;
  if (through && (through.length === 0 || through.some((zone) => within(lower, zone)))) return undefined;
  // Without a SOA of its own it signals that there is a problem.
  return { ...NOTHING };
}

/** coredns: plugin/template */
function fromTemplate(template: TemplateConfig, lower: string, name: string, type: RecordType): Answer | undefined {
  if (template.type !== 'ANY' && template.type !== type) return undefined;
  if (!template.zones.some((zone) => within(lower, zone))) return undefined;
  const full = `${lower}.`;
  const match: RegExpExecArray | null | undefined = (template.match.length === 0 ? [/.*/] : template.match)
    .map((each) => each.exec(full))
    .find(Boolean);
  if (!match) return undefined;
  const fill = (text: string) =>
    text.replace(/\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
      if (expression === '.Name') return `${name}.`;
      if (expression === '.Zone') return `${template.zones[0]}.`;
      const index = /^index \.Match (\d+)$/.exec(expression)?.[1];
      const group = /^\.Group\.(\w+)$/.exec(expression)?.[1];
      if (index !== undefined) return match[Number(index)] ?? '';
      return group === undefined ? '' : (match.groups?.[group] ?? '');
    });
  const answers = template.answers.flatMap((text) => {
    const [owner = '', ttl = '', ...rest] = fill(text).split(/\s+/);
    const [kind, ...value] = rest[0] === 'IN' ? rest.slice(1) : rest;
    if (kind !== type) return [];
    return [{ name: owner.replace(/\.$/, ''), type, ttl: Number(ttl), value: value.join(' ').replace(/\.$/, '') }];
  });
  const code = CODES.find((one) => one === template.code) ?? 'NOERROR';
  return own(code, answers, []);
}

const CODES: readonly ResponseCode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** coredns: plugin/log, its common format */
function logLine(
  query: DnsMessage,
  from: string,
  { size, room }: QuerySizes,
  protocol: string,
  answer: Answer,
  answerSize: number,
): string {
  const { question, id } = query;
  const seconds = (answer.delay / 1000 + 0.000_25).toFixed(9);
  const asked = `"${question?.type} IN ${question?.name}. ${protocol} ${size} false ${protocol === 'udp' ? room : 65535}"`;
  if (answer.problem !== undefined) return `[INFO] ${from}:41234 - ${id} ${asked} - - 0 ${seconds}s`;
  const flags = ['qr', ...(answer.authoritative ? ['aa'] : []), 'rd', ...(answer.recursionAvailable ? ['ra'] : [])];
  return `[INFO] ${from}:41234 - ${id} ${asked} ${answer.code} ${flags.join(',')} ${answerSize} ${seconds}s`;
}

/** The server of a query: the longest zone. Undefined for names that none is for. */
export function serverFor(servers: readonly CorednsServer[], name: string, port: number): CorednsServer | undefined {
  const lower = name.toLowerCase();
  let best: CorednsServer | undefined;
  for (const server of servers) {
    const zone = server.config.zone === '.' ? '' : server.config.zone.replace(/\.$/, '');
    if (server.config.port !== port || !within(lower, zone)) continue;
    if (!best || server.config.zone.length > best.config.zone.length) best = server;
  }
  return best;
}

/** Answers one datagram, or undefined for bytes that are no query. */
export function answerQuery(
  servers: readonly CorednsServer[],
  port: number,
  bytes: Uint8Array,
  from: string,
  protocol: 'udp' | 'tcp',
): CorednsReply | undefined {
  const query = decodeDns(bytes);
  if (!query?.question) return undefined;
  const server = serverFor(servers, query.question.name, port);
  if (server) return server.answer(query, from, { size: bytes.length, room: bufferSize(bytes) }, protocol);
  return { bytes: encodeDns({ ...query, response: true, code: 'REFUSED' }), delay: 0 };
}
