import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { objectOf, objectsOf, tagsOf, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EcrImage, EcrRepository } from '../../types/ecr.ts';
import type { Call, Service } from '../call.ts';
import { registryHost, registryToken, removeImages } from './registry.ts';

const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** Raises RepositoryNotFoundException; says so of registries of others. */
function repositoryOf(
  { region, params }: Pick<Call, 'region' | 'params'>,
  name = textOf(params, 'repositoryName') ?? '',
) {
  const id = checkRegistry(region, params);
  const found = region.repositories.get(name);
  if (!found)
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${id}'`,
    );
  return found;
}

function checkRegistry({ account }: Region, params: JsonObject): string {
  const id = textOf(params, 'registryId') ?? account.id;
  if (id !== account.id) throw notModelled('registries of other accounts');
  return id;
}

/** Raises InvalidParameterException, RepositoryAlreadyExistsException. */
function createRepository({ region, params }: Call): JsonObject {
  const { account } = region;
  const name = textOf(params, 'repositoryName') ?? '';
  const id = checkRegistry(region, params);
  if (!NAME.test(name) || name.length > 256)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''`,
    );
  if (region.repositories.has(name))
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${id}'`,
    );
  const mutability = textOf(params, 'imageTagMutability') ?? 'MUTABLE';
  if (mutability !== 'MUTABLE' && mutability !== 'IMMUTABLE') throw notModelled(`image tag mutability ${mutability}`);
  const repository: EcrRepository = {
    repositoryArn: region.arn('ecr', `repository/${name}`),
    registryId: id,
    repositoryName: name,
    repositoryUri: `${registryHost(region)}/${name}`,
    createdAt: account.now,
    imageTagMutability: mutability,
    imageScanningConfiguration: { scanOnPush: objectOf(params, 'imageScanningConfiguration')['scanOnPush'] === true },
    encryptionConfiguration: {
      encryptionType: textOf(objectOf(params, 'encryptionConfiguration'), 'encryptionType') ?? 'AES256',
    },
    tags: tagsOf(params['tags']),
    images: [],
  };
  region.repositories.set(name, repository);
  return { repository: view(repository) };
}

function view({ images, tags, ...repository }: EcrRepository): JsonObject {
  return toJsonObject(repository);
}

function describeRepositories(call: Call): JsonObject {
  const names = textsOf(call.params, 'repositoryNames');
  checkRegistry(call.region, call.params);
  const all = names.length > 0 ? names.map((name) => repositoryOf(call, name)) : [...call.region.repositories.values()];
  return { repositories: all.map(view) };
}

/** Raises RepositoryNotEmptyException. */
function deleteRepository(call: Call): JsonObject {
  const { region, params } = call;
  const repository = repositoryOf(call);
  const { repositoryName, registryId, images } = repository;
  if (images.length > 0 && params['force'] !== true)
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${repositoryName}' in registry with id '${registryId}' cannot be deleted because it still contains images`,
    );
  removeImages(region, repository, images);
  region.repositories.delete(repositoryName);
  return { repository: view(repository) };
}

interface ImageId {
  readonly imageDigest?: string | undefined;
  readonly imageTag?: string | undefined;
}

function imageIdsOf(params: JsonObject): ImageId[] {
  return objectsOf(params, 'imageIds').map((id) => ({
    imageDigest: textOf(id, 'imageDigest'),
    imageTag: textOf(id, 'imageTag'),
  }));
}

const isImage = (image: EcrImage, { imageDigest, imageTag }: ImageId) =>
  (imageDigest === undefined || image.imageDigest === imageDigest) &&
  (imageTag === undefined || image.imageTags.includes(imageTag));

/** With a filter for images that have tags, or that have none. */
function chosen(repository: EcrRepository, params: JsonObject): EcrImage[] {
  const status = textOf(objectOf(params, 'filter'), 'tagStatus') ?? 'ANY';
  return repository.images.filter(
    ({ imageTags }) => status === 'ANY' || (status === 'TAGGED') === imageTags.length > 0,
  );
}

