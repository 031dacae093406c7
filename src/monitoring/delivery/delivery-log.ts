import type { DeliveryView } from '#contracts/alert.ts'
import type { Sql } from '#platform/db/database.ts'

type Row = Omit<DeliveryView, 'createdAt' | 'nextAt' | 'finishedAt'> & {
  createdAt: Date
  nextAt: Date | number
  finishedAt: Date | null
}

const columns = `id, event, order_key as task, status, attempts, last_status as "lastStatus", last_error as "lastError",
  created_at as "createdAt", next_at as "nextAt", finished_at as "finishedAt"`

const viewOf = ({ createdAt, nextAt, finishedAt, ...rest }: Row): DeliveryView => ({
  ...rest,
  createdAt: createdAt.toISOString(),
  // The driver gives `infinity` as a number: it waits for an earlier one.
  nextAt: rest.status === 'pending' && nextAt instanceof Date ? nextAt.toISOString() : null,
  finishedAt: finishedAt?.toISOString() ?? null,
})

/** Newest first. */
export const listDeliveries = async (
  sql: Sql,
  channelId: string,
  page: { status: string | null; beforeId: string | null; limit: number },
): Promise<DeliveryView[]> => {
  const rows = await sql.query<Row>({
    name: 'deliveries.list',
    text: `select ${columns} from notification_deliveries
      where channel_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or id < $3)
      order by id desc limit $4`,
    values: [channelId, page.status, page.beforeId, page.limit],
  })
  return rows.map(viewOf)
}

export const countDeliveries = async (
  sql: Sql,
  channelId: string,
  status: string | null,
  most: number,
): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    name: 'deliveries.count',
    text: `select count(*)::int as count from (
      select 1 from notification_deliveries where channel_id = $1 and ($2::text is null or status = $2) limit $3) x`,
    values: [channelId, status, most],
  })
  return row?.count ?? 0
}

export const readDelivery = async (sql: Sql, channelId: string, id: string): Promise<DeliveryView | undefined> => {
  const rows = await sql.query<Row>({
    name: 'deliveries.one',
    text: `select ${columns} from notification_deliveries where channel_id = $1 and id = $2`,
    values: [channelId, id],
  })
  return rows[0] && viewOf(rows[0])
}

/** Makes one that is over due again, from its first attempt. False when it isn't over. */
export const repeatDelivery = async (sql: Sql, id: string): Promise<boolean> => {
  const rows = await sql.query({
    name: 'deliveries.repeat',
    text: `update notification_deliveries set status = 'pending', attempts = 0, next_at = now(), lease_until = null,
        finished_at = null where id = $1 and status <> 'pending' returning id`,
    values: [id],
  })
  return rows.length === 1
}
