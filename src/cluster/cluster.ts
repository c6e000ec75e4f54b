import { CertificateAuthority } from '../world/pki/certificate.ts';
import type { World } from '../world/world.ts';
import type { AdmissionPlugin } from './api/admission/admission.ts';
import { admissionPlugins } from './api/admission/plugins.ts';
import { Client } from './api/client.ts';
import { serveCustomResources } from './api/custom-resources.ts';
import { managedFieldsRules, serverSideApply } from './api/managed-fields.ts';
import { apiVersionOf, qualifiedResource } from './api/resource.ts';
import { customFieldType } from './api/schema/custom-field-type.ts';
import { servedResources } from './api/schema/served-resources.ts';
import type { ApiServer } from './api/server.ts';
import { ApiServer as Server } from './api/server.ts';
import { registerVirtualResources } from './api/virtual/virtual.ts';
import { bootstrapControlPlane } from './bootstrap/bootstrap.ts';
import { conversionOf } from './resources/conversions.ts';
import { strategyOf } from './resources/strategies.ts';

export interface ClusterOptions {
  readonly name: string;
  /** Where clients find the API server: `192.168.64.10:6443`. */
  readonly address: string;
  readonly serviceCidr: string;
  /** Admission webhooks of whoever runs the control plane. */
  readonly webhooks?: readonly AdmissionPlugin[];
  /** Where the ranges of nodes are taken from: a /16. */
  readonly podSubnet?: string;
  /** What the certificate of the API server is for beside `kubernetes`: `controlplane`. */
  readonly serverNames?: readonly string[];
  /** The name in the certificate of its authority: `kubernetes`. */
  readonly authority?: string;
}

/** A part of the control plane or of a node that can be stopped and started. */
export interface Component {
  readonly stop: () => void;
}

/** A Kubernetes cluster: its API server's state and which of its components run. */
export class Cluster {
  readonly server: ApiServer;
  /** Signs the certificates of users, kubelets and components. */
  readonly authority: CertificateAuthority;
  /** Whether the process of kube-apiserver runs. */
  get apiServerRunning(): boolean {
    return this.serverSince !== undefined;
  }
  set apiServerRunning(running: boolean) {
    this.serverSince = running ? (this.serverSince ?? this.world.now) : undefined;
  }
  /** Since when it does, ms. */
  private serverSince: number | undefined;
  /** Whether etcd's does. */
  etcdUp = false;
  private readonly running = new Map<string, Component>();

  /** Whether kube-apiserver answers and has done so for `ms`. */
  answersSince(ms: number): boolean {
    return this.etcdUp && this.serverSince !== undefined && this.world.now - this.serverSince >= ms;
  }

  constructor(
    readonly world: World,
    readonly options: ClusterOptions,
  ) {
    this.authority = new CertificateAuthority(
      { commonName: options.authority ?? 'kubernetes', organizations: [] },
      world.random.fork(`${options.name}/ca`),
      () => world.now,
    );
    const customType = (apiVersion: string, kind: string) =>
      customFieldType(this.server.resources.ofKind(apiVersion, kind));
    this.server = new Server({
      world,
      resources: servedResources().map((resource) => ({
        ...resource,
        strategy: strategyOf(qualifiedResource(resource)),
        conversion: conversionOf(apiVersionOf(resource), resource.plural),
      })),
      admission: [...(options.webhooks ?? []), ...admissionPlugins],
      managedFields: managedFieldsRules(customType),
      apply: serverSideApply(customType),
      address: options.address,
      serviceCidr: options.serviceCidr,
      authority: this.authority,
    });
    this.server.storeUp = () => this.etcdUp;
    registerVirtualResources(this.server);
    serveCustomResources(this.server);
    world.parts.push({ name: options.name, describe: () => this.server.store.describe() });
    bootstrapControlPlane(this.server);
  }

  /** A client with the identity of a component. */
  client(user: string, groups: readonly string[], fieldManager: string): Client {
    return new Client(
      this.server,
      { name: user, groups: [...groups, 'system:authenticated'] },
      fieldManager,
      () => this.apiServerRunning && this.etcdUp,
    );
  }

  /** Starts a component under a name, unless it runs. */
  start(name: string, make: () => Component): void {
    if (!this.running.has(name)) this.running.set(name, make());
  }

  stop(name: string): void {
    this.running.get(name)?.stop();
    this.running.delete(name);
  }

  isRunning(name: string): boolean {
    return this.running.has(name);
  }
}
