import type { Account, Aws } from '#aws/cloud.ts'
import type { Risk } from '#contracts/task.ts'
import type { Operation } from '../operation.ts'

/**
 * How long a task of class R4 is held after its last approval where its operation doesn't say: a quarter of an hour of cloud
 * time, in which a mistake is usually noticed, and not so long that people get around it.
 */
export const defaultDelaySeconds = 15 * 60

/**
 * The delay window of a plan in wall seconds: on sandbox accounts as much shorter as their clock is faster. With accounts of
 * different clocks the longest counts. Only class R4 has one.
 */
export const delaySecondsOf = (
  aws: Pick<Aws, 'clock'>,
  operation: Pick<Operation, 'delaySeconds'>,
  plan: { risk: Risk; params: Record<string, unknown>; accounts: readonly Account[] },
): number => {
  if (plan.risk !== 'R4') return 0
  const cloudSeconds = Math.max(0, operation.delaySeconds?.(plan.params) ?? defaultDelaySeconds)
  return Math.max(0, ...plan.accounts.map((account) => aws.clock(account).wallMs(cloudSeconds) / 1000))
}
