import { PRICES } from '../../prices.ts';
import type { Region } from '../../region.ts';
import type { EksCluster } from '../../types/eks.ts';
import { eksVersionOf, isExtended } from './versions.ts';

const SERVICE = 'Amazon Elastic Container Service for Kubernetes';

/** What a cluster costs from now on: more when its version is in extended support. */
export function chargeCluster({ account }: Region, { arn, version }: EksCluster): void {
  const { costs, now } = account;
  costs.stop(arn, now);
  costs.start(arn, SERVICE, 'AmazonEKS-Hours:perCluster', PRICES.cluster, now);
  if (isExtended(eksVersionOf(version), now))
    costs.start(arn, SERVICE, 'AmazonEKS-Hours:extendedSupport', PRICES.extendedSupport, now);
}
