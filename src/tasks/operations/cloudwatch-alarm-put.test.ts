import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createFakeAws, createFakeEc2, sandboxAccount } from '../../../test/support/fake-ec2.ts'
import type { Alarm, AlarmDefinition, CloudWatch } from '#aws/cloudwatch.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { FailureKind } from '#aws/failure.ts'
import type { Image } from '#contracts/task.ts'
import type { Scope, Step, StepTarget } from '../operation.ts'
import { cloudwatchAlarmPut } from './cloudwatch-alarm-put.ts'
import { absent, commonPrefix, imageOf } from './cloudwatch/alarm-image.ts'
import { definitionOf } from './cloudwatch/alarm-params.ts'

const given = (name: string, more: object = {}) => ({
  name,
  namespace: 'AWS/EC2',
  metricName: 'CPUUtilization',
  statistic: 'Average',
  period: 300,
  evaluationPeriods: 3,
  threshold: 80,
  comparisonOperator: 'GreaterThanThreshold',
  ...more,
})
const paramsOf = (...alarms: object[]) => cloudwatchAlarmPut.params.parse({ alarms })
const definition = (more: object = {}): AlarmDefinition => definitionOf(paramsOf(given('x', more)).alarms[0]!)
const image = (more: object = {}): Image => imageOf(definition(more))
const arnOf = (name: string): string => `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${name}`
const refusal = (kind: FailureKind, code: string): AwsFailure =>
  new AwsFailure({ kind, code, message: code, service: 'cloudwatch', action: 'PutMetricAlarm' })

/** Alarms in memory, and the calls that were made. `refuse` fails the puts of a name. */
const createFake = (initial: Record<string, AlarmDefinition | null> = {}) => {
  const alarms = new Map(Object.entries(initial))
  const refuse = new Map<string, AwsFailure>()
  const calls: string[] = []
  const shown = (name: string): Alarm => ({
    name,
    arn: arnOf(name),
    account: '111122223333',
    region: 'eu-central-1',
    state: 'OK',
    stateReason: null,
    stateUpdatedAt: null,
    updatedAt: null,
    definition: alarms.get(name) ?? null,
    raw: {},
  })
  const cloudwatch: CloudWatch = {
    getMetricData: async () => [],
    describeAlarms: async (_call, names) => {
      calls.push(`describe ${names.length}`)
      return names.filter((name) => alarms.has(name)).map(shown)
    },
    listAlarms: async function* (_call, prefix = '') {
      const names = [...alarms.keys()].filter((name) => name.startsWith(prefix)).sort()
      for (let from = 0; from <= names.length; from += 100) {
        calls.push(`list ${prefix}`)
        yield names.slice(from, from + 100).map(shown)
      }
    },
    listDashboards: async function* () {},
    getDashboard: async () => undefined,
    firingAlarms: async () => [],
    serviceUsage: async () => [],
    putMetricAlarm: async (_call, name, put) => {
      calls.push(`put ${name}`)
      const failure = refuse.get(name)
      if (failure) throw failure
      alarms.set(name, put)
    },
    deleteAlarms: async (_call, names) => {
      calls.push(`delete ${names.join()}`)
      const unknown = names.filter((name) => !alarms.has(name))
      if (unknown.length > 0) throw refusal('permanent', 'ResourceNotFound')
      for (const name of names) alarms.delete(name)
    },
  }
  const aws = { ...createFakeAws(createFakeEc2([])), cloudwatch: async () => cloudwatch }
  const scope: Scope = { aws, account: sandboxAccount, region: 'eu-central-1', call: { priority: 'bulk' } }
  return { alarms, refuse, calls, scope }
}

const act = cloudwatchAlarmPut.steps.find((step): step is Extract<Step, { kind: 'act' }> => step.kind === 'act')!
const target = (name: string, before: Image, after: Image): StepTarget => ({
  itemId: name,
  id: arnOf(name),
  before,
  after,
  results: {},
})
const liveOf = async (scope: Scope, name: string) =>
  (await cloudwatchAlarmPut.read(scope, [arnOf(name)], paramsOf(given(name)))).get(arnOf(name))!

