import type { Alert, AlertStatus, Severity } from '#contracts/alert.ts'
import type { Sql } from '#platform/db/database.ts'

/** What a source says of something that needs attention. */
export type NewAlert = {
  /** The same key while it is not resolved is the same alert: "resources/sync/111122223333". */
  key: string
  severity: Severity
  title: string
  detail: string
  /** The box that raises it. */
  source: string
  subject?: { type: string; id: string }
  /** Whose rights decide who may see it; absent: everybody who may read alerts. */
  account?: string
}

type Person = { id: string; email: string }
type AlertRow = Omit<Alert, 'createdAt' | 'lastRaisedAt' | 'acknowledgedAt' | 'resolvedAt'> & {
  createdAt: Date
  lastRaisedAt: Date
  acknowledgedAt: Date | null
  resolvedAt: Date | null
}

const columns = `id, severity, title, detail, source, subject, account, status, occurrences, created_at as "createdAt",
  last_raised_at as "lastRaisedAt", acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy",
  resolved_at as "resolvedAt", resolved_by as "resolvedBy"`

const toAlert = <Row extends AlertRow>(row: Row) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  lastRaisedAt: row.lastRaisedAt.toISOString(),
  acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
})

/** The severities from the mildest on, as SQL compares them. */
const rank = (severity: string): string => `array_position('{info,warning,critical}'::text[], ${severity})`

/**
 * Opens an alert, or counts up the one that is unresolved under its key: then the newest text and the worst severity
 * stand. `before` is the severity that it had, null when it was opened by this.
 */
export const upsertAlert = async (
  sql: Sql,
  id: string,
  alert: NewAlert,
): Promise<{ alert: Alert; before: Severity | null }> => {
  const rows = await sql.query<AlertRow & { before: Severity | null }>({
    name: 'alerts.upsert',
    text: `with known as (select severity from alerts where key = $2 and status <> 'resolved')
      insert into alerts as a (id, key, severity, title, detail, source, subject, account)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (key) where status <> 'resolved' do update set
        occurrences = a.occurrences + 1, last_raised_at = now(), title = excluded.title, detail = excluded.detail,
        severity = case when ${rank('excluded.severity')} > ${rank('a.severity')} then excluded.severity else a.severity end
      returning ${columns}, (select severity from known) as before`,
    values: [
      id,
      alert.key,
      alert.severity,
      alert.title,
      alert.detail,
      alert.source,
      alert.subject === undefined ? null : JSON.stringify(alert.subject),
      alert.account ?? null,
    ],
  })
  // An upsert returns its row.
  const { before, ...row } = rows[0]!
  return { alert: toAlert(row), before }
}

/** Who may see which alerts: those of these accounts, those of none, and those of accounts that are no longer known. */
export type Visible = { readable: readonly string[]; known: readonly string[] }
const isVisible = `(account is null or account = any($1::text[]) or account <> all($2::text[]))`

export const readAlert = async (sql: Sql, visible: Visible, id: string): Promise<Alert | undefined> => {
  const rows = await sql.query<AlertRow>({
    name: 'alerts.one',
    text: `select ${columns} from alerts where ${isVisible} and id = $3`,
    values: [visible.readable, visible.known, id],
  })
  return rows[0] && toAlert(rows[0])
}

export type AlertFilter = { status: AlertStatus | 'unresolved' | undefined; severity: Severity | undefined }
const isWanted = `($3::text is null or status = $3 or ($3 = 'unresolved' and status <> 'resolved'))
  and ($4::text is null or severity = $4)`

/** Newest first: ids are UUIDv7, which sort by time. */
export const listAlerts = async (
  sql: Sql,
  visible: Visible,
  { status, severity }: AlertFilter,
  beforeId: string | null,
  limit: number,
): Promise<Alert[]> => {
  const rows = await sql.query<AlertRow>({
    name: 'alerts.list',
    text: `select ${columns} from alerts where ${isVisible} and ${isWanted} and ($5::uuid is null or id < $5)
      order by id desc limit $6`,
    values: [visible.readable, visible.known, status ?? null, severity ?? null, beforeId, limit],
  })
  return rows.map(toAlert)
}

export const countAlerts = async (
  sql: Sql,
  visible: Visible,
  { status, severity }: AlertFilter,
  most: number,
): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    name: 'alerts.count',
    text: `select count(*)::int as count from (select 1 from alerts where ${isVisible} and ${isWanted} limit $5) x`,
    values: [visible.readable, visible.known, status ?? null, severity ?? null, most],
  })
  return rows[0]?.count ?? 0
}

/** open -> acknowledged; undefined when it is not open. */
export const acknowledgeAlert = async (sql: Sql, id: string, by: Person): Promise<Alert | undefined> => {
  const rows = await sql.query<AlertRow>({
    name: 'alerts.acknowledge',
    text: `update alerts set status = 'acknowledged', acknowledged_at = now(), acknowledged_by = $2
      where id = $1 and status = 'open' returning ${columns}`,
    values: [id, JSON.stringify(by)],
  })
  return rows[0] && toAlert(rows[0])
}

/** open or acknowledged -> resolved; undefined when it is resolved already. */
export const resolveAlert = async (sql: Sql, id: string, by: Person): Promise<Alert | undefined> => {
  const rows = await sql.query<AlertRow>({
    name: 'alerts.resolve',
    text: `update alerts set status = 'resolved', resolved_at = now(), resolved_by = $2
      where id = $1 and status <> 'resolved' returning ${columns}`,
    values: [id, JSON.stringify(by)],
  })
  return rows[0] && toAlert(rows[0])
}

/** The same by key, for a source that sees its trouble gone. */
export const resolveAlertByKey = async (sql: Sql, key: string): Promise<Alert | undefined> => {
  const rows = await sql.query<AlertRow>({
    name: 'alerts.resolve-key',
    text: `update alerts set status = 'resolved', resolved_at = now() where key = $1 and status <> 'resolved' returning ${columns}`,
    values: [key],
  })
  return rows[0] && toAlert(rows[0])
}

export const purgeAlerts = async (sql: Sql, days: number, limit: number): Promise<void> => {
  await sql.query({
    name: 'alerts.purge',
    text: `delete from alerts where id in (
      select id from alerts where status = 'resolved' and resolved_at < now() - make_interval(days => $1) limit $2)`,
    values: [days, limit],
  })
}
