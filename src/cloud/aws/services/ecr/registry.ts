import type { Account } from '../../account.ts';
import { encodedText } from '../../ids.ts';
import { mayDo } from '../../policies.ts';
import { HOURS_A_MONTH, PRICES } from '../../prices.ts';
import type { Region } from '../../region.ts';
import type { EcrImage, EcrRepository } from '../../types/ecr.ts';
import type { Identity } from '../../types/iam.ts';

/** How long a token for the registry is good, ms. */
const TOKEN_TIME = 12 * 3_600_000;
/** How much smaller an image is that is stored packed. */
const PACKED = 0.4;
const GIGABYTE = 1e9;

interface RegistryToken {
  readonly identity: Identity;
  readonly expires: number;
}

/** The tokens that the registries of an account have given out: nothing that an answer shows. */
const tokens = new WeakMap<Account, Map<string, RegistryToken>>();

/** A password for the user `AWS`, which does what the identity may. */
export function registryToken(account: Account, identity: Identity): { password: string; expires: number } {
  const known = tokens.get(account) ?? new Map<string, RegistryToken>();
  tokens.set(account, known);
  const password = `eyJwYXlsb2FkIjoi${encodedText(account.random, 240)}`;
  const expires = account.now + TOKEN_TIME;
  known.set(password, { identity, expires });
  return { password, expires };
}

/** Who has a password; `expired` when it was good once. */
export function tokenHolder(account: Account, password: string): Identity | 'expired' | undefined {
  const found = tokens.get(account)?.get(password);
  if (!found) return undefined;
  return found.expires > account.now ? found.identity : 'expired';
}

/** `111122223333.dkr.ecr.ap-northeast-2.amazonaws.com` taken apart. */
export function registryOf(host: string): { readonly id: string; readonly region: string } | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host);
  return match ? { id: match[1] ?? '', region: match[2] ?? '' } : undefined;
}

export function registryHost(region: Region): string {
  return `${region.account.id}.dkr.ecr.${region.name}.amazonaws.com`;
}

/** What pulling takes, and what pushing takes. ECR User Guide: image-push-iam */
const PULL_ACTIONS = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH_ACTIONS = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'];

/** The first action that an identity may not do; undefined when it may pull, or push. */
export function deniedAction(account: Account, who: Identity, verb: 'pull' | 'push', arn: string): string | undefined {
  const actions = verb === 'pull' ? PULL_ACTIONS : PUSH_ACTIONS;
  return actions.find((action) => mayDo(account, who, action, arn) !== 'allowed');
}

export function findImage(repository: EcrRepository, { tag, digest }: { tag: string; digest: string }) {
  return repository.images.find((image) =>
    digest === '' ? image.imageTags.includes(tag) : image.imageDigest === digest,
  );
}

/** Puts an image under a tag. Text: why not. */
export function putImage(
  region: Region,
  repository: EcrRepository,
  image: { readonly digest: string; readonly size: number; readonly tag: string },
): string | undefined {
  const { account } = region;
  const { digest, tag } = image;
  const holder = repository.images.find(({ imageTags }) => imageTags.includes(tag));
  if (holder?.imageDigest === digest) return undefined;
  if (holder && repository.imageTagMutability === 'IMMUTABLE')
    return `tag invalid: The image tag '${tag}' already exists in the '${repository.repositoryName}' repository and cannot be overwritten because the tag is immutable.`;
  if (holder) holder.imageTags = holder.imageTags.filter((one) => one !== tag);
  const known = repository.images.find(({ imageDigest }) => imageDigest === digest);
  if (known) {
    known.imageTags.push(tag);
    return undefined;
  }
  repository.images.push({
    imageDigest: digest,
    imageTags: [tag],
    imageSizeInBytes: Math.round(image.size * PACKED),
    imagePushedAt: account.now,
  });
  chargeStorage(region, repository);
  return undefined;
}

export function removeImages(region: Region, repository: EcrRepository, gone: readonly EcrImage[]): void {
  repository.images = repository.images.filter((image) => !gone.includes(image));
  chargeStorage(region, repository);
}

/** What is stored costs by its size. */
function chargeStorage(region: Region, { repositoryArn, images }: EcrRepository): void {
  const { costs, now } = region.account;
  costs.stop(repositoryArn, now);
  const bytes = images.reduce((sum, { imageSizeInBytes }) => sum + imageSizeInBytes, 0);
  if (bytes === 0) return;
  const rate = ((bytes / GIGABYTE) * PRICES.imageStorage) / HOURS_A_MONTH;
  costs.start(repositoryArn, 'Amazon EC2 Container Registry (ECR)', 'TimedStorage-ByteHrs', rate, now);
}
