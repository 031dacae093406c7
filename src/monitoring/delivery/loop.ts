import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { purgeAlerts } from '../alerts/statements.ts'
import { deliveryLeaseSeconds } from './deliver.ts'
import type { Deliver } from './deliver.ts'
import { claimDeliveries, purgeDeliveries, secondsToNextDelivery } from './outbox.ts'

const concurrency = 8
const longestSleepMs = 5_000
const shortestSleepMs = 50
const purgeEveryMs = 60_000
const deliveryDays = 7
const alertDays = 90
const purgeLimit = 500

export type DeliveryLoop = { start: () => void; wake: () => void; stop: () => Promise<void> }

/** Delivers whatever is due in the outbox. Any number of processes may run one. */
export const createDeliveryLoop = (deps: { db: Database; clock: Clock; log: Log; deliver: Deliver }): DeliveryLoop => {
  const { db, clock, log, deliver } = deps
  const stopping = new AbortController()
  const underway = new Set<Promise<void>>()
  let napping = new AbortController()
  let isWanted = false
  let looping: Promise<void> | undefined
  let lastPurgeMs = clock.monotonicMs()

  const wake = (): void => {
    isWanted = true
    napping.abort()
  }

  const fill = async (): Promise<void> => {
    const free = concurrency - underway.size
    if (free === 0) return
    for (const delivery of await claimDeliveries(db, free, deliveryLeaseSeconds)) {
      const attempt = deliver(delivery)
        .then(() => {})
        // Not recorded: it is due again when its lease is over.
        .catch((error: unknown) => log.warn({ err: error, delivery: delivery.id }, 'a delivery was not recorded'))
        .finally(() => {
          underway.delete(attempt)
          wake()
        })
      underway.add(attempt)
    }
  }

  const nap = async (): Promise<void> => {
    if (!isWanted) {
      const dueMs =
        underway.size === concurrency ? longestSleepMs : ((await secondsToNextDelivery(db)) ?? Infinity) * 1000
      napping = new AbortController()
      const signal = AbortSignal.any([napping.signal, stopping.signal])
      if (!isWanted) await clock.sleep(Math.min(Math.max(dueMs, shortestSleepMs), longestSleepMs), signal)
    }
    isWanted = false
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await fill()
        if (clock.monotonicMs() - lastPurgeMs > purgeEveryMs) {
          lastPurgeMs = clock.monotonicMs()
          await purgeDeliveries(db, deliveryDays, purgeLimit)
          await purgeAlerts(db, alertDays, purgeLimit)
        }
        await nap()
      } catch (error) {
        log.warn({ err: error }, 'notifications pause for a moment')
        await clock.sleep(1_000, stopping.signal)
      }
    }
  }

  return {
    start: () => void (looping ??= loop()),
    wake,
    stop: async () => {
      stopping.abort()
      await looping
      await Promise.all(underway)
    },
  }
}
