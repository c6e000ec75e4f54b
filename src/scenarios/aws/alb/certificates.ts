import { AwsError } from '../../../cloud/aws/errors.ts';
import type { Region } from '../../../cloud/aws/region.ts';
import { statusOf } from '../../../cloud/aws/services/acm.ts';
import { ModelError } from './annotations.ts';

/** The certificates of ACM that are issued for hosts. Raises ModelError. aws-load-balancer-controller: pkg/ingress/cert_discovery.go */
export function discoverCertificates(region: Region, hosts: readonly string[]): string[] {
  const issued = [...region.certificates.values()].filter((one) => statusOf(region, one) === 'ISSUED');
  const chosen = hosts.map((host) => {
    const fitting = issued.filter(({ names }) => names.some((name) => isFor(name, host)));
    const [one] = fitting;
    if (!one) throw new ModelError(`no certificate found for host: ${host}`);
    if (fitting.length > 1)
      throw new ModelError(
        `multiple certificates found for host: ${host}, certARNs: [${fitting.map(({ arn }) => arn).join(' ')}]`,
      );
    return one.arn;
  });
  return [...new Set(chosen)].sort();
}

/** `*` stands for one label. */
function isFor(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return name === host;
  return name.slice(1) === host.slice(host.indexOf('.')) && host.includes('.');
}

const ARN = /^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What ELB answers when a listener with TLS cannot be made with its certificates. */
export function refusalOfTls(region: Region, certificates: readonly string[]): AwsError | undefined {
  if (certificates.length === 0)
    return new AwsError('ValidationError', 'A certificate must be specified for HTTPS listeners');
  for (const arn of certificates) {
    // Those of another region are none here.
    if (!ARN.test(arn) || !arn.includes(`:${region.name}:`))
      return new AwsError('ValidationError', `Certificate ARN '${arn}' is not valid`);
    const one = region.certificates.get(arn);
    if (!one) return new AwsError('CertificateNotFound', `Certificate '${arn}' not found`);
    if (statusOf(region, one) !== 'ISSUED')
      return new AwsError(
        'UnsupportedCertificate',
        `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
      );
  }
  return undefined;
}
