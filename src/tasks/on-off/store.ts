import type { WeekDay } from '#contracts/on-off-plan.ts'
import type { Sql } from '#platform/db/database.ts'
import type { ApprovalRecord } from '../schedules/approval-store.ts'
import type { ScheduleRecord } from '../schedules/store.ts'
import type { Targets } from '../store/shapes.ts'
import type { Estimate } from './savings.ts'

export type OnOffRecord = {
  id: string
  name: string
  operation_off: string
  operation_on: string
  targets: Targets
  days: WeekDay[]
  off_at: string
  on_at: string
  time_zone: string
  except_dates: string[]
  reason: string | null
  estimate: Estimate
  created_at: Date
  updated_at: Date
}

export const findOnOffPlan = async (sql: Sql, id: string): Promise<OnOffRecord | undefined> => {
  const [row] = await sql.query<OnOffRecord>({
    name: 'on-off-plans.find',
    text: 'select * from on_off_plans where id = $1',
    values: [id],
  })
  return row
}

/** The same, locked until the end of the transaction. Its schedules are locked after it, never before. */
export const lockOnOffPlan = async (sql: Sql, id: string): Promise<OnOffRecord | undefined> => {
  const [row] = await sql.query<OnOffRecord>({
    name: 'on-off-plans.lock',
    text: 'select * from on_off_plans where id = $1 for no key update',
    values: [id],
  })
  return row
}

/** Writes the whole row, new or not. */
export const putOnOffPlan = (sql: Sql, row: Omit<OnOffRecord, 'created_at' | 'updated_at'>): Promise<unknown> =>
  sql.query({
    name: 'on-off-plans.put',
    text: `insert into on_off_plans (id, name, operation_off, operation_on, targets, days, off_at, on_at, time_zone,
        except_dates, reason, estimate) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      on conflict (id) do update set name = excluded.name, targets = excluded.targets, days = excluded.days,
        off_at = excluded.off_at, on_at = excluded.on_at, time_zone = excluded.time_zone,
        except_dates = excluded.except_dates, reason = excluded.reason, estimate = excluded.estimate, updated_at = now()`,
    values: [
      row.id,
      row.name,
      row.operation_off,
      row.operation_on,
      JSON.stringify(row.targets),
      row.days,
      row.off_at,
      row.on_at,
      row.time_zone,
      row.except_dates,
      row.reason,
      JSON.stringify(row.estimate),
    ],
  })

export const deleteOnOffPlan = (sql: Sql, id: string): Promise<unknown> =>
  sql.query({ name: 'on-off-plans.delete', text: 'delete from on_off_plans where id = $1', values: [id] })

/** Newest first; one more than `limit`. */
export const listOnOffPlans = (sql: Sql, page: { limit: number; beforeId: string | null }): Promise<OnOffRecord[]> =>
  sql.query({
    name: 'on-off-plans.list',
    text: 'select * from on_off_plans where $1::uuid is null or id < $1 order by id desc limit $2',
    values: [page.beforeId, page.limit + 1],
  })

export const countOnOffPlans = async (sql: Sql, most: number): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    name: 'on-off-plans.count',
    text: 'select count(*)::int as count from (select 1 from on_off_plans limit $1) x',
    values: [most],
  })
  return row?.count ?? 0
}

/** The schedules of these plans, two each. */
export const halvesOf = (
  sql: Sql,
  planIds: readonly string[],
): Promise<(ScheduleRecord & { on_off_plan_id: string })[]> =>
  sql.query({
    name: 'on-off-plans.halves',
    text: 'select * from schedules where on_off_plan_id = any($1::uuid[])',
    values: [planIds],
  })

/** The newest standing approval of each of these schedules, whatever became of it. */
export const newestApprovals = async (
  sql: Sql,
  scheduleIds: readonly string[],
): Promise<Map<string, ApprovalRecord>> => {
  const rows = await sql.query<ApprovalRecord>({
    name: 'on-off-plans.approvals',
    text: `select a.* from unnest($1::uuid[]) as s(id), lateral (
      select * from standing_approvals where schedule_id = s.id order by id desc limit 1) a`,
    values: [scheduleIds],
  })
  return new Map(rows.map((row) => [row.schedule_id, row]))
}
