import type { MissedRuns, ScheduleFilter } from '#contracts/schedule.ts'
import type { Sql } from '#platform/db/database.ts'
import { escapeLike } from '#platform/db/like.ts'
import type { Targets } from '../store/shapes.ts'
import type { Timing } from './timing.ts'

export type Person = { id: string; email: string }

export type ScheduleRecord = {
  id: string
  name: string
  owner: Person
  owner_scopes: string[] | null
  operation: string
  targets: Targets
  params: Record<string, unknown>
  cron: string | null
  at: Date | null
  time_zone: string
  starts_at: Date | null
  ends_at: Date | null
  skip_dates: string[]
  missed_runs: MissedRuns
  overlap: 'skip' | 'allow'
  priority: number
  reason: string | null
  is_enabled: boolean
  stopped_reason: string | null
  /** It is half of that plan. */
  on_off_plan_id: string | null
  next_run_at: Date | null
  created_at: Date
  updated_at: Date
}

export const timingOf = (row: ScheduleRecord): Timing => ({
  cron: row.cron,
  at: row.at,
  timeZone: row.time_zone,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  skipDates: row.skip_dates,
})

export const findSchedule = async (sql: Sql, id: string): Promise<ScheduleRecord | undefined> => {
  const [row] = await sql.query<ScheduleRecord>({
    name: 'schedules.find',
    text: 'select * from schedules where id = $1',
    values: [id],
  })
  return row
}

/** The same, locked until the end of the transaction. */
export const lockSchedule = async (sql: Sql, id: string): Promise<ScheduleRecord | undefined> => {
  const [row] = await sql.query<ScheduleRecord>({
    name: 'schedules.lock',
    text: 'select * from schedules where id = $1 for no key update',
    values: [id],
  })
  return row
}

/** Writes the whole row, new or not; which plan it belongs to stays. */
export const putSchedule = (sql: Sql, row: Omit<ScheduleRecord, 'created_at' | 'updated_at'>): Promise<unknown> =>
  sql.query({
    name: 'schedules.put',
    text: `insert into schedules (id, name, owner, owner_scopes, operation, targets, params, cron, at, time_zone, starts_at,
        ends_at, skip_dates, missed_runs, overlap, priority, reason, is_enabled, stopped_reason, next_run_at,
        on_off_plan_id)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
      on conflict (id) do update set name = excluded.name, owner = excluded.owner, owner_scopes = excluded.owner_scopes,
        operation = excluded.operation, targets = excluded.targets, params = excluded.params, cron = excluded.cron,
        at = excluded.at, time_zone = excluded.time_zone, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
        skip_dates = excluded.skip_dates, missed_runs = excluded.missed_runs, overlap = excluded.overlap,
        priority = excluded.priority, reason = excluded.reason, is_enabled = excluded.is_enabled,
        stopped_reason = excluded.stopped_reason, next_run_at = excluded.next_run_at, updated_at = now()`,
    values: [
      row.id,
      row.name,
      JSON.stringify(row.owner),
      row.owner_scopes,
      row.operation,
      JSON.stringify(row.targets),
      JSON.stringify(row.params),
      row.cron,
      row.at,
      row.time_zone,
      row.starts_at,
      row.ends_at,
      row.skip_dates,
      row.missed_runs,
      row.overlap,
      row.priority,
      row.reason,
      row.is_enabled,
      row.stopped_reason,
      row.next_run_at,
      row.on_off_plan_id,
    ],
  })

export const setEnabled = (
  sql: Sql,
  id: string,
  state: { isEnabled: boolean; stoppedReason: string | null; nextRunAt: Date | null },
): Promise<unknown> =>
  sql.query({
    name: 'schedules.set-enabled',
    text: `update schedules set is_enabled = $2, stopped_reason = $3, next_run_at = $4, updated_at = now() where id = $1`,
    values: [id, state.isEnabled, state.stoppedReason, state.nextRunAt],
  })

export const deleteSchedule = (sql: Sql, id: string): Promise<unknown> =>
  sql.query({ name: 'schedules.delete', text: 'delete from schedules where id = $1', values: [id] })

/** Newest first; one more than `limit`. */
export const listSchedules = (
  sql: Sql,
  filter: ScheduleFilter,
  page: { limit: number; beforeId: string | null },
): Promise<ScheduleRecord[]> =>
  sql.query({
    name: 'schedules.list',
    text: `select s.* from schedules s where ${wanted} and ($5::uuid is null or s.id < $5) order by s.id desc limit $6`,
    values: [...wantedValues(filter), page.beforeId, page.limit + 1],
  })

export const countSchedules = async (sql: Sql, filter: ScheduleFilter, most: number): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    name: 'schedules.count',
    text: `select count(*)::int as count from (select 1 from schedules s where ${wanted} limit $5) x`,
    values: [...wantedValues(filter), most],
  })
  return row?.count ?? 0
}

const wanted = `($1::text is null or case when s.is_enabled then case when s.next_run_at is null then 'finished' else 'active' end
    when s.stopped_reason is not null then 'stopped' else 'paused' end = $1)
  and ($2::text is null or s.operation = $2)
  and ($3::text is null or s.name ilike $3 or s.operation ilike $3)
  and ($4::text is null or exists (
    select 1 from standing_approvals a where a.schedule_id = s.id and a.status = $4 and a.expires_at > now()))`

const wantedValues = ({ status, operation, q, approval }: ScheduleFilter): unknown[] => [
  status ?? null,
  operation ?? null,
  q === undefined || q.trim() === '' ? null : `%${escapeLike(q.trim())}%`,
  approval ?? null,
]

/** How many schedules there are that run by themselves: there is a bound on them. */
export const countOwned = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({ text: 'select count(*)::int as count from schedules' })
  return row?.count ?? 0
}

/** The other half of an on/off plan. */
export const otherHalf = async (
  sql: Sql,
  { id, on_off_plan_id }: Pick<ScheduleRecord, 'id' | 'on_off_plan_id'>,
): Promise<ScheduleRecord | undefined> => {
  const [row] = await sql.query<ScheduleRecord>({
    name: 'schedules.other-half',
    text: 'select * from schedules where on_off_plan_id = $1 and id <> $2',
    values: [on_off_plan_id, id],
  })
  return row
}
