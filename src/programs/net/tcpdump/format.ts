import type { CapturedPacket } from '../../../world/network/capture.ts';
import { type DnsMessage, decodeDns, encodeDns } from '../../../world/network/dns-message.ts';
import { hash32 } from '../../../world/random.ts';

const PORT_NAMES: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  443: 'https',
  5432: 'postgresql',
  6379: 'redis',
  8080: 'http-alt',
};
/** The line shows the first line of HTTP on these ports only. */
const HTTP_PORTS = [80, 8080];

export interface LineOptions {
  /** `-n` */
  readonly numeric: boolean;
  /** `-q` */
  readonly quick: boolean;
  /** `-i any`: the interface comes first. */
  readonly any: boolean;
}

/** One line of tcpdump. */
export function packetLine(packet: CapturedPacket, options: LineOptions): string {
  const time =
    new Date(packet.time).toISOString().slice(11, 23) + String(Math.floor((packet.time % 1) * 1000)).padStart(3, '0');
  const device = options.any ? `${packet.link.name.padEnd(5)} ${packet.direction === 'in' ? 'In ' : 'Out'} ` : '';
  return `${time} ${device}IP ${packetText(packet, options)}\n`;
}

function packetText(packet: CapturedPacket, options: LineOptions): string {
  const { source, address, payload } = packet;
  const end = (host: string, port: number) => `${host}.${options.numeric ? port : (PORT_NAMES[port] ?? port)}`;
  const ways = `${end(source, packet.sourcePort)} > ${end(address, packet.port)}:`;
  switch (payload.kind) {
    case 'echo':
      return `${source} > ${address}: ICMP echo ${payload.reply ? 'reply' : 'request'}, id ${payload.id}, seq ${payload.sequence}, length ${payload.bytes + 8}`;
    case 'unreachable':
      return `${source} > ${address}: ICMP ${payload.text}, length 36`;
    case 'udp': {
      const message = packet.port === 53 || packet.sourcePort === 53 ? decodeDns(payload.bytes) : undefined;
      if (message && !options.quick) return `${ways} ${dnsText(message)}`;
      return `${ways} UDP, length ${payload.bytes.length}`;
    }
    case 'tcp': {
      if (options.quick) return `${ways} tcp ${payload.bytes}`;
      const shown = HTTP_PORTS.includes(packet.port) || HTTP_PORTS.includes(packet.sourcePort);
      const http = payload.text !== undefined && shown ? `: HTTP: ${payload.text}` : '';
      return `${ways} ${tcpText(packet)}, length ${payload.bytes}${http}`;
    }
  }
}

/** The clock of the timestamps of one side of a connection. */
function stamp(host: string, time: number): number {
  return (hash32(host) + Math.floor(time)) % 4_294_967_296;
}

function tcpText({ from, to, payload, time }: CapturedPacket): string {
  if (payload.kind !== 'tcp') return '';
  const { flags, sequence, acknowledged, bytes } = payload;
  const own = hash32(`${from} ${to}`);
  const other = hash32(`${to} ${from}`);
  const mine = stamp(from, time);
  const theirs = stamp(to, time);
  if (flags === 'S')
    return `Flags [S], seq ${own}, win 64240, options [mss 1460,sackOK,TS val ${mine} ecr 0,nop,wscale 7]`;
  if (flags === 'S.')
    return `Flags [S.], seq ${own}, ack ${other + 1}, win 65160, options [mss 1460,sackOK,TS val ${mine} ecr ${theirs},nop,wscale 7]`;
  if (flags === 'R.') return `Flags [R.], seq 0, ack ${other + 1}, win 0`;
  const shown = flags === '.' ? '' : `seq ${bytes > 0 ? `${sequence}:${sequence + bytes}` : sequence}, `;
  return `Flags [${flags}], ${shown}ack ${acknowledged}, win 502, options [nop,nop,TS val ${mine} ecr ${theirs}]`;
}

function dnsText(message: DnsMessage): string {
  const { id, question, response, answers, authority, code, authoritative } = message;
  const size = encodeDns(message).length;
  if (!response) return `${id}+ ${question?.type ?? 'A'}? ${question?.name ?? ''}. (${size})`;
  const problem =
    code === 'NOERROR'
      ? ''
      : ` ${{ NXDOMAIN: 'NXDomain', SERVFAIL: 'ServFail', REFUSED: 'Refused', FORMERR: 'FormErr', NOTIMP: 'NotImp' }[code]}`;
  const counts = `${answers.length}/${authority.length}/0`;
  const records = answers.map(
    (record) => `${record.type} ${record.value}${record.type === 'CNAME' || record.type === 'PTR' ? '.' : ''}`,
  );
  return `${id}${problem}${authoritative ? '*' : ''}${authoritative ? '-' : ''} ${counts}${records.length > 0 ? ` ${records.join(', ')}` : ''} (${size})`;
}
