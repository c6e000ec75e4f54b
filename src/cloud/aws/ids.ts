import type { Random } from '../../world/random.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `vpc-0a1b2c3d4e5f67890`: EC2's long ids. */
export function ec2Id(random: Random, prefix: string): string {
  return `${prefix}-0${random.hex(16)}`;
}

/** `AIDA…`, `AROA…`, `AKIA…`: IAM's unique ids, 21 or 20 characters. */
export function iamId(random: Random, prefix: string, length = 21): string {
  let text = prefix;
  while (text.length < length) text += UPPER[random.integer(UPPER.length)];
  return text;
}

const SECRET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+';

export function secretKey(random: Random): string {
  let text = '';
  while (text.length < 40) text += SECRET[random.integer(SECRET.length)];
  return text;
}

/** `A7F0C1…`: upper-case hexadecimal, as in the host names of EKS endpoints and OIDC issuers. */
export function upperHex(random: Random, length: number): string {
  return random.hex(length).toUpperCase();
}

export function decimal(random: Random, length: number): string {
  let text = String(1 + random.integer(9));
  while (text.length < length) text += String(random.integer(10));
  return text;
}

const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Text that only the service can read: an encoded authorization failure message. */
export function encodedText(random: Random, length: number): string {
  return Array.from({ length }, () => URL_SAFE[random.integer(URL_SAFE.length)]).join('');
}
