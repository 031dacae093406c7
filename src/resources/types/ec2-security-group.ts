import type { SecurityGroup } from '#aws/ec2-inventory.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { ec2Id, readType } from './read-type.ts'

export const ec2SecurityGroup = readType<SecurityGroup>({
  type: 'ec2.security-group',
  service: 'ec2',
  iamActions: ['ec2:DescribeSecurityGroups'],
  isAwsId: ec2Id('sg'),
  arnResource: 'security-group/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.securityGroups,
  observe: (group) => ({
    name: group.name,
    state: null,
    cost: freeOfCharge,
    summary: {
      description: group.description,
      vpcId: group.vpcId,
      ingressRules: group.ingressRules,
      egressRules: group.egressRules,
      /** Anybody on the Internet is let in somewhere. */
      isOpenToWorld: group.openPorts.length > 0,
      openPorts: group.openPorts,
      sourceSecurityGroupIds: group.sourceSecurityGroupIds,
    },
  }),
})
