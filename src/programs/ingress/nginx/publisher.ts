import type { Client } from '../../../cluster/api/client.ts';
import { INGRESSES } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import type { Ingress, IngressLoadBalancerIngress } from '../../../cluster/api/types.generated.ts';
import { nodeAddresses, serviceAddresses } from '../addresses.ts';
import { structured } from '../klog.ts';
import type { Flags } from './flags.ts';

/** Writes where the controller can be reached into the status of Ingresses. kubernetes/ingress-nginx: internal/ingress/status/status.go */
export class StatusPublisher {
  constructor(
    private readonly client: Client,
    private readonly flags: Flags,
    private readonly pod: { readonly namespace: string; readonly name: string },
  ) {}

  /** Brings the statuses up to date; places and lines for the log. Raises StatusError, ApiUnreachable. */
  publish(ingresses: readonly Stored<Ingress>[]): [string, string][] {
    const lines: [string, string][] = [];
    const wanted = this.addresses((pod, node) =>
      lines.push(['status.go:224', structured('POD is not ready', { pod, node })]),
    );
    for (const ingress of ingresses)
      for (const line of this.update(ingress, wanted, 'updating Ingress status')) lines.push(['status.go:311', line]);
    return lines;
  }

  /** Takes the addresses away again: nobody listens there any more. */
  withdraw(ingresses: readonly Stored<Ingress>[]): string[] {
    return ingresses.flatMap((ingress) => this.update(ingress, [], 'removing value from ingress status'));
  }

  private addresses(notReady: (pod: string, node: string) => void): IngressLoadBalancerIngress[] {
    const { publishAddress, publishService } = this.flags;
    if (publishAddress !== '')
      return publishAddress.split(',').map((text) => (/^[\d.]+$/.test(text) ? { ip: text } : { hostname: text }));
    if (publishService !== '') return serviceAddresses(this.client, publishService);
    return nodeAddresses(this.client, this.pod.namespace, this.pod.name, notReady);
  }

  private update(ingress: Stored<Ingress>, wanted: IngressLoadBalancerIngress[], message: string): string[] {
    const { namespace = '', name } = ingress.metadata;
    const current = ingress.status?.loadBalancer?.ingress;
    if (JSON.stringify(current ?? []) === JSON.stringify(wanted)) return [];
    const loadBalancer = wanted.length === 0 ? {} : { ingress: wanted };
    this.client.modify(
      INGRESSES,
      namespace,
      name,
      (old) => ({ ...old, status: { ...old.status, loadBalancer } }),
      'status',
    );
    const values = `currentValue=${JSON.stringify(current ?? null)} newValue=${JSON.stringify(wanted)}`;
    return [`${structured(message, { namespace, ingress: name })} ${values}`];
  }
}
