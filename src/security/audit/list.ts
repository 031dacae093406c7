import type { z } from 'zod'
import type { AuditFilter, AuditRow, auditQuerySchema } from '#contracts/audit.ts'
import { countedTo } from '#contracts/list.ts'
import { escapeLike } from '#platform/db/like.ts'
import { decodeCursor, pageOf, totalOf } from '#platform/http/paging.ts'
import type { List } from '#contracts/list.ts'
import type { Sql } from '#platform/db/database.ts'

type Row = {
  id: string
  at: Date
  at_exact: string
  actor_id: string
  actor_email: string | null
  actor_via: string | null
  credential_id: string | null
  action: string
  subject_type: string
  subject_id: string
  outcome: AuditRow['outcome']
  request_id: string | null
  details: Record<string, unknown>
  is_sealed: boolean
}

const columns = `id::text, at, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_exact, actor_id, actor_email,
  actor_via, credential_id, action, subject_type, subject_id, outcome, request_id, details,
  coalesce((xid, id) <= (select to_xid, to_id from audit_head), false) as is_sealed`

const toRow = (row: Row): AuditRow => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: { id: row.actor_id, email: row.actor_email, via: row.actor_via, credentialId: row.credential_id },
  action: row.action,
  subject: { type: row.subject_type, id: row.subject_id },
  outcome: row.outcome,
  requestId: row.request_id,
  details: row.details,
  isSealed: row.is_sealed,
})

/** Conditions for what was asked for only, so that the planner sees no `$1 is null or ...`. */
const conditionsOf = (filter: AuditFilter): { text: string; values: unknown[] } => {
  const values: unknown[] = []
  const value = (given: unknown): string => `$${values.push(given)}`
  const conditions = ['true']
  if (filter.actor !== undefined) {
    // Ids have no "@", and only one of the two can be looked up.
    const isAddress = filter.actor.includes('@')
    conditions.push(
      isAddress ? `actor_email = ${value(filter.actor.toLowerCase())}` : `actor_id = ${value(filter.actor)}`,
    )
  }
  if (filter.action !== undefined) {
    conditions.push(
      filter.action.endsWith('*')
        ? `action like ${value(`${escapeLike(filter.action.slice(0, -1))}%`)}`
        : `action = ${value(filter.action)}`,
    )
  }
  if (filter.subject !== undefined) {
    const [, type, id] = /^([A-Z][A-Za-z]*):(.+)$/s.exec(filter.subject) ?? []
    if (type !== undefined) conditions.push(`subject_type = ${value(type)}`)
    conditions.push(`subject_id = ${value(id ?? filter.subject)}`)
  }
  if (filter.outcome !== undefined) conditions.push(`outcome = ${value(filter.outcome)}`)
  if (filter.from !== undefined) conditions.push(`at >= ${value(filter.from)}::timestamptz`)
  if (filter.to !== undefined) conditions.push(`at < ${value(filter.to)}::timestamptz`)
  if (filter.q) {
    const pattern = value(`%${escapeLike(filter.q)}%`)
    const places = ['action', 'actor_email', 'actor_id', 'subject_id', 'details::text']
    conditions.push(`(${places.map((place) => `${place} ilike ${pattern}`).join(' or ')})`)
  }
  return { text: conditions.join(' and '), values }
}

/** A page of the log, newest first. */
export const listAudit = async (sql: Sql, query: z.infer<typeof auditQuerySchema>): Promise<List<AuditRow>> => {
  const { text, values } = conditionsOf(query)
  const n = values.length
  const after = query.cursor === undefined ? [] : positionOf(query.cursor)
  const rows = await sql.query<Row>({
    text: `select ${columns} from audit where ${text} ${after.length > 0 ? `and (at, id) < ($${n + 2}::timestamptz, $${n + 3}::bigint)` : ''}
      order by audit.at desc, audit.id desc limit $${n + 1}`,
    values: [...values, query.limit + 1, ...after],
  })
  const [counted] = await sql.query<{ count: number }>({
    text: `select count(*)::int as count from (select 1 from audit where ${text} limit ${countedTo + 1}) as x`,
    values,
  })
  const { page, nextCursor } = pageOf(rows, query.limit, (row) => [row.at_exact, row.id])
  return { items: page.map(toRow), nextCursor, total: totalOf(counted?.count ?? 0) }
}

/**
 * Rows in the order of time, a page at a time, up to the moment of the call, so that an export ends. The moment is the
 * database's, to the microsecond, as the rows' times are: our own clock may be behind and leave out what was just written.
 */
export async function* readAudit(sql: Sql, filter: AuditFilter): AsyncGenerator<AuditRow> {
  const { text, values } = conditionsOf(filter)
  const [moment] = await sql.query<{ until: string }>({ text: 'select clock_timestamp()::text as until' })
  const until = moment?.until
  const n = values.length
  let after = ['-infinity', '0']
  for (;;) {
    const rows = await sql.query<Row>({
      text: `select ${columns} from audit
        where ${text} and at <= $${n + 1}::timestamptz and (at, id) > ($${n + 2}::timestamptz, $${n + 3}::bigint)
        order by audit.at, audit.id limit 1000`,
      values: [...values, until, ...after],
    })
    for (const row of rows) yield toRow(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < 1000) return
    after = [last.at_exact, last.id]
  }
}

const positionOf = (cursor: string): string[] => {
  const [at = '', id = ''] = decodeCursor(cursor, 2)
  // What PostgreSQL could not read must be a 400, not a 500.
  return /^\d{4,6}-\d\d-\d\dT[\d:.]{8,15}Z$/.test(at) && /^\d{1,18}$/.test(id) ? [at, id] : decodeCursor('', 2)
}
