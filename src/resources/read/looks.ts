import { randomUUID } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { claimLook, endLook, forgetLooks, readLook } from '../store/looks.ts'
import type { LookKey } from '../store/looks.ts'

/** A look that takes longer is taken for dead: nobody waits for it any more, and the next one may begin. */
const leaseMs = 10_000
const pollMs = 50
const longestPollMs = 200
/** What is older than that nobody waits for or asks about. */
const keptMs = 120_000
const cleanEveryMs = 60_000
const cleanedAtOnce = 1_000

export type Look = {
  isFound: boolean
  /** Another process read it just now; what this one has in memory may be from before. */
  isElsewhere: boolean
}

/** How long it holds that AWS has something (0: whoever asks again wants it anew) or hasn't. */
export type Holds = { foundMs: number; unknownMs: number }

export type Looks = {
  /**
   * Looks for something in AWS, or waits for the process that is at it, or knows what one found a moment ago. Throws what `look`
   * throws. Who waits for a look that fails or dies looks for itself, so nobody waits for more than one.
   */
  once: (key: LookKey, holds: Holds, look: () => Promise<boolean>) => Promise<Look>
}

/**
 * One read of AWS for all who want the same single resource, in whatever process they are. A look is a row with a lease: no
 * connection is held while AWS is asked, and one whose process dies ends by itself. Those within one process share one look
 * without asking the database.
 */
export const createLooks = ({ db, clock, log }: { db: Database; clock: Clock; log: Log }): Looks => {
  const underway = new Map<string, Promise<Look>>()
  let cleanedAtMs = -Infinity

  const clean = (): void => {
    if (clock.monotonicMs() - cleanedAtMs < cleanEveryMs) return
    cleanedAtMs = clock.monotonicMs()
    forgetLooks(db, keptMs, cleanedAtOnce).catch((error: unknown) =>
      log.debug({ err: error }, 'old looks could not be removed; trying again in a minute'),
    )
  }

  /** How the look that is under way ends; undefined where that is never known. */
  const wait = async (key: LookKey, other: string): Promise<boolean | undefined> => {
    const untilMs = clock.monotonicMs() + leaseMs
    for (let nextMs = pollMs; clock.monotonicMs() < untilMs; nextMs = Math.min(nextMs * 1.5, longestPollMs)) {
      await clock.sleep(nextMs)
      const now = await readLook(db, key)
      if (now === undefined || (other !== '' && now.look !== other)) return undefined
      other = now.look
      if (now.outcome !== null) return now.outcome === 'failed' ? undefined : now.outcome === 'found'
      if (!now.isUnderWay) return undefined
    }
    return undefined
  }

  const begin: Looks['once'] = async (key, holds, look) => {
    const own = randomUUID()
    let other = await claimLook(db, key, own, leaseMs)
    if (other?.holds === true) return { isFound: other.outcome === 'found', isElsewhere: true }
    if (other !== undefined) {
      const isFound = await wait(key, other.isUnderWay ? other.look : '')
      if (isFound !== undefined) return { isFound, isElsewhere: true }
      // It failed or died: whoever comes from now on waits for this one, unless another was quicker.
      other = await claimLook(db, key, own, leaseMs)
      if (other?.holds === true) return { isFound: other.outcome === 'found', isElsewhere: true }
    }
    const isOwn = other === undefined
    try {
      const isFound = await look()
      if (isOwn) await endLook(db, key, own, isFound ? 'found' : 'unknown', isFound ? holds.foundMs : holds.unknownMs)
      return { isFound, isElsewhere: false }
    } catch (error) {
      if (isOwn) {
        await endLook(db, key, own, 'failed', 0).catch((why: unknown) =>
          log.debug({ err: why }, 'the end of a look could not be told; its lease runs out'),
        )
      }
      throw error
    }
  }

  return {
    once: (key, holds, look) => {
      clean()
      const name = JSON.stringify([key.account, key.region, key.id])
      const joined = underway.get(name)
      if (joined) return joined
      const one = begin(key, holds, look).finally(() => underway.delete(name))
      underway.set(name, one)
      return one
    },
  }
}
