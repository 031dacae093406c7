/**
 * The places at which a worker's batches call AWS. A batch that only waits for its commit can lend its place: who comes back
 * is served before whoever begins.
 */
export type Slots = {
  /** Places that nobody is at. */
  free: () => number
  /** Batches that lent theirs and have not got one back yet. */
  owed: () => number
  /** Takes a free place, for a batch that begins. */
  enter: () => Slot
}

/** One batch's place. It begins taken. */
export type Slot = {
  lend: () => void
  /** Resolves when there is a place again. */
  comeBack: () => Promise<void>
  /** For good. */
  leave: () => void
}

/** `onFree` is called when a place became free and nobody was waiting to come back to one. */
export const createSlots = (count: number, onFree: () => void): Slots => {
  let free = count
  let owed = 0
  const comingBack: (() => void)[] = []

  const release = (): void => {
    const next = comingBack.shift()
    if (next) return next()
    free++
    onFree()
  }

  const enter = (): Slot => {
    let state: 'in' | 'away' | 'gone' = 'in'
    free--
    return {
      lend: () => {
        if (state !== 'in') return
        state = 'away'
        owed++
        release()
      },
      comeBack: async () => {
        if (state !== 'away') return
        if (free > 0) free--
        else await new Promise<void>((resolve) => comingBack.push(resolve))
        state = 'in'
        owed--
      },
      leave: () => {
        if (state === 'away') owed--
        if (state === 'in') release()
        state = 'gone'
      },
    }
  }

  return { free: () => free, owed: () => owed, enter }
}
