import { cidr, contains, ipv4 } from '../../../world/network/address.ts';
import type { CapturedPacket } from '../../../world/network/capture.ts';

export type PacketFilter = (packet: CapturedPacket) => boolean;

const PORTS: Readonly<Record<string, number>> = { ssh: 22, domain: 53, http: 80, https: 443 };

/**
 * A filter expression as far as hosts, nets, ports and protocols go: pcap-filter(7). Undefined when it cannot be read.
 */
export function parseFilter(words: readonly string[]): PacketFilter | undefined {
  const tokens = words.join(' ').replace(/[()!]/g, ' $& ').split(/\s+/).filter(Boolean);
  if (tokens.length === 0) return () => true;
  const reader = new Reader(tokens);
  const filter = reader.any();
  return filter && reader.done ? filter : undefined;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  private take(...words: readonly string[]): boolean {
    if (!words.includes(this.tokens[this.at] ?? '')) return false;
    this.at++;
    return true;
  }

  any(): PacketFilter | undefined {
    let left = this.every();
    while (left && this.take('or', '||')) {
      const [one, other] = [left, this.every()];
      left = other && ((packet) => one(packet) || other(packet));
    }
    return left;
  }

  private every(): PacketFilter | undefined {
    let left = this.primary();
    while (left && (this.take('and', '&&') || this.followsDirectly())) {
      const [one, other] = [left, this.primary()];
      left = other && ((packet) => one(packet) && other(packet));
    }
    return left;
  }

  /** `tcp port 80`: a protocol and what it is about, without a word between. */
  private followsDirectly(): boolean {
    return /^(src|dst|host|port|net|portrange)$/.test(this.tokens[this.at] ?? '');
  }

  private primary(): PacketFilter | undefined {
    if (this.take('not', '!')) {
      const inner = this.primary();
      return inner && ((packet) => !inner(packet));
    }
    if (this.take('(')) {
      const inner = this.any();
      return inner && this.take(')') ? inner : undefined;
    }
    if (this.take('tcp')) return ({ payload }) => payload.kind === 'tcp';
    if (this.take('udp')) return ({ payload }) => payload.kind === 'udp';
    if (this.take('icmp')) return ({ payload }) => payload.kind === 'echo' || payload.kind === 'unreachable';
    if (this.take('ip')) return () => true;
    if (this.take('arp', 'ip6')) return () => false;
    const side = this.take('src') ? 'src' : this.take('dst') ? 'dst' : undefined;
    const what = ['host', 'port', 'net'].find((word) => this.take(word)) ?? (side ? 'host' : undefined);
    const value = this.tokens[this.at];
    if (what === undefined || value === undefined) return undefined;
    this.at++;
    return test(what, value, side);
  }
}

function test(what: string, value: string, side: 'src' | 'dst' | undefined): PacketFilter | undefined {
  const either =
    <T>(
      matches: (one: T) => boolean,
      source: (p: CapturedPacket) => T,
      target: (p: CapturedPacket) => T,
    ): PacketFilter =>
    (packet) =>
      (side !== 'dst' && matches(source(packet))) || (side !== 'src' && matches(target(packet)));
  if (what === 'port') {
    const port = PORTS[value] ?? Number(value);
    if (!Number.isInteger(port)) return undefined;
    return either(
      (one: number) => one === port,
      (p) => p.sourcePort,
      (p) => p.port,
    );
  }
  const range = cidr(value);
  if (!range) return undefined;
  const inside = (address: string) => {
    const number = ipv4(address);
    return number !== undefined && contains(range, number);
  };
  return either(
    inside,
    (p) => p.source,
    (p) => p.address,
  );
}
