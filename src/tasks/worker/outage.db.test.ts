import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createAws } from '#aws/aws.ts'
import type { Aws } from '#aws/cloud.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, startEngine } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { ec2Tag } from '../operations/ec2-tag.ts'

// A Region is down for longer than all retries of an item last: the worker against the simulated AWS, with its real adapters.

const speed = 50
const place = { account: '777788889999', region: 'us-east-1' }
let db: Database
let url: string
let drop: () => Promise<void>
let folder: string
let host: SandboxHost
let aws: Aws
let instances: Ec2Instance[]
before(async () => {
  ;({ db, url, drop } = await freshDatabase())
  folder = await mkdtemp(join(tmpdir(), 'orchestrator-outage-'))
  const log = createLog({ level: 'silent' })
  host = createSandboxHost({ dataDir: folder, seed: 'outage', size: 900, speed, clock: systemClock, log })
  aws = createAws({ db, log, clock: systemClock, sandbox: { speed, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const ec2 = await aws.ec2(await aws.accounts.get(place.account), place.region)
  instances = []
  for await (const page of ec2.listInstances({ priority: 'interactive' })) instances.push(...page)
})
after(async () => {
  await aws.close()
  await host.close()
  await drop()
  await rm(folder, { recursive: true })
})

test('tasks of a Region that is down wait, lose no attempt, and go on by themselves when it is back', async () => {
  const engine = await startEngine({ url, operations: [ec2Tag], aws, speed })
  await engine.worker.start()
  await host.control.addFault({ kind: 'region-down', ...place, probability: 1 })
  const tasks = instances.slice(0, 12).map((instance) => {
    const task = newTestTask(ec2Tag)
    const image = (value: string | null) => ({ tags: { outage: value } })
    return {
      ...task,
      params: { tags: { outage: 'over' } },
      accounts: [place.account],
      regions: [place.region],
      items: task.items.map((item) => ({
        ...item,
        ...place,
        targetId: instance.arn,
        before: image(null),
        after: image('over'),
      })),
    }
  })
  for (const task of tasks) await engine.file(task)
  await waitFor('the breaker to open', async () => (await aws.breakers.list()).length === 1)
  // Ten probes that fail: with an attempt each, one item would be given up.
  await waitFor('ten probes', async () => ((await aws.breakers.list())[0]?.failures ?? 0) >= 15)
  const items = await db.query<{ status: string; attempts: number; code: string }>({
    text: `select status, max(step_attempt) as attempts, min(error->>'code') as code from items group by status`,
  })
  for (const { status, attempts } of items) {
    assert.ok(['pending', 'running'].includes(status), `${status} while AWS is down`)
    assert.ok(attempts <= 4, `${attempts} attempts were lost`)
  }
  await host.control.clearFaults()
  const open = async (): Promise<number> => (await db.query({ text: 'select 1 from tasks where open > 0' })).length
  // The longest pause between two probes is 15 s, here 0.3 s.
  await waitFor('every task to end', async () => (await open()) === 0)
  const ended = await db.query({ text: 'select status, count(*)::int as count from tasks group by status' })
  assert.deepEqual(ended, [{ status: 'succeeded', count: 12 }])
  assert.deepEqual(await aws.breakers.list(), [])
  const effects = await host.control.effects(instances.slice(0, 12).map(({ id }) => id))
  assert.deepEqual(
    effects.map(({ changed }) => changed),
    Array.from({ length: 12 }, () => 1),
  )
  await engine.stop()
})
