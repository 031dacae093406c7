import { AwsFailure } from '#aws/failure.ts'
import type { Outcome, Outcomes, StepTarget } from '../operation.ts'
import { failed } from './failures.ts'

/** Refusals of the caller, not of a target: a smaller batch would be refused as well. */
const refusesEveryone = new Set([
  'AuthFailure',
  'Blocked',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'OptInRequired',
  'PendingVerification',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

/** Too little capacity for the whole batch may be enough for a part of it; AWS counts it among its own errors (5xx). */
const isShortOfCapacity = (failure: AwsFailure): boolean => /^Insufficient\w*Capacity/.test(failure.code)

const isWorthNarrowing = (failure: AwsFailure): boolean =>
  isShortOfCapacity(failure) || (failure.kind === 'permanent' && !refusesEveryone.has(failure.code))

/**
 * Makes one call for a batch. EC2 refuses a batch whole when one id in it is wrong, so after such a refusal the culprits
 * that AWS names are left out, or, when it names none, the batch is halved until only they fail. A refused call had no
 * effect and may be repeated; after a call whose outcome is unknown nothing of that part is tried again.
 */
export const bisect = async (
  targets: readonly StepTarget[],
  idOf: (target: StepTarget) => string,
  call: (part: readonly StepTarget[]) => Promise<Outcomes>,
): Promise<Outcomes> => {
  const outcomes = new Map<StepTarget, Outcome>()

  const act = async (part: readonly StepTarget[]): Promise<void> => {
    if (part.length === 0) return
    try {
      const results = await call(part)
      part.forEach((target, index) => outcomes.set(target, results[index] ?? { kind: 'done' }))
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      await narrow(part, error)
    }
  }

  const narrow = async (part: readonly StepTarget[], failure: AwsFailure): Promise<void> => {
    const isCulprit = (target: StepTarget): boolean => failure.culprits.includes(idOf(target))
    const culprits = part.filter(isCulprit)
    if (part.length === 1 || !isWorthNarrowing(failure)) return fail(part, failure)
    if (culprits.length > 0) {
      fail(culprits, failure)
      return act(part.filter((target) => !isCulprit(target)))
    }
    const middle = Math.ceil(part.length / 2)
    await act(part.slice(0, middle))
    await act(part.slice(middle))
  }

  const fail = (part: readonly StepTarget[], failure: AwsFailure): void => {
    const outcome = failed(failure)
    for (const target of part) {
      outcomes.set(
        target,
        outcome.kind === 'failed' && isShortOfCapacity(failure) ? { ...outcome, retry: 'never' } : outcome,
      )
    }
  }

  await act(targets)
  // Every target was either answered or failed above.
  return targets.map((target) => outcomes.get(target)!)
}
