import type { Tool } from '../../shell/utilities/tool.ts';
import type { DnsMessage, DnsRecord, RecordType } from '../../world/network/dns-message.ts';
import type { Task } from '../../world/task.ts';
import { type DnsQuestion, queryServer, type ResolverConfig, routeProblem } from './dns.ts';

// What dig, host and nslookup of BIND 9 have in common. bind: bin/dig/dighost.c

export interface BindSettings {
  readonly tries: number;
  /** ms that one try waits; that of the configuration without. */
  readonly timeout?: number | undefined;
  readonly port?: number | undefined;
  readonly tcp?: boolean | undefined;
  readonly edns?: boolean | undefined;
}

export type BindResult =
  | { readonly message: DnsMessage; readonly server: string; readonly notes: string }
  /** `told`: the notes say all there is to say. */
  | { readonly notes: string; readonly told: boolean };

/** bind: lib/isc/result.c */
const RESULTS = {
  refused: 'connection refused',
  timeout: 'timed out',
  'no-network': 'network unreachable',
  'no-host': 'host unreachable',
} as const;

/** Asks the servers in turn. `notes` are the lines about those that did not answer. */
export function* bindQuery(
  tool: Tool,
  config: ResolverConfig,
  question: DnsQuestion,
  settings: BindSettings,
): Task<BindResult> {
  const { port = 53, tcp = false, edns = false } = settings;
  let notes = '';
  let told = false;
  for (let attempt = 0; attempt < settings.tries; attempt++) {
    for (const server of config.servers) {
      const timeout = settings.timeout ?? config.timeout;
      const unreachable = routeProblem(tool.p, server);
      const result = unreachable ?? (yield* queryServer(tool.p, server, question, { timeout, port, tcp, edns }));
      if (typeof result !== 'string' && 'message' in result) return { message: result.message, server, notes };
      const why = typeof result === 'string' ? RESULTS[result] : RESULTS[result.problem];
      told = tcp || unreachable !== undefined;
      // bind: udp_ready, tcp_connected: the question could not even be sent.
      notes += told
        ? `;; ${tcp ? 'Connection to' : 'UDP setup with'} ${server}#${port}(${server}) for ${question.name} failed: ${why}.\n;; no servers could be reached\n`
        : `;; communications error to ${server}#${port}: ${why}\n`;
    }
  }
  return { notes, told };
}

const NAMED = new Set<RecordType>(['CNAME', 'PTR', 'NS', 'SRV', 'MX']);

/** The data of a record, with the final dots of names. */
export function shownValue(record: DnsRecord): string {
  if (record.type === 'TXT') return `"${record.value}"`;
  if (record.type === 'SOA') return record.value.replace(/^(\S+) (\S+)/, '$1. $2.');
  return NAMED.has(record.type) ? `${record.value}.` : record.value;
}

/** bind: lib/dns/masterdump.c, indent(). */
function indent(text: string, to: number): string {
  let column = 0;
  for (const char of text) column = char === '\t' ? (Math.floor(column / 8) + 1) * 8 : column + 1;
  const end = Math.max(to, column + 1);
  const tabs = Math.floor(end / 8) - Math.floor(column / 8);
  const from = tabs > 0 ? Math.floor(end / 8) * 8 : column;
  return text + '\t'.repeat(tabs) + ' '.repeat(end - from);
}

export function recordLine(record: DnsRecord): string {
  const named = indent(`${record.name}.`, 24);
  const timed = indent(`${named}${record.ttl}`, 32);
  return `${indent(`${indent(`${timed}IN`, 40)}${record.type}`, 48)}${shownValue(record)}\n`;
}

export function questionLine(name: string, type: string): string {
  return `;${indent(`${indent(`${name}.`, 32)}IN`, 40)}${type}\n`;
}

/** The two lines before the sections. `additional` counts the OPT record of dig. */
export function headText(message: DnsMessage, additional: number): string {
  const flags = ['qr', ...(message.authoritative ? ['aa'] : []), 'rd', ...(message.recursionAvailable ? ['ra'] : [])];
  const { answers, authority } = message;
  return `;; ->>HEADER<<- opcode: QUERY, status: ${message.code}, id: ${message.id}\n;; flags: ${flags.join(' ')}; QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional}\n`;
}
