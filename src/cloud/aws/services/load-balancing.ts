import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../errors.ts';
import { decimal } from '../ids.ts';
import { required, type Tag, textOf, textsOf } from '../params.ts';
import { PRICES } from '../prices.ts';
import type { Region } from '../region.ts';
import type { ListenerRule, LoadBalancer, TargetGroup } from '../types/load-balancing.ts';
import type { Service } from './call.ts';
import { addInterface, removeInterface } from './ec2/network.ts';

/** ms until the name of a new load balancer resolves and it passes connections on. */
const PROVISIONING = { classic: 25_000, network: 100_000, application: 110_000 } as const;
/** ms that the interfaces of a deleted one stay. */
const LINGER = 40_000;
/** aws-load-balancer-controller: --default-ssl-policy */
const SSL_POLICY = 'ELBSecurityPolicy-2016-08';

export interface BalancerOptions {
  readonly kind: LoadBalancer['kind'];
  readonly name: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly tags: Tag[];
  readonly ports: readonly { readonly port: number; readonly protocol: string; readonly instancePort: number }[];
  readonly healthCheckPort?: number;
}

export function addLoadBalancer(region: Region, options: BalancerOptions): LoadBalancer {
  const { account } = region;
  const { kind, name } = options;
  const random = account.random;
  const hash = random.hex(16);
  const letters = { classic: '', network: 'net', application: 'app' }[kind];
  const path = kind === 'classic' ? name : `${letters}/${name}/${hash}`;
  const arn = region.arn('elasticloadbalancing', `loadbalancer/${path}`);
  const shown = options.scheme === 'internal' && kind !== 'network' ? `internal-${name}` : name;
  const balancer: LoadBalancer = {
    kind,
    name,
    arn,
    dnsName:
      kind === 'network'
        ? `${shown}-${hash}.elb.${region.name}.amazonaws.com`
        : `${shown}-${decimal(random, 9)}.${region.name}.elb.amazonaws.com`,
    scheme: options.scheme,
    vpc: options.vpc,
    subnets: [...options.subnets],
    groups: [...options.groups],
    interfaces: [],
    created: account.now,
    state: 'provisioning',
    tags: options.tags,
    listeners: options.ports.map((port) => ({
      ...port,
      arn: region.arn('elasticloadbalancing', `listener/${path}/${random.hex(16)}`),
    })),
    instances: [],
    healthCheckPort: options.healthCheckPort ?? options.ports[0]?.instancePort ?? 80,
  };
  for (const id of options.subnets) {
    const subnet = region.subnets.get(id);
    if (!subnet) continue;
    const eni = addInterface(region, subnet, {
      description: `ELB ${path}`,
      groups: options.groups,
      type: kind === 'network' ? 'network_load_balancer' : 'interface',
      requester: 'amazon-elb',
    });
    if (options.scheme === 'internet-facing')
      eni.Association = { IpOwnerId: 'amazon-elb', PublicIp: region.takePublicAddress() };
    balancer.interfaces.push(eni.NetworkInterfaceId);
  }
  region.loadBalancers.set(arn, balancer);
  const rate = {
    classic: PRICES.classicLoadBalancer,
    network: PRICES.networkLoadBalancer,
    application: PRICES.applicationLoadBalancer,
  }[kind];
  account.costs.start(arn, 'Amazon Elastic Load Balancing', 'LoadBalancerUsage', rate, account.now);
  account.after(PROVISIONING[kind], () => {
    if (!region.loadBalancers.has(arn)) return;
    balancer.state = 'active';
    account.backend.startLoadBalancer(region, balancer);
  });
  return balancer;
}

export function removeLoadBalancer(region: Region, balancer: LoadBalancer): void {
  const { account } = region;
  if (!region.loadBalancers.delete(balancer.arn)) return;
  account.costs.stop(balancer.arn, account.now);
  account.backend.stopLoadBalancer(region, balancer);
  for (const group of region.targetGroups.values())
    group.loadBalancers = group.loadBalancers.filter((arn) => arn !== balancer.arn);
  account.after(LINGER, () => {
    for (const id of balancer.interfaces) removeInterface(region, id);
  });
}

