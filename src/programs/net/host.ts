import { utility } from '../../shell/utilities/utility.ts';
import { type DnsMessage, type DnsRecord, encodeDns, type RecordType } from '../../world/network/dns-message.ts';
import { bindQuery, headText, questionLine, recordLine, shownValue } from './bind.ts';
import { candidates } from './dns.ts';
import { configOf, recordType, reverseName } from './nslookup.ts';
import { isAddress } from './resolve.ts';

const USAGE = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
       -a is equivalent to -v -t ANY
       -A is like -a but omits RRSIG, NSEC, NSEC3
       -c specifies query class for non-IN data
       -C compares SOA records on authoritative nameservers
       -d is equivalent to -v
       -l lists all hosts in a domain, using AXFR
       -m set memory debugging flag (trace|record|usage)
       -N changes the number of dots allowed before root lookup is done
       -p specifies the port on the server to query
       -r disables recursive processing
       -R specifies number of retries for UDP packets
       -s a SERVFAIL response should stop query
       -t specifies the query type
       -T enables TCP/IP mode
       -U enables UDP mode
       -v enables verbose output
       -V print version number and exit
       -w specifies to wait forever for a reply
       -W specifies how long to wait for a reply
       -4 use IPv4 query transport only
       -6 use IPv6 query transport only
`;
const CODE_NUMBERS = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** host of BIND 9. bind: bin/dig/host.c */
export const host = utility({
  name: 'host',
  usage: '[-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time] [-R number] [-m flag] [-p port] hostname [server]',
  about: 'DNS lookup utility',
  usageStatus: 1,
  options: '-t= -a -v -W= -R= -N= -T -U -4 -6 -c= -p= -m= -w -l -s -r -d -C -i -A -V'.split(' '),
  *run(tool, options) {
    const [name, server] = options.operands;
    if (name === undefined) {
      yield* tool.complain(USAGE);
      return 1;
    }
    const config = yield* configOf(tool, server);
    const port = Number(options.get('p') ?? 53);
    const reverse = isAddress(name);
    const wanted = options.get('t');
    const asked = wanted === undefined ? undefined : recordType(wanted);
    if (wanted !== undefined && !asked) {
      yield* tool.complain(`host: invalid type: ${wanted}\n\n`);
      return 2;
    }
    let head =
      server === undefined
        ? ''
        : `Using domain server:\nName: ${server}\nAddress: ${config.servers[0]}#${port}\nAliases: \n\n`;
    // CoreDNS has nothing to say to ANY but whether there is such a name: so does asking for a type that is not there.
    const any = options.has('a') && wanted === undefined;
    const types: readonly RecordType[] = reverse ? ['PTR'] : asked ? [asked] : any ? ['MX'] : ['A', 'AAAA', 'MX'];
    const tried = reverse ? [reverseName(name)] : candidates(name, config);
    const wait = options.get('W');
    const settings = {
      tries: 2,
      port,
      tcp: options.has('T'),
      timeout: wait === undefined ? undefined : Number(wait) * 1000,
    };
    const verbose = options.has('v') || options.has('d') || options.has('a');
    for (const [index, full] of tried.entries()) {
      let found = false;
      for (const type of types) {
        if (verbose) tool.put(`Trying "${full}"\n`);
        const started = tool.p.now;
        const result = yield* bindQuery(tool, config, { name: full, type }, settings);
        tool.put(result.notes);
        if (!('message' in result)) {
          if (!result.told) tool.put(';; no servers could be reached\n');
          return 1;
        }
        tool.put(head);
        head = '';
        const { code, answers } = result.message;
        if (code !== 'NOERROR') {
          if (index < tried.length - 1) break;
          const shown = reverse && code === 'NXDOMAIN' ? `${full}.` : full;
          tool.put(`Host ${shown} not found: ${CODE_NUMBERS[code]}(${code})\n`);
          return 1;
        }
        found = true;
        if (verbose)
          tool.put(
            verboseText(result.message, `${result.server}#${port}`, tool.p.now - started, any ? 'ANY' : undefined),
          );
        else for (const record of answers) tool.put(hostLine(record));
        if (asked && answers.length === 0 && !verbose) tool.put(`${full} has no ${type} record\n`);
      }
      if (found) return 0;
    }
    return 1;
  },
});

function verboseText(message: DnsMessage, server: string, took: number, type?: string): string {
  const { question, answers, authority } = message;
  const section = (title: string, records: readonly DnsRecord[]) =>
    records.length > 0 ? `\n;; ${title} SECTION:\n${records.map(recordLine).join('')}` : '';
  const asked = question ? `;; QUESTION SECTION:\n${questionLine(question.name, type ?? question.type)}` : '';
  return `${headText(message, 0)}\n${asked}${section('ANSWER', answers)}${section('AUTHORITY', authority)}\nReceived ${encodeDns(message).length} bytes from ${server} in ${Math.floor(took)} ms\n`;
}

function hostLine(record: DnsRecord): string {
  const { name, type } = record;
  const value = shownValue(record);
  switch (type) {
    case 'A':
      return `${name} has address ${value}\n`;
    case 'AAAA':
      return `${name} has IPv6 address ${value}\n`;
    case 'CNAME':
      return `${name} is an alias for ${value}\n`;
    case 'PTR':
      return `${name} domain name pointer ${value}\n`;
    case 'NS':
      return `${name} name server ${value}\n`;
    case 'MX':
      return `${name} mail is handled by ${value}\n`;
    case 'TXT':
      return `${name} descriptive text ${value}\n`;
    default:
      return `${name} has ${type} record ${value}\n`;
  }
}
