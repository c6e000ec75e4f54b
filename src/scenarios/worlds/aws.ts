import { Account } from '../../cloud/aws/account.ts';
import { aws } from '../../cloud/aws/cli/aws.ts';
import { eksctl } from '../../cloud/aws/eksctl/eksctl.ts';
import { addEndpoints } from '../../cloud/aws/endpoint.ts';
import { inventory } from '../../cloud/aws/inventory.ts';
import { unzip } from '../../shell/utilities/unzip.ts';
import { programOf } from '../../shell/utilities/utility.ts';
import type { World } from '../../world/world.ts';
import { ALB_CONTROLLER_FILES } from '../aws/alb/manifest.ts';
import { AwsBackend } from '../aws/backend.ts';
import { addDocker, DOCKER_GROUP } from '../aws/docker.ts';
import { INSTALLERS } from '../aws/installers.ts';
import type { BuiltWorld } from '../build.ts';
import { addWebFiles } from '../internet/internet.ts';
import { addWorkstation } from '../workstation.ts';

/** Outside the ranges of VPCs. */
const WORKSTATION = '172.30.1.10';
/** The user whose keys the learner is given. */
const USER = 'learner';

/** A workstation with kubectl and the clients of AWS, and an account with one user and no cluster. */
export function buildAws(world: World): BuiltWorld {
  const account = new Account(world);
  addEndpoints(account);
  const user = account.addUser(USER, ['arn:aws:iam::aws:policy/AdministratorAccess']);
  const key = account.addAccessKey(user);
  const backend = new AwsBackend(world, account);
  account.backend = backend;
  world.programs.add(aws, eksctl, programOf(unzip, 'gnu'));
  addWebFiles(world, [...INSTALLERS, ...ALB_CONTROLLER_FILES]);
  const { machine: workstation, learner: plain } = addWorkstation(world, WORKSTATION);
  addDocker(world, workstation, backend.registry);
  workstation.files.appendFile('/etc/group', `docker:x:${DOCKER_GROUP}:${plain.env.get('USER')}\n`);
  const groups = [...plain.credentials.groups, DOCKER_GROUP];
  const learner = { ...plain, credentials: { ...plain.credentials, groups } };
  // What the console lets one download when a key is made. The region is the course's.
  workstation.files.writeFile(
    `${learner.home}/${USER}_accessKeys.csv`,
    `Access key ID,Secret access key\n${key.AccessKeyId},${key.SecretAccessKey}\n`,
    learner.credentials,
    0o600,
  );
  const view = { items: () => inventory(account), total: () => account.costs.total(world.now) };
  return { world, workstation, learner, clusters: backend.clusters, account: view };
}
