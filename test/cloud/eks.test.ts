import { beforeAll, expect, it } from 'vitest';
import { Workstation } from './play.ts';

const station = new Workstation('eks').configured();

beforeAll(() => {
  station.ok(`cat > cluster.yaml <<'X'
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: demo, region: ap-northeast-2}
iam: {withOIDC: true}
managedNodeGroups:
- {name: workers, instanceType: t3.medium, desiredCapacity: 2, minSize: 2, maxSize: 4}
X
eksctl create cluster -f cluster.yaml`);
});

it('lets in whom an access entry or aws-auth names, and nobody else', () => {
  station.ok(`aws iam create-user --user-name dev
aws iam create-access-key --user-name dev --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text > dev
aws configure set profile.dev.region ap-northeast-2
aws configure --profile dev set aws_access_key_id $(cut -f1 dev)
aws configure --profile dev set aws_secret_access_key $(cut -f2 dev)`);
  expect(station.run('aws --profile dev eks update-kubeconfig --name demo --kubeconfig dev.conf').stderr).toMatch(
    /An error occurred \(AccessDeniedException\) when calling the DescribeCluster operation: User: arn:aws:iam::\d+:user\/dev is not authorized to perform: eks:DescribeCluster on resource: arn:aws:eks:ap-northeast-2:\d+:cluster\/demo because no identity-based policy allows the eks:DescribeCluster action/,
  );
  station.ok(`aws eks update-kubeconfig --name demo --kubeconfig dev.conf --alias dev
sed -i 's/command: aws/command: aws\\n      env: [{name: AWS_PROFILE, value: dev}]/' dev.conf`);
  const kubectl = 'kubectl --kubeconfig dev.conf';
  station.ok('kubectl get nodes');
  expect(station.run(`${kubectl} get pods`).stderr).toBe('error: You must be logged in to the server (Unauthorized)\n');
  const arn = station.ok(`aws iam get-user --user-name dev --query User.Arn --output text`).trim();
  station.ok(`aws eks create-access-entry --cluster-name demo --principal-arn ${arn}`);
  expect(station.run(`${kubectl} get pods`).stderr).toContain(
    `Error from server (Forbidden): pods is forbidden: User "${arn}" cannot list resource "pods" in API group "" in the namespace "default"`,
  );
  station.ok(
    `aws eks associate-access-policy --cluster-name demo --principal-arn ${arn} --access-scope type=namespace,namespaces=default --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`,
  );
  expect(station.run(`${kubectl} get pods`)).toMatchObject({ status: 0 });
  expect(station.run(`${kubectl} get pods -n kube-system`).status).toBe(1);
  station.ok(`aws eks delete-access-entry --cluster-name demo --principal-arn ${arn}
kubectl create -n kube-system configmap aws-auth --from-literal=mapUsers="- {userarn: ${arn}, username: dev, groups: [system:masters]}"`);
  expect(station.ok(`${kubectl} auth whoami -o jsonpath={.status.userInfo.username}`)).toBe('dev');
});

it('gives nodes that are there the labels and taints of their group, and takes them again', () => {
  const update = 'aws eks update-nodegroup-config --cluster-name demo --nodegroup-name workers';
  const shown = station.ok(
    `${update} --labels 'addOrUpdateLabels={disk=ssd}' --taints 'addOrUpdateTaints=[{key=dedicated,value=db,effect=NO_SCHEDULE}]' --query 'update.params' --output text`,
  );
  expect(shown).toBe(
    'LabelsToAdd\t{"disk":"ssd"}\nTaintsToAdd\t[{"key":"dedicated","value":"db","effect":"NO_SCHEDULE"}]\n',
  );
  const nodes = `kubectl get nodes -l disk=ssd -o jsonpath='{range .items[*]}{.spec.taints[*].key}={.spec.taints[*].value}:{.spec.taints[*].effect} {end}'`;
  expect(station.ok(`sleep 10; ${nodes}`)).toBe('dedicated=db:NoSchedule dedicated=db:NoSchedule ');
  station.ok(
    `${update} --labels 'removeLabels=[disk]' --taints 'removeTaints=[{key=dedicated,value=db,effect=NO_SCHEDULE}]'; sleep 10`,
  );
  expect(station.ok(nodes)).toBe('');
  expect(station.ok(`kubectl get nodes -o jsonpath='{.items[*].spec.taints}'`)).toBe('');
  expect(
    station.ok(`aws eks describe-nodegroup --cluster-name demo --nodegroup-name workers --query nodegroup.labels.disk`),
  ).toBe('null\n');
});