test('what is put is what the image says; an absent image deletes', async () => {
  const fake = createFake({ old: definition() })
  const outcomes = await act.run(
    fake.scope,
    [target('new: one', absent, image({ threshold: 7 })), target('old', image(), absent)],
    {},
  )
  assert.deepEqual(outcomes, [{ kind: 'done' }, { kind: 'done' }])
  assert.deepEqual([...fake.alarms], [['new: one', definition({ threshold: 7 })]])
})

test('a refused alarm fails alone; what is already gone needs no deleting', async () => {
  const fake = createFake({ kept: definition() })
  fake.refuse.set('bad', refusal('permanent', 'ValidationError'))
  const outcomes = await act.run(
    fake.scope,
    [
      target('bad', absent, image()),
      target('good', absent, image()),
      target('gone', image(), absent),
      target('kept', image(), absent),
    ],
    {},
  )
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'failed' ? `${outcome.code} ${outcome.retry}` : outcome.kind)),
    ['ValidationError never', 'done', 'done', 'done'],
  )
  assert.deepEqual([...fake.alarms.keys()], ['good'])
})

test('when AWS throttles or is away, the calls that are left are not made but tried again later', async () => {
  for (const [kind, rest] of [
    ['throttled', 'throttled'],
    ['unknown', 'transient'],
  ] as const) {
    const fake = createFake()
    fake.refuse.set('b', refusal(kind, 'Trouble'))
    const targets = ['a', 'b', 'c'].map((name) => target(name, absent, image()))
    const outcomes = await act.run(fake.scope, targets, {})
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.retry : outcome.kind)),
      ['done', kind, rest],
    )
    assert.deepEqual(fake.calls, ['put a', 'put b'])
  }
})

test('after an unknown outcome: done, not done, or changed by somebody else', async () => {
  const fake = createFake({ done: definition({ threshold: 7 }), strange: definition({ threshold: 1 }) })
  const after = image({ threshold: 7 })
  const targets = ['done', 'missing', 'strange'].map((name) => target(name, absent, after))
  const outcomes = await act.reread?.(fake.scope, targets, {})
  assert.deepEqual(
    outcomes?.map((outcome) => outcome?.kind ?? null),
    ['done', null, 'drifted'],
  )
})

test('compensation puts back what this task changed, and nothing that somebody else did', async () => {
  const fake = createFake({
    ours: definition({ threshold: 7 }),
    theirs: definition({ threshold: 1 }),
    made: definition({ threshold: 7 }),
  })
  const after = image({ threshold: 7 })
  const outcomes = await act.compensate?.(
    fake.scope,
    [
      target('ours', image(), after),
      target('theirs', image(), after),
      target('made', absent, after),
      target('never', absent, after),
    ],
    {},
  )
  assert.deepEqual(
    outcomes?.map(({ kind }) => kind),
    ['done', 'drifted', 'done', 'done'],
  )
  assert.deepEqual(
    [...fake.alarms],
    [
      ['ours', definition()],
      ['theirs', definition({ threshold: 1 })],
    ],
  )
})

test('a definition that is more than our parameters say is put back whole', async () => {
  const advanced = { Metrics: [{ Id: 'e1', Expression: 'm1*2' }], ThresholdMetricId: 'e1' }
  const math: AlarmDefinition = { ...definition(), metricName: null, namespace: null, statistic: null, advanced }
  const fake = createFake({ math })
  const live = await liveOf(fake.scope, 'math')
  const after = cloudwatchAlarmPut.desired(live.image, paramsOf(given('math')), live)
  await act.run(fake.scope, [target('math', live.image, after)], {})
  assert.deepEqual(fake.alarms.get('math'), definition())
  await act.run(fake.scope, [target('math', after, live.image)], {})
  assert.deepEqual(fake.alarms.get('math'), math)
})

