import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { CloudWatch } from '#aws/cloudwatch.ts'
import type { AppError } from '#platform/app-error.ts'
import { openSandboxTasks, operator } from './testing/sandbox-rig.ts'
import type { SandboxTasks } from './testing/sandbox-rig.ts'

// cloudwatch.alarm.put as it runs in the product: planner, queue, worker, quotas and the simulated AWS.

const operation = 'cloudwatch.alarm.put'
const call = { priority: 'interactive' } as const
const topic = 'arn:aws:sns:us-east-1:777788889999:oncall-data'

let rig: SandboxTasks
let cloudwatch: CloudWatch
before(async () => {
  rig = await openSandboxTasks()
  const account = await rig.aws.accounts.get(rig.place.account)
  cloudwatch = await rig.aws.cloudwatch(account, rig.place.region)
})
after(() => rig.close())

const arnOf = (name: string): string => `arn:aws:cloudwatch:us-east-1:777788889999:alarm:${name}`
const cpu = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  namespace: 'AWS/EC2',
  metricName: 'CPUUtilization',
  dimensions: { InstanceId: 'i-0123456789abcdef0' },
  statistic: 'Average',
  period: 300,
  evaluationPeriods: 3,
  threshold: 80,
  comparisonOperator: 'GreaterThanThreshold',
  ...more,
})
const plan = (params: unknown, targets: object = rig.place) =>
  rig.tasks.planner.plan({ principal: operator, operation, targets: targets as never, params })
const put = (...alarms: object[]) => rig.run(operation, rig.place, { alarms })
/** Definitions by name; null for an alarm that isn't there. */
const definitions = async (names: readonly string[]) => {
  const found = new Map((await cloudwatch.describeAlarms(call, names)).map((alarm) => [alarm.name, alarm.definition]))
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? null]))
}
const codeOf = (code: string) => (error: AppError) => (assert.equal(error.code, code), true)

test('alarms are made; the undo deletes them, the undo of the undo makes them again', async () => {
  const names = ['made: one', 'made two']
  const task = await put(cpu('made: one'), cpu('made two', { statistic: undefined, extendedStatistic: 'p99' }))
  assert.equal(task.status, 'succeeded')
  const made = await definitions(names)
  assert.deepEqual(made['made two'], {
    description: null,
    actionsEnabled: true,
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
    namespace: 'AWS/EC2',
    metricName: 'CPUUtilization',
    dimensions: { InstanceId: 'i-0123456789abcdef0' },
    statistic: null,
    extendedStatistic: 'p99',
    period: 300,
    unit: null,
    evaluationPeriods: 3,
    datapointsToAlarm: null,
    threshold: 80,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData: 'missing',
    advanced: {},
  })
  const [alarm] = await cloudwatch.describeAlarms(call, ['made two'])
  assert.equal(alarm?.arn, arnOf('made two'))

  const undo = await rig.undo(task.id)
  assert.equal(undo.status, 'succeeded')
  assert.deepEqual(await definitions(names), { 'made: one': null, 'made two': null })
  const again = await rig.undo(undo.id)
  assert.equal(again.status, 'succeeded')
  assert.deepEqual(await definitions(names), made)
})

test('an alarm that exists is replaced as a whole, and gets all of it back', async () => {
  const first = await put(
    cpu('whole', { alarmActions: [topic], okActions: [topic], unit: 'Percent', description: 'old' }),
  )
  const before = await definitions(['whole'])
  const planned = await plan({ alarms: [cpu('whole', { threshold: 95 })] })
  assert.deepEqual(planned.targets[0]?.warnings, [
    'exists: its whole definition is replaced; its tags, state and history stay',
  ])
  const task = await put(cpu('whole', { threshold: 95 }))
  assert.equal(task.status, 'succeeded')
  const now = (await definitions(['whole']))['whole']
  assert.deepEqual([now?.threshold, now?.alarmActions, now?.unit, now?.description], [95, [], null, null])
  await rig.undo(task.id)
  assert.deepEqual(await definitions(['whole']), before)
  await rig.undo(first.id)
  assert.deepEqual(await definitions(['whole']), { whole: null })
})

