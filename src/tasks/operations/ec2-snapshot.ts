import { z } from 'zod'
import { mostMonthlyUsdOfSnapshots } from '#aws/prices.ts'
import type { LiveTarget, Operation, Outcome, Outcomes, Scope, Step, StepTarget } from '../operation.ts'
import { eachAlone } from './each-alone.ts'
import { describe, instanceIdOf, liveTarget } from './ec2/instances.ts'
import { byVolume, deleteSnapshots, idsIn, madeFor, snapshotsIn } from './ec2/snapshots.ts'
import { goneGuard } from './ec2/tags.ts'
import { readVolumes, sizeGibOf } from './ec2/volumes.ts'
import { reading } from './failures.ts'
import { notFound, stepTag } from './made.ts'
import { checkStep, nextPollSeconds } from './steps.ts'

const params = z.strictObject({
  description: z.string().max(255).default('Taken by AWS Orchestrator').describe('The description of every snapshot.'),
})
type Params = z.infer<typeof params>

/** Each volume without a snapshot: those that other tasks made are no business of this one. */
const read: Operation<Params>['read'] = async (scope, ids) => {
  const instances = await describe(scope, ids)
  const volumes = await readVolumes(scope, instances.values())
  const targets = [...instances].map(([arn, instance]): [string, LiveTarget] => {
    const snapshots = Object.fromEntries(instance.volumeIds.map((id) => [id, null]))
    const live = liveTarget(arn, instance, { snapshots })
    return [arn, { ...live, facts: { ...live.facts, sizeGib: sizeGibOf(instance.volumeIds, volumes) } }]
  })
  return new Map(targets)
}

const guard = (target: LiveTarget): string | null =>
  goneGuard(target) ??
  (Object.keys(snapshotsIn(target.image)).length === 0 ? 'has no EBS volumes to take snapshots of' : null)

/** The ids that the call answered, or that were found later; by volume. */
const takenIn = (target: StepTarget): string[] => {
  const result = target.results['snapshot']
  return typeof result === 'object' && result !== null ? idsIn(result as Record<string, unknown>) : []
}

const take = (scope: Scope, targets: readonly StepTarget[], { description }: Params): Promise<Outcomes> =>
  eachAlone(targets, async (target) => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const made = await ec2.createSnapshots(scope.call, {
      instanceId: instanceIdOf(target),
      description,
      tags: { [stepTag]: target.itemId },
    })
    return { kind: 'done', result: { snapshots: byVolume(made) } }
  })

/** All snapshots of a call are made together, but may become visible one by one. */
const reread = async (scope: Scope, targets: readonly StepTarget[]): Promise<(Outcome | null)[]> => {
  const made = await madeFor(scope, targets)
  return targets.map((target) => {
    const found = made.get(target.itemId) ?? []
    const isAll = Object.keys(snapshotsIn(target.before)).every((id) => found.some(({ volumeId }) => volumeId === id))
    if (isAll) return { kind: 'done', result: { snapshots: byVolume(found) } }
    const again = notFound(target)
    return found.length > 0 && again === null ? { kind: 'done', result: { snapshots: byVolume(found) } } : again
  })
}

