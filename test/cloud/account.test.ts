import { expect, it } from 'vitest';
import { billText } from '../../src/course/bill.ts';
import { evaluateAccount } from '../../src/course/checks/account.ts';
import { CommandLog } from '../../src/course/checks/command-log.ts';
import { TrustedPrograms } from '../../src/course/checks/trusted-programs.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { Workstation } from './play.ts';

it('tells what an operation takes', () => {
  const station = new Workstation('help');
  const page = station.ok('aws ec2 create-key-pair help');
  expect(page).toMatch(/^CREATE-KEY-PAIR\(\) {40,}CREATE-KEY-PAIR\(\)\n/);
  expect(page).toContain(`SYNOPSIS
            create-key-pair
          --key-name <value>
          [--dry-run | --no-dry-run]
`);
  expect(page).toContain(`       --tag-specifications (list)

          Shorthand Syntax:

              ResourceType=string,Tags=[{Key=string,Value=string},{Key=string,Value=string}] ...
`);
  expect(station.ok('aws eks update-kubeconfig help')).toContain(
    '          --name <value>\n          [--kubeconfig <value>]',
  );
});

it('says what is left in an account and what it costs', () => {
  const station = new Workstation('bill').configured();
  const built = { ...scenarioSource.build('aws', 'x'), account: station.built.account };
  const judge = (check: Parameters<typeof evaluateAccount>[0]) => {
    const context = {
      built,
      commands: new CommandLog(built.workstation, 0),
      monitors: new Map(),
      programs: new TrustedPrograms(built, []),
      process: undefined,
    };
    const step = evaluateAccount(check, context, 'c').next();
    if (!step.done) throw new Error('it waits');
    return step.value;
  };
  expect(judge({ empty: true }).result).toBe('passed');
  station.ok('eksctl create cluster --name demo --without-nodegroup');
  expect(judge({ kind: 'eks-cluster' }).result).toBe('passed');
  expect(judge({ kind: 'nat-gateway', equals: 2 }).result).toBe('failed');
  // Only the cluster is deleted, the stack around it is forgotten.
  station.ok('aws eks delete-cluster --name demo > deleted; aws eks wait cluster-deleted --name demo');
  const { result, why } = judge({ empty: true, ignore: ['stack'] });
  expect(result).toBe('failed');
  expect(why.en).toMatch(
    /^still costs \$0\.0640 an hour: nat-gateway nat-0\w{16} \$0\.0590, elastic-ip eipalloc-0\w{16} \$0\.0050$/,
  );
  station.wait(60 * 24);
  const { account } = station.built;
  expect(account && billText(account, 'en')).toMatch(
    /^KIND +NAME +REGION +HOURLY +MONTH\nnat-gateway +nat-\w+ +ap-northeast-2 +\$0\.0590 +\$42\.48\nelastic-ip +eipalloc-\w+ +ap-northeast-2 +\$0\.0050 +\$3\.60\nSo far \$1\.\d\d; now \$0\.0640 an hour\n$/,
  );
});

it('is the same world for the same inputs', () => {
  const hash = () => {
    const station = new Workstation('same').configured();
    station.ok('eksctl create cluster --name demo --nodes 1 --zones ap-northeast-2a,ap-northeast-2c');
    return station.built.world.hash();
  };
  expect(hash()).toBe(hash());
});

it('names the resource of a change that EC2 refuses and encodes why, and STS decodes it', () => {
  const at = new Workstation('refused').configured();
  at.run(`aws iam create-user --user-name dev
aws iam create-access-key --user-name dev --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text > ~/key
aws configure --profile dev set aws_access_key_id $(cut -f1 ~/key)
aws configure --profile dev set aws_secret_access_key $(cut -f2 ~/key)
aws configure set profile.dev.region ap-northeast-2`);
  const look = at.run('aws --profile dev ec2 describe-vpcs');
  expect(look.stderr).toMatch(
    /\(UnauthorizedOperation\) when calling the DescribeVpcs operation: You are not authorized to perform this operation\. User: arn:aws:iam::\d+:user\/dev is not authorized to perform: ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action\n$/,
  );
  const change = at.run('aws --profile dev ec2 delete-vpc --vpc-id vpc-1 2> ~/error; cat ~/error');
  expect(change.stdout).toMatch(
    /perform: ec2:DeleteVpc on resource: arn:aws:ec2:ap-northeast-2:\d+:vpc\/vpc-1 because no identity-based policy allows the ec2:DeleteVpc action\. Encoded authorization failure message: [\w-]{100,}\n$/,
  );
  const decoded = at.run(
    `aws sts decode-authorization-message --encoded-message "$(sed -n 's/.*message: //p' ~/error)" --query DecodedMessage --output text`,
  );
  expect(JSON.parse(decoded.stdout)).toMatchObject({
    allowed: false,
    context: { action: 'ec2:DeleteVpc', principal: { arn: expect.stringContaining('user/dev') } },
  });
  expect(at.run('aws sts decode-authorization-message --encoded-message x').stderr).toContain(
    'InvalidAuthorizationMessageException',
  );
});

it('refuses networks that are none, too large, or taken', () => {
  const station = new Workstation('networks').configured();
  const vpc = station.ok('aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text').trim();
  const subnet = (cidr: string) => station.run(`aws ec2 create-subnet --vpc-id ${vpc} --cidr-block ${cidr}`);
  expect(subnet('10.0.1.0/24').status).toBe(0);
  const refused = (stderr: string) => stderr.replace(/ when calling the \w+ operation/, '').trim();
  expect(
    [
      station.run('aws ec2 create-vpc --cidr-block 10.0.0.0/8'),
      station.run('aws ec2 create-vpc --cidr-block 10.0.0.0'),
      subnet('10.1.0.0/24'),
      subnet('10.0.0.0/30'),
      subnet('10.0.0.0/23'),
    ].map(({ stderr }) => refused(stderr)),
  ).toEqual([
    "An error occurred (InvalidVpc.Range): The CIDR '10.0.0.0/8' is invalid.",
    'An error occurred (InvalidParameterValue): Value (10.0.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    "An error occurred (InvalidSubnet.Range): The CIDR '10.1.0.0/24' is invalid.",
    "An error occurred (InvalidSubnet.Range): The CIDR '10.0.0.0/30' is invalid.",
    "An error occurred (InvalidSubnet.Conflict): The CIDR '10.0.0.0/23' conflicts with another subnet",
  ]);
});
