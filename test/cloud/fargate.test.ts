import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

it('keeps Fargate profiles, marks their Pods and says that no node comes', () => {
  const station = new Workstation('fargate').configured();
  station.ok('eksctl create cluster --name demo --nodes 1 > /dev/null; kubectl create namespace batch');
  expect(station.run('eksctl create fargateprofile --cluster demo --name batch').stderr).toBe(
    'Error: invalid Fargate profile: empty selector namespace\n',
  );
  const log = station.ok(
    'eksctl create fargateprofile --cluster demo --name batch --namespace batch --labels tier=night',
  );
  expect(log).toMatch(
    /deploying stack "eksctl-demo-fargate"\n[\s\S]*creating Fargate profile "batch" on EKS cluster "demo"\n.*created Fargate profile "batch" on EKS cluster "demo"\n.*kubetutor does not model the nodes of Fargate/,
  );
  expect(station.ok('aws eks list-fargate-profiles --cluster-name demo --output text')).toBe(
    'FARGATEPROFILENAMES\tbatch\n',
  );
  expect(station.ok('eksctl get fargateprofile --cluster demo')).toMatch(
    /batch\s+batch\s+tier=night\s+arn:aws:iam::.*ACTIVE\n/,
  );
  station.ok(
    'kubectl run one -n batch --image=nginx --labels tier=night; kubectl run two -n batch --image=nginx; sleep 30',
  );
  expect(
    station.ok(
      'kubectl get pods -n batch -o custom-columns=N:.metadata.name,P:.status.phase,S:.spec.schedulerName --no-headers',
    ),
  ).toMatch(/^one +Pending +fargate-scheduler\ntwo +Running +default-scheduler\n$/);
  expect(station.ok('kubectl describe pod one -n batch')).toMatch(
    /Warning +FailedScheduling +\S+ +fargate-scheduler +kubetutor does not model the nodes of Fargate/,
  );
  const subnet = `$(aws ec2 describe-subnets --filters Name=map-public-ip-on-launch,Values=true Name=vpc-id,Values=$(aws eks describe-cluster --name demo --query cluster.resourcesVpcConfig.vpcId --output text) --query 'Subnets[0].SubnetId' --output text)`;
  expect(
    station.run(
      `aws eks create-fargate-profile --cluster-name demo --fargate-profile-name x --pod-execution-role-arn arn:aws:iam::1:role/x --subnets ${subnet} --selectors namespace=x`,
    ).stderr,
  ).toMatch(/InvalidParameterException.*Subnet subnet-\w+ provided in Fargate Profile is not a private subnet\n$/);
  const gone = station.ok('eksctl delete cluster --name demo --wait');
  expect(gone).toMatch(
    /deleting Fargate profile "batch"\n.*deleted Fargate profile "batch"\n.*deleted 1 Fargate profile\(s\)\n/,
  );
  expect(station.ok('aws cloudformation describe-stacks --query Stacks')).toBe('[]\n');
});
