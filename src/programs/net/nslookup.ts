import { Fail } from '../../shell/utilities/fail.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { type DnsMessage, type DnsRecord, RECORD_TYPES, type RecordType } from '../../world/network/dns-message.ts';
import type { Task } from '../../world/task.ts';
import { queryServer, type ResolverConfig, resolverConfig, routeProblem } from './dns.ts';
import { isAddress, resolveHost } from './resolve.ts';

export function recordType(text: string): RecordType | undefined {
  const upper = text.toUpperCase();
  return Object.hasOwn(RECORD_TYPES, upper) ? (upper as RecordType) : undefined;
}

/** `10.96.0.1` → `1.0.96.10.in-addr.arpa` */
export function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** The answer of the first server that gives one, or how asking failed. */
export function* askServers(
  tool: Tool,
  config: ResolverConfig,
  name: string,
  type: RecordType,
): Task<
  | { readonly message: DnsMessage; readonly server: string }
  | { readonly problem: 'timeout' | 'refused'; readonly server: string }
> {
  let problem: 'timeout' | 'refused' = 'timeout';
  let last = '';
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const result = yield* queryServer(tool.p, server, { name, type }, { timeout: config.timeout });
      if ('message' in result) return { message: result.message, server };
      problem = result.problem;
      last = server;
    }
    if (problem === 'refused') break;
  }
  return { problem, server: last };
}

/** A configuration with the server of the command line, if one was named. */
export function* configOf(tool: Tool, server: string | undefined): Task<ResolverConfig> {
  const config = resolverConfig(tool.p);
  if (server === undefined) return config.servers.length > 0 ? config : { ...config, servers: ['127.0.0.1'] };
  const address = yield* resolveHost(tool.p, server);
  if (address === undefined) throw new Fail(`bad address '${server}'`);
  return { ...config, servers: [address] };
}

export function recordText(record: DnsRecord, dot: string): string {
  const { name, type, value } = record;
  switch (type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${value}\n`;
    case 'CNAME':
      return `${name}\tcanonical name = ${value}${dot}\n`;
    case 'PTR':
      return `${name}\tname = ${value}${dot}\n`;
    case 'SRV':
      return `${name}\tservice = ${value}${dot}\n`;
    case 'NS':
      return `${name}\tnameserver = ${value}${dot}\n`;
    case 'MX':
      return `${name}\tmail exchanger = ${value}${dot}\n`;
    case 'TXT':
      return `${name}\ttext = "${value}"\n`;
    case 'SOA': {
      const [origin, mail, serial, refresh, retry, expire, minimum] = value.split(' ');
      return `${name}\n\torigin = ${origin}${dot}\n\tmail addr = ${mail}${dot}\n\tserial = ${serial}\n\trefresh = ${refresh}\n\tretry = ${retry}\n\texpire = ${expire}\n\tminimum = ${minimum}\n`;
    }
    case 'ANY':
      return '';
  }
}

export interface Words {
  readonly names: readonly string[];
  readonly type: string | undefined;
}

export function readWords(args: readonly string[]): Words {
  let type: string | undefined;
  const names: string[] = [];
  for (const word of args) {
    const found = /^-(?:type|query|querytype|q)=(.*)$/.exec(word);
    if (found) type = found[1];
    else if (!word.startsWith('-')) names.push(word);
  }
  return { names, type };
}

/** busybox: networking/nslookup.c */
export const busyboxNslookup = utility({
  name: 'nslookup',
  usage: '[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
  about: 'Query DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any',
  *run(tool) {
    const { names, type: wanted } = readWords(tool.args);
    const [name, server] = names;
    if (name === undefined) {
      yield* tool.complain(
        'BusyBox v1.37.0 () multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any\n',
      );
      return 1;
    }
    const type = wanted === undefined ? undefined : recordType(wanted);
    if (wanted !== undefined && !type) throw new Fail(`invalid query type "${wanted}"`);
    const config = yield* configOf(tool, server);
    const queries: (readonly [string, RecordType])[] = [];
    const address = isAddress(name);
    for (const one of type ? [type] : address ? (['PTR'] as const) : (['A', 'AAAA'] as const)) {
      // Who gives a type means the name as it stands.
      const asked = address && !type ? reverseName(name) : name;
      // Only names without a dot are looked for in the search list.
      const searched = one === 'PTR' || name.includes('.') || config.search.length === 0;
      for (const full of searched ? [asked] : config.search.map((domain) => `${asked}.${domain}`))
        queries.push([full, one]);
    }
    let text = '';
    let status = 0;
    let from: string | undefined;
    for (const [full, one] of queries) {
      const result = yield* askServers(tool, config, full, one);
      if ('problem' in result) {
        if (routeProblem(tool.p, result.server) === 'no-network') {
          yield* tool.complain(`nslookup: can't connect to remote host (${result.server}): Network is unreachable\n`);
          return 1;
        }
        if (result.problem === 'refused')
          yield* tool.complain(`nslookup: write to '${result.server}': Connection refused\n`);
        tool.put(';; connection timed out; no servers could be reached\n\n');
        return 1;
      }
      from ??= result.server;
      const { code, answers } = result.message;
      // busybox asks again after SERVFAIL, and then takes it for no answer.
      if (code === 'SERVFAIL') {
        tool.put(
          `Server:\t\t${from}\nAddress:\t${from}:53\n\n;; connection timed out; no servers could be reached\n\n`,
        );
        return 1;
      }
      if (code !== 'NOERROR') {
        status = 1;
        text += `** server can't find ${full}: ${code}\n\n`;
      } else text += `${answers.map((record) => recordText(record, '')).join('')}\n`;
    }
    tool.put(`Server:\t\t${from}\nAddress:\t${from}:53\n\n${text}`);
    return status;
  },
});