const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp2, resources: {requests: {storage: 4Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: writer}
spec:
  containers: [{name: c, image: busybox, command: [sh, -c, 'echo hello > /data/x; sleep 3600'], volumeMounts: [{name: d, mountPath: /data}]}]
  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
`;

it('has volumes of EBS when the driver is there and may make them', () => {
  station.ok(`kubectl apply -f - <<'X'\n${CLAIM}X\nsleep 20`);
  expect(station.ok('kubectl get pvc data --no-headers')).toContain('Pending');
  expect(station.ok('kubectl describe pvc data')).toContain(
    "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator.",
  );
  // Without a role of its own the driver has only what nodes may do.
  station.ok('aws eks create-addon --cluster-name demo --addon-name aws-ebs-csi-driver; sleep 60');
  expect(station.ok('kubectl describe pvc data')).toMatch(
    /failed to provision volume with StorageClass "gp2": .*api error UnauthorizedOperation: You are not authorized to perform this operation\./,
  );
  station.ok(
    'aws eks delete-addon --cluster-name demo --addon-name aws-ebs-csi-driver; sleep 60; eksctl create addon --name aws-ebs-csi-driver --cluster demo; sleep 60',
  );
  expect(station.ok('kubectl get pvc data --no-headers')).toContain('Bound');
  expect(station.ok('kubectl exec writer -- cat /data/x')).toBe('hello\n');
  expect(
    station.ok(
      `aws ec2 describe-volumes --filters Name=tag:kubernetes.io/created-for/pvc/name,Values=data --query 'Volumes[].[Size,State,VolumeType]' --output text`,
    ),
  ).toBe('4\tin-use\tgp2\n');
  station.ok('kubectl delete pod writer --now; kubectl delete pvc data; sleep 30');
  expect(station.ok('aws ec2 describe-volumes --filters Name=size,Values=4 --query Volumes')).toBe('[]\n');
});

it('finds clusters anywhere, and maps identities in aws-auth', () => {
  expect(station.ok('eksctl get cluster --all-regions --region eu-west-1')).toMatch(/^demo\tap-northeast-2\tTrue$/m);
  const arn = 'arn:aws:iam::111122223333:user/kim';
  expect(
    station
      .ok(`eksctl create iamidentitymapping --cluster demo --arn ${arn} --username kim --group a --group b`)
      .replace(/^\S+ \S+ /gm, ''),
  ).toBe(
    `[ℹ]  checking arn ${arn} against entries in the auth ConfigMap\n[ℹ]  adding identity "${arn}" to auth ConfigMap\n`,
  );
  expect(station.ok("kubectl get configmap aws-auth -n kube-system -o jsonpath='{.data.mapUsers}'")).toContain(
    `- groups:\n  - a\n  - b\n  userarn: ${arn}\n  username: kim\n`,
  );
  expect(station.ok('eksctl get iamidentitymapping --cluster demo')).toContain(`${arn}\tkim\t\ta,b`);
});

it('takes the negation of a flag that must be given', () => {
  expect(
    station.run(
      'aws autoscaling terminate-instance-in-auto-scaling-group --no-should-decrement-desired-capacity --instance-id i-0',
    ).stderr,
  ).toContain('Instance Id not found - No managed instance found for instance ID: i-0');
});

it('gives Pods of a ServiceAccount with a role a token for it', () => {
  expect(
    station.ok(
      'eksctl create iamserviceaccount --cluster demo --name reader --attach-policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --approve',
    ),
  ).toContain('created serviceaccount "default/reader"');
  station.ok(
    `kubectl run reader --image=busybox --overrides='{"spec":{"serviceAccountName":"reader"}}' -- sleep 1000; sleep 15`,
  );
  const env = station.ok('kubectl exec reader -- env');
  expect(env).toMatch(
    /^AWS_ROLE_ARN=arn:aws:iam::\d+:role\/eksctl-demo-addon-iamserviceaccount-default-reader-\S*-\w{12}$/m,
  );
  expect(env).toContain('AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token\n');
  expect(station.ok('kubectl exec reader -- cat /var/run/secrets/eks.amazonaws.com/serviceaccount/token')).toMatch(
    /^ey/,
  );
});

it('gives a network load balancer to a Service that asks for one', () => {
  station.ok(
    `kubectl create deployment nlb --image=nginx; kubectl expose deployment nlb --port 80 --type LoadBalancer --overrides='{"metadata":{"annotations":{"service.beta.kubernetes.io/aws-load-balancer-type":"nlb"}}}'; sleep 120`,
  );
  expect(
    station.ok(
      `curl -sS -m 5 http://$(kubectl get svc nlb -o jsonpath='{.status.loadBalancer.ingress[0].hostname}') | grep -c nginx`,
    ),
  ).not.toBe('0\n');
  expect(
    station.ok(`aws elbv2 describe-load-balancers --query 'LoadBalancers[].[Type,State.Code]' --output text`),
  ).toBe('network\tactive\n');
  expect(
    station.ok(
      `aws elbv2 describe-target-health --target-group-arn $(aws elbv2 describe-target-groups --query 'TargetGroups[0].TargetGroupArn' --output text) --query 'TargetHealthDescriptions[].TargetHealth.State' --output text`,
    ),
  ).toBe('healthy\thealthy\n');
  // Another node port takes another target group, a further port one of its own.
  station.ok(
    `kubectl patch svc nlb --type json -p '[{"op":"replace","path":"/spec/ports","value":[{"name":"a","port":80,"targetPort":80,"nodePort":30999},{"name":"b","port":8080,"targetPort":80}]}]'; sleep 30`,
  );
  for (const port of [80, 8080])
    expect(
      station.ok(
        `curl -sS -m 5 -o /dev/null -w '%{http_code}' http://$(kubectl get svc nlb -o jsonpath='{.status.loadBalancer.ingress[0].hostname}'):${port}`,
      ),
    ).toBe('200');
  expect(
    station
      .ok(`aws elbv2 describe-target-groups --query 'TargetGroups[].Port' --output text`)
      .trim()
      .split('\t')
      .sort(),
  ).toEqual(station.ok(`kubectl get svc nlb -o jsonpath='{.spec.ports[*].nodePort}'`).split(' ').sort());
  station.ok('kubectl delete svc nlb; sleep 60');
  expect(station.ok('aws elbv2 describe-target-groups --query TargetGroups')).toBe('[]\n');
});

