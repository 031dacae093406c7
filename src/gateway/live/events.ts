import type { Sql } from '#platform/db/database.ts'
import { formatCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** An event as it is published. */
export type PublishedEvent = {
  cursor: Cursor
  topics: string[]
  accounts: string[]
  type: string
  /** The message for a subscriber of that topic, made once however many subscribers there are. */
  textFor: (topic: string) => string
}

type Row = { xid: string; id: string; at: Date; topics: string[]; type: string; accounts: string[]; data: unknown }

const toEvent = (row: Row): PublishedEvent => {
  const texts = new Map<string, string>()
  const cursor = { xid: BigInt(row.xid), id: BigInt(row.id) }
  return {
    cursor,
    topics: row.topics,
    accounts: row.accounts,
    type: row.type,
    textFor: (topic) => {
      const known = texts.get(topic)
      if (known !== undefined) return known
      const text = JSON.stringify({
        cursor: formatCursor(cursor),
        topic,
        type: row.type,
        at: row.at.toISOString(),
        data: row.data,
      })
      texts.set(topic, text)
      return text
    },
  }
}

/** The position before which every event is already visible: no transaction older than it can still commit. */
export const readHorizon = async (sql: Sql): Promise<Cursor> => {
  const [row] = await sql.query<{ xid: string }>({
    text: 'select pg_snapshot_xmin(pg_current_snapshot())::text as xid',
  })
  return { xid: BigInt(row?.xid ?? 0), id: 0n }
}

/**
 * The next events in order, and whether there are newer ones that must wait because an older transaction is still open.
 * Horizon and rows come from one snapshot: a row below the horizon can't be preceded by one that appears later.
 */
export const readNext = async (
  sql: Sql,
  after: Cursor,
  limit: number,
): Promise<{ events: PublishedEvent[]; isHeldBack: boolean }> => {
  const rows = await sql.query<Row & { isReady: boolean }>({
    name: 'live.next',
    text: `with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xid)
      select e.xid::text, e.id::text, e.at, e.topics, e.type, e.accounts,
        e.xid < (select xid from horizon) as "isReady",
        case when e.xid < (select xid from horizon) then e.data end as data
      from events e
      where (e.xid, e.id) > ($1::text::xid8, $2::bigint) order by e.xid, e.id limit $3`,
    values: [after.xid.toString(), after.id.toString(), limit],
  })
  const ready = rows.filter((row) => row.isReady)
  return { events: ready.map(toEvent), isHeldBack: ready.length < rows.length }
}

/** Events of these topics after one position up to and with another; both ends lie below the horizon. */
export const readHistory = async (
  sql: Sql,
  range: { after: Cursor; until: Cursor; topics: readonly string[]; limit: number },
): Promise<PublishedEvent[]> => {
  const rows = await sql.query<Row>({
    name: 'live.history',
    text: `select xid::text, id::text, at, topics, type, accounts, data from events
      where (xid, id) > ($1::text::xid8, $2::bigint) and (xid, id) <= ($3::text::xid8, $4::bigint) and topics && $5::text[]
      order by events.xid, events.id limit $6`,
    values: [
      range.after.xid.toString(),
      range.after.id.toString(),
      range.until.xid.toString(),
      range.until.id.toString(),
      range.topics,
      range.limit,
    ],
  })
  return rows.map(toEvent)
}

/** Whether everything after this position is still kept, and the position is one that this database can have given out. */
export const isResumable = async (sql: Sql, cursor: Cursor): Promise<boolean> => {
  const [row] = await sql.query<{ isKept: boolean }>({
    name: 'live.resumable',
    text: `select $1::text::xid8 <= pg_snapshot_xmax(pg_current_snapshot())
      and not exists (select from events_dropped d where (d.xid, d.id) > ($1::text::xid8, $2::bigint)) as "isKept"`,
    values: [cursor.xid.toString(), cursor.id.toString()],
  })
  return row?.isKept ?? false
}
