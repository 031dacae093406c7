import type { DeadLetterCause, DeadLetterFilter } from '#contracts/dead-letter.ts'
import type { Sql } from '#platform/db/database.ts'
import { escapeLike } from '#platform/db/like.ts'

type Person = { id: string; email: string }

export type DeadLetterRecord = {
  id: string
  task_id: string
  ordinal: number
  account: string
  region: string
  target_id: string
  target_name: string | null
  operation: string
  cause: DeadLetterCause
  error: { code: string; message: string }
  step: string | null
  attempts: number
  workers_lost: number
  requested_by: Person
  found_at: Date
  status: 'open' | 'requeued' | 'dismissed'
  decided_at: Date | null
  decided_by: Person | null
  decision_reason: string | null
  requeued_as: string | null
}

const wanted = `($1::text is null or status = $1) and ($2::text is null or cause = $2) and ($3::text is null or operation = $3)
  and ($4::text is null or account = $4)
  and ($5::text is null or target_id ilike $5 or target_name ilike $5 or task_id::text ilike $5 or error->>'message' ilike $5)`

const wantedValues = ({ status, cause, operation, account, q }: DeadLetterFilter): unknown[] => [
  status === 'all' ? null : status,
  cause ?? null,
  operation ?? null,
  account ?? null,
  q === undefined || q.trim() === '' ? null : `%${escapeLike(q.trim())}%`,
]

/** Newest first; one more than `limit`. */
export const listDeadLetters = (
  sql: Sql,
  filter: DeadLetterFilter,
  page: { limit: number; beforeId: string | null },
): Promise<DeadLetterRecord[]> =>
  sql.query({
    // Not prepared: a plan for every filter would not take the index of the open ones.
    text: `select * from dead_letters where ${wanted} and ($6::uuid is null or id < $6) order by id desc limit $7`,
    values: [...wantedValues(filter), page.beforeId, page.limit + 1],
  })

export const countDeadLetters = async (sql: Sql, filter: DeadLetterFilter, most: number): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    text: `select count(*)::int as count from (select 1 from dead_letters where ${wanted} limit $6) x`,
    values: [...wantedValues(filter), most],
  })
  return row?.count ?? 0
}

export const findDeadLetter = async (sql: Sql, id: string): Promise<DeadLetterRecord | undefined> => {
  const [row] = await sql.query<DeadLetterRecord>({
    name: 'dead-letters.find',
    text: 'select * from dead_letters where id = $1',
    values: [id],
  })
  return row
}

/** False when somebody decided before. */
export const decideDeadLetter = async (
  sql: Sql,
  id: string,
  decision: { status: 'requeued' | 'dismissed'; by: Person; reason: string; requeuedAs: string | null },
): Promise<boolean> => {
  const rows = await sql.query({
    name: 'dead-letters.decide',
    text: `update dead_letters set status = $2, decided_at = now(), decided_by = $3, decision_reason = $4, requeued_as = $5
      where id = $1 and status = 'open' returning id`,
    values: [id, decision.status, JSON.stringify(decision.by), decision.reason, decision.requeuedAs],
  })
  return rows.length === 1
}
