import { contenders } from './contenders.ts'
import { measurements } from './measure.ts'
import type { Figures } from './measure.ts'
import type { PostgresServer } from './postgres.ts'
import { startRedis } from './redis.ts'
import type { Sizes } from './sizes.ts'
import { startOne } from './start-one.ts'
import type { Running } from './start-one.ts'
import { median } from './statistics.ts'

type Engine = { name: string; running: Running; taken: Partial<Figures>[]; discard: () => Promise<void> }

/**
 * One round: every engine in a process of its own and on an empty database, all of them started, one at work at a time.
 * Engines that fail are reported and left out from then on.
 */
export const runRound = async (options: {
  round: number
  names: readonly string[]
  postgres: PostgresServer
  sizes: Sizes
  say: (line: string) => void
  onFailure: (name: string, error: unknown) => void
}): Promise<Map<string, Figures>> => {
  const { round, names, postgres, sizes, say, onFailure } = options
  let engines: Engine[] = []
  try {
    for (const name of names) {
      try {
        engines.push(await startEngine(name, round, postgres, sizes))
      } catch (error) {
        onFailure(name, error)
      }
    }
    for (const measurement of measurements) {
      const failed = new Set<Engine>()
      for (const engine of engines) {
        try {
          const figures = await engine.running.take(measurement)
          engine.taken.push(figures)
          say(`round ${round}, ${measurement}, ${engine.name}: ${brief(figures)}`)
        } catch (error) {
          failed.add(engine)
          onFailure(engine.name, error)
        }
      }
      for (const engine of failed) await engine.discard()
      engines = engines.filter((engine) => !failed.has(engine))
    }
    // Every measurement was taken, so every figure is there.
    return new Map(engines.map(({ name, taken }) => [name, merge(taken) as Figures]))
  } finally {
    for (const engine of engines) await engine.discard()
  }
}

const startEngine = async (name: string, round: number, postgres: PostgresServer, sizes: Sizes): Promise<Engine> => {
  const store = contenders[name]?.store ?? 'postgres'
  if (store === 'postgres') {
    const database = await postgres.freshDatabase(`${name}-${round}`)
    const running = await startOne({ name, url: database.url, serverPid: postgres.pid(), sizes })
    return { name, running, taken: [], discard: () => running.stop().then(database.drop) }
  }
  const redis = await startRedis(store === 'redis always' ? 'always' : 'everysec')
  const running = await startOne({ name, url: redis.url, serverPid: redis.pid, sizes })
  return { name, running, taken: [], discard: () => running.stop().then(redis.stop) }
}

/** What was measured more than once in a round counts with its median. */
const merge = (taken: readonly Partial<Figures>[]): Partial<Figures> => {
  const keys = [...new Set(taken.flatMap((figures) => Object.keys(figures)))] as (keyof Figures)[] // their own keys
  return Object.fromEntries(
    keys.map((key) => [key, median(taken.map((figures) => figures[key]).filter((value) => value !== undefined))]),
  )
}

const brief = (figures: Partial<Figures>): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(', ') || 'done'
