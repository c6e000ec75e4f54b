import type { Account } from '../../cloud/aws/account.ts';
import type { Backend, ControlPlane } from '../../cloud/aws/backend.ts';
import type { Region } from '../../cloud/aws/region.ts';
import type { Instance } from '../../cloud/aws/types/ec2.ts';
import type { EksCluster } from '../../cloud/aws/types/eks.ts';
import type { LoadBalancer, TargetGroup } from '../../cloud/aws/types/load-balancing.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { writeKubeletBase } from '../../cluster/network/service-proxy/base-rules.ts';
import { ServiceProxy } from '../../cluster/network/service-proxy.ts';
import type { Program } from '../../world/program.ts';
import type { World } from '../../world/world.ts';
import { metricsServerProgram } from '../addons/metrics-server.ts';
import { corednsProgram } from '../components/coredns.ts';
import { kubeProxyProgram, type NodeProxy } from '../components/kube-proxy.ts';
import { albControllerProgram } from './alb/controller.ts';
import { EksPlane } from './control-plane.ts';
import { EcrStore } from './ecr.ts';
import { eksPrograms } from './images.ts';
import { BalancerMachine } from './load-balancer.ts';
import { type EksNode, tag } from './node.ts';
import { VpcNetwork } from './vpc.ts';

/** The machines and clusters of an account. */
export class AwsBackend implements Backend {
  /** The Kubernetes clusters that run, in the order in which they were made. */
  readonly clusters: Cluster[] = [];
  /** What lies in the account's registries. */
  readonly registry: EcrStore;
  private readonly planes = new Map<EksCluster, EksPlane>();
  private readonly vpcs = new Map<string, VpcNetwork>();
  private readonly balancers = new Map<string, BalancerMachine>();
  private readonly proxies = new Map<string, NodeProxy>();

  constructor(
    private readonly world: World,
    private readonly account: Account,
  ) {
    this.registry = new EcrStore(account);
    world.programs.add(...eksPrograms((name, ready) => this.setCni(name, ready)), kubeProxyProgram(this.proxies));
  }

  startCluster(region: Region, eks: EksCluster): ControlPlane {
    const { world, account } = this;
    const vpc = this.vpc(region, eks.vpc.vpcId);
    const plane = new EksPlane({ world, account, region, eks, vpc, registry: this.registry });
    this.planes.set(eks, plane);
    this.clusters.push(plane.cluster);
    const client = plane.cluster.client('system:serviceaccount:kube-system:coredns', ['system:masters'], 'coredns');
    // A program has one meaning in a world: with two clusters at once, CoreDNS and the metrics server are the younger one's.
    world.programs.add(
      corednsProgram(client),
      metricsServer(plane),
      albControllerProgram({ account, region, eks, cluster: plane.cluster }),
    );
    const remove = () => {
      plane.remove();
      this.planes.delete(eks);
      this.clusters.splice(this.clusters.indexOf(plane.cluster), 1);
    };
    return {
      endpoint: plane.endpoint,
      authority: plane.authority,
      addon: (name, version) => plane.addon(name, version),
      upgraded: () => plane.upgraded(),
      cordon: (instance) => plane.cordon(instance),
      isReady: (instance) => plane.isReady(instance),
      drain: (instance) => plane.drain(instance),
      mark: (instance, marks) => plane.mark(instance, marks),
      claims: (token) => plane.claims(token),
      remove,
    };
  }

  startInstance(region: Region, instance: Instance): void {
    const plane = this.planeOf(region, instance);
    if (!plane) return;
    const node = plane.addNode(instance);
    this.vpc(region, instance.VpcId ?? '').publish(instance);
    const client = plane.cluster.client(
      'system:serviceaccount:kube-system:kube-proxy',
      ['system:masters'],
      'kube-proxy',
    );
    const { hostname, network } = node.machine;
    const proxy = new ServiceProxy(client, hostname, this.world.random.fork(`kube-proxy/${hostname}`), network);
    if (network.tables) writeKubeletBase(network.tables);
    this.proxies.set(hostname, { client, proxy });
    for (const balancer of region.loadBalancers.values())
      if (balancer.kind !== 'application' && isOfCluster(balancer, tag(instance, 'eks:cluster-name'))) {
        balancer.instances.push(instance.InstanceId);
        for (const group of ownGroups(region, balancer))
          group.targets.push({ id: instance.InstanceId, port: group.port });
      }
  }

  stopInstance(region: Region, instance: Instance): void {
    this.planeOf(region, instance)?.removeNode(instance);
    this.vpcs.get(instance.VpcId ?? '')?.withdraw(instance);
    this.proxies.delete(instance.PrivateDnsName);
    for (const balancer of region.loadBalancers.values())
      balancer.instances = balancer.instances.filter((id) => id !== instance.InstanceId);
    for (const group of region.targetGroups.values())
      group.targets = group.targets.filter(({ id }) => id !== instance.InstanceId);
  }

  startLoadBalancer(region: Region, balancer: LoadBalancer): void {
    const vpc = this.vpc(region, balancer.vpc);
    this.balancers.set(balancer.arn, new BalancerMachine(this.world, region, balancer, vpc));
  }

  changeLoadBalancer(_region: Region, balancer: LoadBalancer): void {
    this.balancers.get(balancer.arn)?.listen();
  }

  stopLoadBalancer(_region: Region, balancer: LoadBalancer): void {
    this.balancers.get(balancer.arn)?.stop();
    this.balancers.delete(balancer.arn);
  }

  private vpc(region: Region, id: string): VpcNetwork {
    const known = this.vpcs.get(id) ?? new VpcNetwork(this.world, region, id);
    this.vpcs.set(id, known);
    return known;
  }

  private planeOf(region: Region, instance: Instance): EksPlane | undefined {
    const cluster = region.clusters.get(tag(instance, 'eks:cluster-name'));
    return cluster && this.planes.get(cluster);
  }

  private setCni(name: string, ready: boolean): void {
    const node = this.nodeNamed(name);
    if (node) node.cniReady = ready;
  }

  private nodeNamed(name: string): EksNode | undefined {
    for (const plane of this.planes.values()) {
      const node = plane.nodes.get(name);
      if (node) return node;
    }
    return undefined;
  }
}

/** Load balancers of Services know the nodes of their own cluster. */
function isOfCluster({ tags }: LoadBalancer, cluster: string): boolean {
  return tags.some(({ Key }) => Key === `kubernetes.io/cluster/${cluster}`);
}

/** The target groups of the cloud provider, which knows all nodes; the AWS Load Balancer Controller keeps its own up to date. */
function ownGroups(region: Region, balancer: LoadBalancer): TargetGroup[] {
  return [...region.targetGroups.values()].filter(
    ({ loadBalancers, tags }) =>
      loadBalancers.includes(balancer.arn) && tags.some(({ Key }) => Key === 'kubernetes.io/service-name'),
  );
}

function metricsServer(plane: EksPlane): Program {
  return metricsServerProgram(plane.cluster, () => plane.measured);
}
