import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const VERSIONS = `kubectl get nodes --no-headers -o custom-columns=V:.status.nodeInfo.kubeletVersion`;

it('upgrades a control plane, its add-ons and its nodes, and keeps disruption budgets', () => {
  const station = new Workstation('upgrade').configured();
  const error = (line: string) => station.run(line).stderr;
  station.ok('eksctl create cluster --name demo --version 1.34 --nodes 2 --zones ap-northeast-2a,ap-northeast-2c');
  expect(station.ok('kubectl version -o json | jq -r .serverVersion.gitVersion')).toBe('v1.34.10-eks-b56a4c2\n');
  expect(station.run('kubectl version').stderr).toBe(
    'Warning: version difference between client (1.36) and server (1.34) exceeds the supported minor version skew of +/-1\n',
  );
  const update = 'aws eks update-cluster-version --name demo --kubernetes-version';
  expect(error(`${update} 1.36`)).toBe(
    '\nAn error occurred (InvalidParameterException) when calling the UpdateClusterVersion operation: Unsupported Kubernetes minor version update from 1.34 to 1.36\n',
  );
  for (const version of ['1.33', '1.34']) expect(error(`${update} ${version}`)).toContain(`from 1.34 to ${version}\n`);
  expect(error(`${update} 1.99`)).toContain('unsupported Kubernetes version');
  const id = station.ok(`${update} 1.35 --query update.id --output text`).trim();
  expect(error(`${update} 1.35`)).toContain(
    `(ResourceInUseException) when calling the UpdateClusterVersion operation: Cannot VersionUpdate because cluster demo currently has update ${id} in progress`,
  );
  const describe = `aws eks describe-update --name demo --update-id ${id}`;
  expect(station.ok(`${describe} --query update.status`)).toBe('"InProgress"\n');
  station.ok('aws eks wait cluster-active --name demo');
  expect(station.ok(`${describe} --query 'update.[status,type,params[].value]' --output json | jq -c .`)).toBe(
    '["Successful","VersionUpdate",["1.35","eks.18"]]\n',
  );
  expect(station.ok('aws eks list-updates --name demo --query updateIds --output text')).toBe(`${id}\n`);
  expect(station.ok('kubectl version')).toContain('Server Version: v1.35.7-eks-9d0c6f1\n');
  expect(station.ok(VERSIONS)).toBe('v1.34.10-eks-b56a4c2\nv1.34.10-eks-b56a4c2\n');

  expect(error('aws eks update-addon --cluster-name demo --addon-name kube-proxy --addon-version v9')).toContain(
    'Addon version specified is not supported',
  );
  const wanted = station
    .ok(
      `aws eks describe-addon-versions --addon-name kube-proxy --kubernetes-version 1.35 --query 'addons[0].addonVersions[?compatibilities[0].defaultVersion].addonVersion' --output text`,
    )
    .trim();
  station.ok(`aws eks update-addon --cluster-name demo --addon-name kube-proxy --addon-version ${wanted}; sleep 90`);
  expect(
    station.ok(`kubectl get pods -A -l k8s-app=kube-proxy -o jsonpath='{.items[*].spec.containers[0].image}'`),
  ).toBe(
    Array(2)
      .fill(`602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/eks/kube-proxy:${wanted.replace('-', '-minimal-')}`)
      .join(' '),
  );

  station.ok(`kubectl create deployment web --image=nginx --replicas=2
kubectl create pdb web --selector app=web --min-available 2; sleep 20`);
  const group =
    'aws eks update-nodegroup-version --cluster-name demo --nodegroup-name $(aws eks list-nodegroups --cluster-name demo --query nodegroups[0] --output text)';
  expect(error(`${group} --kubernetes-version 1.36`)).toContain(
    '(InvalidParameterException) when calling the UpdateNodegroupVersion',
  );
  expect(error(`${group} --release-version 1.35.1-20200101`)).toContain(
    'Requested release version 1.35.1-20200101 is not valid for kubernetes version 1.34.',
  );
  const stuck = station.ok(`${group} --kubernetes-version 1.35 --query update.id --output text`).trim();
  expect(error(`${group}`)).toContain('Nodegroup cannot be updated as it is currently not in Active State');
  station.wait(25);
  const ng = station.ok('aws eks list-nodegroups --cluster-name demo --query nodegroups[0] --output text').trim();
  const failed = JSON.parse(
    station.ok(`aws eks describe-update --name demo --nodegroup-name ${ng} --update-id ${stuck} --query update`),
  );
  expect(failed).toMatchObject({
    status: 'Failed',
    errors: [
      {
        errorCode: 'PodEvictionFailure',
        errorMessage: `Reached max retries while trying to evict pods from nodes in node group ${ng}`,
      },
    ],
  });
  station.ok(`kubectl delete pdb web; ${group} --kubernetes-version 1.35`);
  // New nodes come first: one more for each zone.
  station.wait(2);
  expect(station.ok(VERSIONS).trim().split('\n').sort()).toEqual([
    ...Array(2).fill('v1.34.10-eks-b56a4c2'),
    ...Array(2).fill('v1.35.7-eks-9d0c6f1'),
  ]);
  station.wait(18);
  expect(station.ok(VERSIONS)).toBe('v1.35.7-eks-9d0c6f1\nv1.35.7-eks-9d0c6f1\n');
  expect(
    station.ok(
      `aws eks describe-nodegroup --cluster-name demo --nodegroup-name ${ng} --query 'nodegroup.[status,version,releaseVersion]' --output text`,
    ),
  ).toBe('ACTIVE\t1.35\t1.35.7-20260818\n');
  expect(station.ok('kubectl get pods -l app=web --no-headers').match(/Running/g)).toHaveLength(2);
});

