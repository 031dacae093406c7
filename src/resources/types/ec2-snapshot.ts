import type { Snapshot } from '#aws/ec2-inventory.ts'
import { mostMonthlyUsdOfSnapshots, priceSource } from '#aws/prices.ts'
import { ec2Id, readType } from './read-type.ts'

export const ec2Snapshot = readType<Snapshot>({
  type: 'ec2.snapshot',
  service: 'ec2',
  isWithoutAccount: true,
  iamActions: ['ec2:DescribeSnapshots'],
  isAwsId: ec2Id('snap'),
  arnResource: 'snapshot/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.snapshots,
  observe: (snapshot) => ({
    name: snapshot.tags['Name'] ?? null,
    state: snapshot.state,
    // AWS doesn't say how many of its blocks are its own: at most this.
    cost: {
      monthlyUsd: mostMonthlyUsdOfSnapshots(snapshot.sizeGib, snapshot.region, snapshot.storageTier),
      source: priceSource,
    },
    summary: {
      volumeId: snapshot.volumeId,
      sizeGib: snapshot.sizeGib,
      isEncrypted: snapshot.isEncrypted,
      storageTier: snapshot.storageTier,
      description: snapshot.description,
      startedAt: snapshot.startedAt,
    },
  }),
  noise: ['config.Progress'],
  transitionalStates: ['pending', 'recovering'],
})