test('a composite alarm keeps its name to itself', async () => {
  const fake = createFake({ both: null })
  const live = await liveOf(fake.scope, 'both')
  const params = paramsOf(given('both'))
  assert.equal(cloudwatchAlarmPut.guard(live, params), 'is a composite alarm: a metric alarm cannot take its name')
  const after = cloudwatchAlarmPut.desired(live.image, params, live)
  assert.equal(cloudwatchAlarmPut.riskOf?.(live, after, params), null)
})

test('R1 alone, R2 with or after actions, R3 where the action does something to an instance', async () => {
  const topic = 'arn:aws:sns:eu-central-1:111122223333:page'
  const fake = createFake({ paging: definition({ okActions: [topic] }) })
  const riskOf = async (name: string, more: object) => {
    const live = await liveOf(fake.scope, name)
    return cloudwatchAlarmPut.riskOf?.(live, image(more), paramsOf(given(name)))
  }
  assert.equal(await riskOf('new', {}), null)
  assert.equal(await riskOf('new', { alarmActions: [topic] }), 'R2')
  assert.equal(await riskOf('paging', {}), 'R2')
  for (const action of [
    'arn:aws:automate:eu-central-1:ec2:terminate',
    'arn:aws:swf:eu-central-1:111122223333:action/actions/AWS_EC2.InstanceId.Stop/1.0',
  ])
    assert.equal(await riskOf('new', { insufficientDataActions: [action] }), 'R3')
})

test('thousands of new alarms are looked for by what their names begin with; many old ones by name', async () => {
  const names = Array.from({ length: 5000 }, (_, index) => `bulk-${index}`)
  const few = createFake({ 'bulk-7': definition(), other: definition() })
  const found = await cloudwatchAlarmPut.read(few.scope, names.map(arnOf), paramsOf(given('x')))
  assert.equal(found.size, 5000)
  assert.deepEqual(
    [...found.values()].filter(({ image: one }) => one['exists']).map(({ name }) => name),
    ['bulk-7'],
  )
  assert.deepEqual(few.calls, ['list bulk-'])

  // 300 of 150 wanted begin alike: after two pages the rest is asked for by name.
  const many = createFake(
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`bulk-x${index}`, definition()])),
  )
  const wanted = Array.from({ length: 150 }, (_, index) => `bulk-${index < 100 ? `x${index * 3}` : index}`)
  const read = await cloudwatchAlarmPut.read(many.scope, wanted.map(arnOf), paramsOf(given('x')))
  assert.equal([...read.values()].filter(({ image: one }) => one['exists']).length, 100)
  assert.equal(many.calls.filter((call) => call.startsWith('list')).length, 2)
})

test('what names begin with in common never ends in half a character', () => {
  assert.equal(commonPrefix(['web-1', 'web-2', 'web']), 'web')
  assert.equal(commonPrefix(['a', 'b']), '')
  assert.equal(commonPrefix(['x\u{1f600}', 'x\u{1f601}']), 'x')
})

test('cost: 0.10 USD for a standard alarm, 0.30 for one below a minute, per metric that is watched', async () => {
  const fake = createFake()
  const live = await liveOf(fake.scope, 'x')
  const cost = (before: Image, after: Image) => cloudwatchAlarmPut.monthlyCostDeltaUsd(live, before, after)
  assert.equal(cost(absent, image()), 0.1)
  assert.equal(cost(absent, image({ period: 10 })), 0.3)
  assert.equal(cost(image(), absent), -0.1)
  const metrics = { Metrics: [{ Id: 'e' }, { Id: 'a', MetricStat: {} }, { Id: 'b', MetricStat: {} }] }
  assert.equal(cost(absent, { ...image(), advanced: metrics }), 0.2)
})
