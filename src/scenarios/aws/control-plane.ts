import type { Account } from '../../cloud/aws/account.ts';
import type { ControlPlane, NodeMarks } from '../../cloud/aws/backend.ts';
import type { Region } from '../../cloud/aws/region.ts';
import { eksVersionOf } from '../../cloud/aws/services/eks/versions.ts';
import type { Instance } from '../../cloud/aws/types/ec2.ts';
import type { EksCluster } from '../../cloud/aws/types/eks.ts';
import type { AdmissionPlugin } from '../../cluster/api/admission/admission.ts';
import type { Client } from '../../cluster/api/client.ts';
import { NODES, PODS } from '../../cluster/api/kinds.ts';
import { VERSION_INFO } from '../../cluster/api/schema/discovery.ts';
import { tokenClaims } from '../../cluster/api/virtual/tokens.ts';
import { Cluster } from '../../cluster/cluster.ts';
import { startControllerManager } from '../../cluster/controllers/controllers.ts';
import { ImageCatalog } from '../../cluster/node/images/catalog.ts';
import { KubeletConnector } from '../../cluster/node/kubelet/connector.ts';
import { startScheduler } from '../../cluster/scheduler/scheduler.ts';
import { Machine } from '../../world/machine.ts';
import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';
import type { World } from '../../world/world.ts';
import { applyAll } from '../addons/manifests.ts';
import type { MeasuredNode } from '../addons/metrics-server.ts';
import { ClusterEtcd, etcdProgram } from '../components/etcd.ts';
import { componentProgram, untilStopped } from '../control-plane.ts';
import { imageDefinitions } from '../images/images.ts';
import { handleWithWebhooks } from '../webhooks.ts';
import { setAddon } from './addons.ts';
import { type EcrStore, NodeCatalog } from './ecr.ts';
import { fargateWebhook, startFargateScheduler } from './fargate.ts';
import { iamUser } from './identity.ts';
import { eksImages } from './images.ts';
import { addNode, type EksNode, taintOf } from './node.ts';
import { PlaneLogs } from './plane-logs.ts';
import { podIdentityWebhook } from './pod-identity.ts';
import { startServiceController } from './service-controller.ts';
import { EbsDisks, startEbsProvisioner } from './storage.ts';
import type { VpcNetwork } from './vpc.ts';

/** Virtual ms that the API server takes for a request, on top of the way there. */
const REQUEST_TIME = 3;
/** cloud-node-lifecycle-controller's --node-monitor-period, ms. */
const NODE_MONITOR = 5000;
/** How often a control plane that starts is asked whether its API server answers, ms. */
const API_SERVER_WAIT = 100;

export interface PlaneOptions {
  readonly world: World;
  readonly account: Account;
  readonly region: Region;
  readonly eks: EksCluster;
  readonly vpc: VpcNetwork;
  readonly registry: EcrStore;
}

/** A control plane that AWS runs: nobody sees its machines. */
export class EksPlane implements ControlPlane {
  readonly endpoint: string;
  readonly authority: string;
  readonly cluster: Cluster;
  readonly nodes = new Map<string, EksNode>();
  private readonly machine: Machine;
  private readonly host: string;
  private readonly admin: string;
  private readonly catalog: ImageCatalog;
  private readonly disks: EbsDisks;
  private readonly logs: PlaneLogs;
  private removed = false;

  constructor(private readonly options: PlaneOptions) {
    const { world, account, region, eks, vpc } = options;
    const addresses = eks.interfaces.flatMap((id) => region.networkInterfaces.get(id)?.PrivateIpAddress ?? []);
    this.host = `${eks.issuer.slice(eks.issuer.lastIndexOf('/') + 1)}.gr7.${region.name}.eks.amazonaws.com`;
    this.endpoint = `https://${this.host}`;
    this.disks = new EbsDisks(region);
    const webhooks: AdmissionPlugin[] = [podIdentityWebhook(region, eks), fargateWebhook(eks)];
    this.cluster = new Cluster(world, {
      name: eks.name,
      address: `${addresses[0] ?? '192.168.0.10'}:443`,
      serviceCidr: eks.serviceCidr,
      webhooks,
    });
    this.authority = this.cluster.authority.certificate;
    this.admin = this.cluster.authority.issue(
      { commonName: 'eks:node-manager', organizations: ['system:masters'] },
      3650,
    ).certificate;
    const { server } = this.cluster;
    server.issuer = eks.issuer;
    this.upgraded();
    const accounts = server.tokenUser;
    this.logs = new PlaneLogs(region, eks);
    server.tokenUser = (token) => accounts(token) ?? iamUser(account, eks, this.cluster, token, this.logs);
    server.connector = new KubeletConnector((name) => {
      const node = this.nodes.get(name);
      return node && { kubelet: node.kubelet, address: node.instance.PrivateIpAddress ?? '', up: node.kubelet.running };
    });
    const definitions = imageDefinitions(world.programs.names());
    this.catalog = new ImageCatalog([...definitions, ...eksImages(region.name, definitions)], world.now);
    this.machine = new Machine(world, { hostname: `eks-${eks.name}` });
    const publicAddress = region.takePublicAddress();
    world.network.attachOutside(publicAddress, this.machine.network);
    for (const address of addresses) vpc.join(this.machine.network, address);
    world.network.names.set(this.host.toLowerCase(), [publicAddress]);
    world.network.names.set(this.host, [publicAddress]);
    this.startComponents();
  }

