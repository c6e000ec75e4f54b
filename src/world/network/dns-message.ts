import { concat, decode, encode } from '../bytes.ts';

/** RFC 1035 and 2782, 3596: the record types that the world knows. */
export const RECORD_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  /** Only asked for. */
  ANY: 255,
} as const;
export type RecordType = keyof typeof RECORD_TYPES;

export interface DnsRecord {
  /** Without the final dot. */
  readonly name: string;
  readonly type: RecordType;
  /** Seconds. */
  readonly ttl: number;
  /** An address, a name, `priority weight port target` for SRV, a text; for SOA its fields. */
  readonly value: string;
}

export type ResponseCode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';
const CODES: readonly ResponseCode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly code: ResponseCode;
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly question: { readonly name: string; readonly type: RecordType } | undefined;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Addresses of names in the answers. */
  readonly additional?: readonly DnsRecord[];
}

function typeName(number: number): RecordType | undefined {
  for (const [name, value] of Object.entries(RECORD_TYPES)) if (value === number) return name as RecordType;
  return undefined;
}

const u16 = (value: number) => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
const u32 = (value: number) => concat([u16(Math.floor(value / 65536)), u16(value % 65536)]);

function nameBytes(name: string): Uint8Array {
  const labels = name.split('.').filter((label) => label !== '');
  return concat([
    ...labels.map((label) =>
      concat([Uint8Array.of(Math.min(63, encode(label).length)), encode(label).subarray(0, 63)]),
    ),
    Uint8Array.of(0),
  ]);
}

function valueBytes(record: DnsRecord): Uint8Array {
  const words = record.value.split(' ');
  switch (record.type) {
    case 'A':
      return Uint8Array.from(record.value.split('.').map(Number));
    case 'AAAA':
      return ipv6Bytes(record.value);
    case 'SRV':
      return concat([u16(Number(words[0])), u16(Number(words[1])), u16(Number(words[2])), nameBytes(words[3] ?? '')]);
    case 'MX':
      return concat([u16(Number(words[0])), nameBytes(words[1] ?? '')]);
    case 'TXT':
      return concat([Uint8Array.of(Math.min(255, encode(record.value).length)), encode(record.value).subarray(0, 255)]);
    case 'SOA':
      return concat([
        nameBytes(words[0] ?? ''),
        nameBytes(words[1] ?? ''),
        ...words.slice(2, 7).map((word) => u32(Number(word))),
      ]);
    default:
      return nameBytes(record.value);
  }
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = '', tail = ''] = text.split('::');
  const left = head.split(':').filter((part) => part !== '');
  const right = tail.split(':').filter((part) => part !== '');
  const groups = text.includes('::')
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
    : left;
  return concat(groups.map((group) => u16(Number.parseInt(group, 16))));
}

function recordBytes(record: DnsRecord): Uint8Array {
  const value = valueBytes(record);
  return concat([
    nameBytes(record.name),
    u16(RECORD_TYPES[record.type]),
    u16(1),
    u32(record.ttl),
    u16(value.length),
    value,
  ]);
}

export function encodeDns(message: DnsMessage): Uint8Array {
  const flags =
    (message.response ? 0x8000 : 0) |
    (message.authoritative ? 0x0400 : 0) |
    0x0100 |
    (message.recursionAvailable ? 0x0080 : 0) |
    Math.max(0, CODES.indexOf(message.code));
  const { question, answers, authority, additional = [] } = message;
  return concat([
    u16(message.id),
    u16(flags),
    u16(question ? 1 : 0),
    u16(answers.length),
    u16(authority.length),
    u16(additional.length),
    ...(question ? [nameBytes(question.name), u16(RECORD_TYPES[question.type]), u16(1)] : []),
    ...answers.map(recordBytes),
    ...authority.map(recordBytes),
    ...additional.map(recordBytes),
  ]);
}

/** What a client of today says of itself: how much it takes, and a cookie. RFC 6891, RFC 7873 */
const OPT_RECORD = concat([
  Uint8Array.of(0),
  u16(41),
  u16(1232),
  u32(0),
  u16(12),
  u16(10),
  u16(8),
  Uint8Array.from([7, 3, 1, 4, 2, 6, 5, 8]),
]);
/** Where the number of additional records stands. */
const ADDITIONAL_COUNT = 11;

/** A query that ends in an OPT record. */
export function withEdns(query: Uint8Array): Uint8Array {
  const bytes = concat([query, OPT_RECORD]);
  bytes[ADDITIONAL_COUNT] = 1;
  return bytes;
}

/** What an answer to a query may take, bytes. */
export function bufferSize(query: Uint8Array): number {
  return query[ADDITIONAL_COUNT] ? 1232 : 512;
}

/** Undefined for bytes that are no message. */
export function decodeDns(bytes: Uint8Array): DnsMessage | undefined {
  const reader = new Reader(bytes);
  try {
    const id = reader.u16();
    const flags = reader.u16();
    const [questions, answerCount, authorityCount] = [reader.u16(), reader.u16(), reader.u16()];
    const additionalCount = reader.u16();
    let question: DnsMessage['question'];
    for (let i = 0; i < questions; i++) {
      const name = reader.name();
      const type = typeName(reader.u16());
      reader.u16();
      if (type) question = { name, type };
    }
    return {
      id,
      response: (flags & 0x8000) !== 0,
      code: CODES[flags & 15] ?? 'SERVFAIL',
      authoritative: (flags & 0x0400) !== 0,
      recursionAvailable: (flags & 0x0080) !== 0,
      question,
      answers: reader.records(answerCount),
      authority: reader.records(authorityCount),
      additional: reader.records(additionalCount),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('message ends early');
    return byte;
  }

  u16(): number {
    return this.byte() * 256 + this.byte();
  }

  private u32(): number {
    return this.u16() * 65536 + this.u16();
  }

  name(): string {
    const labels: string[] = [];
    for (let length = this.byte(); length > 0; length = this.byte()) {
      // Our own messages use no compression; a pointer ends the name.
      if (length >= 0xc0) throw new RangeError('compressed name');
      const label = this.bytes.subarray(this.at, this.at + length);
      if (label.length < length) throw new RangeError('message ends early');
      labels.push(decode(label));
      this.at += length;
    }
    return labels.join('.');
  }

  records(count: number): DnsRecord[] {
    const records: DnsRecord[] = [];
    for (let i = 0; i < count; i++) {
      const name = this.name();
      const type = typeName(this.u16());
      this.u16();
      const ttl = this.u32();
      const length = this.u16();
      const end = this.at + length;
      if (type) records.push({ name, type, ttl, value: this.value(type, length) });
      this.at = end;
    }
    return records;
  }

  private value(type: RecordType, length: number): string {
    switch (type) {
      case 'A':
        return [...this.bytes.subarray(this.at, this.at + 4)].join('.');
      case 'AAAA':
        return Array.from({ length: 8 }, () => this.u16().toString(16))
          .join(':')
          .replace(/(^|:)0(:0)+(:|$)/, '::');
      case 'SRV':
        return `${this.u16()} ${this.u16()} ${this.u16()} ${this.name()}`;
      case 'MX':
        return `${this.u16()} ${this.name()}`;
      case 'TXT':
        return decode(this.bytes.subarray(this.at + 1, this.at + length));
      case 'SOA':
        return [this.name(), this.name(), this.u32(), this.u32(), this.u32(), this.u32(), this.u32()].join(' ');
      default:
        return this.name();
    }
  }
}
