import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

/** The commands of the course's EKS section, with a key pair's name in place of its placeholder. */
const CREATE = `eksctl create cluster \\
--name k8s-demo \\
--region ap-northeast-2 \\
--with-oidc \\
--ssh-access \\
--ssh-public-key k8s-login \\
--nodes 3 \\
--node-type t3.medium \\
--node-volume-size=20 \\
--managed`;

const STACKS = `aws cloudformation list-stacks --query 'StackSummaries[].[StackName,StackStatus]' --output text`;
const withoutTimes = (text: string) => text.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /gm, '');

it('plays the EKS section: from keys to an application behind a load balancer and back to an empty account', () => {
  const station = new Workstation();
  const started = station.built.world.now;

  // aws configure, as the course says, typed.
  const configured = station.ok(
    `(tail -1 learner_accessKeys.csv | tr , '\\n'; printf 'ap-northeast-2\\njson\\n') | aws configure`,
  );
  expect(configured).toBe(
    'AWS Access Key ID [None]: AWS Secret Access Key [None]: Default region name [None]: Default output format [None]: ',
  );
  expect(station.ok('aws sts get-caller-identity --query Arn --output text')).toMatch(
    /^arn:aws:iam::\d{12}:user\/learner\n$/,
  );
  station.ok('aws ec2 create-key-pair --key-name k8s-login --query KeyMaterial --output text > k8s-login.pem');

  const log = withoutTimes(station.ok(CREATE));
  expect(log).toContain('[ℹ]  using EC2 key pair "k8s-login"\n');
  expect(log).toContain('[ℹ]  creating EKS cluster "k8s-demo" in "ap-northeast-2" region with managed nodes\n');
  expect(log).toMatch(/\[ℹ\] {2}nodegroup "ng-[0-9a-f]{8}" has 3 node\(s\)\n/);
  expect(log).toMatch(/\[✔\] {2}EKS cluster "k8s-demo" in "ap-northeast-2" region is ready\n$/);
  const minutes = (station.built.world.now - started) / 60_000;
  expect(minutes).toBeGreaterThan(12);
  expect(minutes).toBeLessThan(20);

  const nodes = station.ok('kubectl get nodes --no-headers').trim().split('\n');
  expect(nodes).toHaveLength(3);
  for (const node of nodes)
    expect(node).toMatch(
      /^ip-192-168-\d+-\d+\.ap-northeast-2\.compute\.internal +Ready +<none> +\S+ +v1\.36\.4-eks-\w+$/,
    );
  // eksctl makes metrics-server last and does not wait for it.
  station.ok('kubectl -n kube-system rollout status deployment metrics-server');
  expect(station.ok('kubectl get pods -n kube-system --no-headers | grep -vc Running || true')).toBe('0\n');
  expect(
    station
      .ok(STACKS)
      .trim()
      .split('\n')
      .map((line) => line.replace(/ng-\w+/, 'ng')),
  ).toEqual([
    'eksctl-k8s-demo-nodegroup-ng\tCREATE_COMPLETE',
    'eksctl-k8s-demo-addon-vpc-cni\tCREATE_COMPLETE',
    'eksctl-k8s-demo-cluster\tCREATE_COMPLETE',
  ]);

  // An application: its name is there at once and resolves only later.
  station.ok(
    'kubectl create deployment web --image=nginx --replicas=2; kubectl expose deployment web --port=80 --type=LoadBalancer',
  );
  expect(station.ok('kubectl get svc web --no-headers')).toContain('<pending>');
  const page = `curl -sS -m 5 http://$(kubectl get svc web -o jsonpath='{.status.loadBalancer.ingress[0].hostname}')`;
  expect(station.run(`sleep 6; ${page}`).stderr).toMatch(
    /^curl: \(6\) Could not resolve host: a\w{31}-\d{9}\.ap-northeast-2\.elb\.amazonaws\.com\n$/,
  );
  expect(station.ok(`sleep 60; ${page}`)).toContain('<title>Welcome to nginx!</title>');
  // What passes TCP on has no answer of its own when no Pod gives one.
  const target = (port: number) =>
    `kubectl patch svc web -p '{"spec":{"ports":[{"port":80,"targetPort":${port}}]}}'; sleep 2`;
  expect(station.run(`${target(8080)}; ${page}`).stderr).toBe('curl: (52) Empty reply from server\n');
  station.ok(target(80));

  // Deletion by CloudFormation: the node group first, and the load balancer is in the way.
  const remove = (name: string) =>
    station.run(
      `aws cloudformation delete-stack --stack-name ${name}; aws cloudformation wait stack-delete-complete --stack-name ${name}`,
    );
  expect(remove('eksctl-k8s-demo-cluster').stderr).toContain('terminal failure state');
  expect(
    station.ok(
      `aws cloudformation describe-stacks --stack-name eksctl-k8s-demo-cluster --query 'Stacks[0].StackStatusReason'`,
    ),
  ).toMatch(/Cannot delete export eksctl-k8s-demo-cluster::\w+ as it is in use by eksctl-k8s-demo-nodegroup-ng-\w+\./);
  const group = station.ok(`${STACKS} | grep nodegroup | cut -f1`).trim();
  expect(remove(group).status).toBe(0);
  expect(remove('eksctl-k8s-demo-addon-vpc-cni').status).toBe(0);
  expect(remove('eksctl-k8s-demo-cluster').status).toBe(255);
  expect(
    station.ok(
      `aws cloudformation describe-stack-events --stack-name eksctl-k8s-demo-cluster --query "StackEvents[?ResourceStatus=='DELETE_FAILED'].ResourceStatusReason" --output text`,
    ),
  ).toMatch(
    /The subnet 'subnet-\w+' has dependencies and cannot be deleted\. \(Service: Ec2, Status Code: 400, Request ID: /,
  );
  // The repair: what Kubernetes made outside of the stacks.
  station.ok(`aws elb delete-load-balancer --load-balancer-name $(aws elb describe-load-balancers --query 'LoadBalancerDescriptions[0].LoadBalancerName' --output text)
sleep 60
aws ec2 delete-security-group --group-id $(aws ec2 describe-security-groups --filters 'Name=group-name,Values=k8s-elb-*' --query 'SecurityGroups[0].GroupId' --output text)`);
  expect(remove('eksctl-k8s-demo-cluster').status).toBe(0);
  expect(station.ok('aws ec2 describe-vpcs --query "Vpcs[].CidrBlock" --output text')).toBe('172.31.0.0/16\n');
  expect(
    station.ok(
      'aws eks list-clusters --query clusters --output text; aws ec2 describe-network-interfaces --query "NetworkInterfaces[]" --output text',
    ),
  ).toBe('');
  expect(station.run('kubectl get nodes').stderr).toContain('no such host');
}, 120_000);

it('deletes a cluster whose own add-ons have disruption budgets', () => {
  const station = new Workstation().configured();
  station.ok('eksctl create cluster --name plain --nodes 2 > /dev/null');
  const log = withoutTimes(station.ok('eksctl delete cluster --name plain --wait'));
  expect(log).toContain(
    '[ℹ]  will drain 0 unmanaged nodegroup(s) in cluster "plain"\n[ℹ]  starting parallel draining, max in-flight of 1\n[ℹ]  deleted 0 Fargate profile(s)\n',
  );
  expect(log).toMatch(/\[✔\] {2}all cluster resources were deleted\n$/);
  expect(station.ok('aws ec2 describe-vpcs --query "Vpcs[].CidrBlock" --output text')).toBe('172.31.0.0/16\n');
});
