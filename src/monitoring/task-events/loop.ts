import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import { holdPosition, horizon, movePosition, wasCutOff } from './store.ts'
import type { Position } from './store.ts'
import type { createTell } from './tell.ts'

/** A notification that got lost, or an event that waits for an older transaction, costs at most this. */
const pollMs = 1_000
/** While nobody listens; nothing is lost by it, since the place where to read on stays behind. */
const idlePollMs = 5_000
/** Between two looks, however much happens: a busy system is read in batches. */
const shortestMs = 50
/** Another process goes on after so long. */
const leaseSeconds = 15

/** Tells channels of tasks; one process at a time, another one when that one is gone. */
export const createTaskEventLoop = (deps: {
  db: Database
  clock: Clock
  log: Log
  tell: ReturnType<typeof createTell>
  /** Events were dropped before they were told. */
  onCutOff: () => Promise<void>
}) => {
  const { db, clock, log, tell } = deps
  const holder = uuidv7()
  const stopping = new AbortController()
  let napping = new AbortController()
  let isWanted = false
  let isIdle = false
  let looping: Promise<void> | undefined

  const wake = (): void => {
    if (isIdle) return // each look writes, and the log of a busy system wakes many times a second
    isWanted = true
    napping.abort()
  }

  /** Whether there is more to tell at once. */
  const round = async (): Promise<boolean> => {
    const held = await holdPosition(db, holder, leaseSeconds)
    isIdle = held === undefined
    if (held === undefined) return false
    const { isOld, ...from } = held
    const told = await tell(holder, from)
    isIdle = told.isIdle
    if (isIdle && isOld) await skipTo(from, await horizon(db))
    else if (!isIdle && (await wasCutOff(db, from))) await deps.onCutOff()
    return told.isFull
  }

  /** Nobody listens: the place moves along, so that whoever begins to doesn't read the whole log first. */
  const skipTo = async (from: Position, to: Position): Promise<void> => {
    if (BigInt(to.xid) > BigInt(from.xid)) await movePosition(db, holder, from, to)
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      isWanted = false
      try {
        while ((await round()) && !stopping.signal.aborted);
      } catch (error) {
        log.warn({ err: error }, 'telling channels of tasks pauses for a moment')
      }
      napping = new AbortController()
      if (!isWanted) await clock.sleep(isIdle ? idlePollMs : pollMs, AbortSignal.any([napping.signal, stopping.signal]))
      if (isWanted) await clock.sleep(shortestMs, stopping.signal)
    }
  }

  return {
    start: (): void => void (looping ??= loop()),
    wake,
    round,
    stop: async (): Promise<void> => {
      stopping.abort()
      await looping
    },
  }
}
