import type { Clock } from '#platform/clock.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'

/** Any number of processes may try; one does it. The number is arbitrary but fixed. */
const advisoryLock = 7_305_521_007
const daysAhead = 3
const dayMs = 86_400_000

const everyMs = 3_600_000

/** Runs the maintenance now and every hour. Any number of processes may; they take turns. */
export const startEventMaintenance = (options: {
  db: Database
  clock: Clock
  log: Log
  retentionDays?: number
}): { stop: () => Promise<void> } => {
  const { db, clock, log, retentionDays = 7 } = options
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const done = await maintainEvents(db, { now: clock.now(), retentionDays })
        if (done !== null && done.created.length + done.dropped.length > 0)
          log.info(done, 'partitions of the event log')
      } catch (error) {
        log.warn({ err: error }, 'the event log could not be maintained; trying again in an hour')
      }
      await clock.sleep(everyMs, stopping.signal)
    }
  }
  const running = run()
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

/**
 * Keeps the event log in daily partitions: makes those of the coming days and drops those that are older than the
 * retention, whole. Meant to run at start and every hour. Readers that ask for something older are told by the row in
 * `events_dropped`. Returns what it did, or null when another process is at it.
 *
 * Events of a day that has no partition (the first day of an installation) stand in the default partition until they are
 * too old as well.
 */
export const maintainEvents = async (
  db: Database,
  options: { now: Date; retentionDays: number },
): Promise<{ created: string[]; dropped: string[] } | null> => {
  const today = Math.floor(options.now.getTime() / dayMs)
  const firstKept = today - options.retentionDays
  return db.transaction(async (tx) => {
    const [lock] = await tx.query<{ isMine: boolean }>({
      text: 'select pg_try_advisory_xact_lock($1) as "isMine"',
      values: [advisoryLock],
    })
    if (!lock?.isMine) return null
    // Dropping locks the whole log. Better to try again in an hour than to let every writer queue behind a long reader.
    await tx.query({ text: `set local lock_timeout = '2s'` })
    const existing = await listPartitions(tx)

    const dropped: string[] = []
    for (const name of existing) {
      const day = dayOf(name)
      if (day === null || day >= firstKept) continue
      const last = await tx.query<Position>({
        text: `select xid::text, id::text from ${name} order by ${name}.xid desc, ${name}.id desc limit 1`,
      })
      await noteDropped(tx, last)
      await tx.query({ text: `drop table ${name}` })
      dropped.push(name)
    }
    await noteDropped(tx, await deleteFromDefault(tx, startOf(firstKept)))

    const created: string[] = []
    for (let day = today + 1; day <= today + daysAhead; day++) {
      const name = partitionName(day)
      if (existing.includes(name)) continue
      // Made beside the log and attached: `create table ... partition of` would lock the log against everybody.
      await tx.query({ text: `create table ${name} (like events including defaults)` })
      await tx.query({
        text: `alter table events attach partition ${name} for values from ('${startOf(day)}') to ('${startOf(day + 1)}')`,
      })
      created.push(name)
    }
    return { created, dropped }
  })
}

const startOf = (day: number): string => new Date(day * dayMs).toISOString()
const partitionName = (day: number): string => `events_${startOf(day).slice(0, 10).replaceAll('-', '')}`

/** The day of a partition's name, counted from 1970; null for the default partition. */
const dayOf = (name: string): number | null => {
  const match = /^events_(\d{4})(\d{2})(\d{2})$/.exec(name)
  return match === null ? null : Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`) / dayMs
}

const listPartitions = async (sql: Sql): Promise<string[]> => {
  const rows = await sql.query<{ name: string }>({
    text: `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'events'::regclass`,
  })
  return rows.map((row) => row.name)
}

type Position = { xid: string; id: string }

const deleteFromDefault = (sql: Sql, before: string): Promise<Position[]> =>
  sql.query({
    text: `with gone as (delete from events_default where at < $1 returning xid, id)
      select xid::text, id::text from gone order by gone.xid desc, gone.id desc limit 1`,
    values: [before],
  })

const noteDropped = async (sql: Sql, [last]: Position[]): Promise<void> => {
  if (last === undefined) return
  await sql.query({
    text: `insert into events_dropped as d (xid, id) values ($1::text::xid8, $2)
      on conflict (is_only) do update set xid = excluded.xid, id = excluded.id where (excluded.xid, excluded.id) > (d.xid, d.id)`,
    values: [last.xid, last.id],
  })
}
