import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Item, Task } from '#contracts/task.ts'
import { isFinal } from '#contracts/task.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createCatalogue, operations } from '#tasks/catalogue.ts'
import { approve } from '../../src/tasks/control/approve.ts'
import { resume } from '../../src/tasks/control/pause.ts'
import { firstActsOf } from '../../src/tasks/freezes/hold.ts'
import { createReader } from '../../src/tasks/read/reader.ts'
import { startEngine } from '../support/engine.ts'
import { createFakeAws, createFakeEc2, instance } from '../support/fake-ec2.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Case } from './cases.ts'
import { cases, instancesOf, people, planHash } from './cases.ts'
import { oldDatabase } from './old-database.ts'

// The released version was killed in the middle of tasks in every state; this one takes over its database.
let old: Awaited<ReturnType<typeof oldDatabase>>
const catalogue = createCatalogue()
const known = (name: string, version: number) => {
  const found = catalogue.find(name)
  return found?.version === version ? found : null
}
const ec2 = createFakeEc2(
  cases.flatMap((one) => instancesOf(one).map((id) => instance(id, { state: one.found, tags: {} }))),
)
const ids = new Map<string, string>()
const taskOf = async (name: string): Promise<{ task: Task; items: Item[] }> => {
  const reader = createReader({ db: old.db, operation: known })
  const id = ids.get(name) ?? ''
  const task = await reader.get(id)
  assert.ok(task, `task "${name}" is there`)
  return { task, items: (await reader.items(id, { limit: 200 })).items }
}

before(async () => {
  old = await oldDatabase()
  const rows = await old.db.query<{ id: string; reason: string }>({ text: 'select id, reason from all_tasks' })
  for (const { id, reason } of rows) ids.set(reason, id)
  await migrate(old.db)
})
after(() => old.drop())

test('after the migration every task is as it was', async () => {
  for (const { name, recorded, instances } of cases) {
    const { task, items } = await taskOf(name)
    assert.equal(task.status, recorded, name)
    assert.equal(task.progress.total, instances, name)
    assert.equal(items.length, instances, name)
    assert.equal(task.plan.planHash, planHash, name)
  }
})

test('what the previous release began this one ends: nothing is lost, nothing is done again', async () => {
  const engine = await startEngine({ url: old.url, operations, aws: createFakeAws(ec2), leaseSeconds: 3 })
  try {
    await engine.worker.start()
    const firstActs = firstActsOf(operations)
    const decider = { db: old.db, notifier: createNotifier(old.db), now: () => new Date(), firstActs }
    const by = (name: string, n: number) => ({ principal: people[n]!, taskId: ids.get(name) ?? '', requestId: null }) // there are three
    await resume(decider, by('paused', 0))
    for (const name of ['awaiting-one', 'awaiting-second'])
      await approve({ ...decider, selfApproval: 'never' }, { ...by(name, 2), planHash })

    for (const one of cases) {
      const end = await waitFor(`"${one.name}" to end`, async () => {
        const { task } = await taskOf(one.name)
        return isFinal(task.status) && task
      })
      const { items } = await taskOf(one.name)
      assert.equal(end.status, one.ends, `${one.name}: ${JSON.stringify(items[0])}`)
      if (one.error !== undefined) assert.equal(items[0]?.error?.code, one.error, one.name)
    }
  } finally {
    await engine.stop()
  }
  for (const one of cases) assert.deepEqual(callsOn(one), one.calls, one.name)
})

/** The calls that each instance of the case met; the same for all of them. */
const callsOn = (one: Case): string[] => {
  const each = instancesOf(one).map((id) =>
    ec2.effects.filter((effect) => effect.ids.includes(id)).map(({ action }) => action),
  )
  for (const calls of each) assert.deepEqual(calls, each[0], one.name)
  return each[0] ?? []
}

test('what was over stays as it was, and what it did is still on record', async () => {
  const { items } = await taskOf('archived')
  assert.deepEqual(
    items.map(({ status, before, after: now }) => [status, before['state'], now?.['state']]),
    [
      ['succeeded', 'running', 'stopped'],
      ['succeeded', 'running', 'stopped'],
    ],
  )
  const { task } = await taskOf('undone')
  assert.equal(task.undo.task, ids.get('undo'))
  const refused = (await taskOf('partly-failed')).items.find(({ status }) => status === 'failed')
  assert.equal(refused?.error?.code, 'OperationNotPermitted')
})
