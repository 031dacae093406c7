import type { Clock } from '#platform/clock.ts'
import { messageOf } from '#platform/app-error.ts'
import type { Log } from '#platform/log.ts'

/** Chores at the start and then every hour. One that fails is logged and tried again an hour later; the others go on. */
export const createMaintenance = (deps: { clock: Clock; log: Log; chores: Record<string, () => Promise<unknown>> }) => {
  const { clock, log, chores } = deps
  const stopping = new AbortController()
  let loop: Promise<void> | undefined

  const runOnce = async (): Promise<void> => {
    for (const [name, work] of Object.entries(chores)) {
      await work().catch((error: unknown) =>
        log.warn({ err: error, chore: name }, `a chore failed: ${messageOf(error)}`),
      )
    }
  }

  return {
    runOnce,
    start: (): void => {
      loop ??= (async () => {
        while (!stopping.signal.aborted) {
          await runOnce()
          await clock.sleep(3_600_000, stopping.signal)
        }
      })()
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      await loop
    },
  }
}
