import type { Region } from '../../region.ts';
import { addMainRouteTable, addSecurityGroup, addSubnet, addVpc } from './network.ts';

/** What every region of a new account has: a VPC with a public subnet in each zone. */
export function addDefaultVpc(region: Region): void {
  const vpc = addVpc(region, '172.31.0.0/16', [], true);
  region.zones.forEach((zone, index) => {
    const subnet = addSubnet(region, {
      vpc,
      cidr: `172.31.${index * 16}.0/20`,
      zone: zone.name,
      tags: [],
      isPublic: true,
    });
    subnet.DefaultForAz = true;
  });
  const id = region.id('igw');
  region.internetGateways.set(id, {
    InternetGatewayId: id,
    OwnerId: region.account.id,
    Attachments: [{ State: 'available', VpcId: vpc.VpcId }],
    Tags: [],
  });
  const table = addMainRouteTable(region, vpc);
  table.Routes.push({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: id, Origin: 'CreateRoute', State: 'active' });
  addSecurityGroup(region, vpc.VpcId, 'default', 'default VPC security group');
}
