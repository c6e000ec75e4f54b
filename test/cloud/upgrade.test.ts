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
