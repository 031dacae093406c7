import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { deleteDeadJournals } from '../store/journal.ts'
import { deleteDeadWorkers, recoverItems } from '../store/workers.ts'

/** Looks for workers whose lease ran out, and takes over what they held. Every worker does it for all. */
export const createRecovery = (options: {
  db: Database
  clock: Clock
  log: Log
  notifier: Notifier
  everyMs: number
  signal: AbortSignal
  /** After each round. */
  onRound: () => Promise<void>
}) => {
  const { db, clock, log, notifier, everyMs, signal, onRound } = options
  let running: Promise<void> = Promise.resolve()

  const round = async (): Promise<void> => {
    const recovered = await recoverItems(db)
    if (recovered.length > 0) {
      const workers = [...new Set(recovered.map(({ worker }) => worker))]
      log.warn({ items: recovered.length, workers }, 'took over items')
      notifier.nudge('tasks')
    }
    await deleteDeadWorkers(db)
    await deleteDeadJournals(db)
    await onRound()
  }

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal)
      if (signal.aborted) return
      await round().catch((error: unknown) => log.warn({ err: error }, 'could not look for lost workers; trying again'))
    }
  }

  return {
    start: (): void => {
      running = loop()
    },
    stopped: (): Promise<void> => running,
  }
}
