import { z } from 'zod'
import type { Ec2Snapshot } from '#aws/ec2.ts'
import type { Image } from '#contracts/task.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { eachAlone } from '../each-alone.ts'
import { stepTag } from '../made.ts'

/** In images: for each volume of an instance its snapshots of this task, or null for none. */
export type SnapshotsOfVolumes = Record<string, string | null>

export const snapshotsIn = (image: Image): SnapshotsOfVolumes =>
  z.record(z.string(), z.string().nullable()).parse(image['snapshots'] ?? {})

/** Several snapshots of one volume stand in one value, in order, so that images can be compared. */
export const joined = (ids: readonly string[]): string | null => (ids.length === 0 ? null : ids.toSorted().join(' '))
export const idsIn = (image: Image): string[] =>
  Object.values(snapshotsIn(image)).flatMap((ids) => (ids === null ? [] : ids.split(' ')))

/** What was made for each of these items, found by the tag that it carries. */
export const madeFor = async (
  scope: Scope,
  targets: readonly StepTarget[],
): Promise<ReadonlyMap<string, Ec2Snapshot[]>> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const found = await ec2.describeSnapshots(scope.call, { tag: stepTag, values: targets.map(({ itemId }) => itemId) })
  return Map.groupBy(found, ({ tags }) => tags[stepTag] ?? '')
}

/** By volume, from what was found. */
export const byVolume = (snapshots: readonly { id: string; volumeId: string }[]): Record<string, string> =>
  Object.fromEntries(
    [...Map.groupBy(snapshots, ({ volumeId }) => volumeId)].map(([volumeId, of]) => [
      volumeId,
      // A group has at least one.
      joined(of.map(({ id }) => id))!,
    ]),
  )

/** One call for each snapshot, one after the other for each target; whatever is gone already is fine. */
export const deleteSnapshots = (
  scope: Scope,
  targets: readonly StepTarget[],
  idsOf: (target: StepTarget) => readonly string[],
): Promise<Outcomes> =>
  eachAlone(targets, async (target): Promise<Outcome> => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const ids = idsOf(target)
    for (const id of ids) await ec2.deleteSnapshot(scope.call, id)
    return { kind: 'done', result: { deleted: ids } }
  })