/** By what is on record and by the tag: after a lost answer only the tag knows. */
const takeBack = async (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> => {
  const made = await madeFor(scope, targets)
  return deleteSnapshots(scope, targets, (target) => [
    ...new Set([...takenIn(target), ...(made.get(target.itemId) ?? []).map(({ id }) => id)]),
  ])
}

/** A snapshot of a large volume takes hours: soon only a look a minute. */
const lookAgainSeconds = (polls: number): number => (polls < 12 ? nextPollSeconds(polls) : 60)

const awaitCompleted = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  reading(targets, async () => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const found = await ec2.describeSnapshots(scope.call, { ids: targets.flatMap(takenIn) })
    const byId = new Map(found.map((snapshot) => [snapshot.id, snapshot]))
    return targets.map((target): Outcome => {
      const states = takenIn(target).map((id) => ({ id, snapshot: byId.get(id) }))
      const broken = states.find(({ snapshot }) => snapshot?.state === 'error')
      if (broken !== undefined) {
        const why = broken.snapshot?.stateMessage ?? 'AWS does not say why.'
        return failedWith('snapshot_failed', `The snapshot ${broken.id} failed: ${why}`)
      }
      const done = states.filter(({ snapshot }) => snapshot?.state === 'completed').length
      if (done === states.length) return { kind: 'done', result: { completed: done } }
      const missing = states.find(({ snapshot }) => snapshot === undefined)
      if (missing !== undefined && (target.polls ?? 0) >= 5) {
        return failedWith('snapshot_gone', `The snapshot ${missing.id} is gone: somebody deleted it.`)
      }
      return {
        kind: 'pending',
        why: `${done} of ${states.length} snapshots are completed`,
        againInSeconds: lookAgainSeconds(target.polls ?? 0),
      }
    })
  })

const failedWith = (code: string, message: string): Outcome => ({ kind: 'failed', code, message, retry: 'never' })

const verify: Step<Params> = {
  name: 'verify',
  description: 'Checks that every volume has its snapshot, and records their ids.',
  kind: 'wait',
  timeoutSeconds: 120,
  run: (scope, targets) =>
    reading(targets, async () => {
      const made = await madeFor(scope, targets)
      return targets.map((target): Outcome => {
        const snapshots = byVolume((made.get(target.itemId) ?? []).filter(({ state }) => state === 'completed'))
        const missing = Object.keys(snapshotsIn(target.before)).find((id) => !Object.hasOwn(snapshots, id))
        if (missing !== undefined) {
          const againInSeconds = nextPollSeconds(target.polls ?? 0)
          return { kind: 'pending', why: `the volume ${missing} shows no snapshot`, againInSeconds }
        }
        return { kind: 'done', after: { ...target.before, snapshots } }
      })
    }),
}

export const ec2Snapshot: Operation<Params> = {
  name: 'ec2.snapshot',
  version: 1,
  title: 'Take snapshots',
  description:
    'Takes a snapshot of every EBS volume of EC2 instances, all volumes of an instance at the same moment, without stopping it.',
  targetType: 'ec2.instance',
  params,
  risk: 'R1',
  undo: {
    label: 'exact',
    images: true,
    note: 'The snapshots that the task made are deleted.',
    inverse: () => ({ operation: 'ec2.snapshot.delete', params: {} }),
  },
  maxTargets: 10_000,
  batchSize: 50,
  iamActions: [
    'ec2:DescribeInstances',
    'ec2:DescribeVolumes',
    'ec2:DescribeSnapshots',
    'ec2:CreateSnapshots',
    'ec2:CreateTags',
    'ec2:DeleteSnapshot',
  ],
  read,
  guard,
  warn: ({ facts }) =>
    facts['state'] === 'running' ? ['runs on: what it has not written to disk is not in the snapshots'] : [],
  desired: (before) => ({
    ...before,
    snapshots: Object.fromEntries(Object.keys(snapshotsIn(before)).map((id) => [id, 'a new snapshot'])),
  }),
  monthlyCostDeltaUsd: ({ facts }) => mostMonthlyUsdOfSnapshots(Number(facts['sizeGib']), String(facts['region'])),
  calls: [{ service: 'ec2', action: 'CreateSnapshots', perTarget: true }],
  typicalWaitSeconds: () => 300,
  steps: [
    checkStep(read),
    {
      name: 'snapshot',
      description: `Takes the snapshots, one call for each instance. They carry the tag ${stepTag}, by which they are found after a lost answer.`,
      kind: 'act',
      effect: 'readable',
      run: take,
      reread,
      compensate: takeBack,
    },
    {
      name: 'completed',
      description: 'Waits until all of them are completed, for up to 24 hours.',
      kind: 'wait',
      timeoutSeconds: 86_400,
      run: awaitCompleted,
    },
    verify,
  ],
}
