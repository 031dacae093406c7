/**
 * The places at which a worker's batches call AWS. What only waits for its commit needs none: another batch has it meanwhile,
 * and who comes back from a commit is served before whoever begins.
 */
export type Slots = {
  isFree: () => boolean
  /** How many are taken. */
  taken: () => number
  /** Takes a free one, for a batch that begins. */
  enter: () => Slot
}

/** One batch's place. It begins taken. */
export type Slot = {
  leave: () => void
  /** Resolves when there is a place again. Nobody waits longer than those who have one call AWS. */
  comeBack: () => Promise<void>
}

/** `onLeft` is called when a place was left and nobody was waiting to come back to one. */
export const createSlots = (count: number, onLeft: () => void): Slots => {
  let free = count
  const comingBack: (() => void)[] = []

  const release = (): void => {
    const next = comingBack.shift()
    if (next) return next()
    free++
    onLeft()
  }

  return {
    isFree: () => free > 0,
    taken: () => count - free,
    enter: () => {
      free--
      let isIn = true
      return {
        leave: () => {
          if (!isIn) return
          isIn = false
          release()
        },
        comeBack: async () => {
          if (free > 0) free--
          else await new Promise<void>((resolve) => comingBack.push(resolve))
          isIn = true
        },
      }
    },
  }
}
