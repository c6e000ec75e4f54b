import type { Account } from '../../../cloud/aws/account.ts';
import { AwsError } from '../../../cloud/aws/errors.ts';
import type { Region } from '../../../cloud/aws/region.ts';
import { deleteSecurityGroup, dropRule } from '../../../cloud/aws/services/ec2/change.ts';
import { addSecurityGroup, allow } from '../../../cloud/aws/services/ec2/network.ts';
import { addLoadBalancer, addTargetGroup, removeLoadBalancer } from '../../../cloud/aws/services/load-balancing.ts';
import type { EksCluster } from '../../../cloud/aws/types/eks.ts';
import type { LoadBalancer, TargetGroup } from '../../../cloud/aws/types/load-balancing.ts';
import type { Client } from '../../../cluster/api/client.ts';
import { SERVICES } from '../../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Service, ServicePort } from '../../../cluster/api/types.generated.ts';
import type { EventRecorder } from '../../../cluster/controllers/event-recorder.ts';
import { serviceTarget } from '../../../programs/ingress/endpoints.ts';
import { digest } from '../../../world/describe.ts';
import { CallError, ModelError } from './annotations.ts';
import { Deployer } from './deploy.ts';
import { bare, readyInstances } from './model.ts';

const PREFIX = 'service.beta.kubernetes.io/aws-load-balancer-';
const CLASS = 'service.k8s.aws/nlb';
const FINALIZER = 'service.k8s.aws/resources';
const STACK = 'service.k8s.aws/stack';
/** What changes how connections are passed on, and is not there. */
const NOT_MODELLED = [
  'ssl-cert',
  'ssl-ports',
  'backend-protocol',
  'proxy-protocol',
  'eip-allocations',
  'security-groups',
];

const annotationOf = ({ metadata }: Stored<Service>, name: string) => metadata.annotations?.[PREFIX + name];

/** Whether a Service asks for the load balancer of this controller instead of the cloud provider's. */
export function isForController(service: Stored<Service>): boolean {
  const type = annotationOf(service, 'type');
  return service.spec?.loadBalancerClass === CLASS || type === 'external' || type === 'nlb-ip';
}

export interface ServiceOptions {
  readonly account: Account;
  readonly region: Region;
  readonly eks: EksCluster;
  readonly client: Client;
  /** Of the cluster. */
  readonly name: string;
  readonly recorder: EventRecorder;
  /** Raises CallError. */
  readonly mayDeploy: () => void;
  readonly setBindings: (key: string, groups: readonly Binding[]) => void;
}

interface Binding {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly servicePort: number;
  readonly targetType: string;
  readonly arn: string;
}

/** Network load balancers for Services. aws-load-balancer-controller: controllers/service, pkg/service */
export class ServiceBalancers {
  private readonly subnets: Deployer;

  constructor(private readonly options: ServiceOptions) {
    this.subnets = new Deployer(options.region, options.eks, options.name);
  }

  /** Brings the load balancers to what the Services want; the value is what failed and is to be tried again. */
  reconcile(): string[] {
    const { client, recorder } = this.options;
    const failures: string[] = [];
    for (const service of client.list(SERVICES)) {
      const { spec, metadata } = service;
      const gone =
        spec?.type !== 'LoadBalancer' || metadata.deletionTimestamp !== undefined || !isForController(service);
      const held = metadata.finalizers?.includes(FINALIZER) ?? false;
      if (gone && !held) continue;
      const fail = (reason: string, text: string) => {
        recorder.event(service, 'Warning', reason, text);
        failures.push(text);
      };
      try {
        if (!gone) this.ensure(service);
        else if (this.remove(service)) this.setFinalizer(service, false);
        else failures.push('');
      } catch (error) {
        if (error instanceof ModelError) fail('FailedBuildModel', `Failed build model due to ${error.message}`);
        else if (error instanceof CallError || error instanceof AwsError)
          fail('FailedDeployModel', `Failed deploy model due to ${error.message}`);
        else throw error;
      }
    }
    return failures.filter((text) => text !== '');
  }