const withoutTimes = (text: string) => text.replace(/^\S+ \S+ /gm, '');

it('upgrades with eksctl: plan first, then the cluster, then the stack of the node group', () => {
  const station = new Workstation('eksctl-upgrade').configured();
  const error = (line: string) => station.run(line).stderr;
  station.ok('eksctl create cluster --name demo --version 1.34 --nodegroup-name ng --nodes 1');
  expect(withoutTimes(station.ok('eksctl upgrade cluster --name demo'))).toBe(
    `[ℹ]  (plan) would upgrade cluster "demo" control plane from current version "1.34" to "1.35"
[ℹ]  re-building cluster stack "eksctl-demo-cluster"
[✔]  all resources in cluster stack "eksctl-demo-cluster" are up-to-date
[ℹ]  checking security group configuration for all nodegroups
[ℹ]  all nodegroups have up-to-date cloudformation templates
[!]  no changes were applied, run again with '--approve' to apply the changes
`,
  );
  expect(error('eksctl upgrade cluster --name demo --version 1.36 --approve')).toBe(
    'Error: upgrading more than one version at a time is not supported. Found upgrade from "1.34" to "1.36". Please upgrade to "1.35" first\n',
  );
  expect(error('eksctl upgrade cluster --name demo --version 1.33')).toBe(
    'Error: cannot upgrade to a lower version. Found given target version "1.33", current cluster version "1.34"\n',
  );
  expect(error('eksctl upgrade cluster --name demo --version 1.40')).toBe(
    'Error: control plane version "1.40" is not known to this version of eksctl, try to upgrade eksctl first\n',
  );
  expect(withoutTimes(station.ok('eksctl upgrade cluster --name demo --version 1.34'))).toMatch(
    /^\[ℹ\] {2}no cluster version update required\n/,
  );
  station.ok('eksctl upgrade cluster --name demo --approve');
  expect(withoutTimes(station.ok('eksctl upgrade cluster --name demo --approve'))).toMatch(
    /^\[ℹ\] {2}will upgrade cluster "demo" control plane from current version "1.35" to "1.36"\n\[✔\] {2}cluster "demo" control plane has been upgraded to version "1.36"\n\[ℹ\] {2}you will need to follow the upgrade procedure for all of nodegroups and add-ons\n\[ℹ\] {2}re-building/,
  );
  expect(station.ok('kubectl version')).toContain('Server Version: v1.36.4-eks-3025e55\n');
  // The add-ons are those of before until they are updated, too.
  expect(station.ok('eksctl get addon --cluster demo --name kube-proxy')).toMatch(
    /^kube-proxy\s+v1\.34\.9-eksbuild\.2\s+ACTIVE\s+0\s+v1\.36\.2-eksbuild\.3,v1\.35\.6-eksbuild\.2\s*$/m,
  );
  expect(error('eksctl update addon --cluster demo --name kube-proxy --version v7')).toBe(
    'Error: failed to fetch addon version: no version(s) found matching "v7" for "kube-proxy"\n',
  );
  expect(
    withoutTimes(station.ok('eksctl update addon --cluster demo --name kube-proxy --version latest --wait')),
  ).toMatch(
    /\[ℹ\] {2}new version provided v1\.36\.2-eksbuild\.3\n\[ℹ\] {2}updating addon\n\[ℹ\] {2}addon "kube-proxy" active\n$/,
  );
  const upgrade = 'eksctl upgrade nodegroup --cluster demo';
  expect(error(`${upgrade} --name none`)).toBe(
    'Error: upgrade is only supported for managed nodegroups; could not find one with name "none"\n',
  );
  expect(withoutTimes(station.ok(`${upgrade} --name ng --kubernetes-version 1.36`))).toMatch(
    /^\[ℹ\] {2}setting ForceUpdateEnabled value to false\n\[ℹ\] {2}updating nodegroup stack\n\[ℹ\] {2}waiting for CloudFormation changeset "eksctl-update-nodegroup-\d+" for stack "eksctl-demo-nodegroup-ng"\n(\[ℹ\] {2}waiting for CloudFormation stack "eksctl-demo-nodegroup-ng"\n)+\[ℹ\] {2}upgrading nodegroup version\n[\s\S]*\[ℹ\] {2}nodegroup successfully upgraded\n$/,
  );
  station.wait(2);
  expect(station.ok(VERSIONS)).toBe('v1.36.4-eks-3025e55\n');
  expect(
    station.ok(
      `aws cloudformation describe-stacks --stack-name eksctl-demo-nodegroup-ng --query 'Stacks[0].StackStatus' --output text`,
    ),
  ).toBe('UPDATE_COMPLETE\n');
  expect(withoutTimes(station.ok(`${upgrade} --name ng`))).toContain('[ℹ]  nodegroup "ng" is already up-to-date\n');
  expect(station.ok(`eksctl delete cluster --name demo --wait`)).toMatch(/all cluster resources were deleted\n$/);
});

