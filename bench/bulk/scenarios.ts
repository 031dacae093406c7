import type { Driver } from './sdk.ts'
import { place } from './aws.ts'

/** The calls with an effect that are counted, by service. */
export type Action = 'StopInstances' | 'StartInstances' | 'CreateTags' | 'PutMetricAlarm'

/** A change that is run on all targets: by this engine, or by a script with the SDK alone. */
export type Scenario = {
  name: string
  title: string
  /** How many times as fast as the wall the sandbox's clock and its token buckets run; the same for everyone beside it. */
  speed: number
  /** What is planned for these instances (ARNs). */
  request: (arns: readonly string[]) => { operation: string; targets: object; params: object }
  /** The call with the effect, which is counted. */
  action: Action
  /** What the instances are before. */
  begins: 'running' | 'stopped'
  /** Cloud seconds that no client can do without: (targets - capacity) / refill of the narrowest bucket. */
  floorSeconds: (targets: number) => number
  /** Two of the four workers are killed when half of the targets are done. */
  isKilled?: true
  /** Another tool takes that share of the refill. */
  neighbourShare?: number
  /** A script with the SDK in that mode runs instead of this engine. */
  driver?: Driver
}

/**
 * So fast that a scenario takes a minute or two, and no faster: a killed worker's items are taken over after a lease of the
 * wall's time, and five processes on a small machine do so many targets a second of the wall's and no more. Of three calls a second
 * in all (alarms) less is left for a machine that stalls than of hundreds.
 */
const speeds = { stop: 4, start: 5, alarms: 3, tags: 1 }

// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
const stop = {
  speed: speeds.stop,
  request: (ids: readonly string[]) => ({ operation: 'ec2.stop', targets: { ids }, params: {} }),
  action: 'StopInstances',
  begins: 'running',
  floorSeconds: (targets: number) => Math.max(0, (targets - 1000) / 20),
} as const
const start = {
  speed: speeds.start,
  request: (ids: readonly string[]) => ({ operation: 'ec2.start', targets: { ids }, params: {} }),
  action: 'StartInstances',
  begins: 'stopped',
  floorSeconds: (targets: number) => Math.max(0, (targets - 1000) / 2),
} as const
const tag = {
  speed: speeds.tags,
  request: (ids: readonly string[]) => ({
    operation: 'ec2.tag',
    targets: { ids },
    params: { tags: { bench: 'plain' } },
  }),
  action: 'CreateTags',
  begins: 'running',
  floorSeconds: () => 0,
} as const
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html: three a second, one alarm a call
const alarms = {
  speed: speeds.alarms,
  request: (arns: readonly string[]) => ({
    operation: 'cloudwatch.alarm.put',
    targets: place,
    params: { alarms: arns.map((arn) => alarmOf(instanceIdOf(arn))) },
  }),
  action: 'PutMetricAlarm',
  begins: 'running',
  floorSeconds: (targets: number) => Math.max(0, (targets - 3) / 3),
} as const

const alarmOf = (instanceId: string): object => ({
  name: `bench-${instanceId}-cpu`,
  namespace: 'AWS/EC2',
  metricName: 'CPUUtilization',
  dimensions: { InstanceId: instanceId },
  statistic: 'Average',
  period: 300,
  evaluationPeriods: 3,
  threshold: 90,
  comparisonOperator: 'GreaterThanThreshold',
})

/** "i-..." of an ARN. */
export const instanceIdOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

const killed = ', two of four workers killed half-way'
const standard: Driver = { mode: 'standard', batch: 1 }
const adaptive: Driver = { mode: 'adaptive', batch: 50 }

export const scenarios: readonly Scenario[] = [
  { name: 'stop', title: 'Stop', ...stop },
  { name: 'stop-killed', title: `Stop${killed}`, ...stop, isKilled: true },
  {
    name: 'stop-neighbour',
    title: 'Stop, a neighbour takes half the refill',
    ...stop,
    neighbourShare: 0.5,
    floorSeconds: (targets) => Math.max(0, (targets - 1000) / 10),
  },
  { name: 'sdk-stop-standard', title: 'Stop, SDK standard mode, one id a call', ...stop, driver: standard },
  { name: 'sdk-stop-adaptive', title: 'Stop, SDK adaptive mode, 50 ids a call', ...stop, driver: adaptive },
  { name: 'tags', title: 'Tags', ...tag },
  { name: 'start', title: 'Start', ...start },
  { name: 'start-killed', title: `Start${killed}`, ...start, isKilled: true },
  { name: 'sdk-start-standard', title: 'Start, SDK standard mode, one id a call', ...start, driver: standard },
  { name: 'sdk-start-adaptive', title: 'Start, SDK adaptive mode, 50 ids a call', ...start, driver: adaptive },
  { name: 'alarms', title: 'Put alarms', ...alarms },
  { name: 'alarms-killed', title: `Put alarms${killed}`, ...alarms, isKilled: true },
  { name: 'sdk-alarms-standard', title: 'Put alarms, SDK standard mode', ...alarms, driver: standard },
  {
    name: 'sdk-alarms-adaptive',
    title: 'Put alarms, SDK adaptive mode',
    ...alarms,
    driver: { mode: 'adaptive', batch: 1 },
  },
]
