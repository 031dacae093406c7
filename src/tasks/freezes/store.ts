import type { FreezeScope, Weekly } from '#contracts/freeze.ts'
import type { Sql } from '#platform/db/database.ts'
import type { CalendarFreeze } from './calendar.ts'
import type { Times } from './windows.ts'

export type StoredFreeze = CalendarFreeze & {
  createdBy: { id: string; email: string }
  createdAt: Date
  updatedAt: Date
}

type FreezeRow = Omit<StoredFreeze, 'times'> & { from: Date | null; to: Date | null; weekly: Weekly | null }

const columns = `id, name, reason, from_at as "from", to_at as "to", weekly, scope, created_by as "createdBy",
  created_at as "createdAt", updated_at as "updatedAt"`

const storedOf = ({ from, to, weekly, ...row }: FreezeRow): StoredFreeze => {
  if (weekly !== null) return { ...row, times: { from: null, to: null, weekly } }
  if (from === null || to === null) throw new Error(`freeze ${row.id} has no times`) // the table's check keeps it from that
  return { ...row, times: { from, to, weekly: null } }
}

export const listFreezes = async (sql: Sql): Promise<StoredFreeze[]> =>
  (await sql.query<FreezeRow>({ name: 'freezes.list', text: `select ${columns} from freezes order by id desc` })).map(
    storedOf,
  )

/** Those that can hold anything at that moment or later. */
export const liveFreezes = async (sql: Sql, at: Date): Promise<StoredFreeze[]> =>
  (
    await sql.query<FreezeRow>({
      name: 'freezes.live',
      text: `select ${columns} from freezes where weekly is not null or to_at > $1 order by id`,
      values: [at],
    })
  ).map(storedOf)

/** Locked until the end of the transaction. */
export const lockFreeze = async (sql: Sql, id: string): Promise<StoredFreeze | undefined> => {
  const [row] = await sql.query<FreezeRow>({
    text: `select ${columns} from freezes where id = $1 for update`,
    values: [id],
  })
  return row && storedOf(row)
}

type Content = { name: string; reason: string; times: Times; scope: FreezeScope }

const contentValues = ({ name, reason, times, scope }: Content): unknown[] => [
  name,
  reason,
  times.from,
  times.to,
  times.weekly === null ? null : JSON.stringify(times.weekly),
  JSON.stringify(scope),
]

export const insertFreeze = async (
  sql: Sql,
  freeze: Content & { id: string; createdBy: StoredFreeze['createdBy'] },
): Promise<StoredFreeze> => {
  const rows = await sql.query<FreezeRow>({
    text: `insert into freezes (id, created_by, name, reason, from_at, to_at, weekly, scope)
      values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    values: [freeze.id, JSON.stringify(freeze.createdBy), ...contentValues(freeze)],
  })
  return storedOf(rows[0]!) // an insert returns its row
}

export const updateFreeze = async (sql: Sql, id: string, freeze: Content): Promise<StoredFreeze | undefined> => {
  const [row] = await sql.query<FreezeRow>({
    text: `update freezes set name = $2, reason = $3, from_at = $4, to_at = $5, weekly = $6, scope = $7, updated_at = now()
      where id = $1 returning ${columns}`,
    values: [id, ...contentValues(freeze)],
  })
  return row && storedOf(row)
}

export const deleteFreeze = (sql: Sql, id: string): Promise<unknown> =>
  sql.query({ text: 'delete from freezes where id = $1', values: [id] })
