import type { Client } from '../../cluster/api/client.ts';
import { INGRESS_CLASSES } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { Ingress } from '../../cluster/api/types.generated.ts';

const ANNOTATION = 'kubernetes.io/ingress.class';

export interface ClassOptions {
  /** IngressClass' spec.controller: `k8s.io/ingress-nginx`. */
  readonly controller: string;
  /** The value of the old annotation. */
  readonly annotation: string;
  /** Take Ingresses without any class. */
  readonly withoutClass: boolean;
}

/** The class by which an Ingress belongs to a controller; otherwise why it does not. kubernetes/ingress-nginx: controller/store/store.go GetIngressClass */
export function classOf(
  client: Client,
  ingress: Stored<Ingress>,
  options: ClassOptions,
): { readonly name: string } | { readonly why: string } {
  const annotation = ingress.metadata.annotations?.[ANNOTATION];
  if (annotation !== undefined && annotation !== '') {
    if (annotation === options.annotation) return { name: annotation };
    return { why: 'ingress class annotation is not equal to the expected by Ingress Controller' };
  }
  const name = ingress.spec?.ingressClassName;
  if (name) {
    const found = client.get(INGRESS_CLASSES, '', name);
    if (!found) return { why: `no object matching key ${JSON.stringify(name)} in local store` };
    return found.spec?.controller === options.controller
      ? { name }
      : { why: 'ingress class does not match controller' };
  }
  return options.withoutClass ? { name: '' } : { why: 'ingress does not contain a valid IngressClass' };
}
