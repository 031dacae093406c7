import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { DescribeAlarmsOutput, MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { ask, createFakeClock, place, temporarySandbox } from '../../testing/host.ts'

// Rules as AWS documents them:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 1500 })
const host = sandbox.open()
const production = { account: '111122223333', region: 'us-east-1' }
after(async () => {
  await host.close()
  sandbox.remove()
})

const tell = <Output extends object>(action: string, input: object, where = place): Promise<Output> => {
  clock.advance(60) // buckets fill up again
  return ask(host, where)<Output>(action, input, 'cloudwatch')
}
const describe = (input: object, where = place) => tell<DescribeAlarmsOutput>('DescribeAlarms', input, where)
const all = async (where = place, input: object = {}): Promise<MetricAlarm[]> => {
  const alarms: MetricAlarm[] = []
  let NextToken: string | undefined
  do {
    const page = await describe({ MaxRecords: 7, ...input, ...(NextToken === undefined ? {} : { NextToken }) }, where)
    alarms.push(...(page.MetricAlarms ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return alarms
}
const cpu = (name: string, more: Partial<PutMetricAlarmInput> = {}): PutMetricAlarmInput => ({
  AlarmName: name,
  Namespace: 'AWS/EC2',
  MetricName: 'CPUUtilization',
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  ...more,
})
const put = (name: string, more?: Partial<PutMetricAlarmInput>) => tell('PutMetricAlarm', cpu(name, more))
const one = async (name: string): Promise<MetricAlarm | undefined> =>
  (await describe({ AlarmNames: [name] })).MetricAlarms?.[0]
const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => (assert.equal(error.name, code), true))
const effectOf = async (name: string, action: string) => {
  const arn = `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:${name}`
  const effect = (await host.control.effects([arn])).find((found) => found.action === action)
  return [effect?.accepted ?? 0, effect?.changed ?? 0]
}

test('the estate has alarms that page in production, and every page continues the one before', async () => {
  const alarms = await all(production)
  const names = alarms.map(({ AlarmName }) => AlarmName)
  assert.deepEqual(names, [...new Set(names)].sort())
  assert.ok(alarms.length > 15)
  assert.ok(
    alarms.some(({ AlarmActions }) => AlarmActions?.[0]?.startsWith('arn:aws:sns:us-east-1:111122223333:oncall-')),
  )
  assert.ok(alarms.some(({ ExtendedStatistic }) => ExtendedStatistic === 'p90'))
  for (const { AlarmArn, AlarmName } of alarms)
    assert.equal(AlarmArn, `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${AlarmName}`)
})

test('the CPU alarms of the first release are still there as they were', async () => {
  const cpuAlarms = (await all(production)).filter(({ AlarmName }) => AlarmName?.endsWith('-cpu-high'))
  assert.ok(cpuAlarms.length > 5)
  for (const { Period, EvaluationPeriods, Threshold, Statistic, ActionsEnabled } of cpuAlarms)
    assert.deepEqual([Period, EvaluationPeriods, Threshold, Statistic, ActionsEnabled], [300, 3, 85, 'Average', true])
})

test('a new alarm has insufficient data for its first period, then follows its metric', async () => {
  const running = await ask(host)<{ Reservations?: { Instances?: { InstanceId?: string }[] }[] }>('DescribeInstances', {
    MaxResults: 5,
    Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
  })
  const id = running.Reservations?.[0]?.Instances?.[0]?.InstanceId ?? ''
  const on = { Period: 300, Dimensions: [{ Name: 'InstanceId', Value: id }] }
  await put('new', { ...on, Threshold: 100 })
  await put('crossed', { ...on, Threshold: 0 })
  assert.equal((await one('new'))?.StateValue, 'INSUFFICIENT_DATA')
  clock.advance(300)
  assert.equal((await one('new'))?.StateValue, 'OK')
  assert.equal((await describe({ StateValue: 'OK', AlarmNamePrefix: 'new' })).MetricAlarms?.length, 1)
  assert.equal((await describe({ StateValue: 'ALARM', AlarmNamePrefix: 'new' })).MetricAlarms?.length, 0)
  const crossed = await one('crossed')
  assert.equal(crossed?.StateValue, 'ALARM')
  assert.match(crossed?.StateReason ?? '', /^Threshold Crossed: 2 out of the last 2 datapoints/)
})

test('a put replaces all that the alarm was, and repeating it changes nothing', async () => {
  await put('replaced', { AlarmDescription: 'first', Unit: 'Percent', AlarmActions: ['arn:aws:sns:us-east-1:1:x'] })
  await put('replaced', { Threshold: 9 })
  const alarm = await one('replaced')
  assert.deepEqual(
    [alarm?.Threshold, alarm?.AlarmDescription, alarm?.Unit, alarm?.AlarmActions],
    [9, undefined, undefined, []],
  )
  await put('replaced', { Threshold: 9 })
  assert.deepEqual(await effectOf('replaced', 'PutMetricAlarm'), [3, 2])
})

test('alarms are found by name, by prefix and by action; both at once are refused', async () => {
  for (const name of ['find-1', 'find-2', 'other']) await put(name)
  await put('find-3', { AlarmActions: ['arn:aws:lambda:us-east-1:1:function:f'] })
  const names = async (input: object) => (await all(place, input)).map(({ AlarmName }) => AlarmName)
  assert.deepEqual(await names({ AlarmNamePrefix: 'find-' }), ['find-1', 'find-2', 'find-3'])
  assert.deepEqual(await names({ AlarmNames: ['other', 'find-2', 'nobody'] }), ['find-2', 'other'])
  assert.deepEqual(await names({ ActionPrefix: 'arn:aws:lambda' }), ['find-3'])
  await refused(describe({ AlarmNames: ['a'], AlarmNamePrefix: 'a' }), 'InvalidParameterCombination')
  await refused(describe({ MaxRecords: 101 }), 'ValidationError')
  await refused(describe({ NextToken: 'made-up' }), 'InvalidNextToken')
  assert.deepEqual((await describe({ AlarmTypes: ['CompositeAlarm'] })).MetricAlarms, [])
})

test('deleting is all or nothing; what was deleted stays so over a restart, also an alarm of the seed', async () => {
  await put('gone-1')
  await refused(tell('DeleteAlarms', { AlarmNames: ['gone-1', 'never'] }), 'ResourceNotFound')
  assert.ok(await one('gone-1'))
  const [seeded] = await all()
  await tell('DeleteAlarms', { AlarmNames: ['gone-1', seeded?.AlarmName] })
  assert.equal(await one('gone-1'), undefined)
  assert.equal(await one(seeded?.AlarmName ?? ''), undefined)
  assert.deepEqual(await effectOf('gone-1', 'DeleteAlarms'), [1, 1])

  const own = temporarySandbox({ clock, size: 600 })
  const first = own.open()
  const [kept] = (await ask(first)<DescribeAlarmsOutput>('DescribeAlarms', {}, 'cloudwatch')).MetricAlarms ?? []
  await ask(first)('DeleteAlarms', { AlarmNames: [kept?.AlarmName] }, 'cloudwatch')
  await ask(first)('PutMetricAlarm', cpu('made'), 'cloudwatch')
  await first.close()
  const second = own.open()
  clock.advance(60)
  const names = (await ask(second)<DescribeAlarmsOutput>('DescribeAlarms', {}, 'cloudwatch')).MetricAlarms?.map(
    ({ AlarmName }) => AlarmName,
  )
  assert.ok(names?.includes('made'))
  assert.ok(!names?.includes(kept?.AlarmName))
  await second.close()
  own.remove()
})

test("AWS's rules for a definition", async () => {
  const wrong: Partial<PutMetricAlarmInput>[] = [
    { AlarmName: '' },
    { AlarmName: 'x'.repeat(256) },
    { Period: 45 },
    { Period: 60, EvaluationPeriods: 1441 },
    { Statistic: undefined },
    { ExtendedStatistic: 'p99' },
    { Threshold: undefined },
    { EvaluationPeriods: 0 },
    { DatapointsToAlarm: 3 },
    { Namespace: undefined },
    { Metrics: [] },
    { AlarmActions: ['not an arn'] },
    { OKActions: Array.from({ length: 6 }, (_, index) => `arn:aws:sns:us-east-1:1:t${index}`) },
  ]
  for (const more of wrong) await refused(put('wrong', more), 'ValidationError')
  assert.equal(await one('wrong'), undefined)
  // A week of hours is just right.
  await put('long', { Period: 3600, EvaluationPeriods: 168 })
})

test('three puts a second, as AWS documents it', async () => {
  clock.advance(60)
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, (_, index) => ask(host)('PutMetricAlarm', cpu(`fast-${index}`), 'cloudwatch')),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3)
})
