import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

/** A role that a service may take. */
const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

const NODE_POLICIES = ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryReadOnly'];

it('makes a cluster by aws alone, in the default VPC, and takes it away again', () => {
  const station = new Workstation().configured();
  const role = (name: string, service: string) =>
    station
      .ok(
        `aws iam create-role --role-name ${name} --assume-role-policy-document '${trust(service)}' --query Role.Arn --output text`,
      )
      .trim();
  const [clusterRole, nodeRole] = [role('cluster', 'eks.amazonaws.com'), role('node', 'ec2.amazonaws.com')];
  const attach = (name: string, policy: string) =>
    station.ok(`aws iam attach-role-policy --role-name ${name} --policy-arn arn:aws:iam::aws:policy/${policy}`);
  attach('cluster', 'AmazonEKSClusterPolicy');
  for (const policy of NODE_POLICIES) attach('node', policy);
  const subnets = station.ok("aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text").trim().split(/\s+/);

  const create = (arn: string) =>
    `aws eks create-cluster --name mine --role-arn ${arn} --resources-vpc-config subnetIds=${subnets}`;
  expect(station.run(create(`${clusterRole}-typo`)).stderr).toContain(
    `(InvalidParameterException) when calling the CreateCluster operation: Role with arn: ${clusterRole}-typo, could not be assumed because it does not exist or the trusted entity is not correct`,
  );
  expect(station.run(create(nodeRole)).stderr).toContain(
    `Following required service principals [eks.amazonaws.com] were not found in the trust relationships of clusterRole ${nodeRole}`,
  );
  station.ok(`${create(clusterRole)}; aws eks wait cluster-active --name mine`);

  // What a cluster is born with waits for nodes.
  station.ok('aws eks update-kubeconfig --name mine');
  const pods = 'kubectl get pods -n kube-system --no-headers';
  station.wait(1);
  expect(station.ok(pods)).toMatch(/^coredns-\S+ +0\/1 +Pending .*\ncoredns-\S+ +0\/1 +Pending .*\n$/);

  const createGroup = (arn: string) =>
    `aws eks create-nodegroup --cluster-name mine --nodegroup-name w --node-role ${arn} --subnets ${subnets.join(' ')}`;
  expect(station.run(createGroup(clusterRole)).stderr).toContain(
    `Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole ${clusterRole}`,
  );
  expect(station.run(createGroup(`${nodeRole}s`)).stderr).toContain('The role with name nodes cannot be found.');
  station.ok(`${createGroup(nodeRole)}; aws eks wait nodegroup-active --cluster-name mine --nodegroup-name w`);
  station.wait(2);
  expect(station.ok('kubectl get nodes --no-headers').match(/ Ready /g)).toHaveLength(2);
  expect(station.ok(`${pods} | grep -vc Running || true`)).toBe('0\n');

  expect(station.run('aws eks delete-cluster --name mine').stderr).toContain('Cluster has nodegroups attached');
  station.ok(`aws eks delete-nodegroup --cluster-name mine --nodegroup-name w
aws eks wait nodegroup-deleted --cluster-name mine --nodegroup-name w
aws eks delete-cluster --name mine; aws eks wait cluster-deleted --name mine`);
  expect(station.ok("aws ec2 describe-network-interfaces --query 'length(NetworkInterfaces)'")).toBe('0\n');
});

it('forgets what a cluster is born with when it goes before its API server answers', () => {
  const station = new Workstation().configured();
  station.ok(`aws iam create-role --role-name cluster --assume-role-policy-document '${trust('eks.amazonaws.com')}'`);
  const subnets = station.ok("aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text").trim();
  const account = station.ok('aws sts get-caller-identity --query Account --output text').trim();
  station.ok(
    `aws eks create-cluster --name mine --role-arn arn:aws:iam::${account}:role/cluster --resources-vpc-config subnetIds=${subnets.replaceAll(/\s+/g, ',')}`,
  );
  station.ok('aws eks wait cluster-active --name mine; aws eks delete-cluster --name mine');
  station.ok('aws eks wait cluster-deleted --name mine');
  station.wait(30);
  expect(station.ok('aws eks list-clusters --output text')).toBe('');
});
