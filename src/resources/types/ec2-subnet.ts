import type { Subnet } from '#aws/ec2-inventory.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { ec2Id, readType } from './read-type.ts'

export const ec2Subnet = readType<Subnet>({
  type: 'ec2.subnet',
  service: 'ec2',
  iamActions: ['ec2:DescribeSubnets'],
  isAwsId: ec2Id('subnet'),
  arnResource: 'subnet/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.subnets,
  observe: (subnet) => ({
    name: subnet.tags['Name'] ?? null,
    state: subnet.state,
    cost: freeOfCharge,
    summary: {
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      cidrBlock: subnet.cidrBlock,
      availableAddresses: subnet.availableAddresses,
      mapsPublicIps: subnet.mapsPublicIps,
      isDefault: subnet.isDefault,
    },
  }),
  transitionalStates: ['pending'],
  // People change them seldom.
  lifetime: { sweptEverySeconds: 300 },
  // Machines come and go; that is no change of the network.
  noise: ['summary.availableAddresses', 'config.AvailableIpAddressCount'],
})
