/** A Secret's certificate, or why it has none. traefik: pkg/provider/kubernetes/ingress/kubernetes.go getCertificateBlocks */
export function certificateOf(
  data: Readonly<Record<string, string>> | undefined,
  key: string,
): { readonly certificate: string; readonly problem?: string } {
  const entries = ['tls.crt', 'tls.key'];
  const missing = entries.filter((entry) => data?.[entry] === undefined);
  const empty = entries.filter((entry) => data?.[entry] === '');
  const why =
    missing.length > 0
      ? `is missing the following TLS data entries: ${missing.join(', ')}`
      : empty.length > 0
        ? `contains the following empty TLS data entries: ${empty.join(', ')}`
        : undefined;
  if (why !== undefined) return { certificate: '', problem: `secret ${key} ${why}` };
  return { certificate: atob(data?.['tls.crt'] ?? '') };
}

/** Why a certificate and a key cannot be used. Go: crypto/tls X509KeyPair */
export function keyPairProblem(certificate: string, key: string): string | undefined {
  if (!/-----BEGIN [A-Z ]+-----/.test(certificate)) return 'tls: failed to find any PEM data in certificate input';
  if (!/-----BEGIN CERTIFICATE-----/.test(certificate))
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  if (!/-----BEGIN [A-Z ]+-----/.test(key)) return 'tls: failed to find any PEM data in key input';
  return undefined;
}
