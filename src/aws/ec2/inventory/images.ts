import type { Image } from '@aws-sdk/client-ec2'
import type { MachineImage } from '../../ec2-inventory.ts'
import type { Reader } from '../../reader.ts'
import type { Ec2Context } from '../context.ts'
import { toJson } from '../json.ts'
import { toTags } from '../tags.ts'
import { createReader } from './reader.ts'

/** The API's largest page. */
const pageSize = 1000

/** Images of the account itself, not those that others share with it. */
export const readImages = ({ sdk, client, send, ...place }: Ec2Context): Reader<MachineImage> =>
  createReader({
    fetch: async (call, ask) => {
      const command = new sdk.DescribeImagesCommand({ Owners: ['self'], MaxResults: pageSize, ...ask })
      const output = await send({ action: 'DescribeImages', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.Images, token: output.NextToken }
    },
    idFilter: 'image-id',
    to: (image) => toImage(place, image),
  })

const toImage = (
  { account, region, partition }: { account: string; region: string; partition: string },
  image: Image,
): MachineImage => {
  // AWS describes no image without an id.
  const id = image.ImageId ?? ''
  const disks = (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs ?? [])
  return {
    id,
    arn: `arn:${partition}:ec2:${region}::image/${id}`,
    account,
    region,
    name: image.Name ?? id,
    state: image.State ?? 'pending',
    description: image.Description || null,
    architecture: image.Architecture ?? null,
    platform: image.PlatformDetails ?? null,
    rootDeviceType: image.RootDeviceType ?? null,
    isPublic: image.Public ?? false,
    sourceInstanceId: image.SourceInstanceId || null,
    snapshotIds: disks.flatMap(({ SnapshotId }) => SnapshotId ?? []),
    sizeGib: disks.reduce((sum, { VolumeSize }) => sum + (VolumeSize ?? 0), 0),
    createdAt: image.CreationDate ?? null,
    tags: toTags(image.Tags),
    raw: toJson(image),
  }
}
