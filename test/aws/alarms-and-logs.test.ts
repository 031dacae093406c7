import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AlarmDefinition, CloudWatch } from '#aws/cloudwatch.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { LogEvent, Logs } from '#aws/logs.ts'
import type { Backend } from './support/backend.ts'
import { openMoto } from './support/moto.ts'
import { openSandbox } from './support/sandbox.ts'

/** The adapters of alarms and log groups, against the sandbox and, when it is there, against moto: see adapters.test.ts. */
const motoUrl = process.env['ORCHESTRATOR_TEST_MOTO_URL']
const backends: { name: string; open: () => Promise<Backend> }[] = [
  { name: 'sandbox', open: openSandbox },
  ...(motoUrl === undefined ? [] : [{ name: 'moto', open: () => openMoto(motoUrl) }]),
]

const call = { priority: 'interactive' } as const
const topic = 'arn:aws:sns:eu-west-1:123456789012:page'

const definition: AlarmDefinition = {
  description: 'größer & <mehr>',
  actionsEnabled: true,
  alarmActions: [topic],
  okActions: [],
  insufficientDataActions: [],
  namespace: 'AWS/EC2',
  metricName: 'CPUUtilization',
  dimensions: { InstanceId: 'i-0123456789abcdef0', Other: 'a b' },
  statistic: 'Average',
  extendedStatistic: null,
  period: 300,
  unit: 'Percent',
  evaluationPeriods: 4,
  datapointsToAlarm: 3,
  threshold: 80.5,
  comparisonOperator: 'GreaterThanThreshold',
  treatMissingData: 'breaching',
  advanced: {},
}

