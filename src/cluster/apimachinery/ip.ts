// IP addresses as numbers. kubernetes: k8s.io/utils/net, which reads leading zeros as decimal.

/** The numbers of an address (4 or 16 bytes as bits in a bigint), leading zeros allowed; undefined when it is none. */
export function parseIp(
  text: string,
): { readonly family: 'IPv4' | 'IPv6'; readonly bits: bigint; readonly mapped: boolean } | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { family: 'IPv4', bits: four, mapped: false };
  const six = parseIpv6(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn
    ? { family: 'IPv4', bits: six & 0xffffffffn, mapped: true }
    : { family: 'IPv6', bits: six, mapped: false };
}

function parseIpv4(text: string): bigint | undefined {
  if (!/^\d{1,}(\.\d{1,}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  if (!text.includes(':')) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined) => (half ? half.split(':') : []);
  const expand = (list: string[]): string[] | undefined => {
    const last = list.at(-1);
    if (!last?.includes('.')) return list;
    const four = parseIpv4(last);
    if (four === undefined) return undefined;
    return [...list.slice(0, -1), (four >> 16n).toString(16), (four & 0xffffn).toString(16)];
  };
  const head = expand(groups(halves[0]));
  const tail = expand(groups(halves[1]));
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array<string>(Math.max(missing, 0)).fill('0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address as Go prints it. */
export function formatIp(family: 'IPv4' | 'IPv6', bits: bigint): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - i * 16)) & 0xffffn).toString(16));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (groups[i + length] === '0') length++;
    if (length > best.length) best = { start: i, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

/** `10.0.0.0/8` → its parts; undefined when it is no CIDR. */
export function parseCidr(
  text: string,
): { readonly family: 'IPv4' | 'IPv6'; readonly bits: bigint; readonly length: number } | undefined {
  const match = /^(.*)\/(\d{1,3})$/.exec(text);
  const ip = match ? parseIp(match[1] ?? '') : undefined;
  const length = Number(match?.[2]);
  if (!ip || length > (ip.family === 'IPv4' ? 32 : 128)) return undefined;
  return { family: ip.family, bits: ip.bits, length };
}
