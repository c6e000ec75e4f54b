import type { Account } from '../../../cloud/aws/account.ts';
import { AwsError } from '../../../cloud/aws/errors.ts';
import { mayDo } from '../../../cloud/aws/policies.ts';
import type { Region } from '../../../cloud/aws/region.ts';
import { associationOf } from '../../../cloud/aws/services/eks/pod-identity.ts';
import { assumedRole, roleOfAssociation } from '../../../cloud/aws/services/sts.ts';
import type { EksCluster } from '../../../cloud/aws/types/eks.ts';
import type { Identity } from '../../../cloud/aws/types/iam.ts';
import { ApiUnreachable, type Kind } from '../../../cluster/api/client.ts';
import { ENDPOINT_SLICES, INGRESS_CLASSES, INGRESSES, NODES, SERVICES } from '../../../cluster/api/kinds.ts';
import { type ApiObject, keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';
import { StatusError } from '../../../cluster/apimachinery/errors.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { EventRecorder } from '../../../cluster/controllers/event-recorder.ts';
import { classOf } from '../../../programs/ingress/classes.ts';
import { connectInCluster, type InCluster, InClusterError, mayNotList } from '../../../programs/ingress/in-cluster.ts';
import { signals } from '../../../programs/servers/support.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import { anyOf, Condition, type Task, wait } from '../../../world/task.ts';
import { annotation, CallError, ModelError } from './annotations.ts';
import { discoverCertificates } from './certificates.ts';
import { Deployer } from './deploy.ts';
import { type Stack, schemeOf, wantedOf } from './model.ts';
import { ServiceBalancers } from './services.ts';

export const ALB_CONTROLLER = 'images/aws-load-balancer-controller';
const CLASS = { controller: 'ingress.k8s.aws/alb', annotation: 'alb', withoutClass: false };
const KINDS: readonly Kind<ApiObject>[] = [INGRESSES, INGRESS_CLASSES, SERVICES, ENDPOINT_SLICES, NODES];
/** ms: what the calls of one reconciliation take; until one that failed is tried again. */
const WORK = 2500;
const RETRY = 15_000;

export interface AlbOptions {
  readonly account: Account;
  readonly region: Region;
  readonly eks: EksCluster;
  readonly cluster: Cluster;
}

/** The AWS Load Balancer Controller: application load balancers for Ingresses of its class. */
export function albControllerProgram(options: AlbOptions): Program {
  return {
    name: ALB_CONTROLLER,
    *main(process) {
      const stopping = signals(process, ['TERM', 'INT']);
      const name = process.argv.find((word) => word.startsWith('--cluster-name='))?.slice(15) ?? '';
      if (name === '') {
        yield* log(process, 'error', 'unable to load controller config","error":"cluster name must be specified');
        return 1;
      }
      try {
        const connected = yield* connectInCluster(process, options.cluster, 'aws-load-balancer-controller');
        yield* log(process, 'info', 'starting manager');
        return yield* new Controller(process, options, connected, name).run(stopping);
      } catch (error) {
        if (!(error instanceof InClusterError)) throw error;
        yield* log(process, 'error', `unable to create controller","error":"${error.message}`);
        return 1;
      }
    },
  };
}

function* log(process: Process, level: string, text: string): Task {
  yield* process.printError(`{"level":"${level}","ts":"${new Date(process.now).toISOString()}","msg":"${text}"}\n`);
}

class Controller {
  private readonly recorder: EventRecorder;
  private readonly deployer: Deployer;
  private readonly services: ServiceBalancers;

  constructor(
    private readonly process: Process,
    private readonly options: AlbOptions,
    private readonly connected: InCluster,
    private readonly cluster: string,
  ) {
    this.recorder = new EventRecorder(connected.client, process.machine.world, 'ingress', '');
    this.deployer = new Deployer(options.region, options.eks, cluster);
    this.services = new ServiceBalancers({
      ...options,
      client: connected.client,
      name: cluster,
      recorder: new EventRecorder(connected.client, process.machine.world, 'service', ''),
      mayDeploy: () => this.mayDeploy(),
      setBindings: (key, groups) => this.setBindings(key, groups, 'service.k8s.aws/stack'),
    });
  }

  /** Follows the cluster until the process is told to stop. */
  *run(stopping: ReturnType<typeof signals>): Task<number> {
    const { client } = this.connected;
    const changed = new Condition();
    let dirty = true;
    const mark = () => {
      dirty = true;
      changed.notify();
    };
    const stops = KINDS.map(({ plural, group }) =>
      client.server.store.subscribe(group === '' ? plural : `${plural}.${group}`, mark),
    );
    try {
      for (;;) {
        let again = false;
        if (dirty) {
          const { index } = yield* wait(anyOf<unknown>(stopping, this.process.timer(WORK)));
          if (index === 0) return 0;
          dirty = false;
          again = yield* this.reconcileAll();
        }
        if (dirty) continue;
        const { index } = yield* wait(anyOf<unknown>(stopping, changed, ...(again ? [this.process.timer(RETRY)] : [])));
        if (index === 0) return 0;
        if (index === 2) dirty = true;
      }
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** Whether something has to be tried again. */
  private *reconcileAll(): Task<boolean> {
    const blocked = KINDS.flatMap((kind) => mayNotList(this.connected, kind) ?? []);
    for (const text of blocked) yield* log(this.process, 'error', text.replace(/"/g, '\\"'));
    if (blocked.length > 0) return true;
    let again = false;
    try {
      for (const stack of this.stacks()) again = !(yield* this.reconcile(stack)) || again;
      for (const text of this.services.reconcile()) {
        again = true;
        yield* this.logError('service', text);
      }
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ApiUnreachable)) throw error;
      again = true;
    }
    return again;
  }

  /** The Ingresses of the class by load balancer, with those that have to let go of one. */
  private stacks(): (Stack & { readonly leaving: readonly Stored<Ingress>[] })[] {
    const { client } = this.connected;
    const found = new Map<string, { members: Stored<Ingress>[]; leaving: Stored<Ingress>[] }>();
    const at = (key: string) => {
      const one = found.get(key) ?? { members: [], leaving: [] };
      found.set(key, one);
      return one;
    };
    for (const key of this.deployer.stacks()) at(key);
    for (const ingress of client.list(INGRESSES)) {
      const group = annotation(ingress, 'group.name');
      const mine = 'name' in classOf(client, ingress, CLASS) && ingress.metadata.deletionTimestamp === undefined;
      const key = group ?? keyOf(ingress);
      if (mine) at(key).members.push(ingress);
      for (const finalizer of ingress.metadata.finalizers ?? []) {
        const held = heldBy(finalizer, ingress);
        if (held !== undefined && !(mine && held === key)) at(held).leaving.push(ingress);
      }
    }
    const order = (one: Stored<Ingress>) => Number(annotation(one, 'group.order') ?? 0);
    return [...found].map(([key, { members, leaving }]) => ({
      key,
      leaving,
      members: members.sort((a, b) => order(a) - order(b) || (keyOf(a) < keyOf(b) ? -1 : 1)),
    }));
  }

  private *reconcile(stack: Stack & { readonly leaving: readonly Stored<Ingress>[] }): Task<boolean> {
    const { members, leaving, key } = stack;
    const tell = (type: 'Normal' | 'Warning', reason: string, text: string) => {
      for (const one of [...members, ...leaving]) this.recorder.event(one, type, reason, text);
    };
    const fail = function* (this: Controller, reason: string, text: string): Task<boolean> {
      tell('Warning', reason, text);
      yield* this.logError('ingress', text);
      return false;
    }.bind(this);
    try {
      if (members.length === 0) {
        this.call('Elastic Load Balancing v2', 'elasticloadbalancing', 'DeleteLoadBalancer');
        this.setBindings(key, []);
        if (!this.deployer.remove(key)) return false;
        for (const ingress of leaving) this.setFinalizer(ingress, key, false);
        return true;
      }
      for (const ingress of members) this.setFinalizer(ingress, key, true);
      const subnets = this.findSubnets(stack);
      const wanted = wantedOf(this.connected.client, this.cluster, stack, (hosts) => this.discover(hosts));
      try {
        this.mayDeploy();
        const before = this.deployer.balancer(key)?.arn;
        const balancer = this.deployer.apply(key, wanted, subnets);
        this.setBindings(key, wanted.groups);
        const published = members.filter((one) => this.publish(one, balancer.dnsName));
        if (balancer.arn !== before || published.length > 0)
          tell('Normal', 'SuccessfullyReconciled', 'Successfully reconciled');
        for (const ingress of leaving) this.setFinalizer(ingress, key, false);
        return true;
      } catch (error) {
        if (!(error instanceof CallError) && !(error instanceof AwsError)) throw error;
        const text = error instanceof AwsError ? this.listenerRefused(error) : error.message;
        return yield* fail('FailedDeployModel', `Failed deploy model due to ${text}`);
      }
    } catch (error) {
      if (!(error instanceof ModelError) && !(error instanceof CallError)) throw error;
      return yield* fail('FailedBuildModel', `Failed build model due to ${error.message}`);
    }
  }

  private logError(controller: string, text: string): Task {
    const error = JSON.stringify(text).slice(0, -1);
    return log(this.process, 'error', `Reconciler error","controller":"${controller}","error":${error}`);
  }

  /** Raises CallError, ModelError. */
  private discover(hosts: readonly string[]): string[] {
    this.call('ACM', 'acm', 'ListCertificates');
    return discoverCertificates(this.options.region, hosts);
  }

  /** As the SDK words it: errors that the model of the API has stand by themselves. */
  private listenerRefused({ code, message }: AwsError): string {
    const kind = code === 'ValidationError' ? `api error ${code}` : code;
    return `operation error Elastic Load Balancing v2: CreateListener, https response error StatusCode: 400, RequestID: ${this.options.account.random.uid()}, ${kind}: ${message}`;
  }

  private findSubnets(stack: Stack): string[] {
    const scheme = schemeOf(stack);
    try {
      this.call('EC2', 'ec2', 'DescribeSubnets');
    } catch (error) {
      throw error instanceof CallError ? new CallError(`couldn't auto-discover subnets: ${error.message}`) : error;
    }
    const named = stack.members.flatMap((one) => annotation(one, 'subnets')?.split(/\s*,\s*/) ?? []);
    const subnets = named.length > 0 ? named : this.deployer.subnets(scheme);
    const role = scheme === 'internal' ? 'kubernetes.io/role/internal-elb' : 'kubernetes.io/role/elb';
    if (subnets.length === 0)
      throw new ModelError(
        `couldn't auto-discover subnets: unable to resolve at least one subnet (0 match VPC and tags: [${role}])`,
      );
    if (subnets.length < 2)
      throw new ModelError(`couldn't auto-discover subnets: subnets count less than minimal required count: 1 < 2`);
    return subnets;
  }

  /** The calls of a deployment in the controller's order. */
  private mayDeploy(): void {
    this.call('EC2', 'ec2', 'DescribeSecurityGroups');
    for (const name of ['DescribeTargetGroups', 'DescribeLoadBalancers'])
      this.call('Elastic Load Balancing v2', 'elasticloadbalancing', name);
    this.call('EC2', 'ec2', 'CreateSecurityGroup');
    this.call('EC2', 'ec2', 'AuthorizeSecurityGroupIngress');
    for (const name of ['CreateTargetGroup', 'CreateLoadBalancer', 'CreateListener', 'CreateRule', 'RegisterTargets'])
      this.call('Elastic Load Balancing v2', 'elasticloadbalancing', name);
  }

  /** Raises CallError when the Pod's role may not do it. */
  private call(service: string, prefix: string, operation: string): void {
    const { account } = this.options;
    const wrong = (status: number, code: string, text: string, inner = '') =>
      new CallError(
        `operation error ${service}: ${operation}, ${inner}https response error StatusCode: ${status}, RequestID: ${account.random.uid()}, api error ${code}: ${text}`,
      );
    const identity = this.identity();
    if (!identity)
      throw wrong(
        403,
        'AccessDenied',
        'Not authorized to perform sts:AssumeRoleWithWebIdentity',
        'get identity: get credentials: failed to refresh cached credentials, failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, ',
      );
    const action = `${prefix}:${operation}`;
    if (mayDo(account, identity, action, '*') === 'allowed') return;
    const text = `User: ${identity.arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
    if (prefix === 'ec2')
      throw wrong(403, 'UnauthorizedOperation', `You are not authorized to perform this operation. ${text}`);
    throw wrong(403, 'AccessDenied', text);
  }

  /** The role of the Pod's web identity, or else that of its node; undefined when the role does not trust the Pod. */
  private identity(): Identity | undefined {
    const { account, eks } = this.options;
    if (this.process.env.has('AWS_CONTAINER_CREDENTIALS_FULL_URI')) return this.identityOfAgent();
    const own = this.process.env.get('AWS_ROLE_ARN');
    const node = [...eks.nodegroups.values()][0]?.nodeRole;
    const role = [...account.iam.roles.values()].find(({ Arn }) => Arn === (own ?? node));
    if (!role) return undefined;
    if (own !== undefined) {
      const trust = JSON.stringify(role.AssumeRolePolicyDocument);
      const provider = eks.issuer.replace(/^https:\/\//, '');
      const known = [...account.iam.providers.keys()].some((arn) => arn.endsWith(`oidc-provider/${provider}`));
      if (!known || !trust.includes(provider) || !trust.includes(`"${this.connected.user.name}"`)) return undefined;
    }
    return assumedRole(account, role, own === undefined ? 'i-node' : String(this.process.pid));
  }

  /** By EKS Pod Identity. */
  private identityOfAgent(): Identity | undefined {
    const { account, eks } = this.options;
    const [, , namespace = '', name = ''] = this.connected.user.name.split(':');
    const association = associationOf(eks, namespace, name);
    const role = association && eks.addons.has('eks-pod-identity-agent') && roleOfAssociation(account, association);
    return role ? assumedRole(account, role, String(this.process.pid)) : undefined;
  }

  private setFinalizer(ingress: Stored<Ingress>, key: string, present: boolean): void {
    const { namespace = '', name, finalizers = [] } = ingress.metadata;
    const finalizer = key.includes('/') ? 'ingress.k8s.aws/resources' : `group.ingress.k8s.aws/${key}`;
    if (finalizers.includes(finalizer) === present) return;
    this.connected.client.modify(INGRESSES, namespace, name, (old) => {
      const others = (old.metadata.finalizers ?? []).filter((one) => one !== finalizer);
      return { ...old, metadata: { ...old.metadata, finalizers: present ? [...others, finalizer] : others } };
    });
  }

  /** Whether the status had to be written. */
  private publish(ingress: Stored<Ingress>, hostname: string): boolean {
    const { namespace = '', name } = ingress.metadata;
    if (ingress.status?.loadBalancer?.ingress?.[0]?.hostname === hostname) return false;
    this.connected.client.modify(
      INGRESSES,
      namespace,
      name,
      (old) => ({ ...old, status: { ...old.status, loadBalancer: { ingress: [{ hostname }] } } }),
      'status',
    );
    return true;
  }

  /** One TargetGroupBinding for each target group, when the cluster has the kind. */
  private setBindings(
    key: string,
    groups: readonly {
      name: string;
      namespace: string;
      service: string;
      servicePort: number | string;
      targetType: string;
      arn?: string;
    }[],
    label = 'ingress.k8s.aws/stack',
  ): void {
    const { client } = this.connected;
    if (!client.server.resources.find(BINDINGS.group, BINDINGS.version, BINDINGS.plural)) return;
    const value = key.replace('/', '_');
    const known = client.list(BINDINGS).filter(({ metadata }) => metadata.labels?.[label] === value);
    for (const { metadata } of known)
      if (!groups.some((one) => one.name === metadata.name))
        client.delete(BINDINGS, metadata.namespace ?? '', metadata.name);
    for (const one of groups) {
      if (known.some(({ metadata }) => metadata.name === one.name)) continue;
      const arn = one.arn ?? this.deployer.groups(key).find(({ name }) => name === one.name)?.arn ?? '';
      client.create(BINDINGS, one.namespace, {
        apiVersion: 'elbv2.k8s.aws/v1beta1',
        kind: 'TargetGroupBinding',
        metadata: { name: one.name, namespace: one.namespace, labels: { [label]: value } },
        spec: {
          serviceRef: { name: one.service, port: one.servicePort },
          targetGroupARN: arn,
          targetType: one.targetType,
          vpcID: this.options.eks.vpc.vpcId,
        },
      });
    }
  }
}

interface Binding extends ApiObject {
  spec?: Readonly<Record<string, unknown>>;
}

const BINDINGS: Kind<Binding> = { group: 'elbv2.k8s.aws', version: 'v1beta1', plural: 'targetgroupbindings' };

/** The stack that a finalizer of ours stands for. */
function heldBy(finalizer: string, ingress: Stored<Ingress>): string | undefined {
  if (finalizer === 'ingress.k8s.aws/resources') return keyOf(ingress);
  const group = /^group\.ingress\.k8s\.aws\/(.+)$/.exec(finalizer);
  return group?.[1];
}
