import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { bisect } from '../bisect.ts'
import { describe, instanceIdOf } from './instances.ts'

/** Says to everybody who looks at the instance that a task is about to terminate it. */
export const pendingTag = 'orchestrator:terminate-pending'

export const markPending = async (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  return bisect(targets, instanceIdOf, async (part) => {
    await ec2.createTags(scope.call, part.map(instanceIdOf), { [pendingTag]: 'true' })
    return part.map(() => ({ kind: 'done' }))
  })
}

export const rereadMark = async (scope: Scope, targets: readonly StepTarget[]): Promise<(Outcome | null)[]> => {
  const live = await describe(
    scope,
    targets.map(({ id }) => id),
  )
  return targets.map(({ id }) => (Object.hasOwn(live.get(id)?.tags ?? {}, pendingTag) ? { kind: 'done' } : null))
}

/** Of an instance that is gone there is nothing to take away. */
export const unmark = async (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const outcomes = await bisect(targets, instanceIdOf, async (part) => {
    await ec2.deleteTags(scope.call, part.map(instanceIdOf), [pendingTag])
    return part.map(() => ({ kind: 'done' }))
  })
  return outcomes.map((outcome) =>
    outcome.kind === 'failed' && outcome.code === 'InvalidInstanceID.NotFound' ? { kind: 'done' } : outcome,
  )
}
