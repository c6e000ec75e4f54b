import type { Client } from '../../../cluster/api/client.ts';
import { GROUP, REFERENCE_GRANTS } from './types.ts';

export interface Reference {
  /** HTTPRoute, Gateway. */
  readonly fromKind: string;
  readonly fromNamespace: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** Whether an object may point into another namespace: a ReferenceGrant there says so. */
export function isGranted(client: Client, reference: Reference): boolean {
  if (reference.namespace === reference.fromNamespace) return true;
  return client
    .list(REFERENCE_GRANTS, reference.namespace)
    .some(
      ({ spec }) =>
        spec?.from?.some(
          ({ group, kind, namespace }) =>
            group === GROUP && kind === reference.fromKind && namespace === reference.fromNamespace,
        ) &&
        spec.to?.some(
          ({ group, kind, name }) =>
            (group === reference.group || (group === 'core' && reference.group === '')) &&
            kind === reference.kind &&
            (name === undefined || name === reference.name),
        ),
    );
}
