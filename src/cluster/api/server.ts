import { type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import { type CertificateAuthority, fingerprint, readCertificate } from '../../world/pki/certificate.ts';
import type { World } from '../../world/world.ts';
import { NoSuchPath, StatusError } from '../apimachinery/errors.ts';
import { Admission, type AdmissionPlugin } from './admission/admission.ts';
import type { WebhookAnswers } from './admission/webhooks.ts';
import { authenticate, impersonated, type TokenAuthenticator, type User } from './authentication.ts';
import { authorize, questionOf } from './authorization.ts';
import type { Connector } from './connector.ts';
import { FieldManagers, type ManagedFieldsRules } from './field-managers.ts';
import { forbidden } from './forbidden.ts';
import { handleResource } from './handlers/resource.ts';
import { handleNonResource } from './non-resource.ts';
import type { ApiObject, Stored } from './object.ts';
import { ObjectRegistry } from './object-registry.ts';
import { parseRequestInfo, type RequestInfo } from './request-info.ts';
import type { Resource } from './resource.ts';
import { ResourceTable } from './resources.ts';
import { jsonResponse } from './response.ts';
import { VERSION_INFO } from './schema/discovery.ts';
import { Store } from './store.ts';

export interface ApiServerOptions {
  readonly world: World;
  readonly resources: readonly Resource[];
  readonly admission: readonly AdmissionPlugin[];
  readonly managedFields: ManagedFieldsRules;
  readonly apply: ServerSideApply;
  /** Where clients find it: `192.168.64.10:6443`. */
  readonly address: string;
  readonly serviceCidr: string;
  readonly authority: CertificateAuthority;
}

/** Makes the answer to a create request of a kind that is not stored. Raises StatusError. */
export type VirtualResource = (server: ApiServer, request: ApiRequest, object: ApiObject | undefined) => unknown;

/** Merges an apply configuration into the live object. Raises StatusError with the conflicts. */
export type ServerSideApply = (
  configuration: ApiObject,
  live: Stored | undefined,
  managedFields: readonly unknown[],
  options: { resource: Resource; manager: string; force: boolean; subresource: string; time: number },
) => { object: ApiObject; managedFields: readonly unknown[] };

/** A request with who asks and what it means. */
export interface ApiRequest {
  readonly http: HttpRequest;
  readonly info: RequestInfo;
  readonly user: User;
  /** Texts for the `Warning` headers of the answer. */
  readonly warnings: string[];
  /** What webhooks said so far; absent: the request asks none. */
  readonly answers?: WebhookAnswers | undefined;
}

/**
 * kube-apiserver: answers REST requests on the cluster's store. It computes at once; whoever carries the request adds
 * the time it takes. Its process may be down: then nobody listens, and nothing here is called.
 */
export class ApiServer {
  readonly world: World;
  readonly store = new Store();
  readonly resources = new ResourceTable();
  readonly registry: ObjectRegistry;
  readonly managers: FieldManagers;
  readonly address: string;
  readonly serviceCidr: string;
  readonly authority: CertificateAuthority;
  /** Certificates that were found valid once. */
  private readonly certificates = new Map<string, { readonly user: User; readonly notAfter: number }>();
  /** Which user a token stands for; the ServiceAccount token authority sets it. */
  tokenUser: TokenAuthenticator = () => undefined;
  /** Who issues ServiceAccount tokens: --service-account-issuer. */
  issuer = 'https://kubernetes.default.svc.cluster.local';
  /** What `/version` says. */
  version: typeof VERSION_INFO = VERSION_INFO;
  /** Whether etcd answers: what the health checks say of it. */
  storeUp: () => boolean = () => true;
  /** The way to the kubelets, for logs, exec and the like. */
  connector: Connector | undefined;
  /** Kinds that are answered and not stored (reviews, tokens): `plural.group` or `resource/subresource`. */
  readonly virtual = new Map<string, VirtualResource>();
  /** Server-side apply: structured-merge-diff's part. */
  readonly apply: ServerSideApply;

  constructor(options: ApiServerOptions) {
    this.world = options.world;
    this.address = options.address;
    this.serviceCidr = options.serviceCidr;
    this.apply = options.apply;
    this.authority = options.authority;
    for (const resource of options.resources) this.resources.add(resource);
    this.managers = new FieldManagers(options.managedFields, () => this.world.now);
    this.registry = new ObjectRegistry(this.world, this.store, this, new Admission(options.admission), this.managers);
  }

  /** Answers a request. Errors are Status objects; only with `answers` may it throw, WebhookNeeded. */
  handle(http: HttpRequest, answers?: WebhookAnswers): HttpResponse {
    const warnings: string[] = [];
    try {
      const info = parseRequestInfo(http.method, http.path, http.query);
      const user = this.userOf(http);
      const answer = authorize(this.store, user, questionOf(info));
      if (!answer.allowed) throw forbidden(user, info, answer.reason);
      const request: ApiRequest = { http, info, user, warnings, answers };
      const response = info.isResourceRequest ? handleResource(this, request) : handleNonResource(this, request);
      return withWarnings(response, warnings);
    } catch (error) {
      if (error instanceof NoSuchPath && !this.servesBelow(http.path))
        return withWarnings(textResponse(404, '404 page not found\n'), warnings);
      if (error instanceof StatusError) return withWarnings(jsonResponse(error.code, error.toStatus()), warnings);
      throw error;
    }
  }

  /** Whether a path belongs to a group of its own, where even what is not there gets a Status. kubernetes: go-restful's web services */
  private servesBelow(path: string): boolean {
    const [root, group] = path.split('/').slice(1);
    if (root !== 'apis' || group === undefined) return root === 'api';
    return this.resources.all().some((resource) => resource.group === group && !('openAPIV3Schema' in resource));
  }

  /** x509: the subject of a certificate of this cluster's authority. */
  private certificateUser(certificate: string): User | undefined {
    const known = this.certificates.get(certificate);
    if (known) return this.world.now <= known.notAfter ? known.user : undefined;
    if (this.authority.verify(certificate) !== 'valid') return undefined;
    const read = readCertificate(certificate);
    if (!read) return undefined;
    const user = {
      name: read.subject.commonName,
      groups: read.subject.organizations,
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint(certificate)}`] },
    };
    this.certificates.set(certificate, { user, notAfter: read.notAfter });
    return user;
  }

  /** Who asks, whether or not it is let in further; undefined for whom nobody knows. */
  userFor(http: HttpRequest): User | undefined {
    return authenticate(http, this.tokenUser, (certificate) => this.certificateUser(certificate));
  }

  private userOf(http: HttpRequest): User {
    const user = this.userFor(http);
    if (!user) throw StatusError.unauthorized();
    const other = impersonated(http);
    if (!other) return user;
    const question = {
      verb: 'impersonate',
      group: '',
      resource: 'users',
      subresource: '',
      namespace: '',
      name: other.name,
    };
    if (authorize(this.store, user, question).allowed) return other;
    throw StatusError.forbidden(
      { group: '', plural: 'users' },
      other.name,
      `User "${user.name}" cannot impersonate resource "users" in API group "" at the cluster scope`,
    );
  }
}

/** RFC 7234 Warning headers, one a line. */
function withWarnings(response: HttpResponse, warnings: readonly string[]): HttpResponse {
  if (warnings.length === 0) return response;
  const distinct = [...new Set(warnings)];
  const lines = distinct.map((text) => `299 - ${JSON.stringify(text)}`).join('\n');
  return { ...response, headers: new Map([...response.headers, ['warning', lines]]) };
}
