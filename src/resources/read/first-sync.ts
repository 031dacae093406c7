import type { Clock } from '#platform/clock.ts'
import { createLimit } from '../sync/limit.ts'
import { keyOf } from '../sync/sweep.ts'
import type { SyncStates } from '../sync/states.ts'
import type { Sweeper } from '../sync/sweep.ts'
import type { Partition, TypeKey } from '../store/type-states.ts'

const longestWaitMs = 10_000
const pollMs = 100
/** Partitions that reads bring in at the same time, beside what the loop does. */
const concurrency = 8

export type FirstSync = {
  /**
   * Where the types stand in the partitions of these accounts. Those of them that are asked for and were never swept are read
   * from AWS first, for up to 10 s; what is not there by then goes on in the background.
   */
  partitions: (
    accounts: readonly string[],
    isAskedFor: (key: TypeKey) => boolean,
  ) => Promise<{ partitions: Partition[]; hasWaited: boolean }>
}

export const createFirstSync = ({
  states,
  sweeper,
  clock,
}: {
  states: Pick<SyncStates, 'read' | 'readNow'>
  sweeper: Sweeper
  clock: Clock
}): FirstSync => {
  const limit = createLimit(concurrency)

  /** Brings in the types of one partition. */
  const bringIn = async (key: TypeKey, types: readonly string[], signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return
    const outcome = await sweeper.sweepNow(key, types)
    // Another process is at it: look for its result.
    while (outcome === 'elsewhere' && !signal.aborted) {
      await clock.sleep(pollMs, signal)
      const current = (await states.readNow([key.account])).filter(
        (one) => keyOf(one) === keyOf(key) && types.includes(one.type),
      )
      if (current.every(({ isLeased, sweptAt }) => !isLeased || sweptAt !== null)) return
    }
  }

  return {
    partitions: async (accounts, isAskedFor) => {
      const isMissing = ({ sweptAt, isBackingOff }: Partition): boolean => sweptAt === null && !isBackingOff
      const read = async (): Promise<Partition[]> => (await states.readNow(accounts)).filter(isAskedFor)
      let partitions = (await states.read(accounts)).filter(isAskedFor)
      // What was missing a moment ago may be there by now.
      if (partitions.some(isMissing)) partitions = await read()
      const missing = partitions.filter(isMissing)
      if (missing.length === 0) return { partitions, hasWaited: false }
      const waiting = new AbortController()
      const all = Promise.all(
        [...Map.groupBy(missing, keyOf).values()].map((group) =>
          // A group has at least the one that made it.
          limit(() =>
            bringIn(
              group[0]!,
              group.map(({ type }) => type),
              waiting.signal,
            ),
          ),
        ),
      )
      // What goes on after the wait must not end the process when it fails; each type keeps its error.
      all.catch(() => {})
      await Promise.race([all, clock.sleep(longestWaitMs, waiting.signal)])
      waiting.abort()
      return { partitions: await read(), hasWaited: true }
    },
  }
}
