import { formatTime } from '../../shell/utilities/time-text.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { type DnsMessage, type DnsRecord, encodeDns, type RecordType } from '../../world/network/dns-message.ts';
import { candidates } from './dns.ts';
import { askServers, configOf, recordType, reverseName } from './nslookup.ts';
import { isAddress } from './resolve.ts';

const VERSION = '9.18.39-0ubuntu0.24.04.1-Ubuntu';
const NAMED = new Set<RecordType>(['CNAME', 'PTR', 'NS', 'SRV', 'MX']);

function shownValue(record: DnsRecord): string {
  if (record.type === 'TXT') return `"${record.value}"`;
  if (record.type === 'SOA') return record.value.replace(/^(\S+) (\S+)/, '$1. $2.');
  return NAMED.has(record.type) ? `${record.value}.` : record.value;
}

/** bind: lib/dns/masterdump.c, indent(). */
function indent(text: string, to: number): string {
  let column = 0;
  for (const char of text) column = char === '\t' ? (Math.floor(column / 8) + 1) * 8 : column + 1;
  if (column >= to) return `${text} `;
  return text + '\t'.repeat(Math.floor(to / 8) - Math.floor(column / 8));
}

function recordLine(record: DnsRecord): string {
  const named = indent(`${record.name}.`, 24);
  const timed = indent(`${named}${record.ttl}`, 32);
  return `${indent(`${indent(`${timed}IN`, 40)}${record.type}`, 48)}${shownValue(record)}\n`;
}

/** dig of BIND 9. */
export const dig = utility({
  name: 'dig',
  usage: '[@global-server] [domain] [q-type] [q-class] {q-opt}',
  about: 'DNS lookup utility',
  *run(tool) {
    let server: string | undefined;
    let name: string | undefined;
    let type: RecordType = 'A';
    const flags = new Set<string>();
    const args = tool.args;
    for (let at = 0; at < args.length; at++) {
      const word = args[at] ?? '';
      if (word.startsWith('@')) server = word.slice(1);
      else if (word.startsWith('+')) flags.add(word.slice(1));
      else if (word === '-x') {
        name = reverseName(args[++at] ?? '');
        type = 'PTR';
      } else if (word === '-t') type = recordType(args[++at] ?? '') ?? type;
      else if (word === '-p' || word === '-c' || word === '-b' || word === '-q') {
        const value = args[++at];
        if (word === '-q') name = value;
      } else if (word.startsWith('-') || word.toUpperCase() === 'IN') continue;
      else if (name !== undefined && recordType(word)) type = recordType(word) ?? type;
      else if (name === undefined && recordType(word) && args[at + 1] !== undefined) type = recordType(word) ?? type;
      else name = word;
    }
    const config = yield* configOf(tool, server);
    const asked = name ?? '.';
    const plain = asked.replace(/\.$/, '');
    const tried = flags.has('search') ? candidates(asked, config) : [plain];
    const short = flags.has('short');
    const started = tool.p.now;
    const banner = `\n; <<>> DiG ${VERSION} <<>> ${args.join(' ')}\n`;
    for (const [index, full] of tried.entries()) {
      const result = yield* askServers(tool, config, full, type);
      if ('problem' in result) {
        const why = result.problem === 'refused' ? 'connection refused' : 'timed out';
        tool.put(
          `${short ? '' : banner}${`;; communications error to ${result.server}#53: ${why}\n`.repeat(3)}${short ? '' : ';; global options: +cmd\n'};; no servers could be reached\n`,
        );
        return 9;
      }
      const { message } = result;
      if (message.code === 'NXDOMAIN' && index < tried.length - 1) continue;
      if (short) {
        for (const record of message.answers) tool.put(`${shownValue(record)}\n`);
        return 0;
      }
      const only = flags.has('noall');
      if (!only) tool.put(`${banner};; global options: +cmd\n;; Got answer:\n${headText(message)}`);
      if (!only)
        tool.put(
          `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n${indent(`${indent(`;${full}.`, 32)}IN`, 40)}${type}\n\n`,
        );
      if (message.answers.length > 0 && (!only || flags.has('answer')))
        tool.put(`${only ? '' : ';; ANSWER SECTION:\n'}${message.answers.map(recordLine).join('')}${only ? '' : '\n'}`);
      if (message.authority.length > 0 && (!only || flags.has('authority')))
        tool.put(
          `${only ? '' : ';; AUTHORITY SECTION:\n'}${message.authority.map(recordLine).join('')}${only ? '' : '\n'}`,
        );
      if (!only || flags.has('stats'))
        tool.put(
          `;; Query time: ${Math.floor(tool.p.now - started)} msec\n;; SERVER: ${result.server}#53(${result.server}) (UDP)\n;; WHEN: ${formatTime('%a %b %d %H:%M:%S UTC %Y', tool.p.now, { name: 'UTC', offset: 0 })}\n;; MSG SIZE  rcvd: ${encodeDns(message).length + 11}\n\n`,
        );
      return 0;
    }
    return 0;
  },
});

