import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase } from '../src/platform/db/database.ts'
import { migrate } from '../src/platform/db/migrate.ts'
import { createLog } from '../src/platform/log.ts'
import { fill } from './finished/fill.ts'
import { measure } from './finished/measure.ts'
import { toMarkdown } from './finished/report.ts'
import { describeMachine } from './tasks/machine.ts'
import { startPostgres } from './tasks/postgres.ts'

// What millions of finished tasks cost the queue and its readers: the same work on two databases of one server, one of
// which has them.

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
    tasks: { type: 'string', default: '3000' },
    json: { type: 'boolean', default: false },
  },
})
const [rows, rounds, tasks] = [values.rows, values.rounds, values.tasks].map(Number)
if (!Number.isInteger(rows) || !Number.isInteger(rounds) || !Number.isInteger(tasks) || !rows || !rounds || !tasks) {
  console.error('npm run bench finished [-- --rows 200000] [--rounds 3] [--tasks 3000] [--json]')
  process.exit(2)
}

const say = (line: string): void => console.error(line)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const machine = describeMachine()
const postgres = await startPostgres()
try {
  const open = async (name: string) => {
    const { url } = await postgres.freshDatabase(name)
    const db = openDatabase({ connectionString: url, log: createLog({ level: 'error' }), maxConnections: 4 })
    await migrate(db)
    return { url, db }
  }
  const [without, having] = [await open('without'), await open('having')]
  try {
    say(`writing ${rows} finished tasks`)
    await fill(having.db, rows, say)
    const figures = await measure({ without, having }, { rounds, tasks }, say)
    const report = {
      machine,
      loadAfter: loadavg()[0] ?? 0,
      postgres: postgres.version,
      rows,
      rounds,
      tasks,
      ...figures,
    }
    console.log(values.json ? JSON.stringify(report, null, 2) : toMarkdown(report))
  } finally {
    await without.db.close()
    await having.db.close()
  }
} finally {
  await postgres.stop()
}
