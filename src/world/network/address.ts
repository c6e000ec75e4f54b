/** An IPv4 address as an unsigned number; undefined for anything else. */
export function ipv4(text: string): number | undefined {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (part < 0) return undefined;
      value = value * 256 + part;
      part = -1;
      dots++;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9) return undefined;
      part = (part < 0 ? 0 : part * 10) + digit;
      if (part > 255) return undefined;
    }
  }
  return dots === 3 && part >= 0 ? value * 256 + part : undefined;
}

export function ipv4Text(value: number): string {
  return `${Math.floor(value / 16777216) % 256}.${Math.floor(value / 65536) % 256}.${Math.floor(value / 256) % 256}.${value % 256}`;
}

/** A range of IPv4 addresses. */
export interface Cidr {
  /** The first address. */
  readonly network: number;
  readonly prefix: number;
}

/** `10.244.0.0/16`, or one address. Undefined when it is none. */
export function cidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = ipv4(slash < 0 ? text : text.slice(0, slash));
  const prefix = slash < 0 ? 32 : Number(text.slice(slash + 1));
  if (address === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) return undefined;
  return { network: networkOf(address, prefix), prefix };
}

export function networkOf(address: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) * size;
}

export function contains(range: Cidr, address: number): boolean {
  return networkOf(address, range.prefix) === range.network;
}

export function cidrText({ network, prefix }: Cidr): string {
  return `${ipv4Text(network)}/${prefix}`;
}

/** The last address of a range: where broadcasts go. */
export function broadcastOf({ network, prefix }: Cidr): string {
  return ipv4Text(network + 2 ** (32 - prefix) - 1);
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
