import type { Sql } from '#platform/db/database.ts'
import type { Head, Seal } from './chain.ts'

/** A row as it is hashed: all columns, times to the microsecond, 64-bit numbers as text. */
export type ChainRow = {
  xid: string
  id: string
  at: string
  actor_id: string
  actor_email: string | null
  actor_via: string | null
  credential_id: string | null
  action: string
  subject_type: string
  subject_id: string
  outcome: string
  request_id: string | null
  details: unknown
}

const columns = `xid::text, id::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_id, actor_email,
  actor_via, credential_id, action, subject_type, subject_id, outcome, request_id, details`

/** One sealer at a time, whichever process; the lock ends with the transaction. The number is arbitrary but fixed. */
export const tryBecomeLeader = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql.query<{ got: boolean }>({
    name: 'audit.leader',
    text: 'select pg_try_advisory_xact_lock(7305521044) as got',
  })
  return row?.got ?? false
}

/**
 * The next rows after a position, in the order of the chain. Only rows below the snapshot's xmin: no transaction that is
 * still running can add one before them.
 */
export const readSealable = (sql: Sql, after: { toXid: string; toId: string }, limit: number): Promise<ChainRow[]> =>
  sql.query<ChainRow>({
    name: 'audit.sealable',
    text: `select ${columns} from audit
      where (xid, id) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by audit.xid, audit.id limit $3`,
    values: [after.toXid, after.toId, limit],
  })

/** Rows after one position up to another, in the order of the chain. */
export const readRange = (
  sql: Sql,
  after: { toXid: string; toId: string },
  upTo: { toXid: string; toId: string },
  limit: number,
): Promise<ChainRow[]> =>
  sql.query<ChainRow>({
    name: 'audit.range',
    text: `select ${columns} from audit
      where (xid, id) > ($1::xid8, $2::bigint) and (xid, id) <= ($3::xid8, $4::bigint)
      order by audit.xid, audit.id limit $5`,
    values: [after.toXid, after.toId, upTo.toXid, upTo.toId, limit],
  })

type HeadColumns = {
  seq: string
  to_xid: string
  to_id: string
  total_rows: string
  head: Buffer
  key_id: string
  mac: Buffer
}

const headOf = (row: HeadColumns): Head => ({
  seq: Number(row.seq),
  toXid: row.to_xid,
  toId: row.to_id,
  totalRows: Number(row.total_rows),
  head: row.head,
  keyId: row.key_id,
  mac: row.mac,
})

export const readHead = async (sql: Sql): Promise<Head | undefined> => {
  const [row] = await sql.query<HeadColumns>({
    name: 'audit.head',
    text: 'select seq, to_xid::text, to_id::text, total_rows, head, key_id, mac from audit_head',
  })
  return row && headOf(row)
}

export const writeHead = (sql: Sql, head: Head): Promise<unknown> =>
  sql.query({
    name: 'audit.write_head',
    text: `insert into audit_head (seq, to_xid, to_id, total_rows, head, key_id, mac) values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (is_only) do update set seq = excluded.seq, to_xid = excluded.to_xid, to_id = excluded.to_id,
        total_rows = excluded.total_rows, head = excluded.head, key_id = excluded.key_id, mac = excluded.mac`,
    values: [head.seq, head.toXid, head.toId, head.totalRows, head.head, head.keyId, head.mac],
  })

export const insertSeal = (sql: Sql, seal: Seal): Promise<unknown> =>
  sql.query({
    name: 'audit.write_seal',
    text: `insert into audit_seals (seq, at, to_xid, to_id, row_count, total_rows, head, prints, key_id, mac)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      seal.seq, seal.at, seal.toXid, seal.toId, seal.rowCount, seal.totalRows, seal.head, seal.prints, seal.keyId, seal.mac,
    ], // prettier-ignore
  })

export const readSeals = async (sql: Sql, afterSeq: number, upToSeq: number, limit: number): Promise<Seal[]> => {
  const rows = await sql.query<HeadColumns & { at: Date; row_count: number; prints: Buffer }>({
    name: 'audit.seals',
    text: `select seq, at, to_xid::text, to_id::text, row_count, total_rows, head, prints, key_id, mac from audit_seals
      where seq > $1 and seq <= $2 order by seq limit $3`,
    values: [afterSeq, upToSeq, limit],
  })
  return rows.map((row) => ({ ...headOf(row), at: row.at, rowCount: row.row_count, prints: row.prints }))
}

export const newestSeal = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ seq: string | null }>({ text: 'select max(seq) as seq from audit_seals' })
  return Number(row?.seq ?? 0)
}

/** What is not in the chain yet: usually the last second. Counted up to 10,000. */
export const readUnsealed = async (
  sql: Sql,
  after: { toXid: string; toId: string },
): Promise<{ count: number; oldest: Date | null }> => {
  const [row] = await sql.query<{ count: number; oldest: Date | null }>({
    text: `select count(*)::int as count, min(at) as oldest from (
      select at from audit where (xid, id) > ($1::xid8, $2::bigint) order by xid, id limit 10000) as x`,
    values: [after.toXid, after.toId],
  })
  return row ?? { count: 0, oldest: null }
}
