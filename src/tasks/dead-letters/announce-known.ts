import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { Operation } from '../operation.ts'
import { noteKnown } from './unknown-store.ts'

const everyMs = 60_000

/** Says every minute what this process's worker knows, so that what nobody knows can be told from what waits. */
export const createAnnouncer = (deps: {
  db: Database
  clock: Clock
  log: Log
  operations: readonly Pick<Operation, 'name' | 'version'>[]
}) => {
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const versions = deps.operations.map(({ name, version }) => ({ operation: name, version }))

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await noteKnown(deps.db, versions).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'could not say which operations are known; trying again'),
      )
      await deps.clock.sleep(everyMs, stopping.signal)
    }
  }

  return {
    start: (): void => {
      running = loop()
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}
