import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { isKept } from './resources/scenario.ts'
import type { Outcome } from './resources/scenario.ts'
import { scenarios } from './resources/scenarios.ts'
import { describeMachine } from './tasks/machine.ts'
import { startPostgres } from './tasks/postgres.ts'
import type { PostgresServer } from './tasks/postgres.ts'

// The inventory: each scenario in a file of its own (resources/scenarios.ts), held against its bars.

const usage = `npm run bench resources [-- --only ${scenarios.map(({ name }) => name).join(',')}] [--rows 1000000] [--keep FOLDER] [--quick] [--json]`
const say = (line: string): void => console.error(line)
const fail = (message: string): never => {
  say(`${message}\n${usage}`)
  process.exit(2)
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rows: { type: 'string' },
    keep: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows ?? (values.quick ? 100_000 : 1_000_000))
if (!Number.isInteger(rows) || rows < 1) fail(`--rows takes a whole number above 0, not "${values.rows}".`)
const wanted = values.only?.split(',') ?? scenarios.map(({ name }) => name)
for (const name of wanted) if (!scenarios.some((one) => one.name === name)) fail(`There is no scenario "${name}".`)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const machine = describeMachine()
let server: Promise<PostgresServer> | undefined
const context = { rows, isQuick: values.quick, postgres: () => (server ??= startPostgres(values.keep)), say }
const outcomes: (Outcome & { name: string })[] = []
try {
  for (const { name, about, run } of scenarios.filter((one) => wanted.includes(one.name))) {
    say(`\n${name}: ${about}`)
    outcomes.push({ name, ...(await run(context)) })
  }
} finally {
  await (await server)?.stop()
}

const loadAfter = loadavg()[0] ?? 0
if (values.json) console.log(JSON.stringify({ machine, loadAfter, outcomes }, null, 2))
else {
  console.log(
    [
      `### ${machine.date} UTC`,
      '',
      `${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load.toFixed(1)} before and ${loadAfter.toFixed(1)} after.`,
      ...outcomes.flatMap(({ name, markdown, bars }) => [
        '',
        `#### \`${name}\``,
        '',
        markdown,
        '',
        ...bars.map(
          (bar) =>
            `- ${bar.what}: ${bar.value.toFixed(1)} ${bar.unit}, the bar is ${bar.limit} ${bar.unit}: ${isKept(bar) ? 'kept' : '**not kept**'}`,
        ),
      ]),
    ].join('\n'),
  )
}
const missed = outcomes.flatMap(({ bars }) => bars).filter((bar) => !isKept(bar))
process.exitCode = missed.length > 0 ? 1 : 0
