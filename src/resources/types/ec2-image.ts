import type { MachineImage } from '#aws/ec2-inventory.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { ec2Id, readType } from './read-type.ts'

export const ec2Image = readType<MachineImage>({
  type: 'ec2.image',
  service: 'ec2',
  isWithoutAccount: true,
  noise: ['config.LastLaunchedTime'],
  iamActions: ['ec2:DescribeImages'],
  isAwsId: ec2Id('ami'),
  arnResource: 'image/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.images,
  observe: (image) => ({
    name: image.name,
    state: image.state,
    // Its snapshots cost, and are resources of their own.
    cost: freeOfCharge,
    summary: {
      description: image.description,
      architecture: image.architecture,
      platform: image.platform,
      rootDeviceType: image.rootDeviceType,
      isPublic: image.isPublic,
      sourceInstanceId: image.sourceInstanceId,
      snapshotIds: image.snapshotIds,
      sizeGib: image.sizeGib,
      createdAt: image.createdAt,
    },
  }),
  transitionalStates: ['pending'],
})
