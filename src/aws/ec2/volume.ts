import type { Volume } from '@aws-sdk/client-ec2'
import type { Ec2Volume } from '../ec2.ts'
import { toJson } from './json.ts'
import { toTags } from './tags.ts'

/** A volume as AWS describes it, in our words. */
export const toVolume = (place: { account: string; region: string; partition: string }, volume: Volume): Ec2Volume => {
  // AWS describes no volume without an id.
  const id = volume.VolumeId ?? ''
  return {
    id,
    arn: `arn:${place.partition}:ec2:${place.region}:${place.account}:volume/${id}`,
    account: place.account,
    region: place.region,
    state: volume.State ?? 'unknown',
    sizeGib: volume.Size ?? 0,
    volumeType: volume.VolumeType ?? 'unknown',
    iops: volume.Iops ?? null,
    isEncrypted: volume.Encrypted ?? false,
    availabilityZone: volume.AvailabilityZone ?? '',
    createdAt: volume.CreateTime?.toISOString() ?? null,
    snapshotId: volume.SnapshotId || null,
    attachedTo: (volume.Attachments ?? []).flatMap(({ InstanceId }) => InstanceId ?? []),
    tags: toTags(volume.Tags),
    raw: toJson(volume),
  }
}
