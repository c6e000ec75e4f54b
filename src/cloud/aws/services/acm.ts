import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { readCertificate } from '../../../world/pki/certificate.ts';
import { certificatesIn, isSignedBy, modulusOf } from '../../../world/pki/keys.ts';
import { AwsError } from '../errors.ts';
import { required, tagsOf, textOf, textsOf } from '../params.ts';
import type { Region } from '../region.ts';
import type { AcmCertificate } from '../types/load-balancing.ts';
import type { Service } from './call.ts';

/** ms that somebody has to show that a domain is theirs. */
const VALIDATION_LIMIT = 72 * 3_600_000;
/** ACM's own pattern of a domain name. */
const DOMAIN = /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/;

/** Raises ResourceNotFoundException. */
function certificateOf(region: Region, arn: string): AcmCertificate {
  const found = region.certificates.get(arn);
  if (!found) throw new AwsError('ResourceNotFoundException', `Could not find certificate ${arn}.`);
  return found;
}

/** The load balancers that have a certificate at one of their listeners. */
function usersOf(region: Region, arn: string): string[] {
  return [...region.loadBalancers.values()].flatMap((balancer) =>
    balancer.listeners.some(({ certificates = [] }) => certificates.includes(arn)) ? [balancer.arn] : [],
  );
}

/** Of a request nobody has answered: the world has no DNS of the account's own that could show whose a domain is. */
export function statusOf(region: Region, { status, created }: AcmCertificate): AcmCertificate['status'] {
  const late = status === 'PENDING_VALIDATION' && region.account.now - created > VALIDATION_LIMIT;
  return late ? 'VALIDATION_TIMED_OUT' : status;
}

function textOfBlob(params: JsonObject, name: string): string {
  try {
    return atob(textOf(params, name) ?? '');
  } catch {
    return '';
  }
}

/** The certificate, its key and its chain as ACM takes them. Raises ValidationException. */
function checkedImport(params: JsonObject): { pem: string; chain: string } {
  const text = textOfBlob(params, 'Certificate');
  const chain = textOfBlob(params, 'CertificateChain');
  const found = certificatesIn(text);
  const [pem = ''] = found;
  if (found.length > 1)
    throw new AwsError(
      'ValidationException',
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    );
  if (!readCertificate(pem))
    throw new AwsError('ValidationException', 'The certificate is not PEM-encoded or is not valid.');
  const key = textOfBlob(params, 'PrivateKey');
  if (!key.includes('PRIVATE KEY')) throw new AwsError('ValidationException', 'Passed PEM was not a private key.');
  const modulus = modulusOf(key);
  if (!modulus) throw new AwsError('ValidationException', 'The private key is not PEM-encoded or is not valid.');
  if (modulusOf(pem)?.join() !== modulus.join())
    throw new AwsError('ValidationException', 'The private key does not match the public key of the certificate.');
  const links = certificatesIn(chain);
  if (links.length === 0 && !isSignedBy(pem, pem))
    throw new AwsError(
      'ValidationException',
      'Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.',
    );
  const [issuer] = links;
  if (issuer !== undefined && !isSignedBy(pem, issuer))
    throw new AwsError('ValidationException', 'Could not validate the certificate with the certificate chain.');
  return { pem, chain };
}

function imported(region: Region, params: JsonObject): AcmCertificate {
  const { account } = region;
  const { pem, chain } = checkedImport(params);
  const arn = textOf(params, 'CertificateArn');
  const old = arn === undefined ? undefined : certificateOf(region, arn);
  const content = readCertificate(pem);
  const names = content && content.names.length > 0 ? [...content.names] : [content?.subject.commonName ?? ''];
  return {
    arn: old?.arn ?? region.arn('acm', `certificate/${account.random.uid()}`),
    domain: content?.subject.commonName ?? names[0] ?? '',
    names,
    type: 'IMPORTED',
    status: 'ISSUED',
    created: account.now,
    pem,
    chain,
    tags: old?.tags ?? tagsOf(params['Tags']),
  };
}

function requested(region: Region, params: JsonObject): AcmCertificate {
  const { account } = region;
  const domain = required(params, 'DomainName');
  if (!DOMAIN.test(domain))
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${domain}' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${DOMAIN.source}`,
    );
  return {
    arn: region.arn('acm', `certificate/${account.random.uid()}`),
    domain,
    names: [...new Set([domain, ...textsOf(params, 'SubjectAlternativeNames')])],
    type: 'AMAZON_ISSUED',
    status: 'PENDING_VALIDATION',
    created: account.now,
    method: textOf(params, 'ValidationMethod') ?? 'EMAIL',
    proof: [account.random.hex(32), account.random.hex(32), account.random.suffix(10)],
    tags: tagsOf(params['Tags']),
  };
}

