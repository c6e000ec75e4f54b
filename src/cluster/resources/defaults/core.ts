import type { Secret } from '../../api/types.generated.ts';

export function setSecretDefaults(secret: Secret): void {
  secret.type ||= 'Opaque';
}
