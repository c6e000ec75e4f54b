import type { Region } from '../../../cloud/aws/region.ts';
import { deleteSecurityGroup, dropRule } from '../../../cloud/aws/services/ec2/change.ts';
import { addSecurityGroup, allow } from '../../../cloud/aws/services/ec2/network.ts';
import { addLoadBalancer, addTargetGroup, removeLoadBalancer } from '../../../cloud/aws/services/load-balancing.ts';
import type { EksCluster, ListenerRule, LoadBalancer, TargetGroup } from '../../../cloud/aws/types.ts';
import type { Wanted, WantedRule } from './model.ts';

const CLUSTER = 'elbv2.k8s.aws/cluster';
const STACK = 'ingress.k8s.aws/stack';
const RESOURCE = 'ingress.k8s.aws/resource';

const tagged = (tags: readonly { Key: string; Value: string }[], key: string) =>
  tags.find((one) => one.Key === key)?.Value;

/** What the controller of one cluster has in an account: found by its tags, so that a new Pod goes on with it. */
export class Deployer {
  constructor(
    private readonly region: Region,
    private readonly eks: EksCluster,
    private readonly cluster: string,
  ) {}

  balancer(stack: string): LoadBalancer | undefined {
    return [...this.region.loadBalancers.values()].find((one) => this.mine(one.tags, stack));
  }

  /** The stacks that have a load balancer. */
  stacks(): string[] {
    return [...this.region.loadBalancers.values()].flatMap(({ tags }) =>
      tagged(tags, CLUSTER) === this.cluster ? (tagged(tags, STACK) ?? []) : [],
    );
  }

  /** Subnets with the role, one a zone. aws-load-balancer-controller: pkg/networking/subnet_resolver.go */
  subnets(scheme: Wanted['scheme']): string[] {
    const role = scheme === 'internal' ? 'kubernetes.io/role/internal-elb' : 'kubernetes.io/role/elb';
    const zones = new Map<string, string>();
    for (const subnet of [...this.region.subnets.values()].sort((a, b) => (a.SubnetId < b.SubnetId ? -1 : 1)))
      if (
        subnet.VpcId === this.eks.vpc.vpcId &&
        subnet.Tags?.some(({ Key, Value }) => Key === role && /^1?$/.test(Value))
      )
        if (!zones.has(subnet.AvailabilityZone)) zones.set(subnet.AvailabilityZone, subnet.SubnetId);
    return [...zones.values()];
  }

  /** Brings load balancer, target groups and rules to what is wanted. Raises AwsError. */
  apply(stack: string, wanted: Wanted, subnets: readonly string[]): { balancer: LoadBalancer; groups: TargetGroup[] } {
    const { region } = this;
    const known = this.balancer(stack);
    if (known && (known.scheme !== wanted.scheme || ports(known) !== wanted.listeners.http.join()))
      this.removeBalancer(known);
    const kept = known && region.loadBalancers.has(known.arn) ? known : undefined;
    const balancer = kept ?? this.create(stack, wanted, subnets);
    const groups = new Map(wanted.groups.map((one) => [one.name, this.group(stack, balancer, one)]));
    for (const group of this.groups(stack)) if (!groups.has(group.name)) region.targetGroups.delete(group.arn);
    const arn = (name: string | undefined) => (name === undefined ? undefined : groups.get(name)?.arn);
    for (const listener of balancer.listeners) {
      const made = (rule: WantedRule, index: number | undefined): ListenerRule => ({
        arn: ruleArn(region, listener.arn, listener.rules?.[index ?? wanted.rules.length]?.arn),
        priority: index === undefined ? 'default' : String(index + 1),
        hosts: rule.hosts,
        paths: rule.paths,
        fixed: rule.fixed,
        targetGroup: arn(rule.group),
      });
      listener.rules = [...wanted.rules.map((rule, index) => made(rule, index)), made(wanted.fallback, undefined)];
    }
    return { balancer, groups: [...groups.values()] };
  }

