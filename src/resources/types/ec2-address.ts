import type { ElasticIp } from '#aws/ec2-inventory.ts'
import { monthlyUsdOfPublicIp, priceSource } from '#aws/prices.ts'
import { ec2Id, readType } from './read-type.ts'

export const ec2Address = readType<ElasticIp>({
  type: 'ec2.address',
  service: 'ec2',
  iamActions: ['ec2:DescribeAddresses'],
  isAwsId: ec2Id('eipalloc'),
  arnResource: 'elastic-ip/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.addresses,
  observe: (address) => ({
    name: address.tags['Name'] ?? null,
    // AWS has no word for it; one that nothing has is paid for all the same.
    state: address.associationId === null ? 'unassociated' : 'associated',
    cost: { monthlyUsd: monthlyUsdOfPublicIp(), source: priceSource },
    summary: {
      publicIp: address.publicIp,
      privateIp: address.privateIp,
      instanceId: address.instanceId,
      networkInterfaceId: address.networkInterfaceId,
      associationId: address.associationId,
    },
  }),
})
