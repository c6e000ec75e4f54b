import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const LOGIN = 'aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY 2> /dev/null';

it('takes images that docker pushes, and gives them to nodes that may have them', () => {
  const station = new Workstation('ecr').configured();
  const id = station.ok('aws sts get-caller-identity --query Account --output text').trim();
  const registry = `${id}.dkr.ecr.ap-northeast-2.amazonaws.com`;
  const run = (line: string) => station.run(`REGISTRY=${registry}; ${line}`);
  const ok = (line: string) => station.ok(`REGISTRY=${registry}; ${line}`);
  const error = (line: string) => run(line).stderr;

  expect(ok('aws ecr create-repository --repository-name app --query repository.repositoryUri --output text')).toBe(
    `${registry}/app\n`,
  );
  expect(error('aws ecr create-repository --repository-name app')).toBe(
    `\nAn error occurred (RepositoryAlreadyExistsException) when calling the CreateRepository operation: The repository with name 'app' already exists in the registry with id '${id}'\n`,
  );
  expect(error('aws ecr create-repository --repository-name App')).toContain('(InvalidParameterException)');
  ok('docker pull nginx:1.27 > /dev/null; docker tag nginx:1.27 $REGISTRY/app:v1');
  expect(ok('docker images --format "{{.Repository}}:{{.Tag}}"').split('\n').sort()).toEqual(
    ['', `${registry}/app:v1`, 'nginx:1.27'].sort(),
  );
  expect(error('docker push $REGISTRY/app:v1')).toBe('no basic auth credentials\n');
  expect(error('echo nonsense | docker login -u AWS --password-stdin $REGISTRY')).toBe(
    `Error response from daemon: login attempt to https://${registry}/v2/ failed with status: 400 Bad Request\n`,
  );
  expect(ok(LOGIN)).toBe('Login Succeeded\n');
  expect(error('docker tag nginx:1.27 $REGISTRY/none:v1; docker push $REGISTRY/none:v1')).toBe(
    `name unknown: The repository with name 'none' does not exist in the registry with id '${id}'\n`,
  );
  expect(ok('docker push $REGISTRY/app:v1')).toMatch(
    new RegExp(
      `^The push refers to repository \\[${registry}/app\\]\n(\\w{12}): Preparing\n\\1: Pushed\nv1: digest: sha256:\\w{64} size: \\d+\n$`,
    ),
  );
  expect(ok('docker push $REGISTRY/app:v1')).toContain(': Layer already exists\n');
  expect(ok(`aws ecr list-images --repository-name app --query 'imageIds[].imageTag' --output text`)).toBe('v1\n');
  expect(error('aws ecr describe-images --repository-name app --image-ids imageTag=v9')).toContain(
    `(ImageNotFoundException) when calling the DescribeImages operation: The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name 'app' in the registry with id '${id}'`,
  );
  expect(error('aws ecr delete-repository --repository-name app')).toContain('(RepositoryNotEmptyException)');

  ok('eksctl create cluster --name demo --nodegroup-name ng --nodes 1');
  const why = (name: string) =>
    station.ok(`kubectl get pod ${name} -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'`);
  ok('kubectl run good --image $REGISTRY/app:v1; kubectl run bad --image $REGISTRY/app:v9; sleep 20');
  expect(ok('kubectl get pod good -o jsonpath={.status.phase}')).toBe('Running');
  expect(ok('kubectl get pod good -o jsonpath={.status.containerStatuses[0].imageID}')).toMatch(
    new RegExp(`^${registry}/app@sha256:\\w{64}$`),
  );
  expect(why('bad')).toContain(`failed to resolve image: ${registry}/app:v9: not found`);
  // Without the policy the node's role gets no token; with a token alone it may not read.
  const role = ok(
    `aws eks describe-nodegroup --cluster-name demo --nodegroup-name ng --query nodegroup.nodeRole --output text | sed 's#.*/##'`,
  ).trim();
  const policy = 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly';
  ok(`aws iam detach-role-policy --role-name ${role} --policy-arn ${policy}
docker tag nginx:1.27 $REGISTRY/app:v2; docker push -q $REGISTRY/app:v2; kubectl run two --image $REGISTRY/app:v2; sleep 5`);
  expect(why('two')).toBe(
    `failed to pull and unpack image "${registry}/app:v2": failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  );
  ok(`aws iam put-role-policy --role-name ${role} --policy-name token --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"}]}'
kubectl run three --image $REGISTRY/app:v2; sleep 5`);
  expect(why('three')).toBe(
    `failed to pull and unpack image "${registry}/app:v2": failed to resolve image: unexpected status from HEAD request to https://${registry}/v2/app/manifests/v2: 403 Forbidden`,
  );
  ok(`aws iam attach-role-policy --role-name ${role} --policy-arn ${policy}; sleep 60`);
  expect(ok('kubectl get pod two three -o jsonpath={.items[*].status.phase}')).toBe('Running Running');
  ok(
    `aws iam detach-role-policy --role-name ${role} --policy-arn ${policy}; aws iam delete-role-policy --role-name ${role} --policy-name token`,
  );
  expect(ok('aws ecr delete-repository --repository-name app --force --query repository.repositoryName')).toBe(
    '"app"\n',
  );
});
