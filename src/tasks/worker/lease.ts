import { hostname } from 'node:os'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { uuidv7 } from '#platform/ids.ts'
import { endLease, insertWorker, renewLease } from '../store/workers.ts'

/** Thrown before a side effect that the lease doesn't cover any more. Whoever holds the item now decides what happens. */
export class LeaseTooOld extends Error {
  override readonly name = 'LeaseTooOld'
}

/** An AWS attempt never takes longer than this, however young the lease is. */
const longestAttemptMs = 30_000

/**
 * The lease of one worker process: one row, renewed three times a lease, however many items it holds. Its age is measured
 * on the monotonic clock from before the renewal was sent, so it is never younger here than in the database. A process
 * that was stopped for longer than its lease and continued finds it too old before its next side effect; it then comes
 * back under a new identity, and everything it still writes under the old one is fenced.
 */
export const createLease = (options: {
  db: Database
  clock: Clock
  log: Log
  leaseSeconds: number
  onLost: () => void
}) => {
  const { db, clock, log, leaseSeconds, onLost } = options
  const leaseMs = leaseSeconds * 1000
  // What must be left for an attempt to be worth beginning; the rest is slack for clocks and scheduling.
  const leastMs = leaseMs / 5
  const stopping = new AbortController()
  let id = uuidv7()
  let heldUntilMs = 0
  let beating: Promise<void> = Promise.resolve()

  const remainingMs = (): number => heldUntilMs - clock.monotonicMs()

  const register = async (): Promise<void> => {
    id = uuidv7()
    const asked = clock.monotonicMs()
    await insertWorker(db, { id, host: hostname(), pid: process.pid, leaseSeconds })
    heldUntilMs = asked + leaseMs
  }

  const renew = async (): Promise<void> => {
    const asked = clock.monotonicMs()
    if (remainingMs() > 0 && (await renewLease(db, id, leaseSeconds))) {
      heldUntilMs = asked + leaseMs
      return
    }
    log.warn({ worker: id }, 'the lease ran out; what was held is in other hands')
    onLost()
    await register()
  }

  const beat = async (): Promise<void> => {
    let pauseMs = leaseMs / 3
    while (!stopping.signal.aborted) {
      await clock.sleep(pauseMs, stopping.signal)
      if (stopping.signal.aborted) return
      try {
        await renew()
        pauseMs = leaseMs / 3
      } catch (error) {
        log.warn({ err: error, worker: id }, 'could not renew the lease; trying again')
        pauseMs = Math.min(500, leaseMs / 10)
      }
    }
  }

  return {
    /** The identity that claims and writes are fenced with; changes when the lease was lost. */
    id: (): string => id,
    start: async (): Promise<void> => {
      await register()
      beating = beat()
    },
    /** Whether a claim made now would be worth it. */
    isHeld: (): boolean => remainingMs() > leastMs,
    /**
     * To be asked right before each side effect: how long it may take, in milliseconds, so that it is over while the lease
     * still holds. Throws LeaseTooOld when too little is left.
     */
    beforeAttempt: (): number => {
      const remaining = remainingMs()
      if (remaining <= leastMs) {
        throw new LeaseTooOld(`The worker's lease has ${Math.round(remaining)} ms left; too little for a side effect.`)
      }
      return Math.min(longestAttemptMs, remaining - leastMs / 2)
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      await beating
      await endLease(db, id)
    },
  }
}
export type Lease = ReturnType<typeof createLease>
