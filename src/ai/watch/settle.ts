import type { Database, Sql, Transaction } from '#platform/db/database.ts'

/** Of incidents in which nothing was seen since then, so many at a time. */
const chunkSize = 100

const closeIncidents = async (
  sql: Sql,
  { account, region }: { account: string; region: string },
  before: Date,
): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({
    name: 'anomalies.close-incidents',
    text: `update anomaly_incidents set over_at = now() where id in (
        select id from anomaly_incidents where account = $1 and region = $2 and over_at is null and last_at < $3
        order by last_at limit $4 for update skip locked)
      returning id`,
    values: [account, region, before, chunkSize],
  })
  return rows.map(({ id }) => id)
}

/** Ends the incidents of a place in which nothing was seen since `before`, and the alerts that told of them, in one commit. */
export const settleIncidents = async (
  db: Database,
  place: { account: string; region: string },
  before: Date,
  resolve: (incidentId: string, tx: Transaction) => Promise<void>,
): Promise<void> => {
  let closed: number
  do {
    closed = await db.transaction(async (tx) => {
      const ids = await closeIncidents(tx, place, before)
      for (const id of ids) await resolve(id, tx)
      return ids.length
    })
  } while (closed === chunkSize)
}
