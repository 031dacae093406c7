import type { LiveEvent } from '#contracts/live.ts'
import type { Client } from './client.ts'
import { waitFor } from './wait-for.ts'

/** Events without what the server says about the connection itself. */
export const published = (events: readonly LiveEvent[]): LiveEvent[] => events.filter((event) => event.topic !== '')

/**
 * The live feed as the console keeps it: whenever the connection is lost it is opened again with the last cursor. `events`
 * grows as they come, over all connections.
 */
export const follow = async (client: Pick<Client, 'live'>, topics: string[]) => {
  const events: LiveEvent[] = []
  let connections = 0
  let isOver = false
  let current = await client.live(topics)

  const take = (): void => void events.push(...current.events.splice(0))
  const keepUp = async (): Promise<void> => {
    while (!isOver) {
      await waitFor(
        'news or the end of the connection',
        () => {
          take()
          return isOver || current.isClosed()
        },
        3600,
      )
      take()
      const since = events.at(-1)?.cursor
      while (!isOver && current.isClosed()) {
        current = await client.live(topics, since).catch(() => current)
        if (!current.isClosed()) connections++
      }
    }
  }
  const keepingUp = keepUp()

  return {
    events,
    /** How often it had to be opened again. */
    reconnections: () => connections,
    stop: async (): Promise<void> => {
      isOver = true
      await keepingUp
      current.close()
    },
  }
}
