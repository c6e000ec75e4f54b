import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const TEMPLATE = `Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.20.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.20.1.0/24
      AvailabilityZone: !Join ["", [!Ref "AWS::Region", a]]
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Nat:
    Type: AWS::EC2::NatGateway
    DependsOn: Attachment
    Properties: {AllocationId: !GetAtt Address.AllocationId, SubnetId: !Ref Subnet}
Outputs:
  Network: {Value: !Sub "\${AWS::StackName} \${Vpc}"}
`;

it('reads the short forms of functions in templates of YAML', () => {
  const station = new Workstation('template').configured();
  station.ok(`cat > t.yaml <<'X'\n${TEMPLATE}X
aws cloudformation create-stack --stack-name net --template-body file://t.yaml
aws cloudformation wait stack-create-complete --stack-name net`);
  expect(
    station.ok(
      'aws cloudformation describe-stacks --stack-name net --query "Stacks[0].Outputs[0].OutputValue" --output text',
    ),
  ).toMatch(/^net vpc-\w+\n$/);
  expect(station.ok('aws ec2 describe-nat-gateways --query "NatGateways[].State" --output text')).toBe('available\n');
});