for (const { name, open } of backends) {
  describe(`alarms and log groups on ${name}`, () => {
    let backend: Backend
    let cloudwatch: CloudWatch
    let logs: Logs
    before(async () => {
      backend = await open()
      cloudwatch = await backend.aws.cloudwatch(backend.account, backend.region)
      logs = await backend.aws.logs(backend.account, backend.region)
    })
    after(() => backend.close())

    const one = async (alarm: string) => (await cloudwatch.describeAlarms(call, [alarm]))[0]
    const failsWith = async (work: Promise<unknown>, code: RegExp): Promise<void> => {
      const error = await work.then(
        () => assert.fail('it did not fail'),
        (failure: unknown) => failure,
      )
      assert.ok(error instanceof AwsFailure, String(error))
      assert.equal(error.kind, 'permanent')
      assert.match(error.code, code)
    }

    test('what is put is what is read, under an ARN with its name', async () => {
      await cloudwatch.putMetricAlarm(call, 'contract: one', definition)
      const alarm = await one('contract: one')
      assert.deepEqual(alarm?.definition, definition)
      assert.equal(alarm.arn, `arn:aws:cloudwatch:${backend.region}:${backend.account.id}:alarm:contract: one`)
      assert.equal(alarm.raw['AlarmName'], 'contract: one')
    })

    test('a put replaces the whole definition', async () => {
      await cloudwatch.putMetricAlarm(call, 'contract-whole', definition)
      const next: AlarmDefinition = {
        ...definition,
        description: null,
        alarmActions: [],
        dimensions: {},
        statistic: null,
        extendedStatistic: 'p99',
        unit: null,
        datapointsToAlarm: null,
        actionsEnabled: false,
        treatMissingData: 'missing',
      }
      await cloudwatch.putMetricAlarm(call, 'contract-whole', next)
      assert.deepEqual((await one('contract-whole'))?.definition, next)
      await cloudwatch.putMetricAlarm(call, 'contract-whole', definition)
      assert.deepEqual((await one('contract-whole'))?.definition, definition)
    })

    test('metric math is carried through in the words of AWS', async () => {
      const advanced = {
        Metrics: [
          { Id: 'e1', Expression: 'm1 * 2', Label: 'twice', ReturnData: true },
          {
            Id: 'm1',
            MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' }, Period: 60, Stat: 'Sum' },
            ReturnData: false,
          },
        ],
      }
      const none = { namespace: null, metricName: null, dimensions: {}, statistic: null, period: null, unit: null }
      await cloudwatch.putMetricAlarm(call, 'contract-math', { ...definition, ...none, advanced })
      const read = (await one('contract-math'))?.definition
      assert.deepEqual([read?.metricName, read?.period, read?.threshold], [null, null, 80.5])
      const metrics = read?.advanced['Metrics'] as { Id: string; Expression?: string }[]
      assert.deepEqual(metrics.map(({ Id, Expression }) => [Id, Expression]).sort(), [
        ['e1', 'm1 * 2'],
        ['m1', undefined],
      ])
      await cloudwatch.putMetricAlarm(call, 'contract-math', definition)
      assert.deepEqual((await one('contract-math'))?.definition, definition)
    })

    test('lists have every alarm once, by prefix too; unknown names are left out', async () => {
      const names = Array.from({ length: 5 }, (_, index) => `contract-list-${index}`)
      for (const each of names) await cloudwatch.putMetricAlarm(call, each, definition)
      const listed: string[] = []
      for await (const page of cloudwatch.listAlarms(call, 'contract-list-'))
        listed.push(...page.map((alarm) => alarm.name))
      assert.deepEqual(listed.sort(), names)
      const all: string[] = []
      for await (const page of cloudwatch.listAlarms(call)) all.push(...page.map((alarm) => alarm.name))
      assert.equal(new Set(all).size, all.length)
      for (const each of names) assert.ok(all.includes(each))
      const many = [...names, ...Array.from({ length: 120 }, (_, index) => `nobody-${index}`)]
      const found = await cloudwatch.describeAlarms(call, many)
      assert.deepEqual(found.map((alarm) => alarm.name).sort(), names)
    })

    test('alarms are deleted', async () => {
      for (const each of ['contract-gone', 'contract-stays']) await cloudwatch.putMetricAlarm(call, each, definition)
      await cloudwatch.deleteAlarms(call, ['contract-gone'])
      assert.equal(await one('contract-gone'), undefined)
      assert.ok(await one('contract-stays'))
    })

    test('with an unknown name among them none is deleted; moto passes over it', async () => {
      await cloudwatch.putMetricAlarm(call, 'contract-kept', definition)
      const deleted = cloudwatch.deleteAlarms(call, ['contract-kept', 'nobody'])
      if (name === 'moto') {
        await deleted
        assert.equal(await one('contract-kept'), undefined)
        return
      }
      await failsWith(deleted, /^ResourceNotFound/)
      assert.ok(await one('contract-kept'))
    })

    test('log groups are listed page by page, under ARNs without the star', async () => {
      const listed = []
      for await (const page of logs.listGroups(call)) listed.push(...page)
      const names = listed.map((group) => group.name)
      assert.equal(new Set(names).size, names.length)
      for (const each of backend.logGroups) assert.ok(names.includes(each), each)
      for (const { name: each, arn } of listed)
        assert.equal(arn, `arn:aws:logs:${backend.region}:${backend.account.id}:log-group:${each}`)
    })

    test('log groups are found by name; unknown ones are left out; moto tells all, whatever it is asked for', async () => {
      const namesOf = async (wanted: string[]): Promise<string[]> =>
        (await logs.describeGroups(call, wanted)).map((group) => group.name)
      if (name === 'moto') {
        const all = await namesOf(['/nobody/0'])
        assert.ok(backend.logGroups.every((each) => all.includes(each)))
        return
      }
      const wanted = [...backend.logGroups, ...Array.from({ length: 60 }, (_, index) => `/nobody/${index}`)]
      assert.deepEqual((await namesOf(wanted)).sort(), backend.logGroups.toSorted())
    })

    test('events of a log group, oldest first, by a word and page by page', async () => {
      const [from, to] = [new Date(Date.now() - 86_400_000), new Date()]
      const search = { from, to, pattern: undefined, limit: 100, token: undefined }
      let group = ''
      let all: LogEvent[] = []
      for (const each of backend.logGroups) {
        all = (await logs.filterEvents(call, { ...search, group: each })).events
        group = each
        if (all.length > 3) break
      }
      assert.ok(all.length > 3, 'a group with events')
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length)
      const times = all.map(({ at }) => Date.parse(at))
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
      assert.ok(times.every((time) => time >= from.getTime() && time < to.getTime()))
      assert.ok(all.every(({ stream, message }) => stream !== '' && message !== ''))

      const paged: LogEvent[] = []
      for (let token: string | undefined; paged.length < all.length;) {
        const page = await logs.filterEvents(call, { ...search, group, limit: 2, token })
        paged.push(...page.events)
        if (page.next === null) break
        token = page.next
      }
      assert.deepEqual(paged.slice(0, all.length), all)

      const word = /[A-Za-z]{4,}/.exec(all[1]?.message ?? '')?.[0] ?? assert.fail('a word')
      const found = (await logs.filterEvents(call, { ...search, group, pattern: word })).events
      assert.ok(found.some(({ id }) => id === all[1]?.id))
      assert.ok(found.every(({ message }) => message.includes(word)))
      const none = await logs.filterEvents(call, { ...search, group, pattern: 'zzzznothing' })
      assert.deepEqual(none.events, [])
    })

    const retentionOf = async (group: string): Promise<number | null | undefined> => {
      for await (const page of logs.listGroups(call)) {
        const found = page.find((each) => each.name === group)
        if (found) return found.retentionDays
      }
      return undefined
    }

    test('retention is set, set anew and removed; removing it twice is no error', async () => {
      const [group = ''] = backend.logGroups
      for (const days of [1, 3653]) {
        await logs.putRetention(call, group, days)
        assert.equal(await retentionOf(group), days)
      }
      await logs.deleteRetention(call, group)
      assert.equal(await retentionOf(group), null)
      await logs.deleteRetention(call, group)
      assert.equal(await retentionOf(group), null)
    })

    test('a group that is not there is refused', async () => {
      await failsWith(logs.putRetention(call, '/nobody', 7), /^ResourceNotFoundException$/)
      await failsWith(logs.deleteRetention(call, '/nobody'), /^ResourceNotFoundException$/)
    })
  })
}
