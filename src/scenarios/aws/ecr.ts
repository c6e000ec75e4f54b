import type { Account } from '../../cloud/aws/account.ts';
import { mayDo } from '../../cloud/aws/policies.ts';
import { REGION_NAMES, type Region } from '../../cloud/aws/region.ts';
import { deniedAction, findImage, putImage, registryOf, tokenHolder } from '../../cloud/aws/services/ecr/registry.ts';
import { assumedRole } from '../../cloud/aws/services/sts.ts';
import type { Instance } from '../../cloud/aws/types/ec2.ts';
import type { EcrRepository } from '../../cloud/aws/types/ecr.ts';
import type { Identity } from '../../cloud/aws/types/iam.ts';
import { type Image, ImageCatalog } from '../../cluster/node/images/catalog.ts';
import type { ImageReference } from '../../cluster/node/images/reference.ts';
import type { PrivateRegistry } from '../../programs/docker/registry.ts';

/** What a registry of an account holds under a name. */
interface Place {
  readonly region: Region;
  readonly repository: EcrRepository | undefined;
}

/** What lies in the ECR registries of an account: what images there are the account knows, what is in them is kept here. */
export class EcrStore implements PrivateRegistry {
  private readonly images = new Map<string, Image>();

  constructor(private readonly account: Account) {}

  has(host: string): boolean {
    const registry = registryOf(host);
    return registry !== undefined && REGION_NAMES.includes(registry.region);
  }

  /** The place of a name in a registry of the account; undefined for registries of others. */
  placeOf({ registry, repository }: ImageReference): Place | undefined {
    const { id = '', region = '' } = registryOf(registry) ?? {};
    if (id !== this.account.id) return undefined;
    const found = this.account.region(region);
    return { region: found, repository: found.repositories.get(repository) };
  }

  /** An image under the name by which it is asked for. */
  imageOf(reference: ImageReference, repository: EcrRepository): Image | undefined {
    const entry = findImage(repository, reference);
    const image = entry && this.images.get(entry.imageDigest);
    if (!image || !entry) return undefined;
    entry.lastRecordedPullTime = this.account.now;
    const tag = reference.tag === '' ? (entry.imageTags[0] ?? '') : reference.tag;
    return { ...image, name: `${reference.registry}/${reference.repository}`, tag };
  }

  // ---- for docker ----

  refuses(_host: string, user: string, password: string): string | undefined {
    const holder = user === 'AWS' ? tokenHolder(this.account, password) : undefined;
    return holder === undefined || holder === 'expired' ? '400 Bad Request' : undefined;
  }

  pull(reference: ImageReference, password: string | undefined): Image | string {
    const who = this.holder(password);
    if (typeof who === 'string') return who;
    const place = this.placeOf(reference);
    const denied = this.denied(who, 'pull', reference);
    if (denied !== undefined) return denied;
    const image = place?.repository && this.imageOf(reference, place.repository);
    if (image) return image;
    const { registry, repository, tag } = reference;
    return place?.repository
      ? `manifest for ${registry}/${repository}:${tag} not found: manifest unknown: Requested image not found`
      : unknownRepository(reference);
  }

  push(reference: ImageReference, image: Image, password: string | undefined): string | undefined {
    const who = this.holder(password);
    if (typeof who === 'string') return who;
    const denied = this.denied(who, 'push', reference);
    if (denied !== undefined) return denied;
    const place = this.placeOf(reference);
    if (!place?.repository) return unknownRepository(reference);
    const problem = putImage(place.region, place.repository, { ...image, tag: reference.tag });
    if (problem === undefined) this.images.set(image.digest, image);
    return problem;
  }

  private holder(password: string | undefined): Identity | string {
    if (password === undefined) return 'no basic auth credentials';
    const who = tokenHolder(this.account, password);
    if (who === undefined || who === 'expired')
      return 'denied: Your authorization token has expired. Reauthenticate and try again.';
    return who;
  }

  private denied(who: Identity, verb: 'pull' | 'push', { registry, repository }: ImageReference): string | undefined {
    const { id = '', region = '' } = registryOf(registry) ?? {};
    const arn = `arn:aws:ecr:${region}:${id}:repository/${repository}`;
    const action =
      deniedAction(this.account, who, verb, arn) ?? (id === this.account.id ? undefined : 'ecr:BatchGetImage');
    if (action === undefined) return undefined;
    const why =
      id === this.account.id
        ? `because no identity-based policy allows the ${action} action`
        : `because no resource-based policy allows the ${action} action`;
    return `denied: User: ${who.arn} is not authorized to perform: ${action} on resource: ${arn} ${why}`;
  }
}

function unknownRepository({ registry, repository }: ImageReference): string {
  const id = registryOf(registry)?.id ?? '';
  return `name unknown: The repository with name '${repository}' does not exist in the registry with id '${id}'`;
}

/** The account that holds EKS's own images: what a node's role may pull it may pull from there. */
const EKS_REGISTRY = '602401143452';

/**
 * The registries as a node of EKS sees them: to ECR it goes with the role of its instance.
 * cloud-provider-aws: cmd/ecr-credential-provider
 */
export class NodeCatalog extends ImageCatalog {
  /** Images of ECR that the node has pulled, by full name. */
  private readonly held = new Map<string, Image>();

  constructor(
    private readonly base: ImageCatalog,
    private readonly store: EcrStore,
    private readonly account: Account,
    private readonly instance: Instance,
  ) {
    super([], account.now);
  }

  override find(reference: ImageReference): Image | undefined {
    return this.held.get(reference.full) ?? this.base.find(reference);
  }

  override hasRepository(reference: ImageReference): boolean {
    return this.store.has(reference.registry) || this.base.hasRepository(reference);
  }

  override pull(reference: ImageReference): Image | string | undefined {
    if (!this.store.has(reference.registry)) return this.base.find(reference);
    const refused = this.refusal(reference);
    if (refused !== undefined)
      return `failed to pull and unpack image ${JSON.stringify(reference.full)}: failed to resolve image: ${refused}`;
    const repository = this.store.placeOf(reference)?.repository;
    if (!repository) return this.base.find(reference);
    const image = this.store.imageOf(reference, repository);
    if (image) this.held.set(reference.full, image);
    return image;
  }

  /** containerd's words for what ECR answers. containerd: core/remotes/docker */
  private refusal({ registry, repository, tag, digest }: ImageReference): string | undefined {
    const { account } = this;
    const { id = '', region = '' } = registryOf(registry) ?? {};
    const role = this.role();
    if (!role || mayDo(account, role, 'ecr:GetAuthorizationToken', '*') !== 'allowed')
      return 'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials';
    const arn = `arn:aws:ecr:${region}:${id}:repository/${repository}`;
    const known = id === account.id || id === EKS_REGISTRY;
    if (known && deniedAction(account, role, 'pull', arn) === undefined) return undefined;
    const version = digest === '' ? tag : digest;
    return `unexpected status from HEAD request to https://${registry}/v2/${repository}/manifests/${version}: 403 Forbidden`;
  }

  private role(): Identity | undefined {
    const { account, instance } = this;
    const arn = instance.IamInstanceProfile?.Arn ?? '';
    const name = account.iam.profiles.get(arn.slice(arn.lastIndexOf('/') + 1))?.role;
    const role = name === undefined ? undefined : account.iam.roles.get(name);
    if (!role) return undefined;
    return assumedRole(account, role, instance.InstanceId);
  }
}
