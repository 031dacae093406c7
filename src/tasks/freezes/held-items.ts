import type { Risk } from '#contracts/task.ts'
import type { Sql } from '#platform/db/database.ts'

/** Items of a task in one account and Region that have not begun to act and would begin at the same time. */
export type Unbegun = {
  taskId: string
  operation: string
  operationVersion: number
  risk: Risk
  account: string
  region: string
  readyAt: Date
  /** Until when a freeze holds these very items; null when none does. */
  heldUntil: Date | null
  /** Before this they would not begin, freeze or not: the set time, the end of the delay. */
  notBefore: Date | null
}

/** The first step with an effect of each operation that is known here: who has come so far has begun. */
export type FirstActs = { operation: string; version: number; step: number }[]

/** When it may begin, but not before now; to the millisecond, which is all that a Date can say. */
const readyAt = "date_trunc('milliseconds', greatest(i.ready_at, $2))"

/**
 * What live tasks, or one that is just being released, would begin: due now or at a later time. What waits for an approval
 * or is paused isn't among it, since it has no time, nor what passes freezes.
 */
export const unbegunItems = (sql: Sql, firstActs: FirstActs, now: Date, taskId: string | null): Promise<Unbegun[]> =>
  sql.query<Unbegun>({
    name: 'items.unbegun',
    text: `select t.id as "taskId", t.operation, t.operation_version as "operationVersion", t.plan->>'risk' as risk, i.account,
        i.region, ${readyAt} as "readyAt", h.until as "heldUntil",
        greatest(t.scheduled_for, d.not_before) as "notBefore"
      from tasks t
      join items i on i.task_id = t.id
      join jsonb_to_recordset($1::jsonb) as o(operation text, version int, step int)
        on o.operation = t.operation and o.version = t.operation_version
      left join task_freeze_holds h on h.task_id = t.id and h.account = i.account and h.region = i.region and h.until = i.ready_at
      left join task_delays d on d.task_id = t.id
      where t.finished_at is null
        and (t.id = $3 or ($3::uuid is null and t.status in ('scheduled', 'queued', 'running', 'waiting')))
        and i.status = 'pending' and i.ready_at is not null and not i.is_compensating
        and (i.step < o.step or (i.step = o.step and not i.is_doubtful))
        and not exists (select 1 from task_freeze_passes p where p.task_id = t.id)
      group by t.id, t.operation, t.operation_version, t.plan->>'risk', i.account, i.region, ${readyAt}, h.until,
        t.scheduled_for, d.not_before`,
    values: [JSON.stringify(firstActs), now, taskId],
  })

/** Moves what has not begun of a task in one place from one time to another; returns how many items. */
export const moveUnbegun = async (
  sql: Sql,
  move: { taskId: string; account: string; region: string; firstAct: number; from: Date; now: Date; to: Date },
): Promise<number> => {
  const rows = await sql.query({
    name: 'items.move-unbegun',
    text: `update items set ready_at = $7
      where task_id = $1 and account = $2 and region = $3 and status = 'pending' and ready_at is not null
        and date_trunc('milliseconds', greatest(ready_at, $6)) = $5 and not is_compensating
        and (step < $4 or (step = $4 and not is_doubtful))
      returning id`,
    values: [move.taskId, move.account, move.region, move.firstAct, move.from, move.now, move.to],
  })
  return rows.length
}

export const putHold = (
  sql: Sql,
  hold: { taskId: string; account: string; region: string; freezeId: string; freezeName: string; until: Date },
): Promise<unknown> =>
  sql.query({
    text: `insert into task_freeze_holds (task_id, account, region, freeze_id, freeze_name, until)
      values ($1, $2, $3, $4, $5, $6)
      on conflict (task_id, account, region) do update set freeze_id = excluded.freeze_id,
        freeze_name = excluded.freeze_name, until = excluded.until`,
    values: [hold.taskId, hold.account, hold.region, hold.freezeId, hold.freezeName, hold.until],
  })

export const dropHold = (sql: Sql, hold: { taskId: string; account: string; region: string }): Promise<unknown> =>
  sql.query({
    text: 'delete from task_freeze_holds where task_id = $1 and account = $2 and region = $3',
    values: [hold.taskId, hold.account, hold.region],
  })

/** Holds that are over, or whose task is. */
export const dropOldHolds = (sql: Sql, now: Date): Promise<unknown> =>
  sql.query({
    text: `delete from task_freeze_holds h where until <= $1
      or not exists (select 1 from tasks t where t.id = h.task_id and t.finished_at is null)`,
    values: [now],
  })

export const isAnythingHeld = async (sql: Sql): Promise<boolean> =>
  (await sql.query({ text: 'select 1 from task_freeze_holds limit 1' })).length > 0

/** When the first of what has not begun of a task may; null when nothing has a time. */
export const earliestUnbegun = async (sql: Sql, taskId: string): Promise<Date | null> => {
  const [row] = await sql.query<{ at: Date | null }>({
    text: `select min(ready_at) as at from items where task_id = $1 and status = 'pending'`,
    values: [taskId],
  })
  return row?.at ?? null
}

/** No freeze holds this task. */
export const passFreezes = async (sql: Sql, taskId: string, why: string): Promise<void> => {
  await sql.query({
    text: 'insert into task_freeze_passes (task_id, why) values ($1, $2)',
    values: [taskId, why],
  })
}
