import type { Sql } from '#platform/db/database.ts'

export type NewEvent = {
  /** Where it is published, the most specific last: `tasks` and `tasks/<id>`, `resources`, `alerts`, ... */
  topics: string[]
  /** What happened, for example `task.changed`. */
  type: string
  /** Accounts whose rights decide who may see it. */
  accounts?: string[]
  data: Record<string, unknown>
}

/** Writes events in the caller's transaction. Wake the readers after the commit with the notifier, never inside it. */
export const appendEvents = async (sql: Sql, events: readonly NewEvent[]): Promise<void> => {
  if (events.length === 0) return
  await sql.query({
    name: 'events.append',
    text: eventsInsert('json_array_elements($1::json) with ordinality as x(e, n) order by n'),
    values: [JSON.stringify(events)],
  })
}

/** The columns of an event, in this order, for a statement that tells of what it does itself. `data` is json. */
export const eventColumns = 'topics, type, accounts, data'

/** The INSERT alone. `source` is what follows FROM and yields a column `e`: an event each, as json. */
export const eventsInsert = (source: string): string =>
  `insert into events (${eventColumns})
    select array(select json_array_elements_text(e->'topics')), e->>'type',
      array(select json_array_elements_text(coalesce(e->'accounts', '[]'))), e->'data'
    from ${source}`
