import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const ids = (station: Workstation, command: string, query: string) =>
  station.ok(`aws ec2 ${command} --query '${query}' --output text`).trim();

it('describes networks with all that EC2 says of them', () => {
  const station = new Workstation('whole').configured();
  const json = (command: string) => JSON.parse(station.ok(`aws ec2 ${command}`));
  const [vpc] = json('describe-vpcs').Vpcs;
  expect(vpc.CidrBlockAssociationSet).toEqual([
    {
      AssociationId: expect.stringMatching(/^vpc-cidr-assoc-0[0-9a-f]{16}$/),
      CidrBlock: '172.31.0.0/16',
      CidrBlockState: { State: 'associated' },
    },
  ]);
  expect(json('describe-subnets').Subnets[0]).toMatchObject({ Ipv6Native: false, EnableDns64: false });
  expect(json('describe-security-groups').SecurityGroups[0].IpPermissions[0]).toMatchObject({ PrefixListIds: [] });
  const [acl] = json('describe-network-acls').NetworkAcls;
  expect(acl).toMatchObject({ IsDefault: true, VpcId: vpc.VpcId });
  expect(acl.Associations).toHaveLength(4);
  expect(json('describe-vpc-endpoints').VpcEndpoints).toEqual([]);
  const offered = "describe-instance-type-offerings --filters Name=instance-type,Values='t3.*' --location-type region";
  expect(ids(station, offered, 'InstanceTypeOfferings[0].[InstanceType,Location]')).toMatch(
    /^t3\.\S+\tap-northeast-2$/,
  );
  expect(station.run('aws ec2 describe-vpcs --no-sign-request').stderr).toContain(
    '(MissingParameter) when calling the DescribeVpcs operation: The request must contain the parameter AWSAccessKeyId',
  );
  expect(station.run('aws eks list-clusters --no-sign-request').stderr).toBe(
    '\nAn error occurred (MissingAuthenticationTokenException) when calling the ListClusters operation: Missing Authentication Token\n',
  );
});

it('knows the image of nodes and the quotas that it holds one to', () => {
  const station = new Workstation('quotas').configured();
  const value = (code: string) =>
    station.ok(`aws service-quotas get-service-quota --service-code vpc --quota-code ${code} --query Quota.Value`);
  expect(value('L-F678F1CE')).toBe('5\n');
  for (let made = 1; made < 5; made++) station.ok(`aws ec2 create-vpc --cidr-block 10.${made}.0.0/16`);
  expect(station.run('aws ec2 create-vpc --cidr-block 10.9.0.0/16').stderr).toContain('VpcLimitExceeded');
  expect(station.run('aws service-quotas list-service-quotas --service-code eks').stderr).toContain(
    'kubetutor does not',
  );
  expect(station.ok('aws ec2 describe-images --owners self --query Images')).toBe('[]\n');
  expect(station.run('aws ec2 describe-images --image-ids ami-0123456789abcdef0').stderr).toContain(
    "The image id '[ami-0123456789abcdef0]' does not exist",
  );
});

it('opens and closes a port in the short way, and names the rule', () => {
  const station = new Workstation('rules').configured();
  const rule = '--group-name default --protocol tcp --port 22-23 --cidr 10.0.0.0/8';
  const made = JSON.parse(station.ok(`aws ec2 authorize-security-group-ingress ${rule}`));
  const [{ SecurityGroupRuleId }] = made.SecurityGroupRules;
  expect(made.SecurityGroupRules[0]).toMatchObject({ FromPort: 22, ToPort: 23, CidrIpv4: '10.0.0.0/8' });
  expect(station.ok('aws ec2 describe-security-group-rules')).toContain(SecurityGroupRuleId);
  expect(station.run(`aws ec2 authorize-security-group-ingress ${rule}`).stderr).toContain(
    'InvalidPermission.Duplicate',
  );
  station.ok(`aws ec2 revoke-security-group-ingress ${rule}`);
  expect(station.ok('aws ec2 describe-security-group-rules')).not.toContain(SecurityGroupRuleId);
  expect(
    station.run('aws ec2 authorize-security-group-ingress --group-name default --protocol tcp --port x').stderr,
  ).toBe('\nport parameter should be of the form <from[-to]> (e.g. 22 or 22-25)\n');
});

it('lets a group of users do what its policies allow', () => {
  const station = new Workstation('groups').configured();
  station.ok(`aws iam create-group --group-name lookers
aws iam create-user --user-name bob
aws iam create-access-key --user-name bob --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text > k`);
  const asBob = 'AWS_ACCESS_KEY_ID=$(cut -f1 k) AWS_SECRET_ACCESS_KEY=$(cut -f2 k) aws ec2 describe-regions';
  expect(station.run(asBob).stderr).toContain('UnauthorizedOperation');
  station.ok(`aws iam attach-group-policy --group-name lookers --policy-arn arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess
aws iam add-user-to-group --group-name lookers --user-name bob`);
  station.ok(asBob);
  expect(station.ok("aws iam list-groups --query 'Groups[].GroupName'  --output text")).toBe('lookers\n');
  expect(station.ok('aws iam list-attached-group-policies --group-name lookers --output text')).toBe(
    'ATTACHEDPOLICIES\tarn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess\tAmazonEC2ReadOnlyAccess\n',
  );
  expect(station.run('aws iam delete-group --group-name lookers').stderr).toContain('must remove users from group');
  station.ok('aws iam remove-user-from-group --group-name lookers --user-name bob');
  expect(station.run(asBob).stderr).toContain('UnauthorizedOperation');
  station.ok(
    `aws iam put-user-policy --user-name bob --policy-name p --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}}'`,
  );
  station.ok(asBob);
});

it('keeps the events of a log group as long as its retention says', () => {
  const station = new Workstation('retention').configured();
  const group = '--log-group-name /aws/eks/demo/cluster';
  station.ok(`aws logs create-log-group ${group}; aws logs put-retention-policy ${group} --retention-in-days 7`);
  expect(
    station.ok("aws logs describe-log-groups --query 'logGroups[].[logGroupName,retentionInDays]' --output text"),
  ).toBe('/aws/eks/demo/cluster\t7\n');
  expect(station.run(`aws logs put-retention-policy ${group} --retention-in-days 8`).stderr).toContain(
    'Member must satisfy enum value set: [1, 3, 5, 7, 14,',
  );
  station.ok(`aws logs delete-retention-policy ${group}`);
  expect(station.ok("aws logs describe-log-groups --query 'logGroups[0].retentionInDays'")).toBe('null\n');
});
