import type { Account } from './account.ts';
import { ec2Id } from './ids.ts';
import { toJson } from './params.ts';
import { addDefaultVpc } from './services/ec2/default-vpc.ts';
import type { Stack } from './types/cloudformation.ts';
import type {
  Address,
  Instance,
  InternetGateway,
  KeyPair,
  LaunchTemplate,
  NatGateway,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  Volume,
  Vpc,
} from './types/ec2.ts';
import type { EcrRepository } from './types/ecr.ts';
import type { AutoScalingGroup, EksCluster } from './types/eks.ts';
import type { AcmCertificate, LoadBalancer, TargetGroup } from './types/load-balancing.ts';
import type { LogGroup } from './types/logs.ts';

/** The zones of regions that have other than a, b, c; and what their ids begin with. */
const ZONES: Readonly<Record<string, readonly [string, string]>> = {
  'ap-northeast-1': ['acd', 'apne1'],
  'ap-northeast-2': ['abcd', 'apne2'],
  'ap-northeast-3': ['abc', 'apne3'],
  'ap-south-1': ['abc', 'aps1'],
  'ap-southeast-1': ['abc', 'apse1'],
  'ap-southeast-2': ['abc', 'apse2'],
  'ca-central-1': ['abd', 'cac1'],
  'eu-central-1': ['abc', 'euc1'],
  'eu-north-1': ['abc', 'eun1'],
  'eu-west-1': ['abc', 'euw1'],
  'eu-west-2': ['abc', 'euw2'],
  'eu-west-3': ['abc', 'euw3'],
  'sa-east-1': ['abc', 'sae1'],
  'us-east-1': ['abcdef', 'use1'],
  'us-east-2': ['abc', 'use2'],
  'us-west-1': ['ac', 'usw1'],
  'us-west-2': ['abcd', 'usw2'],
};

export const REGION_NAMES = Object.keys(ZONES);

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** What an account has in one region. */
export class Region {
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly internetGateways = new Map<string, InternetGateway>();
  readonly natGateways = new Map<string, NatGateway>();
  readonly routeTables = new Map<string, RouteTable>();
  readonly securityGroups = new Map<string, SecurityGroup>();
  readonly keyPairs = new Map<string, KeyPair>();
  readonly instances = new Map<string, Instance>();
  readonly volumes = new Map<string, Volume>();
  readonly networkInterfaces = new Map<string, NetworkInterface>();
  readonly addresses = new Map<string, Address>();
  readonly launchTemplates = new Map<string, LaunchTemplate>();
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly certificates = new Map<string, AcmCertificate>();
  readonly autoScalingGroups = new Map<string, AutoScalingGroup>();
  readonly logGroups = new Map<string, LogGroup>();
  readonly repositories = new Map<string, EcrRepository>();
  readonly clusters = new Map<string, EksCluster>();
  readonly stacks = new Map<string, Stack>();
  /** Told when an instance is stopped or terminated, by whomever. */
  readonly onInstanceEnd: ((instance: Instance) => void)[] = [];
  private readonly usedAddresses = new Set<string>();
  private publicAddress = 0;

  constructor(
    readonly account: Account,
    readonly name: string,
  ) {
    addDefaultVpc(this);
  }

  /** Zones are given out alike in every account of the world. */
  get zones(): Zone[] {
    const [letters, prefix] = ZONES[this.name] ?? ['abc', this.name.replace(/-/g, '')];
    return [...letters].map((letter, index) => ({ name: `${this.name}${letter}`, id: `${prefix}-az${index + 1}` }));
  }

  id(prefix: string): string {
    return ec2Id(this.account.random, prefix);
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.name}:${this.account.id}:${resource}`;
  }

  /** A free private address of a subnet, not the first four nor the last. */
  takeAddress(subnet: Subnet): string {
    const [base = '', bits = '24'] = subnet.CidrBlock.split('/');
    const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    for (;;) {
      const number = first + 4 + this.account.random.integer(size - 5);
      const address = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
      if (this.usedAddresses.has(address)) continue;
      this.usedAddresses.add(address);
      subnet.AvailableIpAddressCount--;
      return address;
    }
  }

  releaseAddress(subnet: Subnet | undefined, address: string): void {
    if (this.usedAddresses.delete(address) && subnet) subnet.AvailableIpAddressCount++;
  }

  /** A public address of Amazon's that nobody has. */
  takePublicAddress(): string {
    this.publicAddress++;
    const { random } = this.account;
    return `${random.pick(['3.34', '13.124', '15.164', '43.201', '52.78', '54.180'])}.${1 + (this.publicAddress % 254)}.${1 + random.integer(254)}`;
  }

  describe(): unknown {
    const parts: unknown[] = [this.name];
    for (const value of Object.values(this)) {
      if (!(value instanceof Map)) continue;
      parts.push([...value].map(([key, item]) => [key, toJson(item)]));
    }
    return parts;
  }
}
