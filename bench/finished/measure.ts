import type { Database, Sql } from '../../src/platform/db/database.ts'
import { createLog } from '../../src/platform/log.ts'
import { collectDeadLetters } from '../../src/tasks/dead-letters/collect.ts'
import { watchUnknown } from '../../src/tasks/dead-letters/unknown-store.ts'
import { openQueueDatabase } from '../../src/tasks/queue-database.ts'
import { archiveTasks } from '../../src/tasks/store/archive-tasks.ts'
import { watchProgress } from '../../src/tasks/stuck/store.ts'
import { percentile } from '../tasks/statistics.ts'
import { readsOf } from './reads.ts'
import type { Read } from './reads.ts'
import { tasksPerSecond } from './throughput.ts'

type Place = { url: string; db: Database }
export type Figure = { title: string; unit: 'ms' | '/s'; without: number[]; having: number[] }
export type Figures = { figures: Figure[]; sizeGb: number }

const samples = 20
/** A read that takes seconds is slow enough to be known after a few. */
const longestMs = 3_000

const chores: Read[] = [
  { title: 'collect dead letters', run: (sql) => collectDeadLetters(sql, []) },
  {
    title: 'find what is stuck',
    run: (sql) => watchProgress(sql, { leastSeconds: 600, factor: 3, most: 2_000 }),
  },
  {
    title: 'find what no release knows',
    run: (sql) =>
      watchUnknown(sql, {
        heardWithinSeconds: 300,
        unwatchedSeconds: 600,
        unknownForSeconds: 3_600,
        openForSeconds: 600,
      }),
  },
]

/** Everything in turns, here and there, so that what else the machine does falls on both. */
export const measure = async (
  places: { without: Place; having: Place },
  sizes: { rounds: number; tasks: number },
  say: (line: string) => void,
): Promise<Figures> => {
  const figures = new Map<string, Figure>()
  const note = (title: string, unit: Figure['unit'], place: keyof typeof places, value: number): void => {
    const figure = figures.get(title) ?? { title, unit, without: [], having: [] }
    figures.set(title, figure)
    figure[place].push(value)
  }
  const each = ['without', 'having'] as const
  const queues = {
    without: openQueueDatabase({ connectionString: places.without.url, log }),
    having: openQueueDatabase({ connectionString: places.having.url, log }),
  }
  try {
    for (const name of each) await tasksPerSecond(places[name].url, 500) // to warm up
    for (let round = 1; round <= sizes.rounds; round += 1) {
      say(`round ${round} of ${sizes.rounds}`)
      for (const name of round % 2 === 1 ? each : each.toReversed()) {
        note('tasks filed, claimed and ended', '/s', name, await tasksPerSecond(places[name].url, sizes.tasks))
      }
      // While those are still in the live tables.
      for (const chore of chores) {
        for (let sample = 0; sample < samples; sample += 1) {
          for (const name of each) note(chore.title, 'ms', name, await timed(() => chore.run(queues[name])))
        }
      }
      const left = new Set<keyof typeof places>(each)
      while (left.size > 0) {
        for (const name of left) {
          let moved = 0
          const ms = await timed(async () => {
            moved = await archiveTasks(queues[name], { tasks: 500, items: 500, overForSeconds: 0 }, [])
          })
          if (moved === 0) left.delete(name)
          if (moved === 500) note('move 500 tasks to the finished tables', 'ms', name, ms)
        }
      }
    }
  } finally {
    await queues.without.close()
    await queues.having.close()
  }

  const someTask = { without: await middleTask(places.without.db), having: await middleTask(places.having.db) }
  const reads = { without: readsOf(someTask.without), having: readsOf(someTask.having) }
  for (const [index, { title }] of reads.having.entries()) {
    const startedAt = performance.now()
    for (let sample = 0; sample < samples && performance.now() - startedAt < longestMs; sample += 1) {
      for (const name of each) {
        note(title, 'ms', name, await timed(async () => reads[name][index]?.run(places[name].db)))
      }
    }
    const { without = [], having = [] } = figures.get(title) ?? {}
    say(`${title}: ${percentile(without, 50).toFixed(1)} and ${percentile(having, 50).toFixed(1)} ms`)
  }
  const [size] = await places.having.db.query<{ bytes: string }>({
    text: 'select pg_database_size(current_database()) as bytes',
  })
  return { figures: [...figures.values()], sizeGb: Number(size?.bytes) / 2 ** 30 }
}

const log = createLog({ level: 'error' })

const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

const middleTask = async (sql: Sql): Promise<string> => {
  const [row] = await sql.query<{ id: string }>({
    text: `select id from tasks_finished where id > uuidv7_floor(
      (select min(created_at) + (max(created_at) - min(created_at)) / 2 from tasks_finished)) order by id limit 1`,
  })
  return row?.id ?? ''
}
