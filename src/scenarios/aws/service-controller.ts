import { AwsError } from '../../cloud/aws/errors.ts';
import { deleteSecurityGroup, dropRule } from '../../cloud/aws/services/ec2/change.ts';
import { addSecurityGroup, allow } from '../../cloud/aws/services/ec2/network.ts';
import { addLoadBalancer, addTargetGroup, removeLoadBalancer } from '../../cloud/aws/services/load-balancing.ts';
import type { LoadBalancer } from '../../cloud/aws/types/load-balancing.ts';
import { SERVICES } from '../../cluster/api/kinds.ts';
import { type Stored, splitKey } from '../../cluster/api/object.ts';
import type { Service } from '../../cluster/api/types.generated.ts';
import { ControllerContext } from '../../cluster/controllers/controller.ts';
import { isForController } from './alb/services.ts';
import type { EksPlane, PlaneOptions } from './control-plane.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const PREFIX = 'service.beta.kubernetes.io/aws-load-balancer-';
/** ms until EC2 and ELB have answered. */
const CREATE_TIME = 2500;
const DELETE_TIME = 3000;
const ANYWHERE = '0.0.0.0/0';

type Listener = LoadBalancer['listeners'][number];

/**
 * Services of type LoadBalancer get a classic load balancer, or a network one when they ask for it.
 * cloud-provider: controllers/service; cloud-provider-aws: pkg/providers/v1 EnsureLoadBalancer
 */
