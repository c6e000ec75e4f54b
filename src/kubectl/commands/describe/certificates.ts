import { humanDuration } from '../../../cluster/apimachinery/duration.ts';
import { sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { readSigningRequest } from '../../../world/pki/signing-request.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { plain } from './describer.ts';
import { timeText } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

/** Attributes of a subject after the common and the serial number. */
const PARTS: readonly (readonly [title: string, id: string])[] = [
  ['Organization', '55040a'],
  ['Organizational Unit', '55040b'],
  ['Country', '550406'],
  ['Locality', '550407'],
  ['Province', '550408'],
  ['StreetAddress', '550409'],
  ['PostalCode', '550411'],
];

/** kubernetes: kubectl/pkg/describe describeCertificateSigningRequest */
export const describeSigningRequest = plain((out, object) => {
  const spec = objectAt(object, 'spec');
  const request = readSigningRequest(textAt(spec, 'request'));
  if (!request) throw new KubectlError('Error parsing CSR: PEM block type must be CERTIFICATE REQUEST');
  const pairs = (field: string) => {
    const map = objectAt(object, 'metadata', field);
    const all = sortedKeys(map).map((key) => `${key}=${String(map[key])}`);
    return all.join(',') || '<none>';
  };
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Labels:\t${pairs('labels')}`);
  out.line(0, `Annotations:\t${pairs('annotations')}`);
  out.line(0, `CreationTimestamp:\t${timeText(textAt(object, 'metadata', 'creationTimestamp'))}`);
  out.line(0, `Requesting User:\t${textAt(spec, 'username')}`);
  if (textAt(spec, 'signerName') !== '') out.line(0, `Signer:\t${textAt(spec, 'signerName')}`);
  const seconds = spec['expirationSeconds'];
  if (typeof seconds === 'number') out.line(0, `Requested Duration:\t${humanDuration(seconds * 1000)}`);
  const conditions = listAt(object, 'status', 'conditions').map((one) => textAt(one, 'type'));
  const decided = conditions.includes('Denied') ? 'Denied' : conditions.includes('Approved') ? 'Approved' : 'Pending';
  const failed = conditions.includes('Failed') ? ',Failed' : '';
  const issued = textAt(object, 'status', 'certificate') === '' ? '' : ',Issued';
  out.line(0, `Status:\t${decided}${failed}${issued}`);
  out.line(0, 'Subject:');
  out.line(0, `\tCommon Name:\t${request.subject.get('550403')?.at(-1) ?? ''}`);
  out.line(0, `\tSerial Number:\t${request.subject.get('550405')?.at(-1) ?? ''}`);
  for (const [title, id] of PARTS) writeList(out, title, request.subject.get(id) ?? []);
  const { dnsNames, emails, uris, addresses } = request;
  if (dnsNames.length + emails.length + uris.length + addresses.length === 0) return;
  out.line(0, 'Subject Alternative Names:');
  writeList(out, 'DNS Names', dnsNames);
  writeList(out, 'Email Addresses', emails);
  writeList(out, 'URIs', uris);
  writeList(out, 'IP Addresses', addresses);
});

function writeList(out: DescribeWriter, title: string, values: readonly string[]): void {
  if (values.length > 0) out.line(0, `\t${title}:\t${values.join('\n\t\t')}`);
}
