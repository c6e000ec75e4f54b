import type { Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';

const PREFIX = 'alb.ingress.kubernetes.io/';

/** Why no load balancer can be made of the Ingresses, in the controller's words. */
export class ModelError extends Error {}

export function annotation(ingress: Stored<Ingress>, name: string): string | undefined {
  return ingress.metadata.annotations?.[PREFIX + name];
}

/** The names of the controller's annotations that an Ingress has. */
export function annotationNames(ingress: Stored<Ingress>): readonly string[] {
  return Object.keys(ingress.metadata.annotations ?? {}).flatMap((name) =>
    name.startsWith(PREFIX) ? name.slice(PREFIX.length) : [],
  );
}

/** What AWS answered to the controller, as its SDK words it. */
export class CallError extends Error {}