  /** Raises ModelError, CallError, AwsError. */
  private ensure(service: Stored<Service>): void {
    const { recorder, mayDeploy, setBindings, client } = this.options;
    const targetType = targetTypeOf(service);
    const scheme = annotationOf(service, 'scheme') ?? 'internal';
    if (scheme !== 'internal' && scheme !== 'internet-facing') throw new ModelError(`unknown scheme: ${scheme}`);
    for (const name of NOT_MODELLED)
      if (annotationOf(service, name) !== undefined)
        throw new ModelError(`kubetutor does not model the annotation ${PREFIX}${name}`);
    this.setFinalizer(service, true);
    const known = this.balancerOf(service);
    const subnets = known ? known.subnets : this.subnetsFor(scheme);
    mayDeploy();
    if (known && known.scheme !== scheme) {
      removeLoadBalancer(this.options.region, known);
      return this.ensure(service);
    }
    const balancer = known ?? this.create(service, scheme, subnets);
    const groups = (service.spec?.ports ?? []).map((port) => this.group(service, balancer, port, targetType));
    this.setListeners(balancer, service, groups);
    setBindings(
      keyOf(service),
      groups.map(({ name, arn }, index) => ({
        name,
        arn,
        namespace: service.metadata.namespace ?? '',
        service: service.metadata.name,
        servicePort: service.spec?.ports?.[index]?.port ?? 0,
        targetType,
      })),
    );
    const hostname = balancer.dnsName;
    if (known && service.status?.loadBalancer?.ingress?.[0]?.hostname === hostname) return;
    const { namespace = '', name } = service.metadata;
    client.modify(
      SERVICES,
      namespace,
      name,
      (old) => ({ ...old, status: { ...old.status, loadBalancer: { ingress: [{ hostname }] } } }),
      'status',
    );
    recorder.event(service, 'Normal', 'SuccessfullyReconciled', 'Successfully reconciled');
  }

  /** Raises ModelError. */
  private subnetsFor(scheme: 'internal' | 'internet-facing'): string[] {
    const subnets = this.subnets.subnets(scheme);
    const role = scheme === 'internal' ? 'kubernetes.io/role/internal-elb' : 'kubernetes.io/role/elb';
    if (subnets.length === 0)
      throw new ModelError(`unable to resolve at least one subnet (0 match VPC and tags: [${role}])`);
    return subnets;
  }

  private balancerOf(service: Stored<Service>): LoadBalancer | undefined {
    return [...this.options.region.loadBalancers.values()].find(({ tags }) => this.mine(tags, service));
  }

  private mine(tags: readonly { Key: string; Value: string }[], service: Stored<Service>): boolean {
    const has = (key: string, value: string) => tags.some(({ Key, Value }) => Key === key && Value === value);
    return has('elbv2.k8s.aws/cluster', this.options.name) && has(STACK, keyOf(service));
  }

  private tags(service: Stored<Service>, resource: string) {
    return [
      { Key: 'elbv2.k8s.aws/cluster', Value: this.options.name },
      { Key: STACK, Value: keyOf(service) },
      { Key: 'service.k8s.aws/resource', Value: resource },
    ];
  }

  private nameOf({ metadata }: Stored<Service>, ...parts: readonly unknown[]): string {
    const hash = digest([this.options.name, metadata.uid, ...parts]).slice(0, 10);
    return `k8s-${bare(metadata.namespace ?? '').slice(0, 8)}-${bare(metadata.name).slice(0, 8)}-${hash}`;
  }

  private create(
    service: Stored<Service>,
    scheme: 'internal' | 'internet-facing',
    subnets: readonly string[],
  ): LoadBalancer {
    const { region, eks } = this.options;
    const name = this.nameOf(service, scheme);
    const group = addSecurityGroup(
      region,
      eks.vpc.vpcId,
      name,
      '[k8s] Managed SecurityGroup for LoadBalancer',
      this.tags(service, 'ManagedLBSecurityGroup'),
    );
    for (const { port } of service.spec?.ports ?? [])
      allow(group, { IpProtocol: 'tcp', FromPort: port, ToPort: port }, '0.0.0.0/0');
    const nodes = region.securityGroups.get(eks.vpc.clusterSecurityGroupId ?? '');
    if (nodes) allow(nodes, { IpProtocol: '-1' }, group.GroupId, 'elbv2.k8s.aws/targetGroupBinding=shared');
    const { vpcId } = eks.vpc;
    const tags = this.tags(service, 'LoadBalancer');
    return addLoadBalancer(region, {
      kind: 'network',
      name,
      scheme,
      vpc: vpcId,
      subnets,
      groups: [group.GroupId],
      tags,
      ports: [],
    });
  }