/** What is to be in the DNS of each domain. */
function validationsOf({ names, method = '', proof = ['', '', ''] }: AcmCertificate, status: string): JsonObject[] {
  const [name, value, zone] = proof;
  return names.map((domain) => {
    const bare = domain.replace(/^\*\./, '');
    const record = {
      Name: `_${name}.${bare}.`,
      Type: 'CNAME',
      Value: `_${value}.${zone}.acm-validations.aws.`,
    };
    const mails = ['administrator', 'hostmaster', 'postmaster', 'webmaster', 'admin'].map((who) => `${who}@${bare}`);
    return {
      DomainName: domain,
      ...(method === 'EMAIL' ? { ValidationEmails: mails } : {}),
      ValidationDomain: domain,
      ValidationStatus: status === 'PENDING_VALIDATION' ? status : 'FAILED',
      ...(method === 'DNS' ? { ResourceRecord: record } : {}),
      ValidationMethod: method,
    };
  });
}

function detail(region: Region, one: AcmCertificate): JsonObject {
  const status = statusOf(region, one);
  const content = one.pem === undefined ? undefined : readCertificate(one.pem);
  const pairs = content?.serial.match(/../g) ?? [];
  return {
    CertificateArn: one.arn,
    DomainName: one.domain,
    SubjectAlternativeNames: [...one.names],
    ...(one.type === 'IMPORTED' ? {} : { DomainValidationOptions: validationsOf(one, status) }),
    ...(content ? { Serial: pairs.join(':') } : {}),
    Subject: `CN=${one.domain}`,
    Issuer: content ? content.issuer.commonName : 'Amazon',
    CreatedAt: one.created,
    ...(content ? { ImportedAt: one.created } : {}),
    Status: status,
    ...(content ? { NotBefore: content.notBefore, NotAfter: content.notAfter } : {}),
    KeyAlgorithm: 'RSA-2048',
    SignatureAlgorithm: 'SHA256WITHRSA',
    InUseBy: usersOf(region, one.arn),
    Type: one.type,
    KeyUsages: content ? [{ Name: 'ANY' }] : [],
    ExtendedKeyUsages: content ? [{ Name: 'NONE' }] : [],
    RenewalEligibility: 'INELIGIBLE',
    Options: { CertificateTransparencyLoggingPreference: content ? 'DISABLED' : 'ENABLED' },
  };
}

function summary(region: Region, one: AcmCertificate): JsonObject {
  const { CertificateArn, DomainName, CreatedAt, ImportedAt, Status, Type, NotBefore, NotAfter, InUseBy } = detail(
    region,
    one,
  );
  return {
    CertificateArn: CertificateArn ?? '',
    DomainName: DomainName ?? '',
    SubjectAlternativeNameSummaries: [...one.names],
    HasAdditionalSubjectAlternativeNames: false,
    Status: Status ?? '',
    Type: Type ?? '',
    KeyAlgorithm: 'RSA-2048',
    KeyUsages: one.type === 'IMPORTED' ? ['ANY'] : [],
    ExtendedKeyUsages: one.type === 'IMPORTED' ? ['NONE'] : [],
    InUse: Array.isArray(InUseBy) && InUseBy.length > 0,
    RenewalEligibility: 'INELIGIBLE',
    ...(NotBefore === undefined ? {} : { NotBefore }),
    ...(NotAfter === undefined ? {} : { NotAfter }),
    CreatedAt: CreatedAt ?? 0,
    ...(ImportedAt === undefined ? {} : { ImportedAt }),
  };
}

/** AWS Certificate Manager 2015-12-08. */
export const acm: Service = {
  RequestCertificate: ({ region, params }) => {
    const one = requested(region, params);
    region.certificates.set(one.arn, one);
    return { CertificateArn: one.arn };
  },
  ImportCertificate: ({ region, params }) => {
    const one = imported(region, params);
    region.certificates.set(one.arn, one);
    return { CertificateArn: one.arn };
  },
  ListCertificates: ({ region, params }) => {
    const wanted = textsOf(params, 'CertificateStatuses');
    const all = [...region.certificates.values()];
    const chosen = all.filter((one) => wanted.length === 0 || wanted.includes(statusOf(region, one)));
    return { CertificateSummaryList: chosen.map((one) => summary(region, one)) };
  },
  DescribeCertificate: ({ region, params }) => ({
    Certificate: detail(region, certificateOf(region, required(params, 'CertificateArn'))),
  }),
  GetCertificate: ({ region, params }) => {
    const one = certificateOf(region, required(params, 'CertificateArn'));
    if (one.pem === undefined)
      throw new AwsError(
        'RequestInProgressException',
        `The certificate ${one.arn} is in PENDING_VALIDATION state. It cannot be retrieved.`,
      );
    return {
      Certificate: one.pem,
      ...(one.chain === undefined || one.chain === '' ? {} : { CertificateChain: one.chain }),
    };
  },
  DeleteCertificate: ({ region, account, params }) => {
    const { arn } = certificateOf(region, required(params, 'CertificateArn'));
    if (usersOf(region, arn).length > 0)
      throw new AwsError('ResourceInUseException', `Certificate ${arn} in account ${account.id} is in use.`);
    region.certificates.delete(arn);
    return {};
  },
  ListTagsForCertificate: ({ region, params }) => ({
    Tags: certificateOf(region, required(params, 'CertificateArn')).tags.map((tag) => ({ ...tag })),
  }),
};