  get measured(): MeasuredNode[] {
    return [...this.nodes.values()].map(({ machine, kubelet, instance }) => ({
      name: machine.hostname,
      address: instance.PrivateIpAddress ?? '',
      machine,
      kubelet,
    }));
  }

  private startComponents(): void {
    const { cluster } = this;
    const programs = [
      etcdProgram(new ClusterEtcd(cluster)),
      { name: 'kube-apiserver', main: (process: Process) => this.serve(process) },
      componentProgram('kube-controller-manager', () => startControllerManager(cluster)),
      componentProgram('kube-scheduler', () => startScheduler(cluster)),
      componentProgram('cloud-controller-manager', () => {
        const stops = [
          startServiceController(this.options, this),
          startEbsProvisioner(this.options, this, this.disks),
          startFargateScheduler(this.options, this),
        ];
        return {
          stop() {
            for (const stop of stops) stop();
          },
        };
      }),
    ];
    for (const program of programs) this.machine.spawn({ argv: [program.name], main: program.main });
    this.options.world.loop.after(50, () =>
      applyAll(cluster, [
        {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'gp2' },
          provisioner: 'kubernetes.io/aws-ebs',
          parameters: { fsType: 'ext4', type: 'gp2' },
          reclaimPolicy: 'Delete',
          volumeBindingMode: 'WaitForFirstConsumer',
        },
      ]),
    );
  }

  private *serve(process: Process): Task<number> {
    const { cluster, host, logs } = this;
    const listener = {
      protocol: 'tcp' as const,
      address: '0.0.0.0',
      port: 443,
      owner: process,
      tls: { names: [host, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'] },
      *http(request: HttpRequest): Task<HttpResponse> {
        yield* wait(process.timer(REQUEST_TIME));
        const began = process.now;
        const response = yield* handleWithWebhooks(process, cluster.server, request);
        logs.answered(cluster.server, request, response, began);
        return response;
      },
    };
    process.machine.network.listen(listener);
    cluster.apiServerRunning = true;
    try {
      return yield* untilStopped(process);
    } finally {
      cluster.apiServerRunning = false;
      process.machine.network.close(listener);
    }
  }

  /** What a cluster is born with comes as soon as its API server answers. */
  addon(name: string, version: string | undefined): void {
    if (!this.cluster.apiServerRunning) {
      if (this.removed) return;
      this.options.world.loop.after(API_SERVER_WAIT, () => this.addon(name, version));
      return;
    }
    setAddon({ cluster: this.cluster, region: this.options.region.name, endpoint: this.endpoint }, name, version);
  }

  /** All that its version changes is what the API server says of itself. */
  upgraded(): void {
    const { server, version } = eksVersionOf(this.options.eks.version);
    const [, minor = ''] = version.split('.');
    this.cluster.server.version = {
      ...VERSION_INFO,
      minor,
      emulationMinor: minor,
      minCompatibilityMinor: String(Number(minor) - 1),
      gitVersion: server,
    };
  }

  // ---- nodes ----

  addNode(instance: Instance): EksNode {
    const { world, account, region, eks, vpc } = this.options;
    const csiVolume = (host: Instance, driver: string, handle: string) => this.disks.mount(host, driver, handle);
    const catalog = new NodeCatalog(this.catalog, this.options.registry, account, instance);
    const options = { world, region, eks, cluster: this.cluster, vpc, catalog, csiVolume };
    const node = addNode(options, instance);
    this.nodes.set(node.machine.hostname, node);
    return node;
  }

  removeNode(instance: Instance): void {
    const node = this.nodeOf(instance);
    if (!node) return;
    node.powerOff();
    this.nodes.delete(node.machine.hostname);
    this.watchGone(node.machine.hostname, instance);
  }

  /** A Node that is not ready and has no instance any more is deleted. cloud-provider: controllers/nodelifecycle */
  private watchGone(name: string, instance: Instance): void {
    const { world } = this.options;
    const client = this.cluster.client(
      'system:cloud-controller-manager',
      ['system:masters'],
      'cloud-controller-manager',
    );
    const look = () => {
      if (!this.cluster.apiServerRunning || this.nodes.has(name)) return;
      const node = client.get(NODES, '', name);
      if (!node) return;
      const ready = node.status?.conditions?.find((one) => one.type === 'Ready')?.status === 'True';
      if (!ready && instance.State.Name === 'terminated') client.delete(NODES, '', name);
      else world.loop.after(NODE_MONITOR, look);
    };
    world.loop.after(NODE_MONITOR, look);
  }

  cordon(instance: Instance): void {
    const name = this.nameOf(instance);
    if (name !== undefined)
      this.manager().modify(NODES, '', name, (old) => ({ ...old, spec: { ...old.spec, unschedulable: true } }));
  }

  isReady(instance: Instance): boolean {
    const name = this.nameOf(instance);
    const node = name === undefined ? undefined : this.manager().get(NODES, '', name);
    return node?.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  }

  drain(instance: Instance): boolean {
    const name = this.nameOf(instance);
    if (name === undefined) return true;
    this.cordon(instance);
    const client = this.manager();
    let left = 0;
    for (const pod of client.onNode(PODS, name)) {
      const daemon = pod.metadata.ownerReferences?.some((owner) => owner.kind === 'DaemonSet');
      if (daemon || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
      left++;
      if (pod.metadata.deletionTimestamp === undefined) this.evict(pod.metadata.namespace ?? '', pod.metadata.name);
    }
    return left === 0;
  }

  mark(instance: Instance, { added, removed, tainted, untainted }: NodeMarks): void {
    const name = this.nameOf(instance);
    if (name === undefined) return;
    const client = this.manager();
    const set = tainted.map(taintOf);
    const gone = [...set, ...untainted.map(taintOf)];
    client.modify(NODES, '', name, (old) => {
      const labels = { ...old.metadata.labels, ...added };
      const kept = Object.entries(labels).filter(([label]) => !removed.includes(label));
      const others = (old.spec?.taints ?? []).filter(
        (taint) => !gone.some(({ key, effect }) => key === taint.key && effect === taint.effect),
      );
      const taints = [...others, ...set];
      return {
        ...old,
        metadata: { ...old.metadata, labels: Object.fromEntries(kept) },
        spec: { ...old.spec, taints: taints.length > 0 ? taints : undefined },
      };
    });
  }

  private nodeOf(instance: Instance): EksNode | undefined {
    return [...this.nodes.values()].find((one) => one.instance === instance);
  }

  /** Of the node that an instance is; undefined while the API server has none. */
  private nameOf(instance: Instance): string | undefined {
    const name = this.nodeOf(instance)?.machine.hostname;
    if (name === undefined || !this.cluster.apiServerRunning) return undefined;
    return this.manager().get(NODES, '', name) ? name : undefined;
  }

  private manager(): Client {
    return this.cluster.client('eks:node-manager', ['system:masters'], 'eks');
  }

  /** Through the API, so that disruption budgets are kept. */
  private evict(namespace: string, name: string): void {
    this.cluster.server.handle({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
      query: [],
      headers: new Map([['content-type', 'application/json']]),
      remoteAddress: '127.0.0.1',
      tls: { clientCertificate: this.admin },
      body: {
        kind: 'json',
        value: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
      },
    });
  }

  claims(token: string): unknown {
    return tokenClaims(this.cluster.server, token);
  }

  remove(): void {
    this.removed = true;
    for (const node of [...this.nodes.values()]) node.powerOff();
    this.nodes.clear();
    this.machine.killAll();
    const { network } = this.options.world;
    for (const address of [...this.machine.network.addresses]) if (!address.startsWith('127.')) network.detach(address);
    network.names.delete(this.host);
    network.names.delete(this.host.toLowerCase());
  }
}
