import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { retentionDays } from '#aws/logs.ts'
import type { LogGroup, Logs } from '#aws/logs.ts'
import { openSandboxTasks, operator } from './testing/sandbox-rig.ts'
import type { SandboxTasks } from './testing/sandbox-rig.ts'

// logs.retention as it runs in the product: planner, approval, queue, worker, quotas and the simulated AWS.

const call = { priority: 'interactive' } as const
let rig: SandboxTasks
let logs: Logs
let groups: LogGroup[]
before(async () => {
  rig = await openSandboxTasks({ speed: 5000 })
  logs = await rig.aws.logs(await rig.aws.accounts.get(rig.place.account), rig.place.region)
  groups = []
  for await (const page of logs.listGroups(call)) groups.push(...page.filter(({ logClass }) => logClass !== 'DELIVERY'))
})
after(() => rig.close())

const plan = (ids: string[], days: number | null) =>
  rig.tasks.planner.plan({ principal: operator, operation: 'logs.retention', targets: { ids }, params: { days } })
const daysOf = async (some: readonly LogGroup[]) => {
  const found = await logs.describeGroups(
    call,
    some.map(({ name }) => name),
  )
  return Object.fromEntries(found.map(({ name, retentionDays: days }) => [name, days]))
}

test('property: raise, then undo, gives the retention before', async () => {
  const ladder = [...retentionDays, null]
  const rung = fc.integer({ min: 0, max: ladder.length - 2 })
  await fc.assert(
    fc.asyncProperty(fc.tuple(rung, rung), fc.integer({ min: 1, max: ladder.length - 1 }), async (from, up) => {
      const some = groups.slice(0, 2)
      for (const [index, { name }] of some.entries()) await logs.putRetention(call, name, Number(ladder[from[index]!]))
      const earlier = await daysOf(some)
      const wanted = ladder[Math.min(Math.max(...from) + up, ladder.length - 1)] ?? null
      const ids = some.map(({ arn }) => arn)
      const planned = await plan(ids, wanted)
      assert.deepEqual([planned.risk, planned.undo], ['R1', 'exact'])
      const task = await rig.run('logs.retention', { ids }, { days: wanted })
      assert.equal(task.status, 'succeeded')
      assert.deepEqual(Object.values(await daysOf(some)), [wanted, wanted])
      const undo = await rig.undo(task.id)
      // Taking a raise back lowers: what only the raise kept is deleted.
      assert.deepEqual([undo.status, undo.plan.risk], ['succeeded', 'R4'])
      assert.deepEqual(await daysOf(some), earlier)
    }),
    { numRuns: 6, seed: 11 },
  )
})

test('a plan that lowers one of many says what its undo can bring back, target by target', async () => {
  const [low, high, same] = groups.slice(3, 6)
  assert.ok(low && high && same)
  await logs.putRetention(call, low.name, 7)
  await logs.putRetention(call, high.name, 365)
  await logs.putRetention(call, same.name, 30)
  const ids = [low.arn, high.arn, same.arn]
  const planned = await plan(ids, 30)
  assert.deepEqual([planned.risk, planned.undo, planned.approvals.needed], ['R4', 'best-effort', 2])
  assert.deepEqual(planned.excluded, [{ id: same.arn, why: 'is already as asked' }])
  const task = await rig.run('logs.retention', { ids }, { days: 30 })
  const { items } = await rig.tasks.service.items(task.id, { limit: 10 })
  assert.deepEqual(Object.fromEntries(items.map(({ target, undo }) => [target.name, undo.label])), {
    [low.name]: 'exact',
    [high.name]: 'best-effort',
  })
  const undo = await rig.undo(task.id)
  assert.equal(undo.status, 'succeeded')
  assert.deepEqual(await daysOf([low, high]), { [low.name]: 7, [high.name]: 365 })
})

test('a log group of the class DELIVERY is left out', async () => {
  const all: LogGroup[] = []
  for (const { id, regions } of await rig.aws.accounts.list()) {
    for (const region of regions) {
      for await (const page of (await rig.aws.logs(await rig.aws.accounts.get(id), region)).listGroups(call))
        all.push(...page)
    }
  }
  const delivery = all.find(({ logClass }) => logClass === 'DELIVERY')
  assert.ok(delivery)
  const { targets, excluded } = await plan([delivery.arn], 30)
  assert.deepEqual(targets, [])
  assert.match(excluded[0]?.why ?? '', /class DELIVERY/)
})
