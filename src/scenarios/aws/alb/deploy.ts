import type { AwsError } from '../../../cloud/aws/errors.ts';
import type { Region } from '../../../cloud/aws/region.ts';
import { deleteSecurityGroup, dropRule } from '../../../cloud/aws/services/ec2/change.ts';
import { addSecurityGroup, allow } from '../../../cloud/aws/services/ec2/network.ts';
import { addLoadBalancer, addTargetGroup, removeLoadBalancer } from '../../../cloud/aws/services/load-balancing.ts';
import type { EksCluster } from '../../../cloud/aws/types/eks.ts';
import type { LoadBalancer, TargetGroup } from '../../../cloud/aws/types/load-balancing.ts';
import { refusalOfTls } from './certificates.ts';
import type { Wanted } from './model.ts';

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

  /** Brings load balancer, target groups, listeners and rules to what is wanted. Raises AwsError. */
  apply(stack: string, wanted: Wanted, subnets: readonly string[]): LoadBalancer {
    const { region } = this;
    const known = this.balancer(stack);
    if (known && known.scheme !== wanted.scheme) this.removeBalancer(known);
    const kept = known && region.loadBalancers.has(known.arn) ? known : undefined;
    const balancer = kept ?? this.create(stack, wanted, subnets);
    this.openPorts(stack, wanted);
    const groups = new Map(wanted.groups.map((one) => [one.name, this.group(stack, balancer, one)]));
    for (const group of this.groups(stack)) if (!groups.has(group.name)) region.targetGroups.delete(group.arn);
    const refusal = this.setListeners(balancer, wanted, (name) => groups.get(name)?.arn);
    region.account.backend.changeLoadBalancer(region, balancer);
    if (refusal) throw refusal;
    return balancer;
  }

  /** The value is what ELB answers to the first listener that cannot be made; those before it are. */
  private setListeners(
    balancer: LoadBalancer,
    wanted: Wanted,
    arnOf: (group: string) => string | undefined,
  ): AwsError | undefined {
    const { region } = this;
    const before = balancer.listeners;
    const listeners: LoadBalancer['listeners'] = [];
    balancer.listeners = listeners;
    for (const { port, protocol, certificates, rules } of wanted.listeners) {
      const refusal = protocol === 'HTTPS' ? refusalOfTls(region, certificates) : undefined;
      if (refusal) return refusal;
      const known = before.find((one) => one.port === port && one.protocol === protocol);
      const listener = known ?? { port, protocol, instancePort: 0, arn: listenerArn(region, balancer) };
      listener.certificates = [...certificates];
      const last = rules.length - 1;
      listener.rules = rules.map((rule, index) => ({
        arn: ruleArn(region, listener.arn, listener.rules?.[index]?.arn),
        priority: index === last ? 'default' : String(index + 1),
        hosts: rule.hosts,
        paths: rule.paths,
        fixed: rule.fixed,
        redirect: rule.redirect,
        targetGroup: rule.group === undefined ? undefined : arnOf(rule.group),
      }));
      listeners.push(listener);
    }
    return undefined;
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
      ports: [],
    });
  }

  /** The security group lets in whoever speaks to the ports that are listened at. */
  private openPorts(stack: string, wanted: Wanted): void {
    const group = [...this.region.securityGroups.values()].find((one) => this.mine(one.Tags ?? [], stack));
    if (!group) return;
    group.IpPermissions = group.IpPermissions.filter(
      ({ IpProtocol, FromPort }) => IpProtocol !== 'tcp' || wanted.listeners.some(({ port }) => port === FromPort),
    );
    for (const { port } of wanted.listeners)
      if (!group.IpPermissions.some(({ FromPort }) => FromPort === port))
        allow(group, { IpProtocol: 'tcp', FromPort: port, ToPort: port }, '0.0.0.0/0');
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

function listenerArn(region: Region, balancer: LoadBalancer): string {
  return `${balancer.arn.replace(':loadbalancer/', ':listener/')}/${region.account.random.hex(16)}`;
}

function ruleArn(region: Region, listener: string, known: string | undefined): string {
  return known ?? `${listener.replace(':listener/', ':listener-rule/')}/${region.account.random.hex(16)}`;
}
