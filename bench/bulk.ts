import { loadavg } from 'node:os'
import { startAws } from './bulk/aws.ts'
import { createInstallation, inventoryOf } from './bulk/installation.ts'
import { readOptions } from './bulk/options.ts'
import { misses, toMarkdown } from './bulk/report.ts'
import { runScenario } from './bulk/run-scenario.ts'
import type { Result } from './bulk/run-scenario.ts'
import { scenarios } from './bulk/scenarios.ts'
import type { Scenario } from './bulk/scenarios.ts'
import { describeMachine } from './tasks/machine.ts'
import { startPostgres } from './tasks/postgres.ts'

// Bulk changes at AWS's quotas: a real installation of five processes against the simulated AWS, which counts the calls; beside
// it, scripts with the AWS SDK alone.

const options = readOptions()
const say = (line: string): void => console.error(line)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const machine = describeMachine()
const postgres = await startPostgres()
process.env['ORCHESTRATOR_TEST_DATABASE_URL'] = postgres.url
const results: Result[] = []
const notes: string[] = []
const speedOf = (scenario: Scenario): number => options.speed ?? scenario.speed
const wanted = scenarios.filter(({ name }) => options.wanted.includes(name))

/** Runs the scenarios of one speed in an installation of their own. */
const runAt = async (speed: number, some: readonly Scenario[]): Promise<void> => {
  const installation = await createInstallation(speed)
  // A third of an estate are instances, half of them in one account and Region, and three quarters of those can be stopped.
  const aws = await startAws({ port: installation.sandboxPort, size: options.targets * 10 + 2000, speed })
  try {
    await installation.start()
    await installation.signIn()
    say(`waiting for the inventory; AWS at ${speed} times its speed`)
    await inventoryOf(installation.admin(), aws.instances)
    const ids = aws.stoppable.slice(0, options.targets)
    if (ids.length < options.targets)
      throw new Error(`The estate has only ${ids.length} instances that can be stopped.`)
    for (const scenario of some) {
      say(scenario.title)
      await installation.signIn()
      const result = await runScenario(scenario, { aws, installation, ids, speed })
      results.push(result)
      if (process.env['BENCH_LOGS']) say(installation.output())
      say(`  ${JSON.stringify(result)}`)
      notes.push(...misses(result, scenario.driver === undefined))
    }
  } finally {
    await installation.remove()
    await aws.close()
  }
}

try {
  for (const speed of new Set(wanted.map(speedOf))) {
    await runAt(
      speed,
      wanted.filter((scenario) => speedOf(scenario) === speed),
    )
  }
} finally {
  await postgres.stop()
}
const report = { machine, loadAfter: loadavg()[0] ?? 0, results, notes }
console.log(options.isJson ? JSON.stringify(report, null, 2) : toMarkdown(report))
process.exitCode = notes.length === 0 ? 0 : 1
