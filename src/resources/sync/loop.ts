import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { claimDue, secondsToNextDue } from '../store/partitions.ts'
import { purgeDeleted } from '../store/write.ts'
import type { Apply } from './apply.ts'
import { reconcilePartitions } from './partitions.ts'
import { leaseSeconds } from './sweep.ts'
import type { Sweeper } from './sweep.ts'

/** Longest sleep, so that changes that nobody told us of (another process, a lost notification) are seen soon. */
const longestSleepMs = 5_000
const shortestSleepMs = 100
const purgeEveryMs = 60_000
/** Accounts change seldom, and whoever changes them wakes us. */
const reconcileEveryMs = 5_000
/** Deleted resources are kept that long for their names in old tasks; the history is another part's. */
const purgeAfterDays = 30
const purgeLimit = 500

export type SyncLoop = {
  start: () => void
  /** Looks at once: accounts changed, or somebody waits for a partition. */
  wake: () => void
  stop: () => Promise<void>
}

/**
 * Sweeps whatever is due. Any number of processes may run one: leases keep them apart. Sweeps mostly wait, for AWS and for its
 * quotas, so many run at a time; what they bring is bounded elsewhere (room.ts).
 */
export const createSyncLoop = (deps: {
  db: Database
  aws: Aws
  apply: Apply
  sweeper: Sweeper
  clock: Clock
  log: Log
  /** Partitions that are swept at the same time, and of one account in all processes. */
  concurrency: number
  perAccount: number
}): SyncLoop => {
  const { db, sweeper, clock, log, concurrency, perAccount } = deps
  const stopping = new AbortController()
  let napping = new AbortController()
  let isWanted = false
  let reconciledMs = Number.NEGATIVE_INFINITY
  let running = 0
  let looping: Promise<void> | undefined
  let lastPurgeMs = clock.monotonicMs()

  const goOn = (): void => {
    isWanted = true
    napping.abort()
  }
  const wake = (): void => {
    reconciledMs = Number.NEGATIVE_INFINITY
    goOn()
  }

  const fill = async (): Promise<void> => {
    const limit = concurrency - running
    if (limit <= 0 || stopping.signal.aborted) return
    for (const claim of await claimDue(db, { leaseSeconds, limit, perAccount })) {
      running++
      // Nobody has seen anything of a partition that was never swept: it doesn't queue behind the routine.
      void sweeper.run(claim, claim.isFirst ? 'bulk' : 'sweep').finally(() => {
        running--
        goOn()
      })
    }
  }

  const nap = async (): Promise<void> => {
    if (!isWanted) {
      // With every place taken, the end of a sweep wakes us.
      const dueMs = running >= concurrency ? longestSleepMs : ((await secondsToNextDue(db)) ?? Infinity) * 1000
      napping = new AbortController()
      const signal = AbortSignal.any([napping.signal, stopping.signal])
      if (!isWanted) await clock.sleep(Math.min(Math.max(dueMs, shortestSleepMs), longestSleepMs), signal)
    }
    isWanted = false
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (clock.monotonicMs() - reconciledMs > reconcileEveryMs) {
          reconciledMs = clock.monotonicMs()
          await reconcilePartitions(deps)
        }
        await fill()
        if (clock.monotonicMs() - lastPurgeMs > purgeEveryMs) {
          lastPurgeMs = clock.monotonicMs()
          await purgeDeleted(db, purgeAfterDays, purgeLimit)
        }
        await nap()
      } catch (error) {
        log.warn({ err: error }, 'the sync pauses for a moment')
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
      await sweeper.stop()
    },
  }
}
