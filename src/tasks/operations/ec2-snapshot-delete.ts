import { z } from 'zod'
import type { Ec2Instance, Ec2Snapshot } from '#aws/ec2.ts'
import { mostMonthlyUsdOfSnapshots } from '#aws/prices.ts'
import type { Image } from '#contracts/task.ts'
import { systemClock } from '#platform/clock.ts'
import type { LiveTarget, Operation, Outcome, Scope, StepTarget } from '../operation.ts'
import { describe, liveTarget } from './ec2/instances.ts'
import { deleteSnapshots, idsIn, joined, snapshotsIn } from './ec2/snapshots.ts'
import { stepTag } from './made.ts'
import { checkStep, verifyStep } from './steps.ts'

const params = z.strictObject({
  snapshotIds: z
    .array(z.string().regex(/^snap-[0-9a-f]{8,17}$/, { error: 'A snapshot id looks like snap-0123456789abcdef0.' }))
    .max(200)
    .default([])
    .transform((ids) => [...new Set(ids)].sort())
    .describe(
      'The snapshots to delete: of volumes of the chosen instances, and made by ec2.snapshot. The undo of ec2.snapshot needs none, it knows its own.',
    ),
})
type Params = z.infer<typeof params>

/** A snapshot that is older may be somebody's backup by now. */
const youngHours = 24

/**
 * In an undo, and in steps, the recorded ids count; otherwise those that were named, as far as they are of the instance's
 * volumes and made by us.
 */
const read: Operation<Params>['read'] = async (scope, arns, { snapshotIds }, recorded) => {
  const instances = await describe(scope, arns)
  const ids = [...new Set([...snapshotIds, ...[...(recorded?.values() ?? [])].flatMap(idsIn)])]
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const found = ids.length === 0 ? [] : await ec2.describeSnapshots(scope.call, { ids })
  const targets = [...instances].map(([arn, instance]): [string, LiveTarget] => {
    const own = recorded?.get(arn)
    const { image, snapshots } = own === undefined ? named(instance, found) : stillThere(own, found)
    const live = liveTarget(arn, instance, image)
    const facts = {
      ...live.facts,
      isUndo: own !== undefined,
      count: snapshots.length,
      sizeGib: snapshots.reduce((sum, { sizeGib }) => sum + sizeGib, 0),
      areYoung: snapshots.every(isYoung),
    }
    return [arn, { ...live, facts }]
  })
  return new Map(targets)
}

type Seen = { image: Image; snapshots: Ec2Snapshot[] }

const named = ({ volumeIds }: Ec2Instance, found: readonly Ec2Snapshot[]): Seen => {
  const snapshots = found.filter(({ volumeId, tags }) => volumeIds.includes(volumeId) && Object.hasOwn(tags, stepTag))
  const byVolume = [...Map.groupBy(snapshots, ({ volumeId }) => volumeId)].map(([volumeId, of]) => [
    volumeId,
    joined(of.map(({ id }) => id)),
  ])
  return { image: { snapshots: Object.fromEntries(byVolume) }, snapshots }
}

const stillThere = (recorded: Image, found: readonly Ec2Snapshot[]): Seen => {
  const ids = new Set(idsIn(recorded))
  const snapshots = found.filter(({ id }) => ids.has(id))
  const left = new Set(snapshots.map(({ id }) => id))
  const byVolume = Object.entries(snapshotsIn(recorded)).map(([volumeId, of]) => [
    volumeId,
    joined((of ?? '').split(' ').filter((id) => left.has(id))),
  ])
  return { image: { snapshots: Object.fromEntries(byVolume) }, snapshots }
}

const isYoung = ({ startedAt }: Ec2Snapshot): boolean =>
  startedAt !== null && systemClock.now().getTime() - Date.parse(startedAt) < youngHours * 3_600_000

const guard = ({ facts }: LiveTarget, { snapshotIds }: Params): string | null => {
  if (facts['count'] !== 0) return null
  if (facts['isUndo'] === true) return 'has none of its snapshots left'
  return snapshotIds.length === 0
    ? 'has no snapshots named to delete: give their ids'
    : 'has none of these snapshots, or ec2.snapshot did not make them'
}

const reread = async (scope: Scope, targets: readonly StepTarget[]): Promise<(Outcome | null)[]> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const found = await ec2.describeSnapshots(scope.call, { ids: targets.flatMap(({ before }) => idsIn(before)) })
  const left = new Set(found.map(({ id }) => id))
  return targets.map(({ before }) => (idsIn(before).some((id) => left.has(id)) ? null : { kind: 'done' }))
}

export const ec2SnapshotDelete: Operation<Params> = {
  name: 'ec2.snapshot.delete',
  version: 1,
  title: 'Delete snapshots',
  description:
    'Deletes snapshots that ec2.snapshot made of the volumes of EC2 instances. The undo of ec2.snapshot is such a task.',
  targetType: 'ec2.instance',
  params,
  risk: 'R1',
  /** Taking back what was just made is as harmless as making it; any other snapshot may be the only copy of something. */
  riskOf: ({ facts }) => (facts['isUndo'] === true && facts['areYoung'] === true ? null : 'R3'),
  undo: { label: 'none', note: 'A deleted snapshot cannot be brought back.', inverse: null },
  maxTargets: 10_000,
  batchSize: 50,
  iamActions: ['ec2:DescribeInstances', 'ec2:DescribeSnapshots', 'ec2:DeleteSnapshot'],
  read,
  guard,
  desired: (before) => ({
    ...before,
    snapshots: Object.fromEntries(Object.keys(snapshotsIn(before)).map((id) => [id, null])),
  }),
  monthlyCostDeltaUsd: ({ facts }) => -mostMonthlyUsdOfSnapshots(Number(facts['sizeGib']), String(facts['region'])),
  calls: [{ service: 'ec2', action: 'DeleteSnapshot', perTarget: true }],
  typicalWaitSeconds: () => 0,
  steps: [
    checkStep(read),
    {
      name: 'delete',
      description: 'Deletes them, one call for each snapshot.',
      kind: 'act',
      effect: 'readable',
      run: (scope, targets) => deleteSnapshots(scope, targets, ({ before }) => idsIn(before)),
      reread,
    },
    verifyStep(read),
  ],
}
