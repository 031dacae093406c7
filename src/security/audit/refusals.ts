import type { Clock } from '#platform/clock.ts'
import { messageOf } from '#platform/app-error.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { appendAudit } from '../audit.ts'

const everyMs = 60_000
/** Different addresses and routes within a minute; beyond, all addresses of a route count together. */
const mostKeys = 1_000

export type Refusals = {
  /** Counts a request that was refused because nobody was signed in. */
  note: (refusal: { ip: string; route: string }) => void
  flush: () => Promise<void>
  start: () => void
  stop: () => Promise<void>
}

/** Anonymous refusals, one audit row a minute for each address and route: a scanner must not fill the log. */
export const createRefusals = (deps: { db: Sql; clock: Clock; log: Log }): Refusals => {
  const { db, clock, log } = deps
  const stopping = new AbortController()
  let counts = new Map<string, { ip: string; route: string; count: number; firstAt: Date }>()
  let loop: Promise<void> | undefined

  const flush = async (): Promise<void> => {
    const taken = [...counts.values()]
    counts = new Map()
    await appendAudit(
      db,
      taken.map(({ ip, route, count, firstAt }) => ({
        actor: { id: 'anonymous' },
        action: 'auth.refused',
        subject: { type: 'Route', id: route },
        outcome: 'denied',
        details: { ip, count, firstAt: firstAt.toISOString(), lastAt: clock.now().toISOString() },
      })),
    ).catch((error: unknown) =>
      log.error({ err: error, rows: taken.length }, `refusals were not recorded: ${messageOf(error)}`),
    )
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal)
      await flush()
    }
  }

  return {
    note: ({ ip: address, route }) => {
      const isKnown = counts.has(`${address} ${route}`)
      const ip = isKnown || counts.size < mostKeys ? address : 'many'
      const key = `${ip} ${route}`
      const entry = counts.get(key)
      if (entry) entry.count++
      else counts.set(key, { ip, route, count: 1, firstAt: clock.now() })
    },
    flush,
    start: () => void (loop ??= run()),
    stop: async () => {
      stopping.abort()
      await (loop ?? flush())
    },
  }
}
