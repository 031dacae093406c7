import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { GetMetricDataOutput } from '@aws-sdk/client-cloudwatch'
import type {
  DescribeLogGroupsResponse,
  DescribeLogStreamsResponse,
  FilterLogEventsResponse,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs'
import { ask, createFakeClock, temporarySandbox } from '../../testing/host.ts'
import { createEstate } from '../estate/estate.ts'
import { createCalendar } from '../incidents/calendar.ts'

const hourMs = 3_600_000
const startMs = Date.UTC(2026, 10, 25, 12, 0)
const clock = createFakeClock(startMs)
const sandbox = temporarySandbox({ clock, seed: 'metrics', size: 3000 })
const host = sandbox.open()
const calendar = createCalendar(createEstate({ seed: 'metrics', size: 3000 }))
after(async () => {
  await host.close()
  sandbox.remove()
})

type Where = { account: string; region: string }
const read = async (
  where: Where,
  metric: { namespace: string; name: string; dimensions: Record<string, string>; statistic?: string; period?: number },
  fromMs: number,
  toMs: number,
): Promise<number[]> => {
  clock.advance(1)
  const { MetricDataResults } = await ask(host, where)<GetMetricDataOutput>(
    'GetMetricData',
    {
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.name,
              Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: metric.period ?? 300,
            Stat: metric.statistic ?? 'Average',
          },
        },
      ],
    },
    'cloudwatch',
  )
  return MetricDataResults?.[0]?.Values ?? []
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const recent = calendar.between(startMs - 48 * hourMs, startMs - 1).filter(({ untilMs }) => untilMs < startMs)
const lastOf = (kind: string) => {
  const found = recent.find((incident) => incident.kind === kind)
  assert.ok(found, `no ${kind} in two days`)
  return { ...found, dimensions: { InstanceId: found.resource.replace(/.*\//, '') } }
}

test('a machine that is saturated runs at its limit during the incident only', async () => {
  const incident = lastOf('cpu-saturation')
  const metric = { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: incident.dimensions }
  const during = await read(incident, metric, incident.fromMs, incident.untilMs)
  const before = await read(incident, metric, incident.fromMs - 2 * hourMs, incident.fromMs)
  assert.ok(Math.min(...during.slice(1, -1)) > 90)
  assert.ok(Math.max(...before) < 80)
})

test('memory climbs to the limit and is free again afterwards; a disk likewise', async () => {
  for (const [kind, name] of [
    ['memory-leak', 'mem_used_percent'],
    ['disk-filling', 'disk_used_percent'],
  ] as const) {
    const incident = lastOf(kind)
    const metric = { namespace: 'CWAgent', name, dimensions: incident.dimensions }
    const during = await read(incident, metric, incident.fromMs, incident.untilMs)
    assert.ok((during.at(-2) ?? 0) > 92, kind)
    assert.ok(mean(during.slice(-12)) > mean(during.slice(0, 12)) + 20, kind)
    const [afterwards = 100] = await read(incident, metric, incident.untilMs, incident.untilMs + 600_000)
    assert.ok(afterwards < 85, kind)
  }
})

test('credits run out, and the machine is held at its baseline', async () => {
  const incident = lastOf('credit-exhaustion')
  const credits = { namespace: 'AWS/EC2', name: 'CPUCreditBalance', dimensions: incident.dimensions }
  const balance = await read(incident, credits, incident.fromMs, incident.untilMs)
  assert.ok((balance[0] ?? 0) > 100)
  const at = balance.findIndex((value) => value === 0)
  assert.ok(at > 0)
  const atMs = incident.fromMs + at * 300_000
  const load = await read(incident, { ...credits, name: 'CPUUtilization' }, atMs, atMs + hourMs / 2)
  // t3.medium and t4g.medium last on 20 %, t3.large on 30 %.
  assert.ok(mean(load) > 19 && mean(load) < 31)
})

test('what is not there has no data', async () => {
  const nowhere = { account: '111122223333', region: 'us-east-1' }
  for (const metric of [
    { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: { InstanceId: 'i-0123456789abcdef0' } },
    { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: {} },
    { namespace: 'AWS/EC2', name: 'Temperature', dimensions: lastOf('cpu-saturation').dimensions },
    { namespace: 'AWS/EBS', name: 'VolumeReadOps', dimensions: { VolumeId: 'vol-0123456789abcdef0' } },
    { namespace: 'AWS/Logs', name: 'IncomingBytes', dimensions: { LogGroupName: '/nobody' } },
  ])
    assert.deepEqual(await read(nowhere, metric, startMs - hourMs, startMs), [])
})

test('the lines of a log are counted by its metric, found by words, and burst with errors during an incident', async () => {
  const incident = lastOf('cpu-saturation')
  const logs = <Output extends object>(action: string, input: object): Promise<Output> => {
    clock.advance(1)
    return ask(host, incident)<Output>(action, input, 'logs')
  }
  const [app, role, env] = incident.name.split('-')
  const { logGroups = [] } = await logs<DescribeLogGroupsResponse>('DescribeLogGroups', {
    logGroupNamePrefix: `/${env}/${app}/${role}`,
  })
  const errorsIn = async (name: string, fromMs: number, toMs: number): Promise<number> =>
    (
      await logs<FilterLogEventsResponse>('FilterLogEvents', {
        logGroupName: name,
        startTime: fromMs,
        endTime: toMs,
        filterPattern: '?ERROR ?error',
      })
    ).events?.length ?? 0
  // The machine writes into the log group of its fleet.
  const counts = await Promise.all(
    logGroups.map(async ({ logGroupName = '' }) => errorsIn(logGroupName, incident.fromMs, incident.untilMs)),
  )
  const at = counts.indexOf(Math.max(...counts))
  const name = logGroups[at]?.logGroupName ?? ''
  const minutes = (incident.untilMs - incident.fromMs) / 60_000
  assert.ok((counts[at] ?? 0) > 15 * minutes * 0.9)

  const hour = { startTime: startMs - hourMs, endTime: startMs }
  const all: string[] = []
  let nextToken: string | undefined
  do {
    const page: FilterLogEventsResponse = await logs('FilterLogEvents', {
      logGroupName: name,
      ...hour,
      limit: 37,
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    assert.ok((page.events?.length ?? 0) <= 37)
    all.push(...(page.events ?? []).map(({ eventId = '' }) => eventId))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  assert.equal(new Set(all).size, all.length)
  const dimensions = { LogGroupName: name }
  const counted = await read(
    incident,
    { namespace: 'AWS/Logs', name: 'IncomingLogEvents', dimensions, statistic: 'Sum', period: 60 },
    hour.startTime,
    hour.endTime,
  )
  assert.equal(
    counted.reduce((sum, value) => sum + value, 0),
    all.length,
  )
  const { logStreams = [] } = await logs<DescribeLogStreamsResponse>('DescribeLogStreams', { logGroupName: name })
  const streams = await Promise.all(
    logStreams.map(async ({ logStreamName }) => {
      const { events = [] } = await logs<GetLogEventsResponse>('GetLogEvents', {
        logGroupName: name,
        logStreamName,
        ...hour,
        startFromHead: true,
      })
      return events.length
    }),
  )
  assert.equal(
    streams.reduce((sum, value) => sum + value, 0),
    all.length,
  )
  await assert.rejects(logs('FilterLogEvents', { logGroupName: '/nobody' }), { name: 'ResourceNotFoundException' })
  await assert.rejects(logs('FilterLogEvents', { logGroupName: name, filterPattern: '{ $.x = 1 }' }), {
    name: 'InvalidParameterException',
  })
})

test('a function calls itself in a loop, and what all functions do at a time shows it', async () => {
  const [looping] = calendar
    .between(startMs - 45 * 24 * hourMs, startMs)
    .filter(({ kind, untilMs }) => kind === 'runaway-cost' && untilMs < startMs)
  assert.ok(looping, 'one every three weeks')
  const { fromMs } = looping
  const calls = { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: looping.name }, period: 60 }
  const during = mean(await read(looping, { ...calls, statistic: 'Sum' }, fromMs, fromMs + hourMs))
  const before = mean(await read(looping, { ...calls, statistic: 'Sum' }, fromMs - hourMs, fromMs))
  assert.ok(during - before > 10_000, `${during} calls a minute, before ${before}`)
  const all = { namespace: 'AWS/Lambda', name: 'ConcurrentExecutions', dimensions: {}, statistic: 'Maximum' }
  const own = { ...all, dimensions: { FunctionName: looping.name } }
  const [busy] = await read(looping, all, fromMs, fromMs + hourMs)
  const [mine] = await read(looping, own, fromMs, fromMs + hourMs)
  const [quiet] = await read(looping, all, fromMs - hourMs, fromMs)
  assert.ok((busy ?? 0) > (quiet ?? Infinity) && (busy ?? 0) >= (mine ?? Infinity) * 0.9)
})

test('a load balancer gets slow for a while, and a function fails for a while', async () => {
  const slow = lastOf('slow-load-balancer')
  const LoadBalancer = slow.resource.replace(/^.*:loadbalancer\//, '')
  const time = { namespace: 'AWS/ApplicationELB', name: 'TargetResponseTime', dimensions: { LoadBalancer } }
  const during = await read(slow, time, slow.fromMs, slow.untilMs)
  const before = await read(slow, time, slow.fromMs - hourMs, slow.fromMs)
  assert.ok(mean(during) > 4 * mean(before))

  const failing = lastOf('function-errors')
  const of = (name: string) => ({
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName: failing.name },
    statistic: 'Sum',
  })
  const [errors, calls] = await Promise.all(
    ['Errors', 'Invocations'].map(async (name) => mean(await read(failing, of(name), failing.fromMs, failing.untilMs))),
  )
  assert.ok((errors ?? 0) / (calls ?? 1) > 0.3 && (errors ?? 0) / (calls ?? 1) < 0.7)
  const quiet = mean(await read(failing, of('Errors'), failing.fromMs - hourMs, failing.fromMs))
  assert.ok(quiet < (errors ?? 0) / 20)
})
