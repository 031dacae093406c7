import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Log } from '#platform/log.ts'
import type { ClaimedItem } from '../store/claim-items.ts'
import { releaseItems } from '../store/workers.ts'
import { heldAt } from './calendar.ts'
import type { CalendarFreeze } from './calendar.ts'
import { frozenTasks } from './frozen-tasks.ts'
import type { FirstActs } from './held-items.ts'
import { liveFreezes } from './store.ts'
import { windowAt } from './windows.ts'

/** Told when a freeze is made, changed or deleted. */
export const freezesChannel = 'freezes'

/** News of a freeze that got lost cost this much. */
const refreshMs = 5_000
/** By then the keeper has given them the time at which the freeze ends. */
const putBackSeconds = 15

/**
 * The last look before a worker begins something: what has not begun and is frozen by now is put back, in whatever way it became
 * due (a retry, what another worker handed back, a wave). The calendar is in memory, and asked for nothing while no freeze holds.
 */
export const createFreezeGate = (deps: {
  db: Database
  clock: Clock
  log: Log
  listener: Pick<Listener, 'on' | 'onReconnect'>
  firstActs: FirstActs
}) => {
  const { db, clock, log, listener } = deps
  const firstActs = new Map(deps.firstActs.map(({ operation, version, step }) => [`${operation} ${version}`, step]))
  let freezes: readonly CalendarFreeze[] = []
  let readMs = -Infinity
  const forget = (): void => void (readMs = -Infinity)
  const unsubscribe = [listener.on(freezesChannel, forget), listener.onReconnect(forget)]

  const isUnbegun = ({ operation, operationVersion, step, isDoubtful, isCompensating }: ClaimedItem): boolean => {
    const first = firstActs.get(`${operation} ${operationVersion}`)
    return first !== undefined && !isCompensating && (step < first || (step === first && !isDoubtful))
  }

  const calendar = async (): Promise<readonly CalendarFreeze[]> => {
    if (clock.monotonicMs() - readMs >= refreshMs) {
      // Before it is read: what changes meanwhile is read once more.
      readMs = clock.monotonicMs()
      freezes = await liveFreezes(db, clock.now())
    }
    return freezes
  }

  return {
    /** Those of the claimed items that may go on now. */
    pass: async (worker: string, claimed: ClaimedItem[]): Promise<ClaimedItem[]> => {
      if (claimed.length === 0) return claimed
      const now = clock.now()
      const holding = (await calendar()).filter(({ times }) => windowAt(times, now) !== null)
      const unbegun = holding.length === 0 ? [] : claimed.filter(isUnbegun)
      if (unbegun.length === 0) return claimed
      const risks = await frozenTasks(db, [...new Set(unbegun.map(({ taskId }) => taskId))])
      const frozen = unbegun.filter(({ taskId, operation, account, region }) => {
        const risk = risks.get(taskId)
        return risk !== undefined && heldAt(holding, { operation, risk, account, region }, now) !== null
      })
      if (frozen.length === 0) return claimed
      await releaseItems(db, frozen, worker, { isDoubtful: false, inSeconds: putBackSeconds })
      log.info({ items: frozen.length, operation: frozen[0]?.operation }, 'a freeze holds what was about to begin')
      const put = new Set(frozen)
      return claimed.filter((item) => !put.has(item))
    },
    stop: (): void => {
      for (const end of unsubscribe) end()
    },
  }
}
export type FreezeGate = ReturnType<typeof createFreezeGate>
