import type { Link } from './link.ts';
import type { Hop } from './packet.ts';

/** What a packet carries, as far as somebody who looks on can tell. */
export type Payload =
  | {
      readonly kind: 'tcp';
      /** `S`, `S.`, `.`, `P.`, `F.`, `R.` */
      readonly flags: string;
      /** Relative, from 0; bytes of the sender before this packet. */
      readonly sequence: number;
      readonly acknowledged: number;
      readonly bytes: number;
      /** The first line of HTTP. */
      readonly text?: string;
    }
  | { readonly kind: 'udp'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'echo';
      readonly reply: boolean;
      readonly id: number;
      readonly sequence: number;
      readonly bytes: number;
    }
  /** An ICMP message about another packet: `host 10.244.1.9 unreachable`. */
  | { readonly kind: 'unreachable'; readonly text: string };

/** A packet as it passed an interface. */
export interface CapturedPacket {
  /** Virtual time, ms. */
  readonly time: number;
  readonly link: Link;
  readonly direction: 'in' | 'out';
  readonly source: string;
  readonly sourcePort: number;
  readonly address: string;
  readonly port: number;
  /** Who sent it and who gets it in the end, `ADDRESS:PORT`: whatever changes addresses on the way leaves these alone. */
  readonly from: string;
  readonly to: string;
  readonly payload: Payload;
}

export type Capture = (packet: CapturedPacket) => void;

/** A packet and the interfaces that it passes, with the addresses that it has there. */
interface Passage {
  readonly link: Link;
  readonly direction: 'in' | 'out';
  readonly source: string;
  readonly address: string;
  readonly port: number;
  readonly time: number;
}

/** The packets of one conversation, for those who look on: made only while somebody does. */
export class Flow {
  private readonly passages: readonly Passage[];
  private readonly client: string;
  private readonly server: string;
  /** Bytes that each side has sent. */
  private sent = 0;
  private received = 0;

  constructor(
    private readonly captures: ReadonlySet<Capture>,
    hops: readonly Hop[],
    private readonly localPort: number,
    private readonly now: () => number,
  ) {
    this.passages = passagesOf(hops);
    const last = this.passages.at(-1);
    this.client = `${this.passages[0]?.source ?? ''}:${localPort}`;
    this.server = `${last?.address ?? ''}:${last?.port ?? 0}`;
  }

  /** ms of the way there and back. */
  private get there(): number {
    return 2 * (this.passages.at(-1)?.time ?? 0);
  }

  /** From the client, `later` ms from now. */
  forward(payload: Payload, later = 0): void {
    for (const { link, direction, source, address, port, time } of this.passages)
      this.emit({
        time: this.now() + later + time,
        link,
        direction,
        source,
        sourcePort: this.localPort,
        address,
        port,
        from: this.client,
        to: this.server,
        payload,
      });
  }

  /**
   * From the server: the same way back, and addresses as each interface knows them. It arrives now, or is still to
   * come: an answer to what is being sent.
   */
  backward(payload: Payload, answers = false): void {
    const end = answers ? this.there : 0;
    for (const passage of [...this.passages].reverse())
      this.emit({
        time: this.now() + end - passage.time,
        link: passage.link,
        direction: passage.direction === 'in' ? 'out' : 'in',
        source: passage.address,
        sourcePort: passage.port,
        address: passage.source,
        port: this.localPort,
        from: this.server,
        to: this.client,
        payload,
      });
  }

  private emit(packet: CapturedPacket): void {
    for (const capture of this.captures) capture(packet);
  }

  // ---- TCP ----

  syn(): void {
    this.forward({ kind: 'tcp', flags: 'S', sequence: 0, acknowledged: 0, bytes: 0 });
  }

  /** Accepted: the rest of the handshake. */
  accepted(): void {
    this.backward({ kind: 'tcp', flags: 'S.', sequence: 0, acknowledged: 1, bytes: 0 });
    this.acknowledge('forward');
  }

  reset(): void {
    this.backward({ kind: 'tcp', flags: 'R.', sequence: 0, acknowledged: 1, bytes: 0 });
  }

  /** The server's follows what is on its way to it. */
  private acknowledge(direction: 'forward' | 'backward', later = 0): void {
    const [own, other] = direction === 'forward' ? [this.sent, this.received] : [this.received, this.sent];
    const payload: Payload = { kind: 'tcp', flags: '.', sequence: own, acknowledged: other + 1, bytes: 0 };
    if (direction === 'forward') this.forward(payload, later);
    else this.backward(payload, true);
  }

  data(direction: 'forward' | 'backward', bytes: number, text?: string): void {
    const [own, other] = direction === 'forward' ? [this.sent, this.received] : [this.received, this.sent];
    const more = text === undefined ? {} : { text };
    this[direction]({ kind: 'tcp', flags: 'P.', sequence: own + 1, acknowledged: other + 1, bytes, ...more });
    if (direction === 'forward') this.sent += bytes;
    else this.received += bytes;
    this.acknowledge(direction === 'forward' ? 'backward' : 'forward');
  }

  /** One side closes. `answers`: as the other has done. */
  finish(direction: 'forward' | 'backward', answers = false): void {
    const [own, other] = direction === 'forward' ? [this.sent, this.received] : [this.received, this.sent];
    const payload: Payload = { kind: 'tcp', flags: 'F.', sequence: own + 1, acknowledged: other + 1, bytes: 0 };
    if (direction === 'forward') this.forward(payload);
    else this.backward(payload, answers);
    if (direction === 'forward') this.sent += 1;
    else this.received += 1;
  }

  /** Both sides close, the client first. */
  close(): void {
    this.finish('forward');
    this.finish('backward', true);
    this.acknowledge('forward', this.there);
  }
}

function passagesOf(hops: readonly Hop[]): Passage[] {
  const passages: Passage[] = [];
  for (const hop of hops) {
    if (hop.kind !== 'crossed') continue;
    const { out, in: into, source, address, port, time } = hop;
    const ports = out.segment?.bridge;
    const between = ports ? [portOf(out), ports === out || ports === into ? undefined : ports, portOf(into)] : [];
    const add = (link: Link | undefined, direction: 'in' | 'out') => {
      if (link && !passages.some((one) => one.link === link && one.time === time))
        passages.push({ link, direction, source, address, port, time });
    };
    add(out, 'out');
    add(between[0], 'in');
    add(between[1], 'in');
    add(between[2], 'out');
    add(into, 'in');
  }
  if (passages.length > 0) return passages;
  // What stays on a machine passes its lo.
  const last = hops.find((hop) => hop.kind === 'arrived');
  const sent = hops.find((hop) => hop.kind === 'sent');
  const lo = last?.kind === 'arrived' ? last.at.links[0] : undefined;
  if (!lo || last?.kind !== 'arrived' || sent?.kind !== 'sent') return [];
  return [{ link: lo, direction: 'in', source: sent.source, address: last.address, port: last.port, time: 0 }];
}

/** The port of a bridge at the other end of a veth pair. */
function portOf(link: Link): Link | undefined {
  return link.peer?.master ? link.peer : undefined;
}