export function addTargetGroup(
  region: Region,
  options: Omit<TargetGroup, 'arn' | 'loadBalancers' | 'targets'>,
): TargetGroup {
  const group: TargetGroup = {
    ...options,
    arn: region.arn('elasticloadbalancing', `targetgroup/${options.name}/${region.account.random.hex(16)}`),
    loadBalancers: [],
    targets: [],
  };
  region.targetGroups.set(group.arn, group);
  return group;
}

function zonesOf(region: Region, subnets: readonly string[]): string[] {
  return subnets.map((id) => region.subnets.get(id)?.AvailabilityZone ?? '').sort();
}

function classicView(region: Region, balancer: LoadBalancer): JsonObject {
  return {
    LoadBalancerName: balancer.name,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneName: balancer.dnsName,
    CanonicalHostedZoneNameID: 'ZWKZPGTI48KDX',
    ListenerDescriptions: balancer.listeners.map((listener) => ({
      Listener: {
        Protocol: listener.protocol,
        LoadBalancerPort: listener.port,
        InstanceProtocol: listener.protocol,
        InstancePort: listener.instancePort,
      },
      PolicyNames: [],
    })),
    Policies: { AppCookieStickinessPolicies: [], LBCookieStickinessPolicies: [], OtherPolicies: [] },
    BackendServerDescriptions: [],
    AvailabilityZones: zonesOf(region, balancer.subnets),
    Subnets: balancer.subnets,
    VPCId: balancer.vpc,
    Instances: balancer.instances.map((InstanceId) => ({ InstanceId })),
    HealthCheck: {
      Target: `TCP:${balancer.healthCheckPort}`,
      Interval: 10,
      Timeout: 5,
      UnhealthyThreshold: 6,
      HealthyThreshold: 2,
    },
    SourceSecurityGroup: {
      OwnerAlias: region.account.id,
      GroupName: region.securityGroups.get(balancer.groups[0] ?? '')?.GroupName ?? '',
    },
    SecurityGroups: balancer.groups,
    CreatedTime: balancer.created,
    Scheme: balancer.scheme,
  };
}

