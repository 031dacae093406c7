import type { Ec2Volume } from '#aws/ec2.ts'
import { monthlyUsdOfVolume, priceSource } from '#aws/prices.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'ec2.volume'

export const observeVolume = (volume: Ec2Volume): Observed => {
  const monthlyUsd = monthlyUsdOfVolume(volume, volume.region)
  return {
    id: volume.arn,
    awsId: volume.id,
    type,
    service: 'ec2',
    account: volume.account,
    region: volume.region,
    name: volume.tags['Name'] ?? null,
    state: volume.state,
    tags: volume.tags,
    cost: monthlyUsd === null ? null : { monthlyUsd, source: priceSource },
    summary: {
      volumeType: volume.volumeType,
      sizeGib: volume.sizeGib,
      iops: volume.iops,
      isEncrypted: volume.isEncrypted,
      availabilityZone: volume.availabilityZone,
      createdAt: volume.createdAt,
      snapshotId: volume.snapshotId,
      attachedTo: volume.attachedTo,
    },
    config: volume.raw,
  }
}

export const ec2Volume: ResourceType = {
  type,
  service: 'ec2',
  iamActions: ['ec2:DescribeVolumes'],
  isAwsId: (awsId) => /^vol-[0-9a-f]{1,32}$/.test(awsId),
  awsIdOf: (resource) => (resource.startsWith('volume/') ? resource.slice('volume/'.length) : null),
  list: async function* ({ aws, account, region, call }) {
    const ec2 = await aws.ec2(account, region)
    for await (const page of ec2.listVolumes(call)) yield page.map(observeVolume)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const ec2 = await aws.ec2(account, region)
    return (await ec2.describeVolumes(call, awsIds)).map(observeVolume)
  },
  transitionalStates: ['creating', 'deleting'],
}
