import type { LogEvent, Logs } from '../logs.ts'
import type { LogsContext } from './context.ts'

/** Pages without a match that are passed over before the search is handed back: a read is not to last for minutes. */
const mostPages = 10

/** Events of a log group in the order of their times, as far as one page and its empty predecessors go. */
export const filterEvents =
  ({ sdk, client, send }: LogsContext): Logs['filterEvents'] =>
  async (call, { group, from, to, pattern, limit, token }) => {
    const events: LogEvent[] = []
    let next: string | undefined = token
    for (let page = 0; page < mostPages; page++) {
      const command = new sdk.FilterLogEventsCommand({
        logGroupName: group,
        startTime: from.getTime(),
        endTime: to.getTime(),
        limit: limit - events.length,
        ...(pattern === undefined ? {} : { filterPattern: pattern }),
        ...(next === undefined ? {} : { nextToken: next }),
      })
      const output = await send({ action: 'FilterLogEvents', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      for (const { eventId = '', timestamp = 0, logStreamName = '', message = '' } of output.events ?? [])
        events.push({ id: eventId, at: new Date(timestamp).toISOString(), stream: logStreamName, message })
      next = output.nextToken
      // A page may be empty although more follows.
      if (next === undefined || events.length >= limit) break
    }
    return { events, next: next ?? null }
  }
