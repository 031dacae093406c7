import type { Call } from '../call.ts'
import type { Cloud } from '#contracts/resource.ts'
import { isConnectionLost } from '#platform/db/database.ts'
import { AwsFailure } from '../failure.ts'
import type { Breaker } from '../breaker/breaker.ts'
import type { Limiter } from '../quotas/limiter.ts'
import { plannedBuckets } from '../quotas/limits.ts'
import { guardAttempts, LineTooLong, NotSent } from './attempts.ts'
import type { CommandStack, SendOptions } from './attempts.ts'
import { failureOf } from './classify.ts'
import type { Effect } from './classify.ts'
import { cleanText } from './clean.ts'

/** Where calls go: one service of one account and Region. */
export type Place = { cloud: Cloud; account: string; region: string; service: string; speed: number }

export type SendRequest = {
  /** For example "StopInstances". */
  action: string
  effect: Effect
  call: Call
  /** Instances in the call, where AWS counts them. */
  resources?: number
}

export type Send = <Output extends object>(
  request: SendRequest,
  command: { middlewareStack: CommandStack },
  dispatch: (options: SendOptions) => Promise<Output>,
) => Promise<Output>

/**
 * Nothing was sent: the quota that all processes share can't be asked, since the database is away for the moment. That says
 * nothing about the call, so it is no attempt of it.
 */
const quotaAway = (cause: unknown, about: { service: string; action: string }, now: Date): AwsFailure =>
  new AwsFailure({
    ...about,
    kind: 'transient',
    heldUntil: new Date(now.getTime() + 1_000),
    code: 'QuotaUnavailable',
    message: 'The call was not made: the shared quota cannot be read right now.',
    cause,
  })

/** Nothing was sent: others stand before this call. */
const lineTooLong = (cause: unknown, about: { service: string; action: string }, now: Date): AwsFailure =>
  new AwsFailure({
    ...about,
    kind: 'transient',
    heldUntil: now,
    code: 'WaitingForQuota',
    message: 'The call waits for its turn at the quota.',
    cause,
  })

/** Nothing was sent: the process was stopped, or starved, when the call was to leave. */
const notSent = (cause: unknown, about: { service: string; action: string }): AwsFailure =>
  new AwsFailure({
    ...about,
    kind: 'transient',
    code: 'NotSent',
    message: 'The call was not made: this process was held up for longer than the call may take.',
    cause,
  })

/** Nothing was sent: the caller gave up while the call waited for its turn, or for the next attempt. */
const givenUp = (cause: unknown, about: { service: string; action: string }): AwsFailure =>
  new AwsFailure({
    ...about,
    kind: 'transient',
    code: 'AbortError',
    message: 'The call was given up before it was sent.',
    cause,
  })

/**
 * The one way a call leaves: within the quota, checked and timed before each attempt, its text cleaned, its errors told
 * apart (AwsFailure). What `beforeAttempt` throws comes back as it is, unless an attempt was lost before.
 */
export const createSend =
  ({ limiter, breaker, now }: { limiter: Limiter; breaker: Breaker; now: () => Date }, place: Place): Send =>
  async (request, command, dispatch) => {
    const { action, effect, call } = request
    // Of an effect the SDK would not say whether an attempt was under way when it gave up; `guardAttempts` knows.
    const options: SendOptions = effect === 'read' && call.signal !== undefined ? { abortSignal: call.signal } : {}
    const attempts = guardAttempts(command.middlewareStack, {
      limiter,
      breaker,
      place,
      call,
      effect,
      send: options,
      need: {
        scope: `${place.cloud}|${place.account}|${place.region}`,
        speed: place.speed,
        buckets: plannedBuckets(place.service, action).map((bucket) => ({
          bucket,
          tokens: bucket.unit === 'requests' ? 1 : (request.resources ?? 1),
        })),
      },
    })
    try {
      return cleanText(await dispatch(options))
    } catch (error) {
      const about = { service: place.service, action, effect, heldUntil: attempts.heldUntil }
      if (attempts.lost !== undefined) throw failureOf(attempts.lost, { ...about, kind: 'unknown' })
      if (attempts.stopped === undefined) throw failureOf(error, about)
      const { reason } = attempts.stopped
      if (call.signal?.aborted && reason === call.signal.reason) throw givenUp(reason, about)
      if (reason instanceof NotSent) throw notSent(reason, about)
      if (reason instanceof LineTooLong) throw lineTooLong(reason, about, now())
      throw isConnectionLost(reason) ? quotaAway(reason, about, now()) : reason
    }
  }
