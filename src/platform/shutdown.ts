import type { Log } from './log.ts'

/**
 * Orderly end of a process: what was started last is stopped first, each within its time, and a second signal ends the
 * process at once. Everything that matters is in the database, so a step that hangs is logged and left behind.
 */
export const createShutdown = (log: Log, stepSeconds = 10) => {
  const steps: { name: string; stop: () => Promise<void> | void; seconds: number }[] = []
  let running: Promise<void> | undefined

  const runAll = async (): Promise<void> => {
    for (const { name, stop, seconds } of steps.reverse()) {
      let timer: NodeJS.Timeout | undefined
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`still not stopped after ${seconds} s`)), seconds * 1000)
      })
      try {
        await Promise.race([Promise.resolve(stop()), timeout])
      } catch (error) {
        log.warn({ err: error, step: name }, 'could not stop in order')
      } finally {
        clearTimeout(timer)
      }
    }
  }

  return {
    /** Registers what has to be stopped, and how long that may take; call it right after the thing was started. */
    add: (name: string, stop: () => Promise<void> | void, seconds = stepSeconds): void =>
      void steps.push({ name, stop, seconds }),
    /** Stops everything; the same promise for every caller. */
    run: (): Promise<void> => (running ??= runAll()),
  }
}
export type Shutdown = ReturnType<typeof createShutdown>
