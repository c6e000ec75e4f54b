import { type Cidr, ipv4, ipv4Text } from '../../world/network/address.ts';

/** The IPAM plugin host-local: addresses one after the other, from behind the last one given. */
export class HostLocal {
  private readonly used = new Set<number>();
  private readonly size: number;
  /** Offset of the last address given; 1 is the gateway. */
  private last = 1;

  constructor(private readonly range: Cidr) {
    this.size = 2 ** (32 - range.prefix);
  }

  get prefix(): number {
    return this.range.prefix;
  }

  get gateway(): string {
    return ipv4Text(this.range.network + 1);
  }

  /** First and last address that it hands out, as its error names them. */
  get text(): string {
    return `${ipv4Text(this.range.network + 1)}-${ipv4Text(this.range.network + this.size - 2)}`;
  }

  /** Undefined when all are taken. */
  take(): string | undefined {
    if (this.used.size >= this.size - 3) return undefined;
    do this.last = this.last >= this.size - 2 ? 2 : this.last + 1;
    while (this.used.has(this.last));
    this.used.add(this.last);
    return ipv4Text(this.range.network + this.last);
  }

  release(address: string): void {
    const value = ipv4(address);
    if (value !== undefined) this.used.delete(value - this.range.network);
  }
}
