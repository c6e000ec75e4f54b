import type { Client } from '../../../cluster/api/client.ts';
import { SECRETS } from '../../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { StoreEvent } from '../../../cluster/api/store.ts';
import type { Ingress, Secret } from '../../../cluster/api/types.generated.ts';
import { fromBase64 } from '../../../world/bytes.ts';
import { readCertificate } from '../../../world/pki/certificate.ts';
import { structured } from '../klog.ts';

/** Severity, place and text. */
export type LogLine = ['I' | 'W' | 'E', string, string];

/**
 * The controller's own copies of the certificates that Ingresses name, and what it says while it makes them.
 * ingress-nginx: internal/ingress/controller/store/backend_ssl.go, store.go
 */
export class LocalSecrets {
  private readonly kept = new Map<string, string>();

  constructor(
    private readonly client: Client,
    private readonly mine: () => readonly Stored<Ingress>[],
  ) {}

  /** An Ingress came or changed. */
  sync(ingress: Stored<Ingress>): LogLine[] {
    return namesOf(ingress).flatMap((key) => this.copy(key));
  }

  onSecret({ type, object }: StoreEvent<Secret>): LogLine[] {
    const key = keyOf(object);
    if (!this.mine().some((ingress) => namesOf(ingress).includes(key))) return [];
    const say = (where: string, text: string): LogLine => [
      'I',
      where,
      structured(`${text} and it is used in ingress annotations. Parsing`, { secret: key }),
    ];
    if (type === 'DELETED') {
      this.kept.delete(key);
      return [say('store.go:656', 'secret was deleted')];
    }
    const line = type === 'ADDED' ? say('store.go:598', 'Secret was added') : say('store.go:629', 'secret was updated');
    return [line, ...this.copy(key)];
  }

  private copy(key: string): LogLine[] {
    const [namespace = '', name = ''] = key.split('/');
    const found = certificateIn(this.client.get(SECRETS, namespace, name), key);
    if (found.problem !== undefined)
      return [['W', 'backend_ssl.go:47', `Error obtaining X.509 certificate: ${found.problem}`]];
    const before = this.kept.get(key);
    if (before === found.pem) return [];
    this.kept.set(key, found.pem);
    return before === undefined
      ? [['I', 'backend_ssl.go:67', structured('Adding secret to local store', { name: key })]]
      : [['I', 'backend_ssl.go:59', structured('Updating secret in local store', { name: key })]];
  }
}

function namesOf({ metadata: { namespace = '' }, spec }: Stored<Ingress>): string[] {
  const names = (spec?.tls ?? []).flatMap(({ secretName }) => (secretName ? [`${namespace}/${secretName}`] : []));
  return [...new Set(names)];
}

function certificateIn(
  secret: Stored<Secret> | undefined,
  key: string,
): { readonly pem: string; readonly problem?: string } {
  const quoted = JSON.stringify(key);
  if (!secret) return { pem: '', problem: `no object matching key ${quoted} in local store` };
  const { 'tls.crt': certificate, 'tls.key': privateKey } = secret.data ?? {};
  if (!certificate || !privateKey)
    return { pem: '', problem: `secret ${quoted} contains no keypair or CA certificate` };
  const pem = fromBase64(certificate);
  if (pem === undefined || !readCertificate(pem))
    return { pem: '', problem: 'unexpected error creating SSL Cert: no valid PEM formatted block found' };
  return { pem };
}
