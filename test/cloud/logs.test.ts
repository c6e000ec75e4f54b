import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

it('writes who was let in and what was asked for to CloudWatch, once logging is on', () => {
  const station = new Workstation('logs').configured();
  station.ok('eksctl create cluster --name demo --nodes 1 > /dev/null');
  expect(station.ok('aws logs describe-log-groups --query logGroups')).toBe('[]\n');
  expect(station.run('aws logs tail /aws/eks/demo/cluster').stderr).toContain(
    '(ResourceNotFoundException) when calling the FilterLogEvents operation: The specified log group does not exist.',
  );
  const update = 'eksctl utils update-cluster-logging --cluster demo --enable-types';
  expect(station.ok(`${update} all`)).toMatch(
    /\(plan\) would update CloudWatch logging for cluster "demo" in "ap-northeast-2" \(enable types: api, audit, authenticator, controllerManager, scheduler & no types to disable\)\n.*no changes were applied/,
  );
  expect(station.run(`${update} events`).stderr).toBe(
    'Error: unknown log type events. Supported log types: all, api, audit, authenticator, controllerManager, scheduler\n',
  );
  expect(station.ok(`${update} all --approve`)).toMatch(
    /(waiting for requested "LoggingUpdate" in cluster "demo" to succeed\n[^\n]*)+\[✔\] {2}configured CloudWatch logging for cluster "demo" in "ap-northeast-2" \(enabled types: api, audit, authenticator, controllerManager, scheduler & no types disabled\)\n$/,
  );
  expect(
    station.run(
      `aws eks update-cluster-config --name demo --logging '{"clusterLogging":[{"types":["api"],"enabled":true}]}'`,
    ).stderr,
  ).toContain('No changes needed for the logging config provided');
  // Somebody whom the cluster does not know, and somebody whom it does.
  station.ok(`aws iam create-user --user-name dev > /dev/null
aws iam create-access-key --user-name dev --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text > keys
aws configure set aws_access_key_id $(cut -f1 keys) --profile dev
aws configure set aws_secret_access_key $(cut -f2 keys) --profile dev
AWS_PROFILE=dev kubectl get pods > /dev/null 2>&1 || true
kubectl create configmap secret-plan; kubectl auth can-i '*' '*'`);
  const tail = 'aws logs tail /aws/eks/demo/cluster';
  const lines = station.ok(`${tail} --log-stream-name-prefix authenticator`);
  expect(lines).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+\+00:00 authenticator-[0-9a-f]{32} time="[^"]+" level=warning msg="access denied" arn="arn:aws:iam::\d+:user\/dev" client="127\.0\.0\.1:\d+" error="ARN is not mapped: arn:aws:iam::\d+:user\/dev" method=POST path=\/authenticate$/m,
  );
  expect(lines).toMatch(/level=info msg="access granted" arn="arn:aws:iam::\d+:user\/learner" .*username="arn:aws:/);
  expect(station.ok(`${tail} --filter-pattern '"access denied"' --format short`).split('\n').length).toBeGreaterThan(1);
  const events = `aws logs filter-log-events --log-group-name /aws/eks/demo/cluster --filter-pattern '"secret-plan" "create"'`;
  const [event] = JSON.parse(station.ok(`${events} --query 'events[].message'`)).map((text: string) =>
    JSON.parse(text),
  );
  expect(event).toMatchObject({
    kind: 'Event',
    verb: 'create',
    objectRef: { resource: 'configmaps', namespace: 'default' },
    responseStatus: { code: 201 },
  });
  expect(station.ok(`${tail} --log-stream-name-prefix kube-scheduler --since 1h`)).toContain(
    'kubetutor does not model',
  );
  expect(station.run(`${tail} --filter-pattern '{ $.verb = "create" }'`).stderr).toContain('kubetutor does not model');
  // The group outlives its cluster.
  station.ok('eksctl delete cluster --name demo --wait > /dev/null');
  expect(station.ok('aws logs describe-log-groups --query "logGroups[].logGroupName" --output text')).toBe(
    '/aws/eks/demo/cluster\n',
  );
  station.ok('aws logs delete-log-group --log-group-name /aws/eks/demo/cluster');
});

it('takes a cluster from aws-auth to access entries, one way', () => {
  const station = new Workstation('modes').configured();
  station.ok('eksctl create cluster --name demo --without-nodegroup > /dev/null');
  const update = (mode: string) =>
    station.run(`aws eks update-cluster-config --name demo --access-config authenticationMode=${mode}`);
  expect(update('CONFIG_MAP').stderr).toContain(
    '(InvalidParameterException) when calling the UpdateClusterConfig operation: Unsupported authentication mode update from API_AND_CONFIG_MAP to CONFIG_MAP',
  );
  expect(update('API').status).toBe(0);
  expect(update('API').stderr).toMatch(
    /\(ResourceInUseException\) when calling the UpdateClusterConfig operation: Cannot AccessConfigUpdate because cluster demo currently has update [0-9a-f-]+ in progress/,
  );
  station.wait(3);
  expect(
    station.ok('aws eks describe-cluster --name demo --query cluster.accessConfig.authenticationMode --output text'),
  ).toBe('API\n');
});

it('logs from the start where a ClusterConfig says so', () => {
  const station = new Workstation('logs').configured();
  const create = (types: string, more = '') =>
    station.run(`cat > c.yaml <<'EOF'
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: demo, region: ap-northeast-2}
cloudWatch: {clusterLogging: {enableTypes: ${types}${more}}}
EOF
eksctl create cluster -f c.yaml`);
  expect(create('[anything]').stderr).toBe(
    'Error: log type "anything" (cloudWatch.clusterLogging.enableTypes[0]) is unknown\n',
  );
  expect(create('[audit]', ', logRetentionInDays: 8').stderr).toContain('invalid value 8 for logRetentionInDays; ');
  expect(create('[authenticator, audit]', ', logRetentionInDays: 7').stdout).toContain(
    'configuring CloudWatch logging for cluster "demo" in "ap-northeast-2" (enabled types: audit, authenticator & disabled types: api, controllerManager, scheduler)\n',
  );
  expect(
    station.ok(
      "aws eks describe-cluster --name demo --query 'cluster.logging.clusterLogging[?enabled].types[]' --output text",
    ),
  ).toBe('audit\tauthenticator\n');
  expect(station.ok("aws logs describe-log-groups --query 'logGroups[].retentionInDays' --output text")).toBe('7\n');
});
