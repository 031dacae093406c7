import type { Call } from '../call.ts'
import type { Breaker, BreakerPlace, Pass } from '../breaker/breaker.ts'
import type { Grant, Limiter, Need } from '../quotas/limiter.ts'
import { cleanMessageOf, codeOf, kindOf } from './classify.ts'
import type { Effect } from './classify.ts'

/** An attempt that has no answer after that time is given up. */
const longestAttemptMs = 30_000
/** One that was given less (its lease is nearly over) and had no answer says nothing about AWS. */
const fairTimeoutMs = 5_000

/** What became of the attempts of one call, for the one who sent it. */
export type Attempts = {
  made: number
  /** The last attempt whose outcome is unknown: a later refusal can't be taken for "nothing happened". */
  lost: unknown
  /** Why no further attempt was made: no quota before the caller gave up, or `beforeAttempt` said no. */
  stopped: { reason: unknown } | undefined
  /** The last attempt had no answer, and the way is closed until then. */
  heldUntil: Date | undefined
}

/** A handler of some command; what goes in and comes out is the command's affair and passes through unseen. */
// oxlint-disable-next-line typescript/no-explicit-any -- each of the SDK's commands has types of its own here
type AnyHandler = (args: any) => Promise<any>

/** The part of the SDK's middleware stacks that is used here, the same for every command of every service. */
export type CommandStack = {
  addRelativeTo(
    middleware: (next: AnyHandler) => AnyHandler,
    options: { relation: 'before' | 'after'; toMiddleware: string; name: string; override: boolean },
  ): void
}

/** Options of a `send`; the SDK hands this very object to the request handler, so each attempt can set its own signal. */
export type SendOptions = { abortSignal?: AbortSignal }

/**
 * Puts our rules around each attempt of a command, below the SDK's retries and above its signing (a signature is good for
 * five minutes, a wait for quota may be longer): quota first, then `beforeAttempt`, then the attempt within its time. Signing
 * may wait for credentials, and the process may be stopped meanwhile: whether the time is over is asked once more right before
 * the request leaves.
 */
export const guardAttempts = (
  stack: CommandStack,
  options: {
    limiter: Limiter
    breaker: Breaker
    place: BreakerPlace
    need: Need
    call: Call
    effect: Effect
    send: SendOptions
  },
): Attempts => {
  const attempts: Attempts = { made: 0, lost: undefined, stopped: undefined, heldUntil: undefined }
  const { breaker, call, effect, limiter, need, place, send } = options

  /** An error that the SDK doesn't know and so doesn't retry. */
  const stop = (reason: unknown): Error => {
    attempts.stopped = { reason }
    return new Error('no further attempt')
  }

  const prepare = async (): Promise<{ grant: Grant; pass: Pass; timeoutMs: number }> => {
    if (attempts.lost !== undefined && effect === 'at-most-once') throw stop(attempts.lost)
    let pass: Pass | undefined
    try {
      await breaker.check(place)
      let grant: Grant
      do {
        pass?.unused()
        grant = await takeInTime(limiter, need, call)
        pass = await breaker.pass(place)
        call.signal?.throwIfAborted()
      } while (grant.isStale())
      return { grant, pass, timeoutMs: Math.min(longestAttemptMs, call.beforeAttempt?.() ?? longestAttemptMs) }
    } catch (error) {
      pass?.unused()
      throw stop(error)
    }
  }

  /** Tells the breaker of an attempt that failed; only one that had the time says something about AWS. */
  const tell = async (pass: Pass, error: unknown, timeoutMs: number): Promise<void> => {
    const kind = kindOf(error, effect)
    if (kind === 'throttled' || kind === 'permanent') return pass.answered()
    const isOurs = call.signal?.aborted === true || (codeOf(error) === 'TimeoutError' && timeoutMs < fairTimeoutMs)
    if (isOurs) return pass.unused()
    attempts.heldUntil = await pass.unanswered({ code: codeOf(error), message: cleanMessageOf(error) })
  }

  stack.addRelativeTo(
    (next) => async (args) => {
      const { grant, pass, timeoutMs } = await prepare()
      // An effect that has left can't be called back: giving it up would only lose its answer.
      const attempt = startAttempt(timeoutMs, effect === 'read' ? call.signal : undefined)
      send.abortSignal = attempt.signal
      attempts.made++
      grant.spent()
      try {
        const result = await Promise.race([next({ ...args, [ownAttempt]: attempt }), attempt.aborted])
        grant.succeeded()
        await pass.answered()
        return result
      } catch (thrown) {
        if (thrown instanceof NotSent) {
          pass.unused()
          throw stop(thrown)
        }
        // The SDK's request handlers say AbortError however it came about.
        const error = attempt.signal.aborted ? attempt.signal.reason : thrown
        const kind = kindOf(error, effect)
        if (kind === 'unknown') attempts.lost = error
        // A database that is away must not hide what AWS said.
        if (kind === 'throttled') await grant.throttled().catch(() => {})
        await tell(pass, error, timeoutMs)
        throw error
      } finally {
        attempt.end()
      }
    },
    { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'orchestratorAttempt', override: true },
  )
  stack.addRelativeTo(
    (next) => async (args: { [ownAttempt]?: Attempt }) => {
      // The timer has not fired yet where the process has only just gone on.
      if (args[ownAttempt]?.isOver() === true) throw new NotSent('its time was over before it was sent')
      return next(args)
    },
    { relation: 'after', toMiddleware: 'httpSigningMiddleware', name: 'orchestratorLastLook', override: true },
  )
  return attempts
}

/** How an attempt is handed on to where it leaves: one that was given up may still be on its way there beside the next. */
const ownAttempt = Symbol('attempt')

/** The process was held up, and the attempt was not made. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
}

/** Thrown instead of a grant: the line for quota is longer than the caller wants to wait. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong'
}

const takeInTime = async (limiter: Limiter, need: Need, call: Call): Promise<Grant> => {
  const { waitsAtMostMs, signal } = call
  if (waitsAtMostMs === undefined) return limiter.take(need, call)
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(new LineTooLong('the line for quota is long')), waitsAtMostMs)
  try {
    return await limiter.take(need, {
      ...call,
      signal: signal === undefined ? patience.signal : AbortSignal.any([signal, patience.signal]),
    })
  } finally {
    clearTimeout(timer)
  }
}

type Attempt = { signal: AbortSignal; aborted: Promise<never>; isOver: () => boolean; end: () => void }

/** A signal that aborts with a TimeoutError after that time, or with the signal of a caller who gives up. */
const startAttempt = (timeoutMs: number, outer: AbortSignal | undefined): Attempt => {
  const endMs = performance.now() + timeoutMs
  const controller = new AbortController()
  const fail = (name: string, message: string): void => controller.abort(Object.assign(new Error(message), { name }))
  const timer = setTimeout(
    () => fail('TimeoutError', `AWS gave no answer within ${Math.round(timeoutMs)} ms`),
    Math.max(0, timeoutMs),
  )
  const onOuter = (): void => fail('AbortError', 'The call was given up')
  outer?.addEventListener('abort', onOuter, { once: true })
  if (outer?.aborted === true) onOuter()
  const aborted = new Promise<never>((_, reject) => {
    if (controller.signal.aborted) reject(controller.signal.reason)
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  // The race may be over when it rejects.
  aborted.catch(() => {})
  return {
    signal: controller.signal,
    aborted,
    isOver: () => controller.signal.aborted || performance.now() >= endMs,
    end: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', onOuter)
    },
  }
}
