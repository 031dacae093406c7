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
import type { SeedInstance } from '../estate/instance.ts'
import { isArm } from '../estate/instance-types.ts'
import { imageSeconds } from '../made.ts'
import type { MadeImage } from '../made.ts'
import { rebooted } from '../power.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf, tagValues } from './filters.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'
import { madeId, making, tagsFor, tagsOf, toTagList } from './made.ts'
import { pageOf } from './page.ts'
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
const refuseName = (name: string, { world, account, region }: HandlerContext): void => {
  if (!/^[\w()[\] ./\-'@]{3,128}$/.test(name)) {
    throw awsError(
      'InvalidAMIName.Malformed',
      'AMI names must be between 3 and 128 characters long, and may contain letters, numbers, and "()[] ./-\'@_"',
    )
  }
  const same = world.made(account, region).find(([, made]) => made.kind === 'image' && made.name === name)
  if (same !== undefined) {
    throw awsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${same[0]}`)
  }
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

export const describeImages: Handler<DescribeImagesCommandInput, DescribeImagesCommandOutput> = (input, context) => {
  const { world, account, region } = context
  endDryRun(input)
  const named = input.ImageIds ?? []
  const all =
    named.length > 0
      ? named.map((id) => [id, madeImage(id, context)] as const)
      : world.made(account, region).flatMap(([id, made]) => (made.kind === 'image' ? [[id, made] as const] : []))
  const matches = matcherOf<Image>(input.Filters, filterValues)
  const { items, NextToken } = pageOf(
    all.length,
    (position) => {
      // A position is below the count.
      const [id, made] = all[position]!
      return [toImage(id, made, context)].find(matches)
    },
    input,
  )
  return { Images: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const madeImage = (id: string, { world, account, region }: HandlerContext): MadeImage => {
  if (!/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw awsError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`)
  }
  const made = world.findMade(account, region, id)
  if (made?.kind !== 'image') throw awsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`)
  return made
}

const toImage = (id: string, made: MadeImage, context: HandlerContext): Image => ({
  ImageId: id,
  Name: made.name,
  Description: made.description,
  State: context.nowMs >= made.readyMs ? 'available' : 'pending',
  CreationDate: new Date(made.madeMs).toISOString(),
  OwnerId: made.account,
  Public: false,
  Architecture: made.architecture,
  ImageType: 'machine',
  RootDeviceType: 'ebs',
  RootDeviceName: '/dev/xvda',
  VirtualizationType: 'hvm',
  Hypervisor: 'xen',
  EnaSupport: true,
  SourceInstanceId: made.instanceId,
  BlockDeviceMappings: made.snapshots.map(({ device, snapshotId, sizeGib, volumeType, isEncrypted }) => ({
    DeviceName: device,
    Ebs: {
      SnapshotId: snapshotId,
      VolumeSize: sizeGib,
      // The estate's volume types are names of real ones.
      VolumeType: volumeType as 'gp3',
      Encrypted: isEncrypted,
      DeleteOnTermination: device === '/dev/xvda',
    },
  })),
  Tags: toTagList(tagsOf(id, context)),
})

const filterValues = (image: Image, name: string): readonly (string | undefined)[] | undefined => {
  switch (name) {
    case 'image-id':
      return [image.ImageId]
    case 'name':
      return [image.Name]
    case 'state':
      return [image.State]
    case 'owner-id':
      return [image.OwnerId]
    case 'source-instance-id':
      return [image.SourceInstanceId]
    default:
      return tagValues(Object.fromEntries((image.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])), name)
  }
}

/** The snapshots stay, unless it is asked to take them along. */
export const deregisterImage: Handler<DeregisterImageCommandInput, DeregisterImageCommandOutput> = (input, context) => {
  const { world } = context
  const id = input.ImageId ?? ''
  if (id === '') throw awsError('MissingParameter', 'The request must contain the parameter ImageId')
  const { snapshots } = madeImage(id, context)
  endDryRun(input)
  const along = input.DeleteAssociatedSnapshots === true ? snapshots.map(({ snapshotId }) => snapshotId) : []
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
