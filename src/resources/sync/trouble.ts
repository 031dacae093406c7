import type { Sql } from '#platform/db/database.ts'
import { countFailing } from '../store/partitions.ts'
import type { Claim } from '../store/partitions.ts'

/** What the resource service tells people of; main.ts hands in the monitoring service's. */
export type Alarms = {
  raise: (alert: {
    key: string
    severity: 'warning'
    title: string
    detail: string
    source: 'resources'
    subject: { type: 'Account'; id: string }
    account: string
  }) => Promise<unknown>
  resolve: (key: string) => Promise<void>
}

/** One failure is weather: people are told after so many in a row, some 100 s. */
const toldAfter = 4

/**
 * Tells people of an account that can't be read, once for all its Regions, and takes it back when everything there can be
 * read again.
 */
export const createTrouble = ({ db, alarms }: { db: Sql; alarms: Alarms | undefined }) => {
  const keyOf = (account: string): string => `resources/sync/${account}`
  return {
    failed: async ({ account, region, service, failures }: Claim, why: string): Promise<void> => {
      if (failures + 1 < toldAfter) return
      await alarms?.raise({
        key: keyOf(account),
        severity: 'warning',
        title: `Account ${account} can not be read`,
        detail: `${service} in ${region}: ${why}`,
        source: 'resources',
        subject: { type: 'Account', id: account },
        account,
      })
    },
    succeeded: async ({ account, failures }: Claim): Promise<void> => {
      if (failures === 0 || alarms === undefined) return
      if ((await countFailing(db, account)) === 0) await alarms.resolve(keyOf(account))
    },
  }
}
export type Trouble = ReturnType<typeof createTrouble>
