import { formatTime } from '../../shell/utilities/time-text.ts';
import { readCertificate } from '../../world/pki/certificate.ts';
import { type CertificateParts, modulusOf } from '../../world/pki/keys.ts';
import { colons, extensionLines } from './extensions.ts';
import { nameText } from './names.ts';

/** `Nov 21 08:26:52 2026 GMT`, with the day in two columns. */
export function dateText(ms: number): string {
  return formatTime('%b %e %H:%M:%S %Y GMT', ms, { name: 'UTC', offset: 0 });
}

/** Bytes in lines of hexadecimal with colons. */
function block(bytes: Uint8Array, indent: string, perLine: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const last = at + perLine >= bytes.length;
    lines.push(`${indent}${colons(bytes.subarray(at, at + perLine), false)}${last ? '' : ':'}`);
  }
  return lines;
}

function keyLines(pem: string, indent: string): string[] {
  const modulus = modulusOf(pem) ?? new Uint8Array(0);
  return [
    `${indent}Subject Public Key Info:`,
    `${indent}    Public Key Algorithm: rsaEncryption`,
    `${indent}        Public-Key: (${modulus.length * 8} bit)`,
    `${indent}        Modulus:`,
    ...block(Uint8Array.from([0, ...modulus]), `${indent}            `, 15),
    `${indent}        Exponent: 65537 (0x10001)`,
  ];
}

function signatureLines(signature: Uint8Array): string[] {
  return [
    '    Signature Algorithm: sha256WithRSAEncryption',
    '    Signature Value:',
    ...block(signature, '        ', 18),
  ];
}

/** `openssl x509 -text`. */
export function certificateText(pem: string, parts: CertificateParts): string {
  const facts = readCertificate(pem);
  const short = parts.serial.length <= 8;
  const number = [...parts.serial].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const serial = short
    ? [`        Serial Number: ${number} (0x${number.toString(16)})`]
    : [
        '        Serial Number:',
        `            ${colons(parts.serial[0] === 0 ? parts.serial.subarray(1) : parts.serial, false)}`,
      ];
  const lines = [
    'Certificate:',
    '    Data:',
    `        Version: ${parts.version} (0x${(parts.version - 1).toString(16)})`,
    ...serial,
    '        Signature Algorithm: sha256WithRSAEncryption',
    `        Issuer: ${nameText(parts.issuer)}`,
    '        Validity',
    `            Not Before: ${dateText(facts?.notBefore ?? 0)}`,
    `            Not After : ${dateText(facts?.notAfter ?? 0)}`,
    `        Subject: ${nameText(parts.subject)}`,
    ...keyLines(pem, '        '),
    ...(parts.extensions.length > 0
      ? ['        X509v3 extensions:', ...extensionLines(parts.extensions, '            ')]
      : []),
    ...signatureLines(parts.signature),
  ];
  return `${lines.join('\n')}\n`;
}

/** `openssl req -text`. */
export function requestText(pem: string, parts: CertificateParts): string {
  const asked =
    parts.extensions.length > 0
      ? ['            Requested Extensions:', ...extensionLines(parts.extensions, '                ')]
      : ['            (none)', '            Requested Extensions:'];
  const lines = [
    'Certificate Request:',
    '    Data:',
    '        Version: 1 (0x0)',
    `        Subject: ${nameText(parts.subject)}`,
    ...keyLines(pem, '        '),
    '        Attributes:',
    ...asked,
    ...signatureLines(parts.signature),
  ];
  return `${lines.join('\n')}\n`;
}
