import type { Outcome } from '#contracts/audit.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Sql } from '#platform/db/database.ts'
import { secretKeys } from '#platform/log.ts'

export { verifyAudit } from './audit/verify.ts'

export type AuditActor = {
  /** The user's id, or `system`, or `anonymous`. */
  id: string
  email?: string | null
  via?: string | null
  credentialId?: string | null
}

export type AuditEntry = {
  actor: AuditActor
  /** What was decided or done, `<thing>.<verb>`: `task.create`, `auth.sign_in`. */
  action: string
  subject: { type: string; id: string }
  outcome: Outcome
  requestId?: string | null
  /** Anything that helps to understand it later. Values under the names of secrets are left out. */
  details?: Record<string, unknown>
}

export const systemActor: AuditActor = { id: 'system', via: 'system' }

/** The actor of an entry, from who is acting. */
export const actorOf = (principal: Principal): AuditActor => ({
  id: principal.userId,
  email: principal.email,
  via: principal.via,
  credentialId: principal.credentialId,
})

/**
 * Records entries in the caller's transaction: they commit with what they record, or not at all. They are not chained
 * here (that would lock the head of the chain until the commit) but sealed within about a second of the commit.
 */
export const appendAudit = async (sql: Sql, entries: readonly AuditEntry[]): Promise<void> => {
  if (entries.length === 0) return
  await sql.query({
    name: 'audit.append',
    text: `insert into audit (${auditColumns})
      select e->'actor'->>'id', e->'actor'->>'email', e->'actor'->>'via', e->'actor'->>'credentialId', e->>'action',
        e->'subject'->>'type', e->'subject'->>'id', e->>'outcome', e->>'requestId', coalesce(e->'details', '{}')
      from json_array_elements($1::json) with ordinality as x(e, n) order by n`,
    values: [JSON.stringify(entries, storable)],
  })
}

/** The columns of an entry, in this order, for a statement that records what it does itself. `details` is json. */
export const auditColumns =
  'actor_id, actor_email, actor_via, credential_id, action, subject_type, subject_id, outcome, request_id, details'

const secrets = new Set(secretKeys)

/** PostgreSQL's jsonb refuses NUL and lone surrogates; one such character must not fail a batch. */
const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{fffd}')

const storable = (key: string, value: unknown): unknown => {
  if (secrets.has(key)) return '[redacted]'
  if (typeof value === 'string') return clean(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const names = Object.keys(value)
    if (names.some((name) => clean(name) !== name)) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), inner]))
    }
  }
  return value
}
