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
import type { SeedVolume } from '../estate/volume.ts'
import { snapshotSeconds } from '../made.ts'
import type { MadeSnapshot } from '../made.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf, tagValues } from './filters.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'
import { madeId, making, tagsFor, tagsOf, toTagList } from './made.ts'
import { pageOf } from './page.ts'
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

export const describeSnapshots: Handler<DescribeSnapshotsCommandInput, DescribeSnapshotsCommandOutput> = (
  input,
  context,
) => {
  const { world, account, region } = context
  const named = input.SnapshotIds ?? []
  if (named.length > 0 && input.MaxResults !== undefined) {
    throw awsError(
      'InvalidParameterCombination',
      'The parameter snapshotSet cannot be used with the parameter maxResults',
    )
  }
  endDryRun(input)
  const all =
    named.length > 0
      ? named.map((id) => [id, madeSnapshot(id, context)] as const)
      : snapshotsOf(world.made(account, region))
  const matches = matcherOf<Snapshot>(input.Filters, filterValues)
  const { items, NextToken } = pageOf(
    all.length,
    (position) => {
      // A position is below the count.
      const [id, made] = all[position]!
      return [toSnapshot(id, made, context)].find(matches)
    },
    input,
  )
  return { Snapshots: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const snapshotsOf = (made: ReturnType<HandlerContext['world']['made']>): (readonly [string, MadeSnapshot])[] =>
  made.flatMap(([id, one]) => (one.kind === 'snapshot' ? [[id, one] as const] : []))

const madeSnapshot = (id: string, { world, account, region }: HandlerContext): MadeSnapshot => {
  if (!/^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw awsError('InvalidSnapshotID.Malformed', `Invalid id: "${id}" (expecting "snap-...")`)
  }
  const made = world.findMade(account, region, id)
  if (made?.kind !== 'snapshot') throw awsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`)
  return made
}

const toSnapshot = (id: string, made: MadeSnapshot, context: HandlerContext): Snapshot => {
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

const filterValues = (snapshot: Snapshot, name: string): readonly (string | undefined)[] | undefined => {
  switch (name) {
    case 'snapshot-id':
      return [snapshot.SnapshotId]
    case 'volume-id':
      return [snapshot.VolumeId]
    case 'volume-size':
      return [String(snapshot.VolumeSize)]
    case 'status':
      return [snapshot.State]
    case 'description':
      return [snapshot.Description]
    case 'encrypted':
      return [String(snapshot.Encrypted)]
    case 'owner-id':
      return [snapshot.OwnerId]
    default:
      return tagValues(
        Object.fromEntries((snapshot.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
        name,
      )
  }
}

/** Not while an image is made of it. */
export const deleteSnapshot: Handler<DeleteSnapshotCommandInput, DeleteSnapshotCommandOutput> = (input, context) => {
  const { world, account, region } = context
  const id = input.SnapshotId ?? ''
  if (id === '') throw awsError('MissingParameter', 'The request must contain the parameter SnapshotId')
  madeSnapshot(id, context)
  const user = world
    .made(account, region)
    .find(([, made]) => made.kind === 'image' && made.snapshots.some(({ snapshotId }) => snapshotId === id))
  if (user !== undefined) {
    throw awsError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${user[0]}`)
  }
  endDryRun(input)
  world.apply('DeleteSnapshot', [{ id, change: { isDeleted: true }, hasChanged: true }])
  return {}
}