function describeImages(call: Call): JsonObject {
  const repository = repositoryOf(call);
  const { registryId, repositoryName } = repository;
  const wanted = imageIdsOf(call.params);
  const images = wanted.length === 0 ? chosen(repository, call.params) : wanted.map((id) => imageOf(repository, id));
  return {
    imageDetails: images.map(({ imageTags, ...image }) => ({
      registryId,
      repositoryName,
      ...toJsonObject(image),
      ...(imageTags.length > 0 ? { imageTags: [...imageTags] } : {}),
      imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      artifactMediaType: 'application/vnd.docker.container.image.v1+json',
    })),
  };
}

/** Raises ImageNotFoundException. */
function imageOf(repository: EcrRepository, id: ImageId): EcrImage {
  const found = repository.images.find((image) => isImage(image, id));
  if (found) return found;
  const shown = (value: string | undefined) => (value === undefined ? 'null' : value);
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${shown(id.imageDigest)}', imageTag:'${shown(id.imageTag)}'} does not exist within the repository with name '${repository.repositoryName}' in the registry with id '${repository.registryId}'`,
  );
}

/** Tags go alone when the image has others; by its digest the image goes. */
function batchDeleteImage(call: Call): JsonObject {
  const repository = repositoryOf(call);
  const gone: JsonObject[] = [];
  const failures: JsonObject[] = [];
  for (const id of imageIdsOf(call.params)) {
    const image = repository.images.find((one) => isImage(one, id));
    if (!image) {
      failures.push({
        imageId: toJsonObject(id),
        failureCode: 'ImageNotFound',
        failureReason: 'Requested image not found',
      });
      continue;
    }
    const tags = id.imageTag === undefined ? image.imageTags : [id.imageTag];
    for (const imageTag of tags.length > 0 ? tags : [undefined])
      gone.push(toJsonObject({ imageDigest: image.imageDigest, imageTag }));
    image.imageTags = id.imageTag === undefined ? [] : image.imageTags.filter((tag) => tag !== id.imageTag);
    if (image.imageTags.length === 0) removeImages(call.region, repository, [image]);
  }
  return { imageIds: gone, failures };
}

/** By its ARN. Raises RepositoryNotFoundException. */
function tagged({ region, params }: Call): EcrRepository {
  const arn = textOf(params, 'resourceArn') ?? '';
  return repositoryOf({ region, params: {} }, arn.slice(arn.indexOf('repository/') + 'repository/'.length));
}

export const ecr: Service = {
  CreateRepository: createRepository,
  DescribeRepositories: describeRepositories,
  DeleteRepository: deleteRepository,
  ListImages: (call) => {
    const images = chosen(repositoryOf(call), call.params);
    return {
      imageIds: images.flatMap(({ imageDigest, imageTags }): JsonObject[] =>
        imageTags.length > 0 ? imageTags.map((imageTag) => ({ imageDigest, imageTag })) : [{ imageDigest }],
      ),
    };
  },
  DescribeImages: describeImages,
  BatchDeleteImage: batchDeleteImage,
  GetAuthorizationToken: ({ account, region, identity }) => {
    const { password, expires } = registryToken(account, identity);
    return {
      authorizationData: [
        {
          authorizationToken: btoa(`AWS:${password}`),
          expiresAt: expires,
          proxyEndpoint: `https://${registryHost(region)}`,
        },
      ],
    };
  },
  ListTagsForResource: (call) => ({ tags: tagged(call).tags.map((tag) => ({ ...tag })) }),
  TagResource: (call) => {
    const repository = tagged(call);
    const fresh = tagsOf(call.params['tags']);
    repository.tags = [...repository.tags.filter(({ Key }) => !fresh.some((one) => one.Key === Key)), ...fresh];
    return {};
  },
  UntagResource: (call) => {
    const repository = tagged(call);
    const gone = textsOf(call.params, 'tagKeys');
    repository.tags = repository.tags.filter(({ Key }) => !gone.includes(Key));
    return {};
  },
};
