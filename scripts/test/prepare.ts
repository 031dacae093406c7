import { buildWebIfStale } from '../build/web.mjs'
import type { Processes } from './processes.ts'
import { prepareChromium } from './prepare-chromium.ts'
import { prepareDatabase } from './prepare-database.ts'
import { prepareMoto } from './prepare-moto.ts'
import { prepareRedis } from './prepare-redis.ts'
import type { Need } from './stages.ts'

/**
 * Prepares what stages need, each thing once in a run and only when a stage wants it, and returns the variables that tell
 * the tests about it. What is set already is taken as it is.
 */
export const createPreparation = (options: { root: string; temporary: string; processes: Processes }) => {
  const stops: (() => Promise<void>)[] = []
  const variables = new Map<Need, Promise<Record<string, string>>>()

  const makers: Record<Need, () => Promise<Record<string, string>>> = {
    database: async () => {
      const given = process.env['ORCHESTRATOR_TEST_DATABASE_URL']
      if (given !== undefined) return { ORCHESTRATOR_TEST_DATABASE_URL: given }
      const { url, stop } = await prepareDatabase(options.temporary)
      stops.push(stop)
      return { ORCHESTRATOR_TEST_DATABASE_URL: url }
    },
    moto: async () => ({
      ORCHESTRATOR_TEST_MOTO_URL:
        process.env['ORCHESTRATOR_TEST_MOTO_URL'] ?? (await prepareMoto(options.root, options.processes)),
    }),
    redis: async () => ({
      ORCHESTRATOR_TEST_REDIS_SERVER:
        process.env['ORCHESTRATOR_TEST_REDIS_SERVER'] ?? (await prepareRedis(options.processes)),
    }),
    chromium: async () => ({
      ORCHESTRATOR_TEST_CHROMIUM:
        process.env['ORCHESTRATOR_TEST_CHROMIUM'] ?? (await prepareChromium(options.processes)),
    }),
    'web-app': async () => {
      await buildWebIfStale()
      return {}
    },
  }

  return {
    /** Throws `CannotPrepare` when something can't be had here. */
    provide: async (needs: readonly Need[]): Promise<Record<string, string>> => {
      const all: Record<string, string> = {}
      for (const need of needs) {
        const made = variables.get(need) ?? makers[need]()
        variables.set(need, made)
        Object.assign(all, await made)
      }
      return all
    },
    stop: async (): Promise<void> => {
      for (const stop of stops.splice(0).reverse()) await stop()
    },
  }
}
