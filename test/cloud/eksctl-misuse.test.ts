import { beforeAll, expect, it } from 'vitest';
import { Workstation } from './play.ts';

let station: Workstation;

beforeAll(() => {
  station = new Workstation('misuse').configured();
  station.ok('eksctl create cluster --name demo --nodegroup-name workers --nodes 1 --node-type t3.medium --with-oidc');
});

const error = (line: string) => station.run(line).stderr.replace(/RequestID: [^,]*/, 'RequestID: …');
const config = (rest: string, more = 'create cluster -f c.yaml') =>
  error(`printf 'apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: ap-northeast-2}\n${rest}\n' > c.yaml
eksctl ${more}`);

it('refuses clusters and files that are none in the words of eksctl', () => {
  expect(error('eksctl create cluster --name 9x_')).toBe(
    'Error: validation for 9x_ failed, name must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*\n',
  );
  expect(station.run('eksctl create cluster a b').stdout).toContain(
    '[✖]  only one argument is allowed to be used as a name\n',
  );
  expect(config('managedNodeGroups: [{name: x, nope: 1}]')).toBe(
    'Error: loading config file "c.yaml": error unmarshaling JSON: while decoding JSON: json: unknown field "nope"\n',
  );
  expect(config('managedNodeGroups: [{name: x, desiredCapacity: two}]')).toContain('cannot unmarshal string into Go');
  expect(config('managedNodeGroups: [{name: x}, {name: x}]')).toBe(
    'Error: managedNodeGroups[1].name "x" is not unique\n',
  );
  expect(config('iam: {withOIDC: maybe}')).toContain(
    'cannot unmarshal string into Go struct field ClusterIAM.iam.withOIDC',
  );
  expect(config('', 'create cluster -f c.yaml --nodes 3')).toBe(
    'Error: cannot use --nodes when --config-file/-f is set\n',
  );
  expect(config('', 'create cluster -f c.yaml b')).toBe(
    'Error: cannot use name argument when --config-file/-f is set\n',
  );
  const noCluster =
    'Error: unable to describe cluster control plane: operation error EKS: DescribeCluster, https response error StatusCode: 404, RequestID: …, ResourceNotFoundException: No cluster found for name: nope.\n';
  for (const command of ['get cluster --name nope', 'get nodegroup --cluster nope', 'delete cluster --name nope'])
    expect(error(`eksctl ${command}`)).toBe(noCluster);
  expect(error('eksctl create cluster --name other --managed=false')).toBe(
    'Error: kubetutor does not model self-managed nodegroups (--managed=false)\n',
  );
  expect(error('eksctl enable flux')).toBe('Error: kubetutor does not model eksctl enable\n');
});

it('shows clusters and node groups as eksctl does', () => {
  const [cluster] = JSON.parse(station.ok('eksctl get cluster demo -o json'));
  expect(cluster).toMatchObject({ Name: 'demo', Status: 'ACTIVE', ResourcesVpcConfig: { EndpointPublicAccess: true } });
  expect(station.ok('eksctl get cluster demo')).toMatch(/^NAME\tVERSION\tSTATUS\tCREATED\t+VPC\t/);
  expect(station.ok('eksctl get cluster -o yaml')).toBe('- Name: demo\n  Owned: "True"\n  Region: ap-northeast-2\n');
  const [group] = JSON.parse(station.ok('eksctl get nodegroup --cluster demo -o json'));
  expect(group).toMatchObject({ StackName: 'eksctl-demo-nodegroup-workers', DesiredCapacity: 1, Type: 'managed' });
});

it('refuses a node group in a subnet that is not there', () => {
  const create = 'aws eks create-nodegroup --cluster-name demo --nodegroup-name x --node-role arn:aws:iam::1:role/x';
  expect(error(`${create} --subnets subnet-typo`)).toContain("The subnet ID 'subnet-typo' does not exist");
});

it('scales only to sizes that can be, and drains and takes back', () => {
  const scale = (sizes: string) => error(`eksctl scale nodegroup --cluster demo --name workers ${sizes}`);
  expect(scale('--nodes -1')).toBe('Error: number of nodes must be 0 or greater\n');
  expect(scale('--nodes 5 --nodes-max 4')).toBe(
    'Error: maximum number of nodes must be greater than or equal to number of nodes\n',
  );
  expect(scale('--nodes 5')).toContain(
    "InvalidParameterException: desired capacity 5 can't be greater than max size 1",
  );
  expect(error('eksctl drain nodegroup --cluster demo --name nope')).toContain('No node group found for name: nope.');
  station.ok('kubectl scale -n kube-system deployment --all --replicas 0');
  expect(station.ok('eksctl drain nodegroup --cluster demo --name workers')).toContain('[✔]  drained all nodes: [ip-');
  expect(station.ok('kubectl get nodes')).toContain('SchedulingDisabled');
  expect(station.ok('eksctl drain nodegroup --cluster demo --name workers --undo')).toContain('uncordon node "ip-');
  expect(station.ok('kubectl get nodes')).not.toContain('SchedulingDisabled');
});

it('makes access entries by stacks of their own, and takes them away', () => {
  station.ok('aws iam create-user --user-name dev');
  const arn = station.ok('aws iam get-user --user-name dev --query User.Arn --output text').trim();
  const made = station.ok(`eksctl create accessentry --cluster demo --principal-arn ${arn} --kubernetes-groups a,b`);
  expect(made).toMatch(/deploying stack "eksctl-demo-accessentry-[A-Z2-7]{32}"/);
  expect(station.ok(`eksctl create accessentry --cluster demo --principal-arn ${arn}`)).toContain('already up-to-date');
  const entries = JSON.parse(station.run('eksctl get accessentry --cluster demo -o json').stdout);
  expect(entries).toContainEqual({ principalARN: arn, kubernetesGroups: ['a', 'b'] });
  expect(station.ok('eksctl get accessentries --cluster demo')).toMatch(/:user\/dev\t+2\t+0\n/);
  station.ok(`eksctl delete accessentry --cluster demo --principal-arn ${arn}`);
  expect(station.ok('aws eks list-access-entries --cluster-name demo')).not.toContain(arn);
  const stranger = 'arn:aws:iam::111122223333:user/nobody';
  expect(error(`eksctl create accessentry --cluster demo --principal-arn ${stranger}`)).toBe(
    `Error: failed to create access entry for principal ARN "${stranger}"\n`,
  );
  expect(error('eksctl create accessentry --cluster demo')).toBe('Error: --principal-arn is required\n');
});

it('says when a role cannot be made, and deletes all that is left with the cluster', () => {
  const account = 'eksctl create iamserviceaccount --cluster demo --name x --approve --attach-policy-arn';
  const refused = station.run(`${account} arn:aws:iam::111122223333:policy/Nope`);
  expect(refused.stderr).toBe('Error: failed to create iamserviceaccount(s)\n');
  expect(refused.stdout).toContain('Policy arn:aws:iam::111122223333:policy/Nope does not exist or is not attachable.');
  expect(refused.stdout).toContain('[✖]  waiter state transitioned to Failure\n');
  expect(station.ok('eksctl delete cluster --name demo --wait')).toContain('all cluster resources were deleted');
  expect(JSON.parse(station.ok('aws cloudformation describe-stacks')).Stacks).toEqual([]);
});
