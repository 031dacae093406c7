/** A position in the event log: the transaction that wrote the event, and the event's number. */
export type Cursor = { xid: bigint; id: bigint }

export const compareCursors = (a: Cursor, b: Cursor): number => {
  if (a.xid !== b.xid) return a.xid < b.xid ? -1 : 1
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1
}

export const laterOf = (a: Cursor, b: Cursor): Cursor => (compareCursors(a, b) < 0 ? b : a)

/** The form on the wire, "<xid>-<id>". */
export const formatCursor = ({ xid, id }: Cursor): string => `${xid}-${id}`

/** Reads what `cursorSchema` has let through; null when a number is larger than PostgreSQL's. */
export const parseCursor = (text: string): Cursor | null => {
  const [xid = '', id = ''] = text.split('-')
  const cursor = { xid: BigInt(xid), id: BigInt(id) }
  return cursor.xid < 2n ** 64n && cursor.id < 2n ** 63n ? cursor : null
}
