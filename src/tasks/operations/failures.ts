import { AwsFailure } from '#aws/failure.ts'
import type { Outcome, Outcomes } from '../operation.ts'

/** What a failed call with an effect means for a target of it. */
export const failed = (failure: AwsFailure): Outcome => ({
  kind: 'failed',
  code: failure.code,
  message: failure.message,
  retry: failure.kind === 'permanent' ? 'never' : failure.kind,
  ...(failure.heldUntil === undefined ? {} : { heldUntil: failure.heldUntil }),
})

/**
 * Runs a read for a whole batch. When AWS refuses it, every target gets that failure; a read has no effect, so an unknown
 * outcome is only worth another try. Anything else (a lease that is too old, a bug) is thrown on.
 */
export const reading = async (targets: readonly unknown[], read: () => Promise<Outcomes>): Promise<Outcomes> => {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    const outcome = failed(error)
    const retriable: Outcome =
      outcome.kind === 'failed' && outcome.retry === 'unknown' ? { ...outcome, retry: 'transient' } : outcome
    return targets.map(() => retriable)
  }
}
