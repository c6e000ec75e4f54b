import { type Certificate, readCertificate, type Subject } from '../../world/pki/certificate.ts';

/** Why a client does not trust a server's certificate, in OpenSSL's words; undefined when it does. */
export function distrust(pem: string, authorities: string, now: number): string | undefined {
  const certificate = readCertificate(pem);
  if (!certificate) return 'unable to get local issuer certificate';
  const chain = chainProblem(pem, certificate, authorities);
  if (chain !== undefined) return chain;
  if (now > certificate.notAfter) return 'certificate has expired';
  return now < certificate.notBefore ? 'certificate is not yet valid' : undefined;
}

/**
 * Whether one of the authorities has issued a certificate. Names tell: the signatures of the world can be checked by
 * their maker only.
 */
function chainProblem(pem: string, certificate: Certificate, authorities: string): string | undefined {
  const trusted = blocks(authorities);
  const own = blocks(pem)[0];
  const bare = (text: string) => text.replace(/\s+/g, '');
  if (own !== undefined && trusted.some((text) => bare(text) === bare(own))) return undefined;
  if (nameText(certificate.issuer) === nameText(certificate.subject)) return 'self-signed certificate';
  const issued = trusted.some((text) => {
    const authority = readCertificate(text);
    return authority !== undefined && nameText(authority.subject) === nameText(certificate.issuer);
  });
  return issued ? undefined : 'unable to get local issuer certificate';
}

/** Whether a certificate is for a host: its alternative names count, or its common name when it has none. */
export function isFor(pem: string, host: string): boolean {
  const certificate = readCertificate(pem);
  if (!certificate) return false;
  const names = certificate.names.length > 0 ? certificate.names : [certificate.subject.commonName];
  const asked = host.toLowerCase();
  return names.some((name) => {
    const pattern = name.toLowerCase();
    return pattern === asked || (pattern.startsWith('*.') && asked.slice(asked.indexOf('.')) === pattern.slice(1));
  });
}

function blocks(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
}

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
