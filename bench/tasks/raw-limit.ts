import pg from 'pg'
import { concurrency } from './contender.ts'
import type { Sizes } from './sizes.ts'

export type RawLimit = { batchedRowsPerSecond: number; singleCommitsPerSecond: number }

const rowsPerStatement = 1_000

/** What PostgreSQL itself does here, without an engine: the most that any layer on it could reach. */
export const measureRawLimit = async (url: string, sizes: Sizes): Promise<RawLimit> => {
  const pool = new pg.Pool({ connectionString: url, max: concurrency })
  try {
    await pool.query(
      'create table raw (id bigint generated always as identity primary key, name text not null, data jsonb not null)',
    )
    const names = Array.from({ length: rowsPerStatement }, (_, n) => `task-${n}`)
    const data = names.map((name) => JSON.stringify({ name, targets: 1 }))
    const batch = {
      name: 'batch',
      text: 'insert into raw (name, data) select * from unnest($1::text[], $2::jsonb[])',
      values: [names, data],
    }
    const single = { name: 'single', text: 'insert into raw (name, data) values ($1, $2)', values: ['task', '{}'] }
    return {
      batchedRowsPerSecond:
        (await rate(sizes.rawRows / rowsPerStatement, 2, () => pool.query(batch))) * rowsPerStatement,
      singleCommitsPerSecond: await rate(sizes.rawCommits, concurrency, () => pool.query(single)),
    }
  } finally {
    await pool.end()
  }
}

const rate = async (count: number, inFlight: number, call: () => Promise<unknown>): Promise<number> => {
  const run = async (calls: number): Promise<void> => {
    let begun = 0
    const caller = async (): Promise<void> => {
      while (begun++ < calls) await call()
    }
    await Promise.all(Array.from({ length: inFlight }, caller))
  }
  await run(Math.ceil(count / 20))
  const startedAt = performance.now()
  await run(count)
  return count / ((performance.now() - startedAt) / 1000)
}
