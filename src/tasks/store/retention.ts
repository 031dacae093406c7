import type { Database } from '#platform/db/database.ts'

/** Tables of their own whose rows hang on tasks, by the column `task_id`. Those go with their tasks, in portions. */
export const besides = [
  'task_approvals',
  'dead_letters',
  'task_delays',
  'task_break_glass',
  'task_freeze_holds',
  'task_freeze_passes',
  'conducted_tasks',
  'watched_alarms',
  'task_predecessors',
  'task_retries',
] as const
const portion = 5_000

/** The first moment of the oldest month that is kept: this one and so many before it, in UTC. */
export const firstKeptMonth = (now: Date, months: number): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1))

/**
 * Drops the months of finished tasks that are older than that, whole, and what hangs on their tasks. Live tasks stay, however
 * old they are. Returns the partitions that were dropped.
 */
export const dropOldTasks = async (db: Database, before: Date): Promise<string[]> => {
  const dropped = await db.transaction(async (tx) => {
    // Better to try again in an hour than to let every reader queue behind a long one.
    await tx.query({ text: `set local lock_timeout = '2s'` })
    const [row] = await tx.query<{ dropped: string[] }>({
      text: 'select drop_finished_before($1) as dropped',
      values: [before],
    })
    return row?.dropped ?? []
  })
  for (const table of besides) {
    for (let rows = portion; rows === portion;) {
      const gone = await db.query({
        text: `delete from ${table} where ctid in (
          select ctid from ${table} b where b.task_id < uuidv7_floor($1)
            and not exists (select 1 from tasks t where t.id = b.task_id) limit ${portion}) returning 1`,
        values: [before],
      })
      rows = gone.length
    }
  }
  return dropped
}
