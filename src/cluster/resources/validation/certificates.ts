import type { CertificateSigningRequest } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { goQuote } from '../../apimachinery/go-quote.ts';
import { validateDns1123Label, validateDns1123Subdomain } from '../../apimachinery/names.ts';
import type { Errors } from './field.ts';

// kubernetes: pkg/apis/certificates/validation/validation.go

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const MIN_EXPIRATION = 600;

export function validateCertificateSigningRequest(csr: CertificateSigningRequest): Errors {
  const spec = csr.spec;
  const errors: Errors = [];
  const request = spec?.request ?? '';
  if (pemType(request) !== 'CERTIFICATE REQUEST') {
    errors.push(
      FieldError.invalid('spec.request', request === '' ? null : request, 'PEM block type must be CERTIFICATE REQUEST'),
    );
  }
  const usages: readonly string[] = spec?.usages ?? [];
  if (usages.length === 0) errors.push(FieldError.required('spec.usages'));
  for (const [i, usage] of usages.entries()) {
    if (!USAGES.includes(usage)) errors.push(FieldError.notSupported(`spec.usages[${i}]`, usage, USAGES));
  }
  for (const [i, usage] of usages.entries()) {
    if (usages.indexOf(usage) < i) errors.push(FieldError.duplicate(`spec.usages[${i}]`, usage));
  }
  const signer = spec?.signerName ?? '';
  if (signer === 'kubernetes.io/legacy-unknown') {
    const why = 'the legacy signerName is not allowed via this API version';
    errors.push(FieldError.invalid('spec.signerName', signer, why));
  } else errors.push(...validateSignerName(signer, 'spec.signerName'));
  const seconds = spec?.expirationSeconds;
  if (seconds !== undefined && seconds < MIN_EXPIRATION) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(FieldError.invalid('spec.expirationSeconds', seconds, why));
  }
  return errors;
}

/** kubernetes: pkg/apis/core/validation ValidateSignerName */
function validateSignerName(name: string, path: string): Errors {
  if (name === '') return [FieldError.required(path)];
  const segments = name.split('/');
  const [host = '', signer = ''] = segments;
  if (segments.length !== 2) {
    const must = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [FieldError.invalid(path, name, must)];
  }
  const errors = validateParts(host, validateDns1123Label, path);
  if (!host.includes('.')) {
    errors.push(FieldError.invalid(path, host, 'should be a domain with at least two segments separated by dots'));
  }
  return [...errors, ...validateParts(signer, validateDns1123Subdomain, path)];
}

/** The first part between dots that is wrong. */
function validateParts(value: string, rule: (part: string) => string[], path: string): Errors {
  for (const part of value.split('.')) {
    const wrong = rule(part);
    if (wrong.length > 0)
      return wrong.map((text) => FieldError.invalid(path, value, `validating label ${goQuote(part)}: ${text}`));
  }
  return [];
}

/** The type of the first PEM block in base64 text; '' when there is none. */
function pemType(encoded: string): string {
  try {
    return /-----BEGIN ([A-Z0-9 ]+)-----/.exec(atob(encoded))?.[1] ?? '';
  } catch {
    return '';
  }
}
