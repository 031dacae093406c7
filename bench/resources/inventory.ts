import { openDatabase } from '../../src/platform/db/database.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { createLog } from '../../src/platform/log.ts'
import { createSplit } from '../../test/support/split.ts'
import type { Split } from '../../test/support/split.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { multiply } from './multiply.ts'
import type { Context } from './scenario.ts'

/** What the product itself reads from the sandbox; the rest are copies of it. */
const seedRows = 20_000

export type Inventory = { split: Split; db: Database; rows: number; remove: () => Promise<void> }

/** One key for all runs, so that a database that was kept can be opened again; there is nothing worth sealing in it. */
const masterKey = Buffer.alloc(32, 'bench').toString('base64')

const openSplit = (databaseUrl: string, size: number): Promise<Split> =>
  createSplit({
    databaseUrl,
    env: { ORCHESTRATOR_SANDBOX_SIZE: String(size), ORCHESTRATOR_MASTER_KEY: masterKey },
  })

const openFor = (databaseUrl: string): Database =>
  openDatabase({ connectionString: databaseUrl, log: createLog({ level: 'error' }), maxConnections: 4 })

/**
 * An installation whose inventory has so many resources. The sandbox's estate is synced by the product, so that names, tags,
 * states and sizes are those of a company; its rows are then copied under other ids and names. They are written once for all
 * scenarios. No partition is swept again, since the sandbox would not know the copies.
 */
export const createInventory = async ({ rows, postgres, say }: Context): Promise<Inventory> => {
  const size = Math.min(seedRows, rows)
  const databaseUrl = await (
    await postgres()
  ).filledDatabase(`inventory_${rows}`, (url) => fill(url, size, { rows, say }))
  const split = await openSplit(databaseUrl, size)
  const db = openFor(databaseUrl)
  const remove = async (): Promise<void> => {
    await db.close()
    await split.remove()
  }
  try {
    await split.start('sandbox')
    await rest(db)
    const [counted] = await db.query<{ count: string }>({ text: 'select count(*) from resources' })
    return { split, db, rows: Number(counted?.count), remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const fill = async (databaseUrl: string, size: number, { rows, say }: Pick<Context, 'rows' | 'say'>): Promise<void> => {
  const split = await openSplit(databaseUrl, size)
  const db = openFor(databaseUrl)
  try {
    say(`reading ${size} resources from the sandbox`)
    await split.start('sandbox')
    const reader = await split.start('resources')
    await waitFor(
      'the first sync of every partition',
      async () => {
        const [open] = await db.query<{ count: number }>({
          text: `select (count(*) filter (where swept_at is null) + (count(*) = 0)::int)::int as count from sync_partitions`,
        })
        return open?.count === 0
      },
      300,
    )
    await reader.stop()
    say(`copying them to ${rows}`)
    await multiply(db, rows, say)
  } finally {
    await db.close()
    await split.remove()
  }
}

/** Everything was swept and measured just now, and nothing is due for a day. */
const rest = async (db: Database): Promise<void> => {
  await db.query({
    text: `update sync_partitions set lease_token = null, lease_until = null, last_error = null, failures = 0,
      next_at = now() + interval '1 day', fresh_until = now() + interval '1 day'`,
  })
  await db.query({
    text: `update sync_types set last_error = null, failures = 0, look_at = null, full_at = now() + interval '1 day',
      fresh_until = now() + interval '1 day'`,
  })
  // The signals of instances: a call to CloudWatch for each 500 of those that run, which takes minutes here.
  await db.query({
    text: `insert into signal_places (account, region, next_at)
      select distinct account, region, now() + interval '1 day' from sync_partitions
      on conflict (account, region) do update set next_at = excluded.next_at, lease_token = null, lease_until = null`,
  })
}
