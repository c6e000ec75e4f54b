// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { Tag } from '../params.ts';

export interface LoadBalancer {
  kind: 'classic' | 'network' | 'application';
  name: string;
  arn: string;
  dnsName: string;
  scheme: string;
  vpc: string;
  subnets: string[];
  groups: string[];
  interfaces: string[];
  created: number;
  state: 'provisioning' | 'active';
  tags: Tag[];
  listeners: {
    port: number;
    protocol: string;
    instancePort: number;
    arn: string;
    /** ARNs in ACM of a listener with TLS; the first is the default. */
    certificates?: string[];
    targetGroup?: string;
    rules?: ListenerRule[];
  }[];
  /** Instance ids behind it. */
  instances: string[];
  healthCheckPort: number;
}

/** One rule of an application load balancer's listener; the last one is the default. */
export interface ListenerRule {
  arn: string;
  /** `1`, `2`, …, or `default`. */
  priority: string;
  /** Empty for any. */
  hosts: readonly string[];
  paths: readonly string[];
  /** Answered instead of asking a target. */
  fixed?: { status: number; text: string } | undefined;
  /** Sent to the same place at this port, with TLS. */
  redirect?: number | undefined;
  targetGroup?: string | undefined;
}

export interface TargetGroup {
  arn: string;
  name: string;
  protocol: string;
  port: number;
  vpc: string;
  targetType: string;
  healthPath?: string;
  loadBalancers: string[];
  /** `problem`: what the last health check found, empty when all was well. */
  targets: { id: string; port: number; problem?: string }[];
  tags: Tag[];
}

export interface AcmCertificate {
  arn: string;
  domain: string;
  /** All domains that it is for. */
  names: string[];
  type: 'IMPORTED' | 'AMAZON_ISSUED';
  status: 'ISSUED' | 'PENDING_VALIDATION' | 'VALIDATION_TIMED_OUT';
  created: number;
  /** Of an imported one. */
  pem?: string;
  chain?: string;
  /** Of a requested one: `DNS` or `EMAIL`, and what the record in the DNS is made of. */
  method?: string;
  proof?: readonly [name: string, value: string, zone: string];
  tags: Tag[];
}
