import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Operation, Outcome, Step, StepTarget } from '../operation.ts'
import { reading } from './failures.ts'
import { driftOf, hasArrived } from './images.ts'

/** Cloud seconds until the next look: soon at first, then every 15 s, so that a long wait costs little of the quota. */
const intervalsSeconds = [2, 3, 5, 8, 13, 15] as const
export const nextPollSeconds = (polls: number): number => intervalsSeconds[Math.min(polls, 5)] ?? 15

export const pending = (target: StepTarget, why: string): Outcome => ({
  kind: 'pending',
  why,
  againInSeconds: nextPollSeconds(target.polls ?? 0),
})

export const gone: Outcome = { kind: 'failed', code: 'target_gone', message: 'It no longer exists.', retry: 'never' }

type Read<Params> = Operation<Params>['read']

/** The first step of every operation: what the plan was made from must still be true, or the target is left alone. */
export const checkStep = <Params>(read: Read<Params>): Step<Params> => ({
  name: 'check',
  description: 'Reads the target again. If it changed since the plan was made, it is not touched.',
  kind: 'check',
  run: (scope, targets, params) =>
    reading(targets, async () => {
      const live = await read(
        scope,
        targets.map(({ id }) => id),
        params,
        seenBefore(targets),
      )
      return targets.map((target) => compare(target, live.get(target.id)))
    }),
})

/** What the plan saw of each target. */
export const seenBefore = (targets: readonly StepTarget[]): ReadonlyMap<string, Image> =>
  new Map(targets.map(({ id, before }) => [id, before]))

const compare = (target: StepTarget, live: LiveTarget | undefined): Outcome => {
  if (live === undefined) return { kind: 'drifted', why: 'It no longer exists.' }
  const why = driftOf(target.before, live.image)
  return why === null ? { kind: 'done' } : { kind: 'drifted', why }
}

/**
 * The last step: reads the target once more and records how it is now. A short wait, because describes of AWS may lag
 * behind what was just done (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
 */
export const verifyStep = <Params>(read: Read<Params>): Step<Params> => ({
  name: 'verify',
  description: 'Reads the target, checks that the change is there and records it.',
  kind: 'wait',
  timeoutSeconds: 120,
  run: (scope, targets, params) =>
    reading(targets, async () => {
      const live = await read(
        scope,
        targets.map(({ id }) => id),
        params,
        seenBefore(targets),
      )
      return targets.map((target): Outcome => {
        const now = live.get(target.id)
        if (now === undefined) return gone
        if (!hasArrived(target.before, target.after, now.image))
          return pending(target, 'AWS does not show the change yet')
        return { kind: 'done', after: now.image }
      })
    }),
})
