import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { instances } from '../test/support/bulk.ts'
import { signIn } from '../test/support/client.ts'
import { initialPassword, startProcess, temporaryDirectory } from '../test/support/installation.ts'
import { waitFor } from '../test/support/wait-for.ts'
import { measurePlan, requests } from './plans/measure.ts'
import type { PlanFigures } from './plans/measure.ts'
import { toMarkdown } from './plans/report.ts'
import { describeMachine } from './tasks/machine.ts'

// How long a plan takes, as its user waits for it: a real server as `npm start` makes it, with its own PostgreSQL and the
// simulated AWS with the quotas of AWS, asked over HTTP.

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '20000' },
    targets: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const [size, targets, rounds] = [values.size, values.targets, values.rounds].map(Number)
if (!size || !targets || !rounds || targets > size / 3) {
  console.error('npm run bench plans [-- --size 20000] [--targets 5000] [--rounds 5] [--json]')
  console.error('A third of the resources are instances: the size has to be three times the targets or more.')
  process.exit(2)
}

const say = (line: string): void => console.error(line)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const machine = describeMachine()
const directory = await temporaryDirectory()
const server = await startProcess({
  ORCHESTRATOR_DATA_DIR: directory.path,
  ORCHESTRATOR_SANDBOX_SIZE: String(size),
})
const figures: PlanFigures[] = []
try {
  const admin = await signIn(server.url, 'admin@localhost', await initialPassword(directory.path))
  say('waiting for the inventory')
  const isComplete = async (): Promise<boolean> => {
    const { freshness, total } = await admin.ok('GET', '/resources?q=type%3Aec2.instance&limit=1')
    return freshness.partial.length === 0 && total.value >= targets
  }
  await waitFor('the inventory', isComplete, 600)
  const ids = await instances(admin, targets)
  for (const request of requests(ids)) {
    say(request.title)
    figures.push(await measurePlan({ admin, pid: server.pid }, request, rounds))
  }
} finally {
  await server.stop()
  await directory.remove()
}
const report = { machine, loadAfter: loadavg()[0] ?? 0, size, targets, rounds, figures }
console.log(values.json ? JSON.stringify(report, null, 2) : toMarkdown(report))
process.exitCode = figures.every(({ medianMs }) => medianMs < 2000) ? 0 : 1