it('reaches node ports at the public addresses of nodes as far as their security group lets it', () => {
  station.ok(
    `kubectl create deployment door --image=nginx; kubectl expose deployment door --port 80 --type NodePort; kubectl patch svc door -p '{"spec":{"ports":[{"port":80,"nodePort":30123}]}}'; sleep 20`,
  );
  const node = station.ok(
    `kubectl get nodes -o jsonpath='{.items[0].status.addresses[?(@.type=="ExternalIP")].address}'`,
  );
  const knock = () => station.run(`curl -sS -m 5 -o /dev/null -w '%{http_code}' http://${node}:30123`);
  expect(knock().stderr).toMatch(/timed out/);
  const group = station
    .ok(`aws eks describe-cluster --name demo --query cluster.resourcesVpcConfig.clusterSecurityGroupId --output text`)
    .trim();
  const rule = `--group-id ${group} --protocol tcp --port 30000-32767 --cidr 0.0.0.0/0`;
  station.ok(`aws ec2 authorize-security-group-ingress ${rule}`);
  expect(knock().stdout).toBe('200');
  station.ok(`aws ec2 revoke-security-group-ingress ${rule}; kubectl delete svc,deployment door`);
  expect(knock().stderr).toMatch(/timed out/);
});

it('replaces a node whose instance is terminated', () => {
  const before = station.ok('kubectl get nodes -o name').trim().split('\n');
  station.ok(
    `aws ec2 terminate-instances --instance-ids $(kubectl get nodes -o jsonpath='{.items[0].spec.providerID}' | sed 's#.*/##')`,
  );
  station.wait(1);
  expect(station.ok('kubectl get nodes --no-headers')).toMatch(/NotReady|^\S+ +Ready\b.*\n$/);
  station.wait(4);
  const after = station.ok('kubectl get nodes -o name').trim().split('\n');
  expect(after).toHaveLength(2);
  expect(after.filter((name) => before.includes(name))).toHaveLength(1);
  expect(station.ok('kubectl get nodes --no-headers | grep -vc " Ready" || true')).toBe('0\n');
});

