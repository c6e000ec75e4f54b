import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const TEMPLATE = `Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.20.0.0/16}}
  Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.20.1.0/24, AvailabilityZone: ap-northeast-2a}}
`;

it('leaves behind what the deletion of a stack is told to, once it has failed', () => {
  const station = new Workstation().configured();
  const stack = '--stack-name net';
  const fail = () => {
    station.ok(`aws cloudformation create-stack ${stack} --template-body '${TEMPLATE}'
aws cloudformation wait stack-create-complete ${stack}
vpc=$(aws ec2 describe-vpcs --filters Name=cidr,Values=10.20.0.0/16 --query 'Vpcs[-1].VpcId' --output text)
aws ec2 create-security-group --group-name mine --description mine --vpc-id $vpc`);
    const early = station.run(`aws cloudformation delete-stack ${stack} --retain-resources Vpc`).stderr;
    expect(early).toContain('Stack [net] is not DELETE_FAILED');
    station.run(`aws cloudformation delete-stack ${stack}; aws cloudformation wait stack-delete-complete ${stack}`);
    expect(station.ok(`aws cloudformation describe-stacks ${stack} --query 'Stacks[].StackStatus' --output text`)).toBe(
      'DELETE_FAILED\n',
    );
  };
  const left = () => station.ok("aws ec2 describe-vpcs --query 'length(Vpcs)'");
  const stacks = "aws cloudformation list-stacks --query 'StackSummaries[].StackStatus' --output text";

  fail();
  expect(station.run(`aws cloudformation delete-stack ${stack} --retain-resources Subnet`).stderr).toContain(
    'Do not specify resources that are in the DELETE_COMPLETE state.',
  );
  station.ok(`id=$(aws cloudformation describe-stacks ${stack} --query 'Stacks[0].StackId' --output text)
aws cloudformation delete-stack ${stack} --retain-resources Vpc; aws cloudformation wait stack-delete-complete --stack-name $id`);
  expect(station.ok(stacks)).toBe('DELETE_COMPLETE\n');
  expect(left()).toBe('2\n');

  fail();
  station.ok(`id=$(aws cloudformation describe-stacks ${stack} --query 'Stacks[0].StackId' --output text)
aws cloudformation delete-stack ${stack} --deletion-mode FORCE_DELETE_STACK; aws cloudformation wait stack-delete-complete --stack-name $id
aws cloudformation describe-stack-events --stack-name $id --query "StackEvents[?ResourceStatus=='DELETE_SKIPPED'].LogicalResourceId" --output text > ~/skipped`);
  expect(station.ok('cat ~/skipped')).toBe('Vpc\n');
  expect(left()).toBe('3\n');
});
