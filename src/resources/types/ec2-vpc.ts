import type { Vpc } from '#aws/ec2-inventory.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { ec2Id, readType } from './read-type.ts'

export const ec2Vpc = readType<Vpc>({
  type: 'ec2.vpc',
  service: 'ec2',
  iamActions: ['ec2:DescribeVpcs'],
  isAwsId: ec2Id('vpc'),
  arnResource: 'vpc/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.vpcs,
  observe: (vpc) => ({
    name: vpc.tags['Name'] ?? null,
    state: vpc.state,
    cost: freeOfCharge,
    summary: { cidrBlocks: vpc.cidrBlocks, isDefault: vpc.isDefault },
  }),
  transitionalStates: ['pending'],
  // People change them seldom.
  lifetime: { sweptEverySeconds: 300 },
})
