import type {
  CreateImageCommandInput,
  CreateImageCommandOutput,
  DeregisterImageCommandInput,
  DeregisterImageCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  Image,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { firstBuild, imageId as seedImageId } from '../estate/image.ts'
import type { SeedImage } from '../estate/image.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { isArm } from '../estate/instance-types.ts'
import { snapshotId } from '../estate/snapshot.ts'
import { imageSeconds } from '../made.ts'
import type { MadeImage } from '../made.ts'
import { rebooted } from '../power.ts'
import type { Handler, HandlerContext } from './context.ts'
import { asksForTagsOfTasks, describePage, valuesNamed } from './describe.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'
import { madeId, making, tagsFor, tagsOf, toTagList } from './made.ts'
import { stateOf } from './power.ts'
import { attachedVolumes, snapshotOf } from './snapshots.ts'

/** An image with a snapshot of each volume. Without NoReboot a running instance is rebooted for it. */
export const createImage: Handler<CreateImageCommandInput, CreateImageCommandOutput> = (input, context) => {
  const { world, account, region, nowMs } = context
  const [instance] = namedInstances(input.InstanceId === undefined ? [] : [input.InstanceId], context)
  const name = input.Name ?? ''
  refuseName(name, context)
  // namedInstances has found the one that was named, or thrown.
  refuseInstance(instance!, context)
  const imageTags = tagsFor(input.TagSpecifications, 'image', ['image', 'snapshot'])
  const snapshotTags = tagsFor(input.TagSpecifications, 'snapshot', ['image', 'snapshot'])
  endDryRun(input)
  const number = world.nextNumber()
  const imageId = madeId('image', number, context)
  const volumes = attachedVolumes(instance!, context)
  const snapshots = volumes.map((volume, index) => ({
    id: madeId('snapshot', number + 1 + index, context),
    volume,
    made: snapshotOf(volume, number + 1 + index, `Created by CreateImage(${instance!.id}) for ${imageId}`, context),
  }))
  const largestGib = Math.max(0, ...volumes.map(({ sizeGib }) => sizeGib))
  const made: MadeImage = {
    kind: 'image',
    number,
    account,
    region,
    madeMs: nowMs,
    readyMs: nowMs + (imageSeconds(largestGib) * 1000) / world.speed,
    description: input.Description ?? '',
    name,
    instanceId: instance!.id,
    architecture: isArm(world.instanceType(instance!)) ? 'arm64' : 'x86_64',
    snapshots: snapshots.map(({ id, volume }) => ({
      device: volume.attachedTo?.device ?? '/dev/xvda',
      snapshotId: id,
      sizeGib: volume.sizeGib,
      volumeType: volume.volumeType,
      isEncrypted: volume.isEncrypted,
    })),
  }
  const isRebooted = input.NoReboot !== true && stateOf(instance!, context) === 'running'
  world.apply('CreateImage', [
    {
      id: instance!.id,
      change: isRebooted ? { power: rebooted(instance!, world.power(instance!), nowMs, world.speed) } : {},
      hasChanged: true,
    },
    making(imageId, made, imageTags),
    ...snapshots.map(({ id, made: snapshot }) => making(id, snapshot, snapshotTags)),
  ])
  return { ImageId: imageId }
}

/** 3 to 128 characters, and no two images of an account and Region have the same name. */
const refuseName = (name: string, context: HandlerContext): void => {
  const { world, account, region } = context
  if (!/^[\w()[\] ./\-'@]{3,128}$/.test(name)) {
    throw awsError(
      'InvalidAMIName.Malformed',
      'AMI names must be between 3 and 128 characters long, and may contain letters, numbers, and "()[] ./-\'@_"',
    )
  }
  const same =
    world.made(account, region).find(([, made]) => made.kind === 'image' && made.name === name)?.[0] ??
    seedImageNamed(name, context)
  if (same !== undefined) {
    throw awsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${same}`)
  }
}

/** The names of the seed's images end with their numbers. */
const seedImageNamed = (name: string, { world, partition }: HandlerContext): string | undefined => {
  const index = Number(/-build-(\d+)$/.exec(name)?.[1] ?? Number.NaN) - firstBuild
  if (!(index >= 0 && index < world.estate.images(partition))) return undefined
  const image = world.estate.image(partition, index)
  return image.name === name && !world.isDeleted(image.id) ? image.id : undefined
}

const refuseInstance = (instance: SeedInstance, context: HandlerContext): void => {
  const state = stateOf(instance, context)
  if (state !== 'running' && state !== 'stopped' && state !== 'stopping') {
    throw awsError('IncorrectInstanceState', `The instance '${instance.id}' is ${state}: an image can't be made of it.`)
  }
  if (instance.rootDeviceType !== 'ebs') {
    throw awsError('UnsupportedOperation', `The instance '${instance.id}' does not have an 'ebs' root device type.`)
  }
}

/** Only images of the account itself are known: the seed's first, then what was made since. */
export const describeImages: Handler<DescribeImagesCommandInput, DescribeImagesCommandOutput> = (input, context) => {
  const { world, partition, account, region } = context
  const made = world.made(account, region).filter(([, { kind }]) => kind === 'image')
  const seeds = world.estate.images(partition)
  const onlyRetagged = asksForTagsOfTasks(input.Filters)
  const isOwn = input.Owners === undefined || input.Owners.some((owner) => owner === 'self' || owner === account)
  const { items, NextToken } = describePage<Image>(input, input.ImageIds, {
    idFilter: 'image-id',
    find: (id) => imageWithId(id, context),
    count: isOwn ? seeds + made.length : 0,
    at: (position) =>
      position < seeds
        ? onlyRetagged && !world.isRetagged(seedImageId(world.estate.seed, partition, position))
          ? undefined
          : seedImage(world.estate.image(partition, position), context)
        : imageWithId(made[position - seeds]?.[0] ?? '', context),
    values: filterValues,
    unknown: unknownImage,
  })
  return { Images: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const unknownImage = (id: string): Error =>
  /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)
    ? awsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`)
    : awsError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`)

export const imageWithId = (id: string, context: HandlerContext): Image | undefined => {
  const { world, partition, account, region } = context
  const made = world.findMade(account, region, id)
  if (made !== undefined) return made.kind === 'image' ? madeImage(id, made, context) : undefined
  const seed = world.estate.findImage(partition, id)
  return seed && seedImage(seed, context)
}

/** What all images here have in common. */
const usual = {
  Public: false,
  ImageType: 'machine',
  RootDeviceType: 'ebs',
  RootDeviceName: '/dev/xvda',
  VirtualizationType: 'hvm',
  Hypervisor: 'xen',
  EnaSupport: true,
} as const

const seedImage = (image: SeedImage, { world, account }: HandlerContext): Image | undefined =>
  world.isDeleted(image.id)
    ? undefined
    : {
        ...usual,
        ImageId: image.id,
        Name: image.name,
        Description: image.description,
        State: 'available',
        CreationDate: new Date(image.createdMs).toISOString(),
        OwnerId: account,
        Architecture: image.architecture,
        SourceInstanceId: image.sourceInstanceId,
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: {
              SnapshotId: snapshotId(world.estate.seed, image.partition, image.index),
              VolumeSize: image.sizeGib,
              VolumeType: 'gp3',
              Encrypted: false,
              DeleteOnTermination: true,
            },
          },
        ],
        Tags: toTagList(world.tags(image)),
      }