test('property: do, then undo, gives the state before, whatever was there and whatever is put', async () => {
  const names = ['p-1', 'p-2', 'p-3']
  const alarm = fc.record({
    name: fc.constantFrom(...names),
    threshold: fc.double({ noNaN: true, noDefaultInfinity: true }),
    period: fc.constantFrom(10, 60, 300, 3600),
    evaluationPeriods: fc.integer({ min: 1, max: 24 }),
    statistic: fc.constantFrom('Average', 'Sum', 'Maximum'),
    treatMissingData: fc.constantFrom('breaching', 'notBreaching', 'ignore', 'missing'),
    actionsEnabled: fc.boolean(),
    alarmActions: fc.constantFrom([], [topic]),
    dimensions: fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{0,5}$/), fc.stringMatching(/^[\x21-\x7e]{1,9}$/), {
      maxKeys: 3,
    }),
  })
  const list = fc.uniqueArray(alarm, { selector: ({ name }) => name, minLength: 1 })
  await fc.assert(
    fc.asyncProperty(list, list, async (earlier, later) => {
      const full = (given: typeof earlier) => given.map((one) => cpu(one.name, one))
      // What is there by accident: put past the product, as somebody else would.
      const first = await plan({ alarms: full(earlier) })
      for (const { name, after: image } of first.targets) {
        const { exists: _exists, ...definition } = image
        await cloudwatch.putMetricAlarm(call, name ?? '', definition as never)
      }
      const before = await definitions(names)
      const planned = await plan({ alarms: full(later) })
      if (planned.targets.length > 0) {
        const task = await put(...full(later))
        assert.equal(task.status, 'succeeded')
        assert.equal((await rig.undo(task.id)).status, 'succeeded')
      }
      assert.deepEqual(await definitions(names), before)
    }),
    { numRuns: 12, seed: 7 },
  )
})

test('what somebody else changed since is not touched by the undo', async () => {
  const task = await put(cpu('drift-a'), cpu('drift-b'))
  const [other] = await cloudwatch.describeAlarms(call, ['drift-b'])
  assert.ok(other?.definition)
  await cloudwatch.putMetricAlarm(call, 'drift-b', { ...other.definition, threshold: 1 })
  const undo = await rig.undo(task.id)
  assert.deepEqual(
    undo.plan.excluded.map(({ id, why }) => [id, why]),
    [[arnOf('drift-b'), 'was changed since: threshold is now 1, was 80']],
  )
  const now = await definitions(['drift-a', 'drift-b'])
  assert.deepEqual([now['drift-a'], now['drift-b']?.threshold], [null, 1])
})

test('an alarm that drifts between plan and act is left alone, and a new plan has what was asked for', async () => {
  const alarms = Array.from({ length: 21 }, (_, index) => cpu(`late-${index}`))
  const stored = await rig.tasks.planner.prepare({
    principal: operator,
    operation,
    targets: rig.place,
    params: { alarms },
  })
  const { exists: _exists, ...definition } = stored.plan.targets[0]?.after ?? {}
  await cloudwatch.putMetricAlarm(call, 'late-0', { ...definition, threshold: 5 } as never)
  const filed = { principal: operator, stored, reason: null, priority: 0, requestId: 'test' }
  const task = await rig.toEnd((await rig.tasks.service.file(filed)).id)
  assert.deepEqual([task.progress.succeeded, task.progress.drifted], [20, 1])
  assert.deepEqual(task.params, { alarmCount: 21 })
  const drifted = await rig.tasks.service.items(task.id, { limit: 10, status: ['drifted'] })
  assert.match(drifted.items[0]?.error?.message ?? '', /exists is now true, was false/)
  assert.equal((await definitions(['late-0']))['late-0']?.threshold, 5)

  const again = await rig.tasks.service.replan({ principal: operator, taskId: task.id, requestId: 'test' })
  assert.deepEqual(
    again.targets.map(({ name, before, after: image }) => [name, before['threshold'], image['threshold']]),
    [['late-0', 5, 80]],
  )
  const undo = await rig.undo(task.id)
  assert.deepEqual([undo.status, undo.progress.succeeded], ['succeeded', 20])
  assert.equal((await definitions(['late-20']))['late-20'], null)
})

