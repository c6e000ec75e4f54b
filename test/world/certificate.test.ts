import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { CertificateAuthority, readCertificate } from '../../src/world/pki/certificate.ts';
import { Random } from '../../src/world/random.ts';

const now = Date.UTC(2026, 0, 1);

it('issues certificates that others can read and only the authority verifies', () => {
  const authority = new CertificateAuthority(
    { commonName: 'kubernetes', organizations: [] },
    new Random('ca'),
    () => now,
  );
  const { certificate } = authority.issue(
    { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] },
    365,
    ['a.b', '10.96.0.1'],
  );
  const read = readCertificate(certificate);
  expect(read).toMatchObject({
    subject: { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] },
    issuer: { commonName: 'kubernetes' },
    names: ['a.b', '10.96.0.1'],
    notAfter: now + 365 * 86_400_000,
  });
  const node = new X509Certificate(certificate);
  expect(node.subject).toBe('O=kubeadm:cluster-admins\nCN=kubernetes-admin');
  expect(node.subjectAltName).toBe('DNS:a.b, IP Address:10.96.0.1');
  expect(authority.verify(certificate)).toBe('valid');
  const other = new CertificateAuthority(
    { commonName: 'kubernetes', organizations: [] },
    new Random('other'),
    () => now,
  );
  expect(other.verify(certificate)).toBe('unknown authority');
  expect(readCertificate('garbage')).toBeUndefined();
});