function headText(message: DnsMessage): string {
  const flags = ['qr', ...(message.authoritative ? ['aa'] : []), 'rd', ...(message.recursionAvailable ? ['ra'] : [])];
  const warning = message.recursionAvailable ? '' : ';; WARNING: recursion requested but not available\n';
  return `;; ->>HEADER<<- opcode: QUERY, status: ${message.code}, id: ${message.id}\n;; flags: ${flags.join(' ')}; QUERY: 1, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authority.length}, ADDITIONAL: 1\n${warning}\n`;
}

/** host of BIND 9. */
export const host = utility({
  name: 'host',
  usage: '[-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time] [-R number] [-m flag] [-p port] hostname [server]',
  about: 'DNS lookup utility',
  usageStatus: 1,
  options: [
    '-t=',
    '-a',
    '-v',
    '-W=',
    '-R=',
    '-N=',
    '-T',
    '-4',
    '-6',
    '-c=',
    '-p=',
    '-m=',
    '-w',
    '-l',
    '-s',
    '-r',
    '-d',
    '-C',
    '-i',
  ],
  *run(tool, options) {
    const [name, server] = options.operands;
    if (name === undefined) {
      yield* tool.complain(
        'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
      );
      return 1;
    }
    const config = yield* configOf(tool, server);
    if (server !== undefined)
      tool.put(`Using domain server:\nName: ${server}\nAddress: ${config.servers[0]}#53\nAliases: \n\n`);
    const reverse = isAddress(name);
    const wanted = options.get('t');
    const types: readonly RecordType[] = reverse ? ['PTR'] : wanted ? [recordType(wanted) ?? 'A'] : ['A', 'AAAA', 'MX'];
    const tried = reverse ? [reverseName(name)] : candidates(name, config);
    for (const [index, full] of tried.entries()) {
      let found = false;
      for (const type of types) {
        const result = yield* askServers(tool, config, full, type);
        if ('problem' in result) {
          tool.put(';; connection timed out; no servers could be reached\n');
          return 1;
        }
        const { code, answers } = result.message;
        if (code !== 'NOERROR') {
          if (code === 'NXDOMAIN' && index < tried.length - 1) break;
          const number = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 }[code];
          tool.put(`Host ${reverse ? `${full}.` : full} not found: ${number}(${code})\n`);
          return 1;
        }
        found = true;
        for (const record of answers) tool.put(hostLine(record));
        if (wanted !== undefined && answers.length === 0) tool.put(`${full} has no ${type} record\n`);
      }
      if (found) return 0;
    }
    return 1;
  },
});

function hostLine(record: DnsRecord): string {
  const { name, type } = record;
  const value = shownValue(record);
  if (type === 'A') return `${name} has address ${value}\n`;
  if (type === 'AAAA') return `${name} has IPv6 address ${value}\n`;
  if (type === 'CNAME') return `${name} is an alias for ${value}\n`;
  if (type === 'PTR') return `${name} domain name pointer ${value}\n`;
  if (type === 'NS') return `${name} name server ${value}\n`;
  if (type === 'MX') return `${name} mail is handled by ${value}\n`;
  if (type === 'TXT') return `${name} descriptive text ${value}\n`;
  return `${name} has ${type} record ${value}\n`;
}