  /** The target group of a port, with the nodes or Pods that are behind it now. */
  private group(
    service: Stored<Service>,
    balancer: LoadBalancer,
    port: ServicePort,
    targetType: 'instance' | 'ip',
  ): TargetGroup {
    const { region, eks, client } = this.options;
    const { namespace = '', name: serviceName } = service.metadata;
    const { endpoints } = serviceTarget(client, namespace, serviceName, { number: port.port });
    const nodePort = port.nodePort ?? 0;
    if (targetType === 'instance' && nodePort === 0)
      throw new ModelError(
        "TargetGroup port is empty. When using Instance targets, your service must be of type 'NodePort' or 'LoadBalancer'",
      );
    const name = this.nameOf(service, port.port, targetType);
    const known = [...region.targetGroups.values()].find((one) => one.name === name && this.mine(one.tags, service));
    const number = targetType === 'ip' ? (endpoints[0]?.port ?? port.port) : nodePort;
    const group =
      known ??
      addTargetGroup(region, {
        name,
        protocol: 'TCP',
        port: number,
        vpc: eks.vpc.vpcId,
        targetType,
        tags: this.tags(service, `${keyOf(service)}:${port.port}`),
      });
    group.loadBalancers = [balancer.arn];
    const targets =
      targetType === 'ip'
        ? endpoints.map((one) => ({ id: one.address, port: one.port }))
        : readyInstances(client).map((id) => ({ id, port: nodePort }));
    group.targets = targets;
    return group;
  }

  private setListeners(balancer: LoadBalancer, service: Stored<Service>, groups: readonly TargetGroup[]): void {
    const { region } = this.options;
    const before = balancer.listeners;
    balancer.listeners = (service.spec?.ports ?? []).map((port, index) => ({
      ...(before.find((one) => one.port === port.port) ?? {
        port: port.port,
        protocol: 'TCP',
        arn: `${balancer.arn.replace(':loadbalancer/', ':listener/')}/${region.account.random.hex(16)}`,
      }),
      instancePort: port.nodePort ?? 0,
      targetGroup: groups[index]?.arn ?? '',
    }));
    const used = new Set(groups.map(({ arn }) => arn));
    for (const { arn, tags } of [...region.targetGroups.values()])
      if (this.mine(tags, service) && !used.has(arn)) region.targetGroups.delete(arn);
    region.account.backend.changeLoadBalancer(region, balancer);
  }

  /** Takes everything of a Service away; whether all is gone. */
  private remove(service: Stored<Service>): boolean {
    const { region, eks, setBindings } = this.options;
    const balancer = this.balancerOf(service);
    if (balancer) removeLoadBalancer(region, balancer);
    setBindings(keyOf(service), []);
    for (const { arn, tags } of [...region.targetGroups.values()])
      if (this.mine(tags, service)) region.targetGroups.delete(arn);
    const nodes = region.securityGroups.get(eks.vpc.clusterSecurityGroupId ?? '');
    for (const group of [...region.securityGroups.values()]) {
      if (!this.mine(group.Tags ?? [], service)) continue;
      const users = [...region.networkInterfaces.values()].filter(({ Groups }) =>
        Groups.some(({ GroupId }) => GroupId === group.GroupId),
      );
      if (users.length > 0) return false;
      if (nodes) dropRule(nodes, { IpProtocol: '-1' }, group.GroupId);
      deleteSecurityGroup(region, group.GroupId);
    }
    return true;
  }

  private setFinalizer({ metadata }: Stored<Service>, present: boolean): void {
    const { namespace = '', name, finalizers = [] } = metadata;
    if (finalizers.includes(FINALIZER) === present) return;
    this.options.client.modify(SERVICES, namespace, name, (old) => {
      const others = (old.metadata.finalizers ?? []).filter((one) => one !== FINALIZER);
      return { ...old, metadata: { ...old.metadata, finalizers: present ? [...others, FINALIZER] : others } };
    });
  }
}

/** Raises ModelError. aws-load-balancer-controller: pkg/service/model_build_target_group.go buildTargetType */
function targetTypeOf(service: Stored<Service>): 'instance' | 'ip' {
  const type = annotationOf(service, 'type');
  if (type === 'nlb-ip') return 'ip';
  const wanted = annotationOf(service, 'nlb-target-type') ?? 'instance';
  if (wanted !== 'instance' && wanted !== 'ip')
    throw new ModelError(`unsupported target type "${wanted}" for load balancer type "${type ?? ''}"`);
  return wanted;
}
