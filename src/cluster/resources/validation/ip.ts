import { FieldError } from '../../apimachinery/errors.ts';
import type { Errors } from './field.ts';

// kubernetes: apimachinery/pkg/util/validation/ip.go

const INVALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const INVALID_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

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

const hasLeadingZeros = (text: string) => /(^|\.)0\d/.test(text) && !text.includes(':');

/** An address in a field that once took more than it should. */
export function legacyIp(value: string | undefined, path: string): Errors {
  const text = value ?? '';
  const ip = parseIp(text);
  if (!ip) return [FieldError.invalid(path, text, INVALID_IP)];
  if (hasLeadingZeros(text)) return [FieldError.invalid(path, text, 'must not have leading 0s')];
  return ip.mapped ? [FieldError.invalid(path, text, 'must not be an IPv4-mapped IPv6 address')] : [];
}

/** An address in canonical form. */
export function strictIp(value: string, path: string): Errors {
  const errors = legacyIp(value, path);
  const ip = parseIp(value);
  if (errors.length > 0 || !ip) return errors;
  const canonical = formatIp(ip.family, ip.bits);
  return canonical === value ? [] : [FieldError.invalid(path, value, `must be in canonical form ("${canonical}")`)];
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

export function legacyCidr(value: string | undefined, path: string): Errors {
  const text = value ?? '';
  const cidr = parseCidr(text);
  if (!cidr) return [FieldError.invalid(path, text, INVALID_CIDR)];
  const [address = '', length = ''] = text.split('/');
  if (hasLeadingZeros(address) || /^0\d/.test(length)) {
    return [FieldError.invalid(path, text, 'must not have leading 0s in IP or prefix length')];
  }
  const size = cidr.family === 'IPv4' ? 32n : 128n;
  const rest = (1n << (size - BigInt(cidr.length))) - 1n;
  return (cidr.bits & rest) === 0n
    ? []
    : [FieldError.invalid(path, text, 'must not have bits set beyond the prefix length')];
}

/** Addresses of endpoints: not of this machine, not for many. kubernetes: ValidateEndpointIP */
export function endpointIp(value: string, path: string): Errors {
  const ip = parseIp(value);
  if (!ip) return [FieldError.invalid(path, value, 'must be a valid IP address')];
  const { family, bits } = ip;
  const first = family === 'IPv4' ? bits >> 24n : bits >> 120n;
  const wrong = (what: string) => [FieldError.invalid(path, value, what)];
  if (bits === 0n) return wrong(`may not be unspecified (${value})`);
  if (family === 'IPv4' ? first === 127n : bits === 1n)
    return wrong('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  const linkLocal = family === 'IPv4' ? bits >> 16n === 0xa9fen : bits >> 118n === 0x3fan;
  if (linkLocal) return wrong('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  const multicast = family === 'IPv4' ? bits >> 8n === 0xe00000n : bits >> 112n === 0xff02n;
  return multicast ? wrong('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)') : [];
}
