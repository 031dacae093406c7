import { loadavg } from 'node:os'
import { contenders } from './tasks/contenders.ts'
import { describeMachine, versionOf } from './tasks/machine.ts'
import { readOptions } from './tasks/options.ts'
import { startPostgres } from './tasks/postgres.ts'
import type { RawLimit } from './tasks/raw-limit.ts'
import { findRedis } from './tasks/redis.ts'
import { toMarkdown } from './tasks/report.ts'
import type { Results } from './tasks/report.ts'
import { runRound } from './tasks/round.ts'
import { runRawLimit } from './tasks/start-one.ts'

// The task engine beside its peers: each in a process of its own and on an empty database, one at work at a time, measurement
// by measurement.

const { sizes, roundCount, wanted, isJson } = readOptions()
const say = (line: string): void => console.error(line)

// The servers and processes end with this one, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const notes: string[] = []
const warn = (note: string): void => {
  notes.push(note)
  say(`\n!!! ${note}\n`)
}

const redisVersion = findRedis(say)
if (redisVersion === undefined) {
  warn(
    'There is no Redis here and none could be installed: BullMQ is left out. Install redis-server and run this again.',
  )
}
const names = wanted.filter((name) => redisVersion !== undefined || contenders[name]?.store === 'postgres')
const machine = describeMachine()
const postgres = await startPostgres()
await postgres.workIn()
const rounds: Results['rounds'] = Object.fromEntries(names.map((name) => [name, []]))
const raw: RawLimit[] = []
try {
  for (let round = 1; round <= roundCount; round++) {
    const database = await postgres.freshDatabase(`raw-${round}`)
    raw.push(await runRawLimit({ url: database.url, serverPid: postgres.pid(), sizes }))
    await database.drop()
    const figures = await runRound({
      round,
      names,
      postgres,
      sizes,
      say,
      onFailure: (name, error) =>
        warn(`${name} failed in round ${round}: ${error instanceof Error ? error.message : String(error)}`),
    })
    for (const [name, taken] of figures) rounds[name]?.push(taken)
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
console.log(isJson ? JSON.stringify(results, null, 2) : toMarkdown(results))
process.exitCode = notes.length === 0 ? 0 : 1
