import { AwsFailure } from '#aws/failure.ts'
import type { Outcome, Outcomes, StepTarget } from '../operation.ts'
import { failed } from './failures.ts'

/**
 * Makes a call of its own for each target, one after the other. A refusal concerns that target alone; when AWS is throttling
 * or away, the calls that are left are not made now and their targets are tried again later.
 */
export const eachAlone = async (
  targets: readonly StepTarget[],
  call: (target: StepTarget) => Promise<Outcome | void>,
): Promise<Outcomes> => {
  const outcomes: Outcomes = []
  let away: AwsFailure | undefined
  for (const target of targets) {
    outcomes.push(away === undefined ? await act(target) : notTried(away))
  }
  return outcomes

  async function act(target: StepTarget): Promise<Outcome> {
    try {
      return (await call(target)) ?? { kind: 'done' }
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      if (error.kind !== 'permanent') away = error
      return failed(error)
    }
  }
}

const notTried = ({ kind, code, message }: AwsFailure): Outcome => ({
  kind: 'failed',
  code,
  message: `Not tried: the call before it failed. ${message}`,
  retry: kind === 'throttled' ? 'throttled' : 'transient',
})