const madeImage = (id: string, made: MadeImage, context: HandlerContext): Image => ({
  ...usual,
  ImageId: id,
  Name: made.name,
  Description: made.description,
  State: context.nowMs >= made.readyMs ? 'available' : 'pending',
  CreationDate: new Date(made.madeMs).toISOString(),
  OwnerId: made.account,
  Architecture: made.architecture,
  SourceInstanceId: made.instanceId,
  BlockDeviceMappings: made.snapshots.map(({ device, snapshotId: snapshot, sizeGib, volumeType, isEncrypted }) => ({
    DeviceName: device,
    Ebs: {
      SnapshotId: snapshot,
      VolumeSize: sizeGib,
      // The estate's volume types are names of real ones.
      VolumeType: volumeType as 'gp3',
      Encrypted: isEncrypted,
      DeleteOnTermination: device === '/dev/xvda',
    },
  })),
  Tags: toTagList(tagsOf(id, context)),
})

const filterValues = (image: Image, name: string): readonly (string | undefined)[] | undefined =>
  valuesNamed(name, {
    'image-id': [image.ImageId],
    name: [image.Name],
    state: [image.State],
    architecture: [image.Architecture],
    'owner-id': [image.OwnerId],
    'source-instance-id': [image.SourceInstanceId],
    'block-device-mapping.snapshot-id': (image.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.SnapshotId),
  })

/** The snapshots stay, unless it is asked to take them along. */
export const deregisterImage: Handler<DeregisterImageCommandInput, DeregisterImageCommandOutput> = (input, context) => {
  const { world } = context
  const id = input.ImageId ?? ''
  if (id === '') throw awsError('MissingParameter', 'The request must contain the parameter ImageId')
  const image = imageWithId(id, context)
  if (image === undefined) throw unknownImage(id)
  endDryRun(input)
  const along =
    input.DeleteAssociatedSnapshots === true
      ? (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? [])
      : []
  world.apply(
    'DeregisterImage',
    [id, ...along].map((gone) => ({ id: gone, change: { isDeleted: true as const }, hasChanged: true })),
  )
  return {
    Return: true,
    ...(along.length === 0
      ? {}
      : { DeleteSnapshotResults: along.map((SnapshotId) => ({ SnapshotId, ReturnCode: 'success' as const })) }),
  }
}
