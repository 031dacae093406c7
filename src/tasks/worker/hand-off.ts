import type { ClaimedItem } from '../store/claim-items.ts'

/** Places that a worker keeps free for items that are just being filed, as its own from the first moment on. */
export type Reservation = {
  worker: string
  places: number
  /** To be called once, with the items that were filed as this worker's. */
  receive: (items: ClaimedItem[]) => void
  /** Instead of `receive`: nobody knows whether they were filed. */
  lose: () => void
}

/** What the filer asks of a worker in its own process. Null: the items go through the queue. */
export type HandOff = { reserve: (most: number) => Reservation | null }

/**
 * Hands items that are filed in this process to its own worker without a claim: they are written as claimed in the commit
 * that files them, and begin right after it. That saves a commit of their latency and an update of each item.
 * Only when the queue had nothing else for this worker, so nobody is overtaken, and only as many as it has places for.
 */
export const createHandOff = (worker: {
  /** Its identity, or null while it takes nothing: stopping, without a lease, or with others before them in the queue. */
  identity: () => string | null
  places: () => number
  take: (worker: string, items: ClaimedItem[]) => void
  onLost: () => void
}): HandOff & { reserved: () => number } => {
  let reserved = 0
  return {
    /** Places promised to filings that are under way. */
    reserved: () => reserved,
    reserve: (most) => {
      const identity = worker.identity()
      const places = Math.min(most, worker.places() - reserved)
      if (identity === null || places <= 0) return null
      reserved += places
      return {
        worker: identity,
        places,
        receive: (items) => {
          reserved -= places
          if (items.length > 0) worker.take(identity, items)
        },
        lose: () => {
          reserved -= places
          worker.onLost()
        },
      }
    },
  }
}
