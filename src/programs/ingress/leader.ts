import type { Client } from '../../cluster/api/client.ts';
import { LEASES } from '../../cluster/api/kinds.ts';
import { StatusError } from '../../cluster/apimachinery/errors.ts';

/** ms. client-go: leaderelection.LeaderElectionConfig as ingress-nginx sets it. */
const LEASE_DURATION = 30_000;
/** How often a candidate looks at the lease, ms. */
export const RETRY_PERIOD = 7500;

/** One candidate for a Lease. `step` is called every RETRY_PERIOD. client-go: tools/leaderelection */
export class LeaderElection {
  leading = false;
  /** Who leads, as far as this candidate has seen. */
  leader = '';

  constructor(
    private readonly client: Client,
    private readonly namespace: string,
    private readonly name: string,
    private readonly identity: string,
  ) {}

  /** Takes or renews the lease if it can. Raises StatusError, ApiUnreachable. */
  step(): void {
    const now = this.client.now;
    const time = new Date(now).toISOString().replace('Z', '000Z');
    const lease = this.client.get(LEASES, this.namespace, this.name);
    const spec = {
      holderIdentity: this.identity,
      leaseDurationSeconds: LEASE_DURATION / 1000,
      renewTime: time,
    };
    if (!lease) {
      this.client.create(LEASES, this.namespace, {
        metadata: { name: this.name, namespace: this.namespace },
        spec: { ...spec, acquireTime: time, leaseTransitions: 0 },
      });
      this.become(this.identity);
      return;
    }
    const holder = lease.spec?.holderIdentity ?? '';
    const renewed = Date.parse(lease.spec?.renewTime ?? '') || 0;
    if (holder !== '' && holder !== this.identity && renewed + LEASE_DURATION > now) return this.become(holder);
    const mine = holder === this.identity;
    this.client.modify(LEASES, this.namespace, this.name, (old) => ({
      ...old,
      spec: {
        ...spec,
        acquireTime: mine ? old.spec?.acquireTime : time,
        leaseTransitions: (old.spec?.leaseTransitions ?? 0) + (mine ? 0 : 1),
      },
    }));
    this.become(this.identity);
  }

  /** Lets go of the lease, so that another may take it at once. */
  release(): void {
    if (!this.leading) return;
    this.leading = false;
    try {
      this.client.modify(LEASES, this.namespace, this.name, (old) => ({
        ...old,
        spec: { ...old.spec, holderIdentity: '', leaseDurationSeconds: 1 },
      }));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }

  private become(leader: string): void {
    this.leader = leader;
    this.leading = leader === this.identity;
  }
}
