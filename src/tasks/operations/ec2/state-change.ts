import type { Ec2, Ec2Instance } from '#aws/ec2.ts'
import type { Call } from '#aws/call.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { bisect } from '../bisect.ts'
import { reading } from '../failures.ts'
import { gone, pending } from '../steps.ts'
import { isGone } from './guards.ts'
import { describe, instanceIdOf } from './instances.ts'

type StateChange = { id: string; previous: string; current: string }

/**
 * Starts or stops a batch; the result of each target says in which state AWS found and left it. Where the call took several
 * attempts, the state that was found may be the work of one whose answer was lost, so it is not recorded.
 */
export const changeState = async (
  scope: Scope,
  targets: readonly StepTarget[],
  call: (ec2: Ec2, call: Call, ids: readonly string[]) => Promise<StateChange[]>,
): Promise<Outcomes> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  return bisect(targets, instanceIdOf, async (part) => {
    let attempts = 0
    const counted: Call = {
      ...scope.call,
      beforeAttempt: () => {
        attempts++
        return scope.call.beforeAttempt?.() ?? Infinity
      },
    }
    const changes = await call(ec2, counted, part.map(instanceIdOf))
    const byId = new Map(
      changes.map(({ id, previous, current }) => [id, attempts > 1 ? { current } : { previous, current }]),
    )
    return part.map((target) => ({ kind: 'done', result: byId.get(instanceIdOf(target)) ?? {} }))
  })
}

/** Answers each target from its live instance. */
export const fromLive = (
  scope: Scope,
  targets: readonly StepTarget[],
  answer: (instance: Ec2Instance, target: StepTarget) => Outcome,
): Promise<Outcomes> =>
  reading(targets, async () => {
    const live = await describe(
      scope,
      targets.map(({ id }) => id),
    )
    return targets.map((target) => {
      const instance = live.get(target.id)
      return instance === undefined ? gone : answer(instance, target)
    })
  })

/**
 * After a call whose outcome is unknown: who is already on the way to the new state or there. The others are null: the
 * call did not reach them and may be repeated.
 */
export const rereadState = async (
  scope: Scope,
  targets: readonly StepTarget[],
  reached: readonly Ec2Instance['state'][],
): Promise<(Outcome | null)[]> => {
  const live = await describe(
    scope,
    targets.map(({ id }) => id),
  )
  return targets.map((target) => {
    const instance = live.get(target.id)
    if (instance === undefined || isGone(instance.state)) return gone
    return reached.includes(instance.state) ? { kind: 'done', result: { current: instance.state } } : null
  })
}

/** Waits until the instance is in a state; a terminated one never will be. */
export const awaitState = (
  scope: Scope,
  targets: readonly StepTarget[],
  wanted: Ec2Instance['state'],
  fail: (instance: Ec2Instance, target: StepTarget) => Outcome | null = () => null,
): Promise<Outcomes> =>
  fromLive(scope, targets, (instance, target) => {
    if (instance.state === wanted) return { kind: 'done', result: { state: wanted } }
    if (isGone(instance.state)) return gone
    return fail(instance, target) ?? pending(target, `is ${instance.state}`)
  })

/** Whether this run changed the state, so that compensation may change it back. */
export const wasOurs = (target: StepTarget, step: string): boolean => {
  const result = target.results[step]
  const previous = typeof result === 'object' && result !== null && 'previous' in result ? result.previous : undefined
  // After a lost answer there is no previous state on record; the check before had seen the old one.
  return previous === undefined || previous === target.before['state']
}

/** Runs `work` for the targets that it concerns and answers "nothing to do" for the rest, keeping the order. */
export const onlyFor = async (
  targets: readonly StepTarget[],
  concerns: (target: StepTarget) => boolean,
  work: (part: readonly StepTarget[]) => Promise<Outcomes>,
): Promise<Outcomes> => {
  const part = targets.filter(concerns)
  const outcomes = part.length === 0 ? [] : await work(part)
  const byTarget = new Map(part.map((target, index) => [target, outcomes[index]]))
  return targets.map((target) => byTarget.get(target) ?? { kind: 'done', result: { untouched: true } })
}
