import { beforeAll, expect, it } from 'vitest';
import { Workstation } from './play.ts';

let station: Workstation;
beforeAll(() => {
  station = new Workstation('acm').configured();
});

const KEY = 'openssl req -x509 -newkey rsa:2048 -nodes -days 365';
const IMPORT = 'aws acm import-certificate --certificate fileb://cert.pem --private-key';

it('imports a certificate that is whole, and refuses others with the reason', () => {
  station.ok(`${KEY} -keyout key.pem -out cert.pem -subj /CN=shop.example.com 2> /dev/null
${KEY} -keyout other.pem -out /dev/null -subj /CN=other 2> /dev/null; cat cert.pem cert.pem > two.pem`);
  expect(
    station.run('aws acm import-certificate --certificate file://cert.pem --private-key file://key.pem').stderr,
  ).toContain('Invalid base64: "-----BEGIN CERTIFICATE-----');
  expect(station.run(`${IMPORT} fileb://other.pem`).stderr).toContain('(ValidationException)');
  expect(station.run(`${IMPORT} fileb://cert.pem`).stderr).toBe(
    '\nAn error occurred (ValidationException) when calling the ImportCertificate operation: Passed PEM was not a private key.\n',
  );
  expect(
    station.run('aws acm import-certificate --certificate fileb://two.pem --private-key fileb://key.pem').stderr,
  ).toContain(
    'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
  );
  const arn = station.ok(`${IMPORT} fileb://key.pem --query CertificateArn --output text`).trim();
  expect(arn).toMatch(/^arn:aws:acm:ap-northeast-2:\d{12}:certificate\/[0-9a-f-]{36}$/);
  const view = `--query 'Certificate.[DomainName,Status,Type,KeyAlgorithm,length(InUseBy)]' --output text`;
  expect(station.ok(`aws acm describe-certificate --certificate-arn ${arn} ${view}`)).toBe(
    'shop.example.com\tISSUED\tIMPORTED\tRSA-2048\t0\n',
  );
  expect(station.ok(`aws acm get-certificate --certificate-arn ${arn} --query Certificate --output text`).trim()).toBe(
    station.ok('cat cert.pem').trim(),
  );
  // Certificates belong to one region.
  expect(station.ok('aws acm list-certificates --query "CertificateSummaryList[].DomainName" --output text')).toBe(
    'shop.example.com\n',
  );
  expect(station.ok('aws acm list-certificates --region us-east-1 --query CertificateSummaryList')).toBe('[]\n');
  station.ok(`aws acm delete-certificate --certificate-arn ${arn}`);
  expect(station.run(`aws acm describe-certificate --certificate-arn ${arn}`).stderr).toBe(
    `\nAn error occurred (ResourceNotFoundException) when calling the DescribeCertificate operation: Could not find certificate ${arn}.\n`,
  );
});

it('waits for the proof of a domain, which nobody gives', () => {
  const arn = station
    .ok(
      'aws acm request-certificate --domain-name shop.example.com --validation-method DNS --query CertificateArn --output text',
    )
    .trim();
  const record = `--query 'Certificate.DomainValidationOptions[0].[ValidationStatus,ResourceRecord.Type,ResourceRecord.Name]' --output text`;
  expect(station.ok(`aws acm describe-certificate --certificate-arn ${arn} ${record}`)).toMatch(
    /^PENDING_VALIDATION\tCNAME\t_[0-9a-f]{32}\.shop\.example\.com\.\n$/,
  );
  expect(station.run('aws acm request-certificate --domain-name shop').stderr).toContain(
    "1 validation error detected: Value 'shop' at 'domainName' failed to satisfy constraint",
  );
  station.wait(73 * 60);
  expect(
    station.ok(`aws acm describe-certificate --certificate-arn ${arn} --query Certificate.Status --output text`),
  ).toBe('VALIDATION_TIMED_OUT\n');
});
