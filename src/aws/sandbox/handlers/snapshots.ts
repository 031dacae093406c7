import type {
  CreateSnapshotsCommandInput,
  CreateSnapshotsCommandOutput,
  DeleteSnapshotCommandInput,
  DeleteSnapshotCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  Snapshot,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { snapshotId } from '../estate/snapshot.ts'
import type { SeedSnapshot } from '../estate/snapshot.ts'
import type { SeedVolume } from '../estate/volume.ts'
import { snapshotSeconds } from '../made.ts'
import type { MadeSnapshot } from '../made.ts'
import type { Handler, HandlerContext } from './context.ts'
import { asksForTagsOfTasks, describePage, refuseIdsWithPages, valuesNamed } from './describe.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'
import { madeId, making, tagsFor, tagsOf, toTagList } from './made.ts'
import { stateOf } from './power.ts'

/** Snapshots of all volumes of an instance, of one moment: all of them, or none. */
export const createSnapshots: Handler<CreateSnapshotsCommandInput, CreateSnapshotsCommandOutput> = (input, context) => {
  const { world, account } = context
  const { InstanceId, ExcludeBootVolume, ExcludeDataVolumeIds } = input.InstanceSpecification ?? {}
  const [instance] = namedInstances(InstanceId === undefined ? [] : [InstanceId], context)
  const tags = tagsFor(input.TagSpecifications, 'snapshot', ['snapshot'])
  // namedInstances has found the one that was named, or thrown.
  const volumes = attachedVolumes(instance!, context).filter(
    ({ id, attachedTo }) => !(attachedTo?.isRoot && ExcludeBootVolume) && !(ExcludeDataVolumeIds ?? []).includes(id),
  )
  if (volumes.length === 0) {
    throw awsError('InvalidParameterValue', `The instance '${instance!.id}' has no volumes to create snapshots of.`)
  }
  endDryRun(input)
  const number = world.nextNumber()
  const snapshots = volumes.map((volume, index) => ({
    id: madeId('snapshot', number + index, context),
    made: snapshotOf(volume, number + index, input.Description ?? '', context),
    tags: { ...(input.CopyTagsFromSource === 'volume' ? ownTags(world.tags(volume)) : {}), ...tags },
  }))
  world.apply('CreateSnapshots', [
    { id: instance!.id, change: {}, hasChanged: true },
    ...snapshots.map(({ id, made, tags: own }) => making(id, made, own)),
  ])
  return {
    Snapshots: snapshots.map(({ id, made, tags: own }) => ({
      SnapshotId: id,
      VolumeId: made.volumeId,
      VolumeSize: made.sizeGib,
      State: 'pending',
      Progress: '',
      StartTime: new Date(made.madeMs),
      OwnerId: account,
      Description: made.description,
      Encrypted: made.isEncrypted,
      Tags: toTagList(own),
    })),
  }
}

/** AWS's own tags are not copied. */
const ownTags = (tags: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')))

export const attachedVolumes = (instance: SeedInstance, context: HandlerContext): SeedVolume[] => {
  const { estate } = context.world
  const state = stateOf(instance, context)
  if (state === 'terminated' || state === 'shutting-down') {
    throw awsError('IncorrectInstanceState', `The instance '${instance.id}' is ${state}.`)
  }
  return estate.volumesOf(instance.partition, instance.index).map((index) => estate.volume(instance.partition, index))
}

export const snapshotOf = (
  volume: SeedVolume,
  number: number,
  description: string,
  { world, account, region, nowMs }: HandlerContext,
): MadeSnapshot => ({
  kind: 'snapshot',
  number,
  account,
  region,
  madeMs: nowMs,
  readyMs: nowMs + (snapshotSeconds(volume.sizeGib) * 1000) / world.speed,
  description,
  volumeId: volume.id,
  sizeGib: volume.sizeGib,
  isEncrypted: volume.isEncrypted,
})

/** The seed's first, then what was made since. Only snapshots of the account itself are known. */
export const describeSnapshots: Handler<DescribeSnapshotsCommandInput, DescribeSnapshotsCommandOutput> = (
  input,
  context,
) => {
  const { world, partition, account, region } = context
  refuseIdsWithPages('snapshotSet', input.SnapshotIds, input)
  const made = snapshotsOf(world.made(account, region))
  const onlyRetagged = asksForTagsOfTasks(input.Filters)
  const isOwn = input.OwnerIds === undefined || input.OwnerIds.some((owner) => owner === 'self' || owner === account)
  const { items, NextToken } = describePage<Snapshot>(input, input.SnapshotIds, {
    idFilter: 'snapshot-id',
    find: (id) => snapshotWithId(id, context),
    count: isOwn ? partition.snapshots + made.length : 0,
    at: (position) =>
      position < partition.snapshots
        ? onlyRetagged && !world.isRetagged(snapshotId(world.estate.seed, partition, position))
          ? undefined
          : seedSnapshot(world.estate.snapshot(partition, position), context)
        : madeSnapshot(made[position - partition.snapshots], context),
    values: filterValues,
    unknown: unknownSnapshot,
  })
  return { Snapshots: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const snapshotsOf = (made: ReturnType<HandlerContext['world']['made']>): (readonly [string, MadeSnapshot])[] =>
  made.flatMap(([id, one]) => (one.kind === 'snapshot' ? [[id, one] as const] : []))

const unknownSnapshot = (id: string): Error =>
  /^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)
    ? awsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`)
    : awsError('InvalidSnapshotID.Malformed', `Invalid id: "${id}" (expecting "snap-...")`)

export const snapshotWithId = (id: string, context: HandlerContext): Snapshot | undefined => {
  const { world, partition, account, region } = context
  const made = world.findMade(account, region, id)
  if (made !== undefined) return made.kind === 'snapshot' ? madeSnapshot([id, made], context) : undefined
  const seed = world.estate.findSnapshot(partition, id)
  return seed && seedSnapshot(seed, context)
}

const seedSnapshot = (snapshot: SeedSnapshot, { world, account }: HandlerContext): Snapshot | undefined =>
  world.isDeleted(snapshot.id)
    ? undefined
    : {
        SnapshotId: snapshot.id,
        VolumeId: snapshot.volumeId,
        VolumeSize: snapshot.sizeGib,
        State: 'completed',
        Progress: '100%',
        StartTime: new Date(snapshot.startedMs),
        CompletionTime: new Date(snapshot.startedMs + snapshotSeconds(snapshot.sizeGib) * 1000),
        OwnerId: account,
        Description: snapshot.description,
        Encrypted: snapshot.isEncrypted,
        StorageTier: snapshot.storageTier,
        Tags: toTagList(world.tags(snapshot)),
      }

const madeSnapshot = (
  found: readonly [id: string, made: MadeSnapshot] | undefined,
  context: HandlerContext,
): Snapshot | undefined => {
  if (found === undefined) return undefined
  const [id, made] = found
  const share = Math.min(1, (context.nowMs - made.madeMs) / (made.readyMs - made.madeMs))
  return {
    SnapshotId: id,
    VolumeId: made.volumeId,
    VolumeSize: made.sizeGib,
    State: share >= 1 ? 'completed' : 'pending',
    Progress: `${Math.floor(share * 100)}%`,
    StartTime: new Date(made.madeMs),
    ...(share >= 1 ? { CompletionTime: new Date(made.readyMs) } : {}),
    OwnerId: made.account,
    Description: made.description,
    Encrypted: made.isEncrypted,
    StorageTier: 'standard',
    Tags: toTagList(tagsOf(id, context)),
  }
}

const filterValues = (snapshot: Snapshot, name: string): readonly (string | undefined)[] | undefined =>
  valuesNamed(name, {
    'snapshot-id': [snapshot.SnapshotId],
    'volume-id': [snapshot.VolumeId],
    'volume-size': [String(snapshot.VolumeSize)],
    status: [snapshot.State],
    description: [snapshot.Description],
    encrypted: [String(snapshot.Encrypted)],
    'owner-id': [snapshot.OwnerId],
    'storage-tier': [snapshot.StorageTier],
  })

/** Not while an image is made of it. */
export const deleteSnapshot: Handler<DeleteSnapshotCommandInput, DeleteSnapshotCommandOutput> = (input, context) => {
  const { world } = context
  const id = input.SnapshotId ?? ''
  if (id === '') throw awsError('MissingParameter', 'The request must contain the parameter SnapshotId')
  if (snapshotWithId(id, context) === undefined) throw unknownSnapshot(id)
  const user = imageMadeOf(id, context)
  if (user !== undefined) throw awsError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${user}`)
  endDryRun(input)
  world.apply('DeleteSnapshot', [{ id, change: { isDeleted: true }, hasChanged: true }])
  return {}
}

/** The image that a snapshot belongs to, while it is registered. */
const imageMadeOf = (id: string, { world, partition, account, region }: HandlerContext): string | undefined => {
  const seed = world.estate.findSnapshot(partition, id)
  if (seed !== undefined) {
    if (seed.index >= world.estate.images(partition)) return undefined
    const { id: image } = world.estate.image(partition, seed.index)
    return world.isDeleted(image) ? undefined : image
  }
  return world
    .made(account, region)
    .find(([, made]) => made.kind === 'image' && made.snapshots.some(({ snapshotId }) => snapshotId === id))?.[0]
}
