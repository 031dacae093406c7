import type { Total } from '#contracts/list.ts'
import { countedTo } from '#contracts/list.ts'
import type { ItemStatus, StepRecord } from '#contracts/task.ts'
import type { Sql } from '#platform/db/database.ts'
import { totalOf } from '#platform/http/paging.ts'
import type { Image } from './shapes.ts'

export type ItemRecord = {
  id: string
  task_id: string
  ordinal: number
  account: string
  region: string
  target_id: string
  target_name: string | null
  before: Image
  after: Image
  actual: Image | null
  status: ItemStatus
  step: number
  step_attempt: number
  step_started_at: Date | null
  is_compensating: boolean
  in_wait: boolean
  steps: StepRecord[]
  error: { code: string; message: string } | null
}

const columns = `id, task_id, ordinal, account, region, target_id, target_name, before, after, actual, status, step,
  step_attempt, step_started_at, is_compensating, in_wait, steps, error`

/** Items in the order of the plan; one more than `limit`. */
export const listItems = (
  sql: Sql,
  taskId: string,
  page: { limit: number; afterOrdinal: number; status?: readonly ItemStatus[] },
): Promise<ItemRecord[]> =>
  sql.query<ItemRecord>({
    name: 'items.list',
    text: `select ${columns} from all_items
      where task_id = $1 and ordinal > $2 and ($4::text[] is null or status = any($4))
      order by ordinal limit $3`,
    values: [taskId, page.afterOrdinal, page.limit + 1, page.status ?? null],
  })

export const countItems = async (sql: Sql, taskId: string, status?: readonly ItemStatus[]): Promise<Total> => {
  const [row] = await sql.query<{ count: number }>({
    name: 'items.count',
    text: `select count(*)::int as count from (
      select 1 from all_items where task_id = $1 and ($2::text[] is null or status = any($2)) limit ${countedTo + 1}) x`,
    values: [taskId, status ?? null],
  })
  return totalOf(row?.count ?? 0)
}

/** The frozen targets of a task's plan, in its order, the first ones. */
export const plannedTargets = (sql: Sql, taskId: string, limit: number) =>
  sql.query<{ id: string; name: string | null; account: string; region: string; before: Image; after: Image }>({
    name: 'items.targets',
    text: `select target_id as id, target_name as name, account, region, before, after
      from all_items where task_id = $1 order by ordinal limit $2`,
    values: [taskId, limit],
  })

/**
 * Events of a task, oldest first; one more than `limit`. Only those that nothing can come before any more: a transaction that
 * is still open would otherwise commit its events behind the reader's place, and the reader would never see them.
 */
export const listTaskEvents = (
  sql: Sql,
  taskId: string,
  page: { limit: number; after: { xid: string; id: string } | null },
) =>
  sql.query<{ xid: string; id: string; type: string; at: Date; data: unknown }>({
    name: 'events.of-task',
    // A bare "xid" in ORDER BY would be the column of the answer, a text: 1000 before 999.
    text: `select xid::text, id::text, type, at, data from events
      where topics[cardinality(topics)] = $1 and xid < pg_snapshot_xmin(pg_current_snapshot())
        and ($2::text is null or (xid, id) > ($2::xid8, $3::bigint))
      order by events.xid, events.id limit $4`,
    values: [`tasks/${taskId}`, page.after?.xid ?? null, page.after?.id ?? null, page.limit + 1],
  })
