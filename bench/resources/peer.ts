import { openDatabase } from '../../src/platform/db/database.ts'
import { createLog } from '../../src/platform/log.ts'
import { sandboxAccounts } from '../../src/aws/sandbox/estate/accounts.ts'
import { select } from '../../src/resources/read/filter.ts'
import { sortOf } from '../../src/resources/read/sort.ts'
import { orders } from '../../src/resources/store/orders.ts'
import type { Question } from './questions.ts'

/**
 * The peer: the same conditions in plain SQL on the same rows without any index, as a table with `like` would be searched:
 * one statement for the page, one for the count up to 10,000.
 */
export const createPeer = (connectionString: string) => {
  const withoutIndexes = { enable_indexscan: 'off', enable_bitmapscan: 'off', enable_indexonlyscan: 'off' }
  const db = openDatabase({
    connectionString,
    log: createLog({ level: 'error' }),
    maxConnections: 1,
    settings: withoutIndexes,
  })
  return {
    /** Milliseconds; undefined for what isn't a list. */
    ask: async ({ path, query, pages }: Question): Promise<number | undefined> => {
      if (path !== undefined || pages !== undefined) return undefined
      const { where } = select({ q: query['q'] ?? '' }, sandboxAccounts)
      // The questions' own, and only those that there are.
      const { key, isDescending } = sortOf((query['sort'] ?? 'name') as Parameters<typeof sortOf>[0])
      const order = orders[key].keys.map(({ text }) => `${text} ${isDescending ? 'desc' : 'asc'}`).join(', ')
      const start = performance.now()
      const { values } = where
      await db.query({
        text: `select * from resources r where r.deleted_at is null and ${where.text} order by ${order} limit 51`,
        values,
      })
      await db.query({
        text: `select count(*) from (select from resources r where r.deleted_at is null and ${where.text} limit 10001) x`,
        values,
      })
      return performance.now() - start
    },
    close: db.close,
  }
}