function view(region: Region, balancer: LoadBalancer): JsonObject {
  return {
    LoadBalancerArn: balancer.arn,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: 'ZWKZPGTI48KDX',
    CreatedTime: balancer.created,
    LoadBalancerName: balancer.name,
    Scheme: balancer.scheme,
    VpcId: balancer.vpc,
    State: { Code: balancer.state },
    Type: balancer.kind,
    AvailabilityZones: balancer.subnets.map((SubnetId) => ({
      ZoneName: region.subnets.get(SubnetId)?.AvailabilityZone ?? '',
      SubnetId,
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: balancer.groups,
    IpAddressType: 'ipv4',
  };
}

/** Instances or addresses that answer: the running ones. */
function healthy(region: Region, id: string): boolean {
  return !id.startsWith('i-') || region.instances.get(id)?.State.Name === 'running';
}

function healthView(problem: string | undefined): JsonObject {
  if (problem === undefined || problem === '') return { State: 'healthy' };
  const [reason = '', code] = problem.split(':');
  const description =
    code === undefined
      ? reason === 'Target.Timeout'
        ? 'Request timed out'
        : 'Health checks failed'
      : `Health checks failed with these codes: [${code}]`;
  return { State: 'unhealthy', Reason: reason, Description: description };
}

function actionView({
  fixed,
  redirect,
  targetGroup,
}: Pick<ListenerRule, 'fixed' | 'redirect' | 'targetGroup'>): JsonObject {
  if (redirect !== undefined)
    return {
      Type: 'redirect',
      Order: 1,
      RedirectConfig: {
        Protocol: 'HTTPS',
        Port: String(redirect),
        Host: '#{host}',
        Path: '/#{path}',
        Query: '#{query}',
        StatusCode: 'HTTP_301',
      },
    };
  if (fixed)
    return {
      Type: 'fixed-response',
      Order: 1,
      FixedResponseConfig: {
        ...(fixed.text === '' ? {} : { MessageBody: fixed.text }),
        StatusCode: String(fixed.status),
        ContentType: 'text/plain',
      },
    };
  return { Type: 'forward', ...(targetGroup === undefined ? {} : { TargetGroupArn: targetGroup }), Order: 1 };
}

function ruleView(rule: ListenerRule): JsonObject {
  const { arn, priority, hosts, paths } = rule;
  const condition = (Field: string, key: string, values: readonly string[]) =>
    values.length === 0 ? [] : [{ Field, Values: [...values], [key]: { Values: [...values] } }];
  return {
    RuleArn: arn,
    Priority: priority,
    Conditions: [
      ...condition('host-header', 'HostHeaderConfig', hosts),
      ...condition('path-pattern', 'PathPatternConfig', paths),
    ],
    Actions: [actionView(rule)],
    IsDefault: priority === 'default',
  };
}

const tagView = (tags: readonly Tag[]) => tags.map((tag) => ({ ...tag }));

/** Elastic Load Balancing 2012-06-01: classic load balancers. */
export const elb: Service = {
  DescribeLoadBalancers: ({ region, params }) => {
    const names = textsOf(params, 'LoadBalancerNames');
    const all = [...region.loadBalancers.values()].filter((one) => one.kind === 'classic');
    const missing = names.find((name) => !all.some((one) => one.name === name));
    if (missing !== undefined)
      throw new AwsError('LoadBalancerNotFound', `There is no ACTIVE Load Balancer named '${missing}'`);
    const chosen = all.filter((one) => names.length === 0 || names.includes(one.name));
    return { LoadBalancerDescriptions: chosen.map((one) => classicView(region, one)) };
  },
  DeleteLoadBalancer: ({ region, params }) => {
    const name = required(params, 'LoadBalancerName');
    const found = [...region.loadBalancers.values()].find((one) => one.kind === 'classic' && one.name === name);
    if (found) removeLoadBalancer(region, found);
    return {};
  },
  DescribeInstanceHealth: ({ region, params }) => {
    const name = required(params, 'LoadBalancerName');
    const found = [...region.loadBalancers.values()].find((one) => one.kind === 'classic' && one.name === name);
    if (!found) throw new AwsError('LoadBalancerNotFound', `There is no ACTIVE Load Balancer named '${name}'`);
    return {
      InstanceStates: found.instances.map((InstanceId) => ({
        InstanceId,
        State: healthy(region, InstanceId) ? 'InService' : 'OutOfService',
        ReasonCode: healthy(region, InstanceId) ? 'N/A' : 'Instance',
        Description: healthy(region, InstanceId) ? 'N/A' : 'Instance is in terminated state.',
      })),
    };
  },
  DescribeTags: ({ region, params }) => ({
    TagDescriptions: textsOf(params, 'LoadBalancerNames').map((LoadBalancerName) => ({
      LoadBalancerName,
      Tags: tagView([...region.loadBalancers.values()].find((one) => one.name === LoadBalancerName)?.tags ?? []),
    })),
  }),
};

/** Elastic Load Balancing 2015-12-01: application and network load balancers. */
export const elbv2: Service = {
  DescribeLoadBalancers: ({ region, params }) => {
    const names = textsOf(params, 'Names');
    const arns = textsOf(params, 'LoadBalancerArns');
    const all = [...region.loadBalancers.values()].filter((one) => one.kind !== 'classic');
    const known = (name: string, arn: string) => all.some((one) => one.name === name || one.arn === arn);
    if (names.some((name) => !known(name, '')))
      throw new AwsError(
        'LoadBalancerNotFound',
        `Load balancers '[${names.filter((name) => !known(name, '')).join(', ')}]' not found`,
      );
    if (arns.some((arn) => !known('', arn)))
      throw new AwsError('LoadBalancerNotFound', 'One or more load balancers not found');
    const chosen = all.filter(
      (one) => (names.length === 0 || names.includes(one.name)) && (arns.length === 0 || arns.includes(one.arn)),
    );
    return { LoadBalancers: chosen.map((one) => view(region, one)) };
  },
  DeleteLoadBalancer: ({ region, params }) => {
    const found = region.loadBalancers.get(required(params, 'LoadBalancerArn'));
    if (found && found.kind !== 'classic') removeLoadBalancer(region, found);
    return {};
  },
  DescribeTargetGroups: ({ region, params }) => {
    const balancer = textOf(params, 'LoadBalancerArn');
    const names = textsOf(params, 'Names');
    const arns = textsOf(params, 'TargetGroupArns');
    const chosen = [...region.targetGroups.values()].filter(
      (one) =>
        (balancer === undefined || one.loadBalancers.includes(balancer)) &&
        (names.length === 0 || names.includes(one.name)) &&
        (arns.length === 0 || arns.includes(one.arn)),
    );
    if (chosen.length === 0 && (names.length > 0 || arns.length > 0))
      throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
    return {
      TargetGroups: chosen.map((one) => ({
        TargetGroupArn: one.arn,
        TargetGroupName: one.name,
        Protocol: one.protocol,
        Port: one.port,
        VpcId: one.vpc,
        HealthCheckProtocol: one.protocol === 'TCP' ? 'TCP' : 'HTTP',
        HealthCheckPort: 'traffic-port',
        HealthCheckEnabled: true,
        HealthCheckIntervalSeconds: one.protocol === 'TCP' ? 10 : 15,
        HealthCheckTimeoutSeconds: one.protocol === 'TCP' ? 10 : 5,
        HealthyThresholdCount: one.protocol === 'TCP' ? 3 : 2,
        UnhealthyThresholdCount: one.protocol === 'TCP' ? 3 : 2,
        ...(one.healthPath === undefined ? {} : { HealthCheckPath: one.healthPath, Matcher: { HttpCode: '200' } }),
        LoadBalancerArns: one.loadBalancers,
        TargetType: one.targetType,
        IpAddressType: 'ipv4',
      })),
    };
  },
  DeleteTargetGroup: ({ region, params }) => {
    const arn = required(params, 'TargetGroupArn');
    const group = region.targetGroups.get(arn);
    if (group && group.loadBalancers.length > 0)
      throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
    region.targetGroups.delete(arn);
    return {};
  },
  DescribeListeners: ({ region, params }) => {
    const arn = textOf(params, 'LoadBalancerArn');
    const found = arn === undefined ? undefined : region.loadBalancers.get(arn);
    if (arn !== undefined && !found) throw new AwsError('LoadBalancerNotFound', 'One or more load balancers not found');
    return {
      Listeners: (found?.listeners ?? []).map((listener) => ({
        ListenerArn: listener.arn,
        LoadBalancerArn: found?.arn ?? '',
        Port: listener.port,
        Protocol: listener.protocol,
        ...(listener.protocol === 'HTTPS'
          ? {
              Certificates: (listener.certificates ?? []).slice(0, 1).map((CertificateArn) => ({ CertificateArn })),
              SslPolicy: SSL_POLICY,
            }
          : {}),
        DefaultActions: [actionView(listener.rules?.at(-1) ?? listener)],
      })),
    };
  },
  DescribeListenerCertificates: ({ region, params }) => {
    const arn = required(params, 'ListenerArn');
    const found = [...region.loadBalancers.values()].flatMap((one) => one.listeners).find((one) => one.arn === arn);
    if (!found) throw new AwsError('ListenerNotFound', 'One or more listeners not found');
    const certificates = found.certificates ?? [];
    return { Certificates: certificates.map((CertificateArn, at) => ({ CertificateArn, IsDefault: at === 0 })) };
  },
  DescribeRules: ({ region, params }) => {
    const arn = textOf(params, 'ListenerArn');
    const wanted = textsOf(params, 'RuleArns');
    const listeners = [...region.loadBalancers.values()].flatMap((one) => one.listeners);
    const chosen = listeners.filter((one) => arn === undefined || one.arn === arn);
    if (arn !== undefined && chosen.length === 0)
      throw new AwsError('ListenerNotFound', 'One or more listeners not found');
    const rules = chosen.flatMap((one) => one.rules ?? []);
    return {
      Rules: rules.filter((one) => wanted.length === 0 || wanted.includes(one.arn)).map(ruleView),
    };
  },
  DescribeTargetHealth: ({ region, params }) => {
    const arn = required(params, 'TargetGroupArn');
    const group = region.targetGroups.get(arn);
    if (!group) throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`);
    return {
      TargetHealthDescriptions: group.targets.map(({ id, port, problem }) => ({
        Target: { Id: id, Port: port },
        HealthCheckPort: String(port),
        TargetHealth: healthy(region, id)
          ? healthView(problem)
          : { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the terminated state' },
      })),
    };
  },
  DescribeTags: ({ region, params }) => ({
    TagDescriptions: textsOf(params, 'ResourceArns').map((ResourceArn) => ({
      ResourceArn,
      Tags: tagView((region.loadBalancers.get(ResourceArn) ?? region.targetGroups.get(ResourceArn))?.tags ?? []),
    })),
  }),
};
