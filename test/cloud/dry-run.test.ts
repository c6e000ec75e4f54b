import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

it('shows the ClusterConfig that flags stand for, makes a cluster of it, and scales by a file', () => {
  const station = new Workstation('dry').configured();
  const plan =
    'eksctl create cluster --name demo --zones ap-northeast-2a,ap-northeast-2c --nodegroup-name ng --nodes 1 --dry-run';
  const text = station.ok(plan);
  expect(text).toMatch(
    /^accessConfig:\n {2}authenticationMode: API_AND_CONFIG_MAP\naddonsConfig: \{\}\napiVersion: eksctl.io\/v1alpha5\n/,
  );
  expect(text).toContain('availabilityZones:\n- ap-northeast-2a\n- ap-northeast-2c\n');
  expect(text).toContain('metadata:\n  name: demo\n  region: ap-northeast-2\n  version: "1.36"\n');
  expect(station.ok('aws eks list-clusters --query clusters')).toBe('[]\n');
  const made = station.ok(`${plan} > demo.yaml; eksctl create cluster -f demo.yaml`);
  expect(made).not.toContain('kubetutor does not model');
  expect(station.ok('eksctl create nodegroup --cluster demo --name two --dry-run')).toContain('  name: two\n');
  station.ok(`sed 's/maxSize: 1/maxSize: 3/; s/desiredCapacity: 1/desiredCapacity: 2/' demo.yaml > more.yaml`);
  expect(station.ok('eksctl scale nodegroup -f more.yaml')).toContain('scaling nodegroup "ng" in cluster demo');
  expect(
    station.ok(
      `aws eks describe-nodegroup --cluster-name demo --nodegroup-name ng --query 'nodegroup.scalingConfig.[minSize,desiredSize,maxSize]' --output text`,
    ),
  ).toBe('1\t2\t3\n');
});
