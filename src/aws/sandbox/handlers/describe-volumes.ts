import type { DescribeVolumesCommandInput, DescribeVolumesCommandOutput, Volume } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { fleetSize } from '../estate/fleet.ts'
import { imageOfFleet } from '../estate/image.ts'
import { snapshotId } from '../estate/snapshot.ts'
import { volumeKey } from '../estate/volume-key.ts'
import type { SeedVolume } from '../estate/volume.ts'
import { attachmentOf, isDeleted } from './attachment.ts'
import type { Handler, HandlerContext } from './context.ts'
import { describePage, refuseIdsWithPages, valuesNamed } from './describe.ts'

export const describeVolumes: Handler<DescribeVolumesCommandInput, DescribeVolumesCommandOutput> = (input, context) => {
  const { world, partition } = context
  refuseIdsWithPages('volumeSet', input.VolumeIds, input)
  const show = (seed: SeedVolume | undefined): Volume | undefined =>
    seed === undefined || isDeleted(seed, context) ? undefined : toVolume(seed, context)
  const { items, NextToken } = describePage<Volume>(input, input.VolumeIds, {
    idFilter: 'volume-id',
    find: (id) => show(world.estate.findVolume(partition, id)),
    count: partition.volumes,
    at: (position) => show(world.estate.volume(partition, position)),
    values: filterValues,
    unknown: (id) => awsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`),
  })
  return { Volumes: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const iops = { gp3: 3000, io1: 4000, gp2: undefined, st1: undefined } as const

/** gp2 has 3 IOPS for each GiB, at least 100 and at most 16,000. */
export const iopsOf = ({ volumeType, sizeGib }: SeedVolume): number | undefined =>
  volumeType === 'gp2' ? Math.min(16_000, Math.max(100, sizeGib * 3)) : iops[volumeType]

const toVolume = (volume: SeedVolume, context: HandlerContext): Volume => {
  const attachedTo = attachmentOf(volume, context)
  const created = new Date(volume.createdMs)
  const own = iopsOf(volume)
  return {
    VolumeId: volume.id,
    State: attachedTo === null ? 'available' : 'in-use',
    Size: volume.sizeGib,
    VolumeType: volume.volumeType,
    ...(own === undefined ? {} : { Iops: own }),
    ...(volume.volumeType === 'gp3' ? { Throughput: 125 } : {}),
    Encrypted: volume.isEncrypted,
    ...(volume.isEncrypted ? { KmsKeyId: volumeKey(context.world.estate.seed, volume).arn } : {}),
    MultiAttachEnabled: false,
    AvailabilityZone: volume.availabilityZone,
    CreateTime: created,
    SnapshotId: sourceOf(volume, context),
    Attachments:
      attachedTo === null
        ? []
        : [
            {
              InstanceId: attachedTo.id,
              VolumeId: volume.id,
              Device: attachedTo.device,
              State: 'attached',
              AttachTime: created,
              DeleteOnTermination: attachedTo.isRoot,
            },
          ],
    Tags: Object.entries(context.world.tags(volume)).map(([Key, Value]) => ({ Key, Value })),
  }
}

const filterValues = (volume: Volume, name: string): readonly (string | undefined)[] | undefined =>
  valuesNamed(name, {
    'volume-id': [volume.VolumeId],
    status: [volume.State],
    'volume-type': [volume.VolumeType],
    'availability-zone': [volume.AvailabilityZone],
    encrypted: [String(volume.Encrypted)],
    size: [String(volume.Size)],
    'snapshot-id': [volume.SnapshotId],
    'attachment.instance-id': (volume.Attachments ?? []).map(({ InstanceId }) => InstanceId),
  })

/** Of the image that its machine was launched from, where that is one of the account's own. */
const sourceOf = ({ attachedTo, partition }: SeedVolume, { world }: HandlerContext): string => {
  const image =
    attachedTo?.isRoot === true ? imageOfFleet(partition, Math.floor(attachedTo.index / fleetSize)) : undefined
  return image === undefined ? '' : snapshotId(world.estate.seed, partition, image)
}