test('the class follows from what the alarm may do', async () => {
  const riskOf = async (more: object) => (await plan({ alarms: [cpu('risky', more as never)] })).risk
  assert.equal(await riskOf({}), 'R1')
  assert.equal(await riskOf({ insufficientDataActions: [topic] }), 'R2')
  assert.equal(await riskOf({ alarmActions: ['arn:aws:automate:us-east-1:ec2:terminate'] }), 'R3')
})

test('5,000 alarms are planned, and their task carries their number', async () => {
  const alarms = Array.from({ length: 5000 }, (_, index) =>
    cpu(`bulk-${index}`, { description: `CPU of machine ${index} of the fleet`, alarmActions: [topic] }),
  )
  const { plan: planned } = await rig.tasks.planner.prepare({
    principal: operator,
    operation,
    targets: rig.place,
    params: { alarms },
  })
  assert.equal(planned.targets.length, 5000)
  assert.deepEqual(planned.params, { alarmCount: 5000 })
  assert.equal(
    planned.targets.find(({ name }) => name === 'bulk-4711')?.after['description'],
    'CPU of machine 4711 of the fleet',
  )
  // R2 by their actions, one class higher for more than 100 of them.
  assert.equal(planned.risk, 'R3')
  // 5,000 calls at 98 % of 3 a second, with as much in the bucket: (5,000 - 2.94) / 2.94 = 1,700 s, 1,000 times as fast.
  assert.equal(planned.expectedSeconds.calls, 1.7)
  // 5,000 standard alarms of 0.10 USD.
  assert.equal(planned.monthlyCostDeltaUsd, 500)
})

test('targets are an account and a Region that are there, and nothing else', async () => {
  const params = { alarms: [cpu('x')] }
  await assert.rejects(plan(params, { ids: [arnOf('x')] }), codeOf('invalid_targets'))
  await assert.rejects(plan(params, { account: '999999999999', region: 'us-east-1' }), codeOf('invalid_targets'))
  await assert.rejects(plan(params, { account: rig.place.account, region: 'mars-1' }), codeOf('invalid_targets'))
  const stop = { principal: operator, operation: 'ec2.stop', targets: rig.place, params: {} }
  await assert.rejects(rig.tasks.planner.plan(stop), codeOf('invalid_targets'))
})

test('malformed alarms are refused with the field', async () => {
  const wrong: [object, string][] = [
    [{ name: '' }, 'params.alarms.0.name'],
    [{ period: 45 }, 'params.alarms.0.period'],
    [{ period: 60, evaluationPeriods: 1441 }, 'params.alarms.0.evaluationPeriods'],
    [{ extendedStatistic: 'p99' }, 'params.alarms.0.statistic'],
    [{ datapointsToAlarm: 4 }, 'params.alarms.0.datapointsToAlarm'],
    [{ alarmActions: ['page me'] }, 'params.alarms.0.alarmActions.0'],
    [{ treshold: 1 }, 'params.alarms.0.treshold'],
  ]
  for (const [more, path] of wrong) {
    await assert.rejects(plan({ alarms: [{ ...cpu('wrong'), ...more }] }), (error: AppError) => {
      assert.equal(error.code, 'invalid_params')
      assert.ok(
        error.errors?.some((field) => field.path === path),
        JSON.stringify(error.errors),
      )
      return true
    })
  }
  await assert.rejects(plan({ alarms: [cpu('twice'), cpu('twice')] }), codeOf('invalid_params'))
  await assert.rejects(plan({ alarms: [] }), codeOf('invalid_params'))
})
