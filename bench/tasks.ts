import { fork } from 'node:child_process'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { contenders } from './tasks/contenders.ts'
import { describeMachine, versionOf } from './tasks/machine.ts'
import type { Figures } from './tasks/measure.ts'
import { startPostgres } from './tasks/postgres.ts'
import type { PostgresServer } from './tasks/postgres.ts'
import type { RawLimit } from './tasks/raw-limit.ts'
import { findRedis, startRedis } from './tasks/redis.ts'
import { toMarkdown } from './tasks/report.ts'
import type { Results } from './tasks/report.ts'
import type { Job } from './tasks/run-one.ts'
import { fullSizes, quickSizes } from './tasks/sizes.ts'

// npm run bench tasks [-- --quick] [--rounds 3] [--only this,graphile-worker] [--json]
// The task engine beside its peers: rounds in which each has its turn, in a process of its own and on an empty database.

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const sizes = options.quick ? quickSizes : fullSizes
const roundCount = Number(options.rounds ?? (options.quick ? 1 : 3))
if (!Number.isInteger(roundCount) || roundCount < 1) throw new RangeError(`--rounds takes a whole number from 1, not "${options.rounds}"`)
const wanted = options.only?.split(',') ?? Object.keys(contenders)
const unknown = wanted.filter((name) => !(name in contenders))
if (unknown.length > 0) throw new RangeError(`--only knows ${Object.keys(contenders).join(', ')}; not ${unknown.join(', ')}`)

const say = (line: string): void => console.error(line)

/** Runs one engine (or, with the name `raw`, none) and returns what it sent. */
const runOne = <T>(job: Job): Promise<T> =>
  new Promise((resolve, reject) => {
    let figures: T | undefined
    const child = fork(new URL('./tasks/run-one.ts', import.meta.url), [JSON.stringify(job)], { stdio: ['ignore', 2, 2, 'ipc'] })
    child.once('message', (message) => (figures = message as T)) // run-one.ts sends nothing else
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0 && figures !== undefined) resolve(figures)
      else reject(new Error(`${job.name} ended with code ${code} and without figures`))
    })
  })

const onPostgres = async <T>(postgres: PostgresServer, name: string, round: number): Promise<T> => {
  const database = await postgres.freshDatabase(`${name}-${round}`)
  try {
    return await runOne<T>({ name, url: database.url, serverPid: postgres.pid(), sizes })
  } finally {
    await database.drop()
  }
}

const onRedis = async <T>(appendfsync: 'always' | 'everysec', name: string): Promise<T> => {
  const redis = await startRedis(appendfsync)
  try {
    return await runOne<T>({ name, url: redis.url, serverPid: redis.pid, sizes })
  } finally {
    await redis.stop()
  }
}

const notes: string[] = []
const warn = (note: string): void => {
  notes.push(note)
  say(`\n!!! ${note}\n`)
}

const redisVersion = findRedis(say)
if (redisVersion === undefined) {
  warn('There is no Redis here and none could be installed: BullMQ is left out. Install redis-server and run this again.')
}
const names = wanted.filter((name) => redisVersion !== undefined || contenders[name]?.store === 'postgres')
const machine = describeMachine()
const postgres = await startPostgres()
const rounds: Results['rounds'] = Object.fromEntries(names.map((name) => [name, []]))
const raw: RawLimit[] = []
try {
  for (let round = 1; round <= roundCount; round++) {
    raw.push(await onPostgres<RawLimit>(postgres, 'raw', round))
    for (const name of names) {
      const store = contenders[name]?.store
      try {
        const figures =
          store === 'redis always'
            ? await onRedis<Figures>('always', name)
            : store === 'redis everysec'
              ? await onRedis<Figures>('everysec', name)
              : await onPostgres<Figures>(postgres, name, round)
        rounds[name]?.push(figures)
        say(
          `round ${round} of ${roundCount}, ${name}: ${Math.round(figures.singleEnqueuesPerSecond)} single enqueues/s, ` +
            `${Math.round(figures.tasksPerSecond)} tasks/s, ${Math.round(figures.threeStepPerSecond)} three-step tasks/s, ` +
            `idle start p50 ${figures.idleStartP50Ms.toFixed(1)} ms`,
        )
      } catch (error) {
        warn(`${name} failed in round ${round}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
} finally {
  await postgres.stop()
}

const versions = {
  Node: machine.node,
  PostgreSQL: postgres.version,
  ...(redisVersion === undefined ? {} : { Redis: redisVersion }),
  ...Object.fromEntries(['graphile-worker', 'pg-boss', 'bullmq'].map((name) => [name, versionOf(name)])),
}
const results: Results = { machine, loadAfter: loadavg()[0] ?? 0, versions, rounds, raw, notes }
console.log(options.json ? JSON.stringify(results, null, 2) : toMarkdown(results))
process.exitCode = notes.length === 0 ? 0 : 1
