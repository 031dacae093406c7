import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { messageOf } from '../app-error.ts'
import type { Server } from './server.ts'

export type Supervised = {
  /** The postmaster's process id; another one after each restart, 0 while there is none. */
  pid: () => number
  stop: () => Promise<void>
  signalStop: () => void
}

const firstDelayMs = 50
const longestDelayMs = 5_000

/**
 * Keeps a server running: when it ends though nobody asked it to (killed, out of memory), it is launched again, with growing
 * pauses for as long as it takes (the old server's processes may still hold its shared memory for a moment). Clients
 * reconnect by themselves.
 */
export const supervise = async (
  launch: () => Promise<Server>,
  log: Pick<Log, 'error' | 'info'>,
  clock: Clock,
): Promise<Supervised> => {
  const stopping = new AbortController()
  let current: Server | undefined = await launch()

  const relaunch = async (): Promise<void> => {
    for (let delayMs = firstDelayMs; !stopping.signal.aborted; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      await clock.sleep(delayMs, stopping.signal)
      if (stopping.signal.aborted) return
      try {
        current = await launch()
        log.info({ postgresPid: current.pid }, 'PostgreSQL runs again')
        return
      } catch (error) {
        log.error({ err: error }, `PostgreSQL could not be started again: ${messageOf(error)}`)
      }
    }
  }

  const watch = async (): Promise<void> => {
    while (current) {
      const how = await current.ended
      current = undefined
      if (stopping.signal.aborted) return
      log.error({ how }, 'PostgreSQL ended unexpectedly; it is started again')
      await relaunch()
    }
  }
  const watching = watch()

  return {
    pid: () => current?.pid ?? 0,
    stop: async () => {
      stopping.abort()
      await current?.stop()
      await watching
      // A launch that was under way when stop was called has become the current server by now.
      await current?.stop()
    },
    signalStop: () => current?.signalStop(),
  }
}
