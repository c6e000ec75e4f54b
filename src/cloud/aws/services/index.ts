import { acm } from './acm.ts';
import { autoscaling } from './autoscaling.ts';
import { ce } from './billing.ts';
import type { Service } from './call.ts';
import { cloudformation } from './cloudformation/index.ts';
import { ec2 } from './ec2/index.ts';
import { ecr } from './ecr/index.ts';
import { eks } from './eks/index.ts';
import { iam } from './iam/index.ts';
import { elb, elbv2 } from './load-balancing.ts';
import { logs } from './logs.ts';
import { serviceQuotas } from './service-quotas.ts';
import { ssm } from './ssm.ts';
import { sts } from './sts.ts';

/** The services of an account: one line each. */
export const SERVICES: Readonly<Record<string, Service>> = {
  acm,
  autoscaling,
  ce,
  cloudformation,
  ec2,
  ecr,
  eks,
  elb,
  elbv2,
  iam,
  logs,
  'service-quotas': serviceQuotas,
  ssm,
  sts,
};
