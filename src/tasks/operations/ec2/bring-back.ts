import type { Ec2Instance } from '#aws/ec2.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { changeState, fromLive, onlyFor } from './state-change.ts'
import { isGone } from './guards.ts'
import { gone } from '../steps.ts'

/** Compensations wait for AWS as well, but not for ever. Seconds of cloud time. */
const longestSeconds = 1800
const askAgainSeconds = 15

type Direction = { wanted: 'running' | 'stopped'; from: Ec2Instance['state']; underway: string }
const up: Direction = { wanted: 'running', from: 'stopped', underway: 'started' }
const down: Direction = { wanted: 'stopped', from: 'running', underway: 'stopped' }

/**
 * For compensations: starts (or stops) what needs it and answers `pending` until it is there. May be asked again at any
 * time, since it goes by the live state alone.
 */
const bring = async (scope: Scope, targets: readonly StepTarget[], direction: Direction): Promise<Outcomes> => {
  const { wanted, from, underway } = direction
  const looked = await fromLive(scope, targets, (instance, target): Outcome => {
    if (instance.state === wanted) return { kind: 'done', result: { state: wanted } }
    if (isGone(instance.state)) return gone
    if ((target.waitedSeconds ?? 0) > longestSeconds) {
      return {
        kind: 'failed',
        code: 'timed_out',
        message: `It is ${instance.state} and could not be ${underway} again within ${longestSeconds / 60} minutes.`,
        retry: 'never',
      }
    }
    return {
      kind: 'pending',
      why: `is ${instance.state}`,
      againInSeconds: instance.state === from ? 0 : askAgainSeconds,
    }
  })
  const stateOf = new Map(targets.map((target, index) => [target, looked[index]]))
  const isReady = (target: StepTarget): boolean => {
    const outcome = stateOf.get(target)
    return outcome?.kind === 'pending' && outcome.againInSeconds === 0
  }
  const acted = await onlyFor(targets, isReady, (part) =>
    changeState(scope, part, (ec2, call, ids) =>
      wanted === 'running' ? ec2.startInstances(call, ids) : ec2.stopInstances(call, ids, {}),
    ),
  )
  return targets.map((target, index) => {
    // Both lists answer the same targets in the same order.
    if (!isReady(target)) return looked[index]!
    const outcome = acted[index]!
    // Capacity comes and goes: half an hour is given to it before the instance is left as it is.
    const isToRepeat = outcome.kind === 'done' || (outcome.kind === 'failed' && outcome.code.startsWith('Insufficient'))
    return isToRepeat
      ? { kind: 'pending', why: `is being ${underway} again`, againInSeconds: askAgainSeconds }
      : outcome
  })
}

export const bringUp = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> => bring(scope, targets, up)
export const bringDown = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  bring(scope, targets, down)
