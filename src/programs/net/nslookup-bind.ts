import { Fail } from '../../shell/utilities/fail.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import type { DnsMessage, DnsRecord, RecordType } from '../../world/network/dns-message.ts';
import type { Task } from '../../world/task.ts';
import { type BindResult, type BindSettings, bindQuery } from './bind.ts';
import { candidates, type ResolverConfig } from './dns.ts';
import { configOf, recordText, recordType, reverseName } from './nslookup.ts';
import { isAddress } from './resolve.ts';

interface Request {
  readonly names: readonly string[];
  readonly type: RecordType | undefined;
  readonly settings: BindSettings;
  readonly debug: boolean;
  /** What is said of options before anything is asked. */
  readonly complaints: string;
}

function readRequest(args: readonly string[]): Request {
  const names: string[] = [];
  let complaints = '';
  let type: RecordType | undefined;
  let debug = false;
  let tries = 3;
  let timeout: number | undefined;
  let port: number | undefined;
  for (const word of args) {
    const [, key = '', value] = /^-([a-z0-9]+)(?:=(.*))?$/.exec(word) ?? [];
    if (key === '') names.push(word);
    else if (TYPE_OPTIONS.has(key)) {
      type = recordType(value ?? '');
      if (!type && value?.toLowerCase() !== 'any') complaints += `unknown query type: ${value}\n`;
      else type ??= ANY;
    } else if (key === 'timeout') timeout = Number(value) * 1000;
    else if (key === 'retry') tries = Number(value) + 1;
    else if (key === 'port') port = Number(value);
    else if (key === 'debug') debug = true;
    else if (!OTHER_OPTIONS.has(key)) complaints += `*** Invalid option: ${key}\n`;
  }
  return { names, type, settings: { tries, timeout, port }, debug, complaints };
}

/** CoreDNS has nothing to say to ANY but whether there is such a name: so does asking for a type that is not there. */
const ANY: RecordType = 'MX';
const TYPE_OPTIONS = new Set(['type', 'query', 'querytype', 'q', 'ty', 'qu']);
const OTHER_OPTIONS = new Set([
  'nodebug',
  'd2',
  'nod2',
  'search',
  'nosearch',
  'recurse',
  'norecurse',
  'vc',
  'novc',
  'fail',
  'all',
  'class',
  'domain',
]);

/** nslookup of BIND 9. bind: bin/dig/nslookup.c */
export const bindNslookup = utility({
  name: 'nslookup',
  usage: '[-opt ...] [name] [server]',
  about: 'query Internet name servers',
  *run(tool) {
    const request = readRequest(tool.args);
    const [name, server] = request.names;
    if (name === undefined) throw new Fail('kubetutor does not model the interactive mode of nslookup');
    tool.put(request.complaints);
    return yield* new Lookup(tool, yield* configOf(tool, server), request, server === undefined).run(name);
  },
});

class Lookup {
  constructor(
    private readonly tool: Tool,
    private readonly config: ResolverConfig,
    private readonly request: Request,
    /** Servers of resolv.conf should do recursion; who names one knows what it asks. */
    private readonly wantsRecursion: boolean,
  ) {}

  *run(name: string): Task<number> {
    const { type } = this.request;
    if (isAddress(name) && (!type || type === 'PTR')) return yield* this.reverse(reverseName(name));
    const names = candidates(name, this.config);
    for (const [index, full] of names.entries()) {
      const result = yield* this.ask(full, type ?? 'A');
      if (!('message' in result)) return this.nobody(result.told);
      const { message } = result;
      if (message.code !== 'NOERROR' && message.code !== 'SERVFAIL' && index < names.length - 1) continue;
      if (message.code === 'SERVFAIL' && index < names.length - 1) continue;
      this.head(result.server);
      if (this.request.debug) this.tool.put(debugText(message));
      if (message.code !== 'NOERROR') return this.missing(full, message);
      if (message.answers.length === 0) this.tool.put(`*** Can't find ${name.replace(/\.$/, '')}: No answer\n`);
      else this.records(message);
      if (type === undefined && message.answers.length > 0) yield* this.addresses(full);
      this.tool.put('\n');
      return 0;
    }
    return 1;
  }

  /** Its IPv6 addresses, which nslookup looks for too when nobody said what to look for. */
  private *addresses(full: string): Task {
    const result = yield* this.ask(full, 'AAAA');
    if ('message' in result && result.message.answers.some(({ type }) => type === 'AAAA')) this.records(result.message);
  }

  private *reverse(full: string): Task<number> {
    const result = yield* this.ask(full, 'PTR');
    if (!('message' in result)) return this.nobody(result.told);
    if (result.message.code !== 'NOERROR') return this.missing(full, result.message);
    this.records(result.message);
    this.tool.put('\n');
    return 0;
  }

  private *ask(name: string, type: RecordType): Task<BindResult> {
    const result = yield* bindQuery(this.tool, this.config, { name, type }, this.request.settings);
    this.tool.put(result.notes);
    if ('message' in result) {
      const { code, recursionAvailable } = result.message;
      if (code === 'SERVFAIL') this.tool.put(`;; Got SERVFAIL reply from ${result.server}\n`);
      else if (this.wantsRecursion && !recursionAvailable)
        this.tool.put(`;; Got recursion not available from ${result.server}\n`);
    }
    return result;
  }

  private head(server: string): void {
    this.tool.put(`Server:\t\t${server}\nAddress:\t${server}#${this.request.settings.port ?? 53}\n\n`);
  }

  private records({ answers, authoritative }: DnsMessage): void {
    if (!authoritative) this.tool.put('Non-authoritative answer:\n');
    for (const record of answers) this.tool.put(recordText(record, '.'));
  }

  private missing(name: string, { code }: DnsMessage): number {
    this.tool.put(`** server can't find ${name}: ${code}\n\n`);
    return 1;
  }

  private nobody(told: boolean): number {
    this.tool.put(told ? '\n' : ';; no servers could be reached\n\n');
    return 1;
  }
}

function debugText({ question, answers, authority }: DnsMessage): string {
  const section = (records: readonly DnsRecord[]) => records.map(debugRecord).join('');
  return `------------\n    QUESTIONS:\n\t${question?.name}, type = ${question?.type}, class = IN\n    ANSWERS:\n${section(answers)}    AUTHORITY RECORDS:\n${section(authority)}    ADDITIONAL RECORDS:\n------------\n`;
}

function debugRecord(record: DnsRecord): string {
  const text = record.type === 'A' ? `internet address = ${record.value}` : `${record.type} = ${record.value}`;
  return `    ->  ${record.name}\n\t${text}\n\tttl = ${record.ttl}\n`;
}
