import type { ResourceType, TagSpecification } from '@aws-sdk/client-ec2'
import type { Ec2 } from '../ec2.ts'
import { AwsFailure } from '../failure.ts'
import type { Ec2Context } from './context.ts'

const tagged = (tags: Record<string, string>, ...types: ResourceType[]): TagSpecification[] =>
  types.map((ResourceType) => ({
    ResourceType,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  }))

/** Each call makes new snapshots, so an attempt whose outcome is unknown is not repeated: who made it looks for its tags. */
export const createSnapshots =
  ({ sdk, client, send }: Ec2Context): Ec2['createSnapshots'] =>
  async (call, { instanceId, description, tags }) => {
    const command = new sdk.CreateSnapshotsCommand({
      InstanceSpecification: { InstanceId: instanceId },
      Description: description,
      CopyTagsFromSource: 'volume',
      TagSpecifications: tagged(tags, 'snapshot'),
    })
    const output = await send({ action: 'CreateSnapshots', effect: 'at-most-once', call }, command, (options) =>
      client.send(command, options),
    )
    return (output.Snapshots ?? []).map(({ SnapshotId, VolumeId }) => ({
      id: SnapshotId ?? '',
      volumeId: VolumeId ?? '',
    }))
  }

export const deleteSnapshot =
  ({ sdk, client, send }: Ec2Context): Ec2['deleteSnapshot'] =>
  (call, id) => {
    const command = new sdk.DeleteSnapshotCommand({ SnapshotId: id })
    return unlessGone(
      send({ action: 'DeleteSnapshot', effect: 'repeatable', call }, command, (options) =>
        client.send(command, options),
      ),
    )
  }

/** NoReboot: file systems are as after pulling the plug, and what is in memory is not in the image. */
export const createImage =
  ({ sdk, client, send }: Ec2Context): Ec2['createImage'] =>
  async (call, { instanceId, name, description, tags }) => {
    const command = new sdk.CreateImageCommand({
      InstanceId: instanceId,
      Name: name,
      Description: description,
      NoReboot: true,
      TagSpecifications: tagged(tags, 'image', 'snapshot'),
    })
    const output = await send({ action: 'CreateImage', effect: 'at-most-once', call }, command, (options) =>
      client.send(command, options),
    )
    return output.ImageId ?? ''
  }

export const deregisterImage =
  ({ sdk, client, send }: Ec2Context): Ec2['deregisterImage'] =>
  (call, id) => {
    const command = new sdk.DeregisterImageCommand({ ImageId: id })
    return unlessGone(
      send({ action: 'DeregisterImage', effect: 'repeatable', call }, command, (options) =>
        client.send(command, options),
      ),
    )
  }

const goneCodes = new Set(['InvalidSnapshot.NotFound', 'InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'])

const unlessGone = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work
  } catch (error) {
    if (!(error instanceof AwsFailure) || !goneCodes.has(error.code)) throw error
  }
}