  /** Takes everything of a stack away; whether all is gone. */
  remove(stack: string): boolean {
    const { region } = this;
    const balancer = this.balancer(stack);
    if (balancer) this.removeBalancer(balancer);
    for (const group of this.groups(stack)) region.targetGroups.delete(group.arn);
    const nodes = region.securityGroups.get(this.eks.vpc.clusterSecurityGroupId ?? '');
    for (const group of [...region.securityGroups.values()]) {
      if (!this.mine(group.Tags ?? [], stack)) continue;
      // It goes when the last interface of the load balancer has.
      if (
        [...region.networkInterfaces.values()].some(({ Groups }) => Groups.some((one) => one.GroupId === group.GroupId))
      )
        return false;
      if (nodes) dropRule(nodes, { IpProtocol: '-1' }, group.GroupId);
      deleteSecurityGroup(region, group.GroupId);
    }
    return true;
  }

  groups(stack: string): TargetGroup[] {
    return [...this.region.targetGroups.values()].filter((one) => this.mine(one.tags, stack));
  }

  private mine(tags: readonly { Key: string; Value: string }[], stack: string): boolean {
    return tagged(tags, CLUSTER) === this.cluster && tagged(tags, STACK) === stack;
  }

  private tags(stack: string, resource: string) {
    return [
      { Key: CLUSTER, Value: this.cluster },
      { Key: STACK, Value: stack },
      { Key: RESOURCE, Value: resource },
    ];
  }

  private create(stack: string, wanted: Wanted, subnets: readonly string[]): LoadBalancer {
    const { region, eks } = this;
    const old = [...region.securityGroups.values()].find((one) => this.mine(one.Tags ?? [], stack));
    const group =
      old ??
      addSecurityGroup(
        region,
        eks.vpc.vpcId,
        wanted.name,
        '[k8s] Managed SecurityGroup for LoadBalancer',
        this.tags(stack, 'ManagedLBSecurityGroup'),
      );
    if (!old) {
      for (const port of [...wanted.listeners.http, ...wanted.listeners.https])
        allow(group, { IpProtocol: 'tcp', FromPort: port, ToPort: port }, '0.0.0.0/0');
      const nodes = region.securityGroups.get(eks.vpc.clusterSecurityGroupId ?? '');
      if (nodes) allow(nodes, { IpProtocol: '-1' }, group.GroupId, 'elbv2.k8s.aws/targetGroupBinding=shared');
    }
    return addLoadBalancer(region, {
      kind: 'application',
      name: wanted.name,
      scheme: wanted.scheme,
      vpc: eks.vpc.vpcId,
      subnets,
      groups: [group.GroupId],
      tags: this.tags(stack, 'LoadBalancer'),
      ports: wanted.listeners.http.map((port) => ({ port, protocol: 'HTTP', instancePort: 0 })),
    });
  }

  private removeBalancer(balancer: LoadBalancer): void {
    removeLoadBalancer(this.region, balancer);
  }

  private group(stack: string, balancer: LoadBalancer, wanted: Wanted['groups'][number]): TargetGroup {
    const known = this.groups(stack).find((one) => one.name === wanted.name && one.port === wanted.port);
    const group =
      known ??
      addTargetGroup(this.region, {
        name: wanted.name,
        protocol: 'HTTP',
        port: wanted.port,
        vpc: this.eks.vpc.vpcId,
        targetType: wanted.targetType,
        tags: this.tags(stack, `${wanted.namespace}/${wanted.service}:${wanted.servicePort}`),
      });
    if (!known)
      for (const old of this.groups(stack))
        if (old.name === wanted.name && old !== group) this.region.targetGroups.delete(old.arn);
    group.loadBalancers = [balancer.arn];
    group.healthPath = wanted.healthPath;
    const before = group.targets;
    group.targets = wanted.targets.map(
      (target) => before.find(({ id, port }) => id === target.id && port === target.port) ?? { ...target },
    );
    return group;
  }
}

function ports(balancer: LoadBalancer): string {
  return balancer.listeners.map(({ port }) => port).join();
}

function ruleArn(region: Region, listener: string, known: string | undefined): string {
  return known ?? `${listener.replace(':listener/', ':listener-rule/')}/${region.account.random.hex(16)}`;
}
