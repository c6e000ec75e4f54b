import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { objectAt, textAt } from '../json.ts';
import { withMetadata } from '../resource/info.ts';

/** What identifies an object. kustomize: kyaml/resid/resid.go */
export interface ResId {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way through kustomizations, with the ids it had before. kustomize: api/resource/resource.go */
export class Resource {
  /** Ids it had, the first one first. */
  readonly previous: ResId[] = [];
  /** The prefixes and suffixes of the layers it went through. */
  affixes = '';

  constructor(
    public object: JsonObject,
    /** How a generator wants to meet an object of the same id. */
    readonly behavior: 'create' | 'merge' | 'replace' = 'create',
    /** The name gets a suffix of its content at the end. */
    public hashed = false,
  ) {}

  get id(): ResId {
    return idOf(this.object);
  }

  get originalId(): ResId {
    return this.previous[0] ?? this.id;
  }

  hasId(wanted: (id: ResId) => boolean): boolean {
    return wanted(this.id) || this.previous.some(wanted);
  }

  /** Gives it another name or namespace and remembers the old one. */
  rename(changes: { name?: string; namespace?: string }): void {
    const { name, namespace } = this.id;
    if ((changes.name ?? name) === name && (changes.namespace ?? namespace) === namespace) return;
    this.previous.push(this.id);
    this.object = withMetadata(this.object, changes);
  }
}

export function idOf(object: JsonObject): ResId {
  const apiVersion = textAt(object, 'apiVersion');
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: textAt(object, 'kind'),
    namespace: textAt(object, 'metadata', 'namespace'),
    name: textAt(object, 'metadata', 'name'),
  };
}

/** `Deployment.v1.apps/web.default`, as messages name objects. */
export function idText(id: ResId): string {
  return `${id.kind || '[noKind]'}.${id.version || '[noVer]'}.${id.group || '[noGrp]'}/${id.name || '[noName]'}.${id.namespace || '[noNs]'}`;
}

/** The same object, where no namespace is `default`. */
export function sameId(a: ResId, b: ResId): boolean {
  const namespace = (id: ResId) => (isClusterScoped(id) ? '' : id.namespace || 'default');
  return (
    a.group === b.group &&
    a.version === b.version &&
    a.kind === b.kind &&
    a.name === b.name &&
    namespace(a) === namespace(b)
  );
}

/** Kinds of Kubernetes without a namespace; of others kustomize thinks that they have one. kustomize: kyaml/openapi precomputedIsNamespaceScoped */
const CLUSTER_SCOPED = new Set(
  `APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle CustomResourceDefinition
   DeviceClass FlowSchema IPAddress IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass
   PriorityLevelConfiguration ResourceSlice RuntimeClass SelfSubjectAccessReview SelfSubjectReview SelfSubjectRulesReview ServiceCIDR
   StorageClass StorageVersion SubjectAccessReview TokenReview ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
   ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass`.split(/\s+/),
);

export function isClusterScoped(id: ResId): boolean {
  return CLUSTER_SCOPED.has(id.kind) && (id.group === '' || !id.group.includes('.') || id.group.endsWith('.k8s.io'));
}

/** The labels or annotations of an object as text. */
export function metadataMap(object: JsonObject, field: 'labels' | 'annotations'): Map<string, string> {
  const entries = Object.entries(objectAt(object, 'metadata', field));
  return new Map(entries.map(([key, value]) => [key, String(value)]));
}
