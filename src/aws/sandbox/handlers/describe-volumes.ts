import type { DescribeVolumesCommandInput, DescribeVolumesCommandOutput, Volume } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { SeedVolume } from '../estate/volume.ts'
import { attachmentOf, isDeleted, volumeWithId } from './attachment.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf, tagValues } from './filters.ts'
import { endDryRun } from './instance-ids.ts'
import { pageOf } from './page.ts'

export const describeVolumes: Handler<DescribeVolumesCommandInput, DescribeVolumesCommandOutput> = (input, context) => {
  const { world, partition } = context
  if (input.VolumeIds !== undefined && input.VolumeIds.length > 0 && input.MaxResults !== undefined) {
    throw awsError(
      'InvalidParameterCombination',
      'The parameter volumeSet cannot be used with the parameter maxResults',
    )
  }
  endDryRun(input)
  const matches = matcherOf<Volume>(input.Filters, filterValues)
  const named =
    input.VolumeIds !== undefined && input.VolumeIds.length > 0 ? namedVolumes(input.VolumeIds, context) : undefined
  const { items, NextToken } = pageOf(
    named?.length ?? partition.volumes,
    (position) => {
      // A position is below the count.
      const seed = named?.[position] ?? world.estate.volume(partition, position)
      if (isDeleted(seed, context)) return undefined
      const volume = toVolume(seed, context)
      return matches(volume) ? volume : undefined
    },
    input,
  )
  return { Volumes: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const namedVolumes = (ids: readonly string[], context: HandlerContext): SeedVolume[] =>
  [...new Set(ids)].map((id) => {
    const volume = volumeWithId(id, context)
    if (volume === undefined) throw awsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`)
    return volume
  })

const iops = { gp3: 3000, io1: 4000, gp2: undefined, st1: undefined } as const

const toVolume = (volume: SeedVolume, context: HandlerContext): Volume => {
  const attachedTo = attachmentOf(volume, context)
  const created = new Date(volume.createdMs)
  // gp2 has 3 IOPS for each GiB, at least 100 and at most 16,000.
  const own =
    volume.volumeType === 'gp2' ? Math.min(16_000, Math.max(100, volume.sizeGib * 3)) : iops[volume.volumeType]
  return {
    VolumeId: volume.id,
    State: attachedTo === null ? 'available' : 'in-use',
    Size: volume.sizeGib,
    VolumeType: volume.volumeType,
    ...(own === undefined ? {} : { Iops: own }),
    ...(volume.volumeType === 'gp3' ? { Throughput: 125 } : {}),
    Encrypted: volume.isEncrypted,
    MultiAttachEnabled: false,
    AvailabilityZone: volume.availabilityZone,
    CreateTime: created,
    SnapshotId: '',
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

const filterValues = (volume: Volume, name: string): readonly (string | undefined)[] | undefined => {
  switch (name) {
    case 'volume-id':
      return [volume.VolumeId]
    case 'status':
      return [volume.State]
    case 'volume-type':
      return [volume.VolumeType]
    case 'availability-zone':
      return [volume.AvailabilityZone]
    case 'encrypted':
      return [String(volume.Encrypted)]
    case 'size':
      return [String(volume.Size)]
    case 'attachment.instance-id':
      return (volume.Attachments ?? []).map(({ InstanceId }) => InstanceId)
    default:
      return tagValues(Object.fromEntries((volume.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])), name)
  }
}