export function startServiceController(options: PlaneOptions, plane: EksPlane): () => void {
  const { world, region, eks } = options;
  const client = plane.cluster.client(
    'system:serviceaccount:kube-system:service-controller',
    ['system:masters'],
    'cloud-controller-manager',
  );
  const context = new ControllerContext(world, client);
  const recorder = context.recorder('service-controller', '');
  const balancers = new Map<string, LoadBalancer>();
  const working = new Set<string>();
  /** Services whose load balancer another controller makes. */
  const elsewhere = new Set<string>();

  const nameOf = (service: Stored<Service>) => `a${service.metadata.uid.replaceAll('-', '')}`.slice(0, 32);

  const subnetsFor = (internal: boolean) => {
    const role = internal ? 'kubernetes.io/role/internal-elb' : 'kubernetes.io/role/elb';
    const tagged = eks.vpc.subnetIds.filter((id) => region.subnets.get(id)?.Tags?.some((tag) => tag.Key === role));
    return tagged;
  };

  const ensure = (key: string) => {
    const { namespace, name } = splitKey(key);
    const service = client.get(SERVICES, namespace, name);
    if (!service) return;
    const uid = service.metadata.uid;
    const wanted =
      service.spec?.type === 'LoadBalancer' &&
      service.metadata.deletionTimestamp === undefined &&
      (service.spec.loadBalancerClass ?? '') === '';
    const known = balancers.get(uid);
    if (!wanted) {
      if (known) remove(service, known);
      else if (service.metadata.finalizers?.includes(FINALIZER)) dropFinalizer(service, !elsewhere.delete(uid));
      return;
    }
    if (known) {
      syncPorts(known, service);
      if (known.kind === 'classic') openPorts(known, portsOf(service));
      region.account.backend.changeLoadBalancer(region, known);
      return;
    }
    if (working.has(uid) || elsewhere.has(uid)) return;
    working.add(uid);
    if (!service.metadata.finalizers?.includes(FINALIZER))
      client.modify(SERVICES, namespace, name, (old) => ({
        ...old,
        metadata: { ...old.metadata, finalizers: [...(old.metadata.finalizers ?? []), FINALIZER] },
      }));
    recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    // cloud-provider: ImplementedElsewhere
    if (isForController(service)) {
      elsewhere.add(uid);
      working.delete(uid);
      return;
    }
    world.loop.after(CREATE_TIME, () => create(key, uid));
  };

  const create = (key: string, uid: string) => {
    working.delete(uid);
    const { namespace, name } = splitKey(key);
    const service = plane.cluster.apiServerRunning ? client.get(SERVICES, namespace, name) : undefined;
    if (!service || service.metadata.uid !== uid || service.metadata.deletionTimestamp !== undefined) return;
    const annotations = service.metadata.annotations ?? {};
    const internal = annotations[`${PREFIX}internal`] === 'true' || annotations[`${PREFIX}scheme`] === 'internal';
    const subnets = subnetsFor(internal);
    if (subnets.length === 0) {
      recorder.event(
        service,
        'Warning',
        'SyncLoadBalancerFailed',
        'Error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB',
      );
      world.loop.after(60_000, () => ensure(key));
      return;
    }
    const network = annotations[`${PREFIX}type`] === 'nlb';
    const tags = [
      { Key: 'kubernetes.io/service-name', Value: key },
      { Key: `kubernetes.io/cluster/${eks.name}`, Value: 'owned' },
    ];
    try {
      const groups = network ? [] : [openGroup(service)];
      const balancer = addLoadBalancer(region, {
        kind: network ? 'network' : 'classic',
        name: nameOf(service),
        scheme: internal ? 'internal' : 'internet-facing',
        vpc: eks.vpc.vpcId,
        subnets,
        groups,
        tags,
        ports: portsOf(service),
      });
      balancer.instances = [...plane.nodes.values()].map((node) => node.instance.InstanceId);
      if (network) for (const listener of balancer.listeners) addTargets(balancer, listener);
      balancers.set(uid, balancer);
      client.modify(
        SERVICES,
        namespace,
        name,
        (old) => ({ ...old, status: { ...old.status, loadBalancer: { ingress: [{ hostname: balancer.dnsName }] } } }),
        'status',
      );
      recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      recorder.event(
        service,
        'Warning',
        'SyncLoadBalancerFailed',
        `Error syncing load balancer: failed to ensure load balancer: ${error.code}: ${error.message}`,
      );
      world.loop.after(60_000, () => ensure(key));
    }
  };

  /** A network load balancer sends each port to a group of instances. */
  const addTargets = (balancer: LoadBalancer, listener: Listener) => {
    const port = listener.instancePort;
    const name = `k8s-${world.random.fork(`${listener.arn}/${port}`).hex(28)}`;
    const { vpc, tags } = balancer;
    const group = addTargetGroup(region, { name, protocol: 'TCP', port, vpc, targetType: 'instance', tags });
    group.loadBalancers = [balancer.arn];
    group.targets = balancer.instances.map((id) => ({ id, port }));
    listener.targetGroup = group.arn;
  };

  /** Listeners follow the ports of the Service; a node port that has changed takes another target group. */
  const syncPorts = (balancer: LoadBalancer, service: Stored<Service>) => {
    const before = balancer.listeners;
    const path = balancer.arn.slice(balancer.arn.indexOf('/') + 1);
    balancer.listeners = portsOf(service).map((wanted) => {
      const known = before.find(
        ({ port, instancePort }) => port === wanted.port && instancePort === wanted.instancePort,
      );
      if (known) return known;
      const hash = world.random.fork(`${path}/${wanted.port}/${wanted.instancePort}`).hex(16);
      return { ...wanted, arn: region.arn('elasticloadbalancing', `listener/${path}/${hash}`) };
    });
    for (const { targetGroup } of before.filter((one) => !balancer.listeners.includes(one)))
      if (targetGroup !== undefined) region.targetGroups.delete(targetGroup);
    if (balancer.kind !== 'network') return;
    for (const listener of balancer.listeners) if (listener.targetGroup === undefined) addTargets(balancer, listener);
  };

  /** What the group of a classic load balancer lets in. */
  const openPorts = ({ groups }: LoadBalancer, ports: readonly { readonly port: number }[]) => {
    const group = region.securityGroups.get(groups[0] ?? '');
    if (!group) return;
    for (const { FromPort = 0 } of [...group.IpPermissions])
      if (!ports.some(({ port }) => port === FromPort)) dropRule(group, ruleOf(FromPort), ANYWHERE);
    for (const { port } of ports)
      if (!group.IpPermissions.some(({ FromPort }) => FromPort === port)) allow(group, ruleOf(port), ANYWHERE);
  };

  /** The group of a classic load balancer, which the nodes let in. */
  const openGroup = (service: Stored<Service>): string => {
    const group = addSecurityGroup(
      region,
      eks.vpc.vpcId,
      `k8s-elb-${nameOf(service)}`,
      `Security group for Kubernetes ELB ${nameOf(service)} (${service.metadata.namespace}/${service.metadata.name})`,
      [{ Key: `kubernetes.io/cluster/${eks.name}`, Value: 'owned' }],
    );
    for (const { port } of portsOf(service)) allow(group, ruleOf(port), ANYWHERE);
    const nodes = region.securityGroups.get(eks.vpc.clusterSecurityGroupId ?? '');
    if (nodes) allow(nodes, { IpProtocol: '-1' }, group.GroupId);
    return group.GroupId;
  };

  const remove = (service: Stored<Service>, balancer: LoadBalancer) => {
    const { uid } = service.metadata;
    if (working.has(uid)) return;
    working.add(uid);
    recorder.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    removeLoadBalancer(region, balancer);
    for (const { targetGroup } of balancer.listeners) if (targetGroup) region.targetGroups.delete(targetGroup);
    const nodes = region.securityGroups.get(eks.vpc.clusterSecurityGroupId ?? '');
    for (const group of balancer.groups) if (nodes) dropRule(nodes, { IpProtocol: '-1' }, group);
    const finish = () => {
      // The group goes when the last interface of the load balancer has.
      try {
        for (const group of balancer.groups) if (region.securityGroups.has(group)) deleteSecurityGroup(region, group);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        world.loop.after(5000, finish);
        return;
      }
      working.delete(uid);
      balancers.delete(uid);
      if (!plane.cluster.apiServerRunning) return;
      const now = client.get(SERVICES, service.metadata.namespace ?? '', service.metadata.name);
      if (!now || now.metadata.uid !== uid) return;
      recorder.event(now, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
      dropFinalizer(now);
    };
    world.loop.after(DELETE_TIME, finish);
  };

  const dropFinalizer = (service: Stored<Service>, withStatus = true) => {
    if (withStatus)
      client.modify(
        SERVICES,
        service.metadata.namespace ?? '',
        service.metadata.name,
        (old) => ({ ...old, status: { ...old.status, loadBalancer: {} } }),
        'status',
      );
    client.modify(SERVICES, service.metadata.namespace ?? '', service.metadata.name, (old) => ({
      ...old,
      metadata: { ...old.metadata, finalizers: (old.metadata.finalizers ?? []).filter((one) => one !== FINALIZER) },
    }));
  };

  const queue = context.queue(ensure);
  context.enqueue(SERVICES, queue);
  return () => context.stop();
}

function portsOf(service: Stored<Service>) {
  return (service.spec?.ports ?? []).map((port) => ({
    port: port.port,
    protocol: 'TCP',
    instancePort: port.nodePort ?? 0,
  }));
}

const ruleOf = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port });