it('tells the images of nodes by their public parameters', () => {
  const station = new Workstation('ssm').configured();
  const folder = '/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended';
  const get = 'aws ssm get-parameter --query Parameter.Value --output text --name';
  const ami = station.ok(`${get} ${folder}/image_id`).trim();
  expect(station.ok(`aws ec2 describe-images --image-ids ${ami} --query 'Images[].Name' --output text`)).toBe(
    station.ok(`${get} ${folder}/image_name`),
  );
  expect(JSON.parse(station.ok(`${get} ${folder}`))).toMatchObject({
    image_id: ami,
    release_version: '1.36.4-20260818',
  });
  expect(station.run(`${get} /my/own`).stderr).toBe(
    '\nAn error occurred (ParameterNotFound) when calling the GetParameter operation: \n',
  );
  expect(
    station.ok(
      `aws ssm get-parameters --names ${folder}/image_id /my/own --query '[length(Parameters),InvalidParameters]' --output text`,
    ),
  ).toBe('1\n/my/own\n');
});

it('charges for a version that is in extended support until the cluster is upgraded', () => {
  const station = new Workstation('extended').configured();
  expect(
    station.ok(`aws eks describe-cluster-versions --cluster-versions 1.33 --query 'clusterVersions[0].status'`),
  ).toBe('"extended-support"\n');
  station.ok('eksctl create cluster --name old --version 1.33 --without-nodegroup');
  const hourly = () => station.built.account?.items().find(({ kind }) => kind === 'eks-cluster')?.hourly;
  expect(hourly()).toBeCloseTo(0.6);
  station.ok('eksctl upgrade cluster --name old --approve');
  expect(hourly()).toBeCloseTo(0.1);
});

it('undoes the stack of a node group whose Pods do not go, and takes them with force', () => {
  const station = new Workstation('force').configured();
  station.ok(`eksctl create cluster --name demo --version 1.35 --nodegroup-name ng --nodes 1
kubectl create deployment web --image=nginx; kubectl create pdb web --selector app=web --min-available 1; sleep 20
eksctl upgrade cluster --name demo --approve`);
  const upgrade = 'eksctl upgrade nodegroup --cluster demo --name ng --kubernetes-version 1.36';
  const { stdout, stderr } = station.run(upgrade);
  expect(stderr).toBe('Error: error updating nodegroup stack: waiter state transitioned to Failure\n');
  expect(stdout).toMatch(
    /\[ℹ\] {2}AWS::EKS::Nodegroup\/ManagedNodeGroup: UPDATE_FAILED – "Update failed due to \[\{ErrorCode: PodEvictionFailure,ErrorMessage: Reached max retries while trying to evict pods from nodes in node group ng,ResourceIds: \[ip-192-168-\S+\.internal\]\}\]"\n/,
  );
  expect(station.ok(`${upgrade} --force-upgrade; sleep 120`)).toMatch(/nodegroup successfully upgraded\n$/);
  expect(station.ok(VERSIONS)).toBe('v1.36.4-eks-3025e55\n');
  expect(station.ok('kubectl get deployment web -o jsonpath={.status.readyReplicas}')).toBe('1');
});
