import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../errors.ts';
import { required } from '../params.ts';
import type { Call, Service } from './call.ts';
import { MAX_ADDRESSES, MAX_VPCS } from './ec2/network.ts';

/** A quota that the world holds somebody to: service, its name, code, name, and how much. */
type Quota = readonly [service: string, serviceName: string, code: string, name: string, value: number];

const QUOTAS: readonly Quota[] = [
  ['ec2', 'Amazon Elastic Compute Cloud (Amazon EC2)', 'L-0263D0A3', 'EC2-VPC Elastic IPs', MAX_ADDRESSES],
  ['vpc', 'Amazon Virtual Private Cloud (Amazon VPC)', 'L-F678F1CE', 'VPCs per Region', MAX_VPCS],
];

/** Services that have quotas of which the world has none. */
const OTHERS = ['eks', 'elasticloadbalancing', 'iam', 'ebs', 'cloudformation', 'autoscaling', 'logs'];

function view({ region }: Call, [service, ServiceName, QuotaCode, QuotaName, Value]: Quota): JsonObject {
  return {
    ServiceCode: service,
    ServiceName,
    QuotaArn: region.arn('servicequotas', `${service}/${QuotaCode}`),
    QuotaCode,
    QuotaName,
    Value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
  };
}

/** Raises NoSuchResourceException. */
function quotasOf({ params }: Call): Quota[] {
  const service = required(params, 'ServiceCode');
  if (OTHERS.includes(service)) throw notModelled(`quotas of ${service}: only those of ec2 and vpc`);
  const found = QUOTAS.filter(([one]) => one === service);
  if (found.length === 0)
    throw new AwsError('NoSuchResourceException', 'The request failed because the specified service does not exist.');
  return found;
}

/** Service Quotas 2019-06-24: what a new account may have of what the world counts. */
export const serviceQuotas: Service = {
  ListServiceQuotas: (call) => ({ Quotas: quotasOf(call).map((quota) => view(call, quota)) }),
  GetServiceQuota: (call) => {
    const code = required(call.params, 'QuotaCode');
    const quota = quotasOf(call).find(([, , one]) => one === code);
    if (!quota) throw notModelled(`the quota ${code}`);
    return { Quota: view(call, quota) };
  },
};
