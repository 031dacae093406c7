/** Pages that were asked for and not yet written away take up room; who wants more than there is waits in line. */
export type Room = {
  /** Resolves when so many rows have room; call what it gives back when they need it no longer. */
  take: (rows: number) => Promise<() => void>
}

/** A first page may hold anything; it counts as so many rows, the next ones as many as the last one had. */
export const firstPageRows = 100
/** A page is never lighter than that: a call has its price, too. */
const lightest = 50

/**
 * Bounds what sweeps hold in memory, however many run at once: the sum of the rows on their way never exceeds `rows`, unless a
 * single page is larger than that. So sweeps can be as many as AWS's quotas feed, while what they bring is written in turn.
 */
export const createRoom = (rows: number): Room => {
  let taken = 0
  const waiting: { weight: number; enter: () => void }[] = []

  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && (taken === 0 || taken + next.weight <= rows); next = waiting[0]) {
      waiting.shift()
      taken += next.weight
      next.enter()
    }
  }

  return {
    take: (wanted) =>
      new Promise((resolve) => {
        const weight = Math.max(lightest, wanted)
        let isHeld = true
        const release = (): void => {
          if (isHeld) taken -= weight
          isHeld = false
          admit()
        }
        waiting.push({ weight, enter: () => resolve(release) })
        admit()
      }),
  }
}
