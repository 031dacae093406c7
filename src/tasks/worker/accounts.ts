import type { Account, Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'

const keptMs = 5_000

/** The accounts of batches. They change rarely; a batch must not cost a query. */
export const createAccounts = (aws: Pick<Aws, 'accounts'>, clock: Pick<Clock, 'monotonicMs'>) => {
  const accounts = new Map<string, { account: Account; untilMs: number }>()
  return {
    /** Throws `account_not_found`. */
    get: async (id: string): Promise<Account> => {
      const cached = accounts.get(id)
      if (cached && cached.untilMs > clock.monotonicMs()) return cached.account
      const account = await aws.accounts.get(id)
      accounts.set(id, { account, untilMs: clock.monotonicMs() + keptMs })
      return account
    },
  }
}