it('scales, and deletes all that eksctl made, but not past a disruption budget', () => {
  station.ok('eksctl scale nodegroup --cluster demo --name workers --nodes 3; sleep 120');
  expect(station.ok('kubectl get nodes -o name').trim().split('\n')).toHaveLength(3);
  expect(station.run('eksctl scale nodegroup --cluster demo --name workers --nodes 9').stderr).toContain(
    "desired capacity 9 can't be greater than max size 4",
  );
  station.ok(
    'kubectl create deployment web --image=nginx; kubectl expose deployment web --port 80 --type LoadBalancer; sleep 40',
  );
  const stuck = station.run('eksctl delete cluster -f cluster.yaml');
  expect(stuck.stdout).toMatch(
    /\[!\] {2}\d pods are unevictable from node ip-192-168-\d+-\d+\.ap-northeast-2\.compute\.internal\n/,
  );
  expect(stuck.status).toBe(1);
  const gone = station.ok('eksctl delete cluster --name demo --disable-nodegroup-eviction --wait');
  expect(gone).toMatch(/\[✔\] {2}all cluster resources were deleted\n$/);
  expect(
    station.ok(
      'aws elb describe-load-balancers --query LoadBalancerDescriptions; aws ec2 describe-vpcs --query "Vpcs[].IsDefault"',
    ),
  ).toBe('[]\n[\n    true\n]\n');
  expect(station.ok('eksctl get cluster')).toBe('No clusters found\n');
});

it('fails as CloudFormation does when a zone is none of the region', () => {
  const station = new Workstation('zones').configured();
  const { stdout, stderr, status } = station.run(
    'eksctl create cluster --name far --zones ap-northeast-2a,us-east-1a --without-nodegroup',
  );
  expect(stdout).toMatch(
    /\[✖\] {2}AWS::EC2::Subnet\/SubnetPublic\w+: CREATE_FAILED – "Resource handler returned message: \\"Value \(us-east-1a\) for parameter availabilityZone is invalid\. Subnets can currently only be created in the following availability zones: ap-northeast-2a, /,
  );
  expect([stderr, status]).toEqual(['Error: failed to create cluster "far"\n', 1]);
});

it('refuses sizes and flags in the words of eksctl', () => {
  const station = new Workstation('words').configured();
  const error = (command: string) => station.run(`eksctl ${command}`).stderr;
  expect(error('create cluster --name a --nodes 1 --nodes-min 2')).toBe(
    'Error: --nodes value (1) cannot be lower than --nodes-min value (2)\n',
  );
  expect(error('create cluster --name a --nodes 5 --nodes-max 4')).toBe(
    'Error: --nodes value (5) cannot be greater than --nodes-max value (4)\n',
  );
  expect(error('create cluster -f none.yaml')).toBe(
    'Error: reading config file "none.yaml": open none.yaml: no such file or directory\n',
  );
});
