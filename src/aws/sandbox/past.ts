import type { Change } from './world.ts'

/** No read is further behind than a fault may ask for. */
const keptMs = 600_000

/** How resources were a moment ago, for reads that are behind. */
export type Past = {
  /** `before` is what stood there until now; undefined: nothing but what the seed made. */
  note: (id: string, before: Change | undefined, nowMs: number) => void
  /** What stood there at that time; `now` where nothing changed since. */
  at: (id: string, atMs: number, now: Change | undefined) => Change | undefined
  /** Ids that changed since that time. */
  changedSince: (atMs: number) => string[]
}

export const createPast = (): Past => {
  const changes: { id: string; before: Change | undefined; atMs: number }[] = []
  return {
    note: (id, before, nowMs) => {
      changes.push({ id, before, atMs: nowMs })
      const firstKept = changes.findIndex(({ atMs }) => atMs >= nowMs - keptMs)
      if (firstKept > 0) changes.splice(0, firstKept)
    },
    at: (id, atMs, now) => {
      const first = changes.find((change) => change.id === id && change.atMs > atMs)
      return first === undefined ? now : first.before
    },
    changedSince: (atMs) => [...new Set(changes.filter((change) => change.atMs > atMs).map(({ id }) => id))],
  }
}
