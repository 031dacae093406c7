import { AwsFailure } from '#aws/failure.ts'
import type { LiveTarget, Operation, Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { reading } from '../failures.ts'
import { driftOf } from '../images.ts'
import { mapBounded } from '../../plan/pool.ts'
import { instanceIdOf } from './instances.ts'

/** Termination protection costs a call for each instance: a plan asks only for so few, a step for its whole batch. */
const fewEnoughToAsk = 50
const callsInFlight = 5

/** By ARN; those that weren't asked about, or are gone by now, are missing. */
export const readProtection = async (scope: Scope, arns: readonly string[]): Promise<ReadonlyMap<string, boolean>> => {
  if (arns.length > fewEnoughToAsk) return new Map()
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const asked = await mapBounded(arns, callsInFlight, async (arn): Promise<[string, boolean] | null> => {
    try {
      return [arn, await ec2.isTerminationProtected(scope.call, instanceIdOf({ id: arn }))]
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.code !== 'InvalidInstanceID.NotFound') throw error
      return null
    }
  })
  return new Map(asked.filter((one) => one !== null))
}

/** Whether each target is still as it was planned on, and not protected from termination. */
export const lookAgain = async <Params>(
  scope: Scope,
  targets: readonly StepTarget[],
  read: Operation<Params>['read'],
  params: Params,
): Promise<{ outcomes: Outcomes; live: ReadonlyMap<string, LiveTarget> }> => {
  let live: ReadonlyMap<string, LiveTarget> = new Map()
  const outcomes = await reading(targets, async () => {
    live = await read(
      scope,
      targets.map(({ id }) => id),
      params,
    )
    return targets.map((target) => compare(target, live.get(target.id)))
  })
  return { outcomes, live }
}

const compare = (target: StepTarget, live: LiveTarget | undefined): Outcome => {
  if (live === undefined) return { kind: 'drifted', why: 'It no longer exists.' }
  const why = driftOf(target.before, live.image)
  if (why !== null) return { kind: 'drifted', why }
  const isProtected = live.facts['isTerminationProtected']
  if (isProtected === undefined) return { kind: 'drifted', why: 'It no longer exists.' }
  if (isProtected === false) return { kind: 'done' }
  return {
    kind: 'failed',
    code: 'termination_protected',
    message: 'It is protected from termination (disableApiTermination). Take that away first, then plan again.',
    retry: 'never',
  }
}
