import type { Clock } from '#platform/clock.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Log } from '#platform/log.ts'
import { dueConducts } from '../store/conducted-tasks.ts'
import type { ConductDeps } from './conduct-task.ts'
import { conductTask } from './conduct-task.ts'

/**
 * Looks after the tasks that have waves, an error budget or predecessors: releases the next wave, stops what failed too
 * often, begins what others were waited for. Any number of processes run one. It is woken when tasks are filed or decided
 * about and, while there is anything to look after, by every change that workers report; else it looks once a second.
 */
export const createConductor = (
  options: ConductDeps & { clock: Clock; log: Log; listener: Pick<Listener, 'on' | 'onReconnect'>; pollMs?: number },
) => {
  const { db, clock, log, listener, pollMs = 1000 } = options
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let wake = new AbortController()
  let hasOpen = false
  const unsubscribe: (() => void)[] = []

  /** One look at all tasks that are looked after; one that fails is tried again in the next and holds up none. */
  const round = async (): Promise<void> => {
    const { due, open } = await dueConducts(db)
    hasOpen = open > 0
    for (const taskId of due) {
      if (stopping.signal.aborted) return
      await conductTask(options, taskId).catch((error: unknown) =>
        log.warn({ err: error, taskId }, 'could not conduct a task; trying again'),
      )
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController()
      await round().catch((error: unknown) => log.warn({ err: error }, 'could not look after tasks; trying again'))
      await clock.sleep(pollMs, AbortSignal.any([wake.signal, stopping.signal]))
      // What came in one burst is looked at once.
      if (!stopping.signal.aborted) await clock.sleep(gatherMs, stopping.signal)
    }
  }

  return {
    start: (): void => {
      const now = (): void => wake.abort()
      unsubscribe.push(
        listener.on('tasks', now),
        listener.onReconnect(now),
        listener.on('events', () => hasOpen && now()),
      )
      running = loop()
    },
    round,
    stop: async (): Promise<void> => {
      stopping.abort()
      for (const end of unsubscribe) end()
      await running
    },
  }
}
export type Conductor = ReturnType<typeof createConductor>

const gatherMs = 10
