import { type Certificate, readCertificate } from './certificate.ts';
import { certificatesIn, isSignedBy } from './keys.ts';

/** openssl: X509_V_ERR_… by number, and its text. */
export interface ChainProblem {
  readonly code: number;
  readonly text: string;
}

export const NO_ISSUER: ChainProblem = { code: 20, text: 'unable to get local issuer certificate' };

/** Whether a certificate is to be trusted by who trusts `trusted` (PEM texts). Undefined: it is. */
export function chainProblem(pem: string, trusted: readonly string[], now: number): ChainProblem | undefined {
  const certificate = readCertificate(pem);
  if (!certificate) return NO_ISSUER;
  const anchors = trusted.flatMap(certificatesIn);
  const same = (one: string) => one.replace(/\s/g, '') === pem.replace(/\s/g, '');
  if (!anchors.some((anchor) => same(anchor) || isSignedBy(pem, anchor)))
    return isSelfIssued(certificate) ? { code: 18, text: 'self-signed certificate' } : NO_ISSUER;
  if (now > certificate.notAfter) return { code: 10, text: 'certificate has expired' };
  if (now < certificate.notBefore) return { code: 9, text: 'certificate is not yet valid' };
  return undefined;
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return subject.commonName === issuer.commonName && subject.organizations.join('/') === issuer.organizations.join('/');
}

/** Whether a certificate is for a host: by its alternative names, or its common name when it has none. */
export function isForHost(pem: string, host: string): boolean {
  return nameForHost(pem, host) !== undefined;
}

/** The name of a certificate that covers a host. */
export function nameForHost(pem: string, host: string): string | undefined {
  const certificate = readCertificate(pem);
  if (!certificate) return undefined;
  const names = certificate.names.length > 0 ? certificate.names : [certificate.subject.commonName];
  const wanted = host.toLowerCase();
  return names.find((name) => {
    const own = name.toLowerCase();
    return own === wanted || (own.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === own.slice(1));
  });
}
