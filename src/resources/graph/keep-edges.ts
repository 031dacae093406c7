import type { Sql } from '#platform/db/database.ts'
import { replaceEdges } from '../store/edges.ts'
import type { NewRow } from '../store/row.ts'
import { edgesOf } from './edges.ts'

/** Keeps what the written rows refer to, in the transaction that wrote them. Rows that lost to a newer one are left out. */
export const keepEdges = async (
  sql: Sql,
  group: { account: string; region: string; type: string },
  rows: readonly NewRow[],
  written: readonly { id: string; before: unknown }[],
): Promise<void> => {
  const isWritten = new Set(written.map(({ id }) => id))
  const kept = rows.filter(({ id }) => isWritten.has(id))
  const edges = kept.flatMap((row) => edgesOf(row).map((edge) => ({ from: row.id, ...edge })))
  // Most types refer to nothing; then there is nothing to write unless there was something before.
  if (edges.length === 0 && written.every(({ before }) => before === null)) return
  await replaceEdges(
    sql,
    group,
    kept.map(({ id }) => id),
    edges,
  )
}
