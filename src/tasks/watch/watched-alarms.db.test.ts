import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import type { AppError } from '#platform/app-error.ts'
import type { Task } from '#contracts/task.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { openSandboxTasks, operator } from '../testing/sandbox-rig.ts'
import type { SandboxTasks } from '../testing/sandbox-rig.ts'

// Alarms that a task watches as they are in the product: planned, read by DescribeAlarms of the simulated AWS, and gone off there.

let rig: SandboxTasks
let instances: { id: string; arn: string }[]
before(async () => {
  rig = await openSandboxTasks()
  const account = await rig.aws.accounts.get(rig.place.account)
  const ec2 = await rig.aws.ec2(account, rig.place.region)
  instances = []
  for await (const page of ec2.listInstances({ priority: 'interactive' }, { states: ['running'] }))
    instances.push(...page)
})
after(() => rig.close())

const arnOf = (name: string): string => `arn:aws:cloudwatch:us-east-1:777788889999:alarm:${name}`
/** No load is above 1,000 %, and all of it is above -1. */
const put = (name: string, threshold: 1000 | -1): Promise<Task> =>
  rig.run('cloudwatch.alarm.put', rig.place, {
    alarms: [
      {
        name,
        namespace: 'AWS/EC2',
        metricName: 'CPUUtilization',
        dimensions: { InstanceId: instances[0]?.id ?? '' },
        statistic: 'Average',
        period: 60,
        evaluationPeriods: 1,
        threshold,
        comparisonOperator: 'GreaterThanThreshold',
      },
    ],
  })
const prepare = (value: string, watchAlarms: string[]) =>
  rig.tasks.planner.prepare({
    principal: operator,
    operation: 'ec2.tag',
    targets: { ids: instances.slice(0, 3).map(({ arn }) => arn) },
    params: { tags: { round: value } },
    rollout: { waves: [1], soakSeconds: 86_400, watchAlarms },
  })
const get = async (id: string): Promise<Task> => (await rig.tasks.service.get(id)) ?? assert.fail(`no task ${id}`)

test('an alarm of the account goes off during the soak: the rest is not begun', async () => {
  assert.equal((await put('too busy: web', 1000)).status, 'succeeded')
  const id = arnOf('too busy: web')
  const stored = await prepare('one', [id])
  assert.deepEqual(stored.plan.watchAlarms, [{ id, name: id, ringsSince: null }])
  const filed = { principal: operator, stored, reason: null, priority: 0, requestId: 'test' }
  const task = await rig.tasks.service.file(filed)
  await waitFor('it to soak', async () => {
    await rig.tasks.conductor.round()
    return (await get(task.id)).soakUntil !== undefined
  })
  assert.equal((await put('too busy: web', -1)).status, 'succeeded')
  const paused = await waitFor('it to be paused', async () => {
    await rig.tasks.conductor.round()
    const now = await get(task.id)
    return now.status === 'paused' && now
  })
  assert.match(paused.watch?.pausedBy ?? '', /^The alarm "too busy: web" went off at .*Threshold Crossed/)
  assert.deepEqual([paused.progress.succeeded, paused.progress.pending], [1, 2])

  // Planned now, it says that it rings already.
  const [watched] = (await prepare('two', [id])).plan.watchAlarms ?? []
  assert.equal(typeof watched?.ringsSince, 'string')
})

test('an alarm that is not there can not be watched, and is named', async () => {
  await assert.rejects(prepare('three', [arnOf('never made')]), (error: AppError) => {
    assert.deepEqual(
      [error.code, error.errors?.map(({ path, value }) => [path, value])],
      ['invalid_alarms', [['watchAlarms', arnOf('never made')]]],
    )
    return true
  })
})
