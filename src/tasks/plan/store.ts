import type { Sql } from '#platform/db/database.ts'
import type { Targets } from '#contracts/resource.ts'
import type { Plan } from '#contracts/task.ts'
import type { PlanAccount } from '../approval-rules.ts'
import type { Attributes } from './rights.ts'

export type PlanRow = {
  plan: Plan
  targets: Targets
  requestedBy: string
  operationVersion: number
  accounts: PlanAccount[]
  attributes: Attributes[]
}

/** Keeps a plan under its hash. Made again, it is the same in all that the hash covers; the newest prices and times stay. */
export const keepPlan = (sql: Sql, row: PlanRow): Promise<unknown> =>
  sql.query({
    name: 'plans.keep',
    text: `insert into plans (hash, requested_by, operation, operation_version, plan, targets, accounts, attributes, created_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      on conflict (hash) do update set requested_by = excluded.requested_by, plan = excluded.plan, targets = excluded.targets,
        accounts = excluded.accounts, attributes = excluded.attributes,
        created_at = excluded.created_at, expires_at = excluded.expires_at`,
    values: [
      row.plan.planHash,
      row.requestedBy,
      row.plan.operation,
      row.operationVersion,
      JSON.stringify(row.plan),
      JSON.stringify(row.targets),
      JSON.stringify(row.accounts),
      JSON.stringify(row.attributes),
      row.plan.createdAt,
      row.plan.expiresAt,
    ],
  })

export const loadPlan = async (sql: Sql, hash: string, now: Date): Promise<PlanRow | null> => {
  const rows = await sql.query<PlanRow>({
    name: 'plans.load',
    text: `select plan, targets, requested_by as "requestedBy", operation_version as "operationVersion", accounts, attributes
      from plans where hash = $1 and expires_at > $2`,
    values: [hash, now],
  })
  return rows[0] ?? null
}

/** At most so many at a time, so that a plan made after a long pause isn't slow. */
export const dropExpiredPlans = (sql: Sql, now: Date): Promise<unknown> =>
  sql.query({
    name: 'plans.dropExpired',
    text: `delete from plans where hash in (
      select hash from plans where expires_at <= $1 limit 200 for update skip locked)`,
    values: [now],
  })
