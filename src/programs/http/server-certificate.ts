import type { Subject } from '../../world/pki/certificate.ts';

/** `O=Acme Co; CN=name`, as curl shows it. */
export function nameText({ organizations, commonName }: Subject): string {
  return [
    ...organizations.map((organization) => `O=${organization}`),
    ...(commonName === '' ? [] : [`CN=${commonName}`]),
  ].join('; ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sep  1 09:00:00 2026 GMT`, as OpenSSL shows a time. */
export function opensslTime(time: number): string {
  const date = new Date(time);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`;
}
