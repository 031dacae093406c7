import type { SeedInstance } from '../estate/instance.ts'
import { fraction } from '../estate/random.ts'
import { progressOf } from '../incidents/calendar.ts'
import { instanceArn } from '../incidents/targets.ts'
import { ranAt } from '../power.ts'
import { hasAgent } from './agent.ts'
import { baselineOf, creditsPerHour } from './credits.ts'
import { loadAt, noiseAt } from './load.ts'
import type { Family, Measure, MeasureContext } from './measure.ts'

const dayMs = 86_400_000

/** What of a machine decides its metrics in one minute. `load` runs from 0 to 1 with the day and the week. */
type Minute = { load: number; noise: number; size: number; isImpaired: boolean; instance: SeedInstance; atMs: number }
type Incidents = {
  saturated: boolean
  credits: number | undefined
  leak: number | undefined
  filling: number | undefined
}
type Value = (minute: Minute, incidents: Incidents, context: MeasureContext) => number | undefined

/** Of its credits those that a machine has had for long; from then on what it uses is what comes in. */
const exhausted = 0.6
const recovering = 0.85

const cpu: Value = ({ load, noise, instance }, { saturated, credits }, { world }) => {
  if (saturated) return 93 + noise * 6
  if (credits !== undefined && credits < exhausted) return 78 + noise * 8
  if (credits !== undefined && credits < recovering)
    return (baselineOf(world.instanceType(instance)) ?? 20) + noise * 0.4
  return Math.min(100, 2 + load * 62 + noise * 8)
}

const creditBalance: Value = ({ load, instance }, { credits }, { world }) => {
  const perHour = creditsPerHour(world.instanceType(instance))
  if (perHour === undefined) return undefined
  // A day's earnings are kept at most.
  const usual = 24 * perHour * (0.97 - 0.25 * load * load)
  if (credits === undefined) return usual
  if (credits < exhausted) return usual * (1 - credits / exhausted)
  return credits < recovering ? 0 : (usual * (credits - recovering)) / (1 - recovering)
}

const memory: Value = ({ load, noise, instance: { partition, index } }, { leak }) => {
  const base = 32 + 30 * fraction(partition.number, index, 52) + load * 14 + noise * 1.5
  return leak === undefined ? base : base + (98.5 - base) * leak
}

const disk: Value = ({ noise, instance: { partition, index }, atMs }, { filling }) => {
  // Logs grow for a week and are thrown away.
  const week = ((atMs / dayMs + 7 * fraction(partition.number, index, 54)) % 7) / 7
  const base = 28 + 34 * fraction(partition.number, index, 53) + 6 * week + noise * 0.2
  return filling === undefined ? base : base + (97.5 - base) * filling
}

const values: Record<string, Value> = {
  CPUUtilization: cpu,
  NetworkIn: ({ load, noise, size }) => Math.round((4e5 + load * 2.4e7 + noise * 2e6) * size),
  NetworkOut: ({ load, noise, size }) => Math.round((3e5 + load * 4.1e7 + noise * 3e6) * size),
  DiskReadOps: ({ load, noise }) => Math.round(load * 900 + noise * 120),
  DiskWriteOps: ({ load, noise }) => Math.round(40 + load * 1400 + noise * 200),
  StatusCheckFailed: ({ isImpaired }) => (isImpaired ? 1 : 0),
  CPUCreditBalance: creditBalance,
}
const agentValues: Record<string, Value> = { mem_used_percent: memory, disk_used_percent: disk }

/** A metric of one machine: there only in the minutes in which it ran. */
export const measureInstance = (
  instance: SeedInstance,
  name: string,
  context: MeasureContext,
  known: Record<string, Value> = { ...values, ...agentValues },
): Measure | undefined => {
  const value = known[name]
  if (value === undefined) return undefined
  const { world } = context
  const power = world.power(instance)
  const { partition, index } = instance
  const arn = instanceArn(partition, instance.id)
  const size = 0.5 + fraction(partition.number, index, 43)
  return (atMs) => {
    if (!ranAt(power, atMs)) return undefined
    const progress = (kind: Parameters<typeof progressOf>[1]): number | undefined =>
      progressOf(world.calendar, kind, arn, atMs)
    return value(
      {
        load: loadAt(instance, atMs),
        noise: noiseAt(atMs, partition.number, index, name.length),
        size,
        isImpaired: instance.isImpaired && power.starts === 0,
        instance,
        atMs,
      },
      {
        saturated: progress('cpu-saturation') !== undefined,
        credits: progress('credit-exhaustion'),
        leak: progress('memory-leak'),
        filling: progress('disk-filling'),
      },
      context,
    )
  }
}

const dimensions = ['InstanceId']
const find = ({ world, partition }: MeasureContext, { InstanceId = '' }: Record<string, string>) =>
  world.estate.findInstance(partition, InstanceId)

export const instanceFamily: Family = {
  namespace: 'AWS/EC2',
  dimensions,
  names: Object.keys(values),
  of: (context, given, name) => {
    const instance = find(context, given)
    if (instance === undefined) return undefined
    if (name === 'CPUCreditBalance' && creditsPerHour(context.world.instanceType(instance)) === undefined)
      return undefined
    return measureInstance(instance, name, context, values)
  },
}

/** Memory and disk, of the machines on which the CloudWatch agent runs. */
export const agentFamily: Family = {
  namespace: 'CWAgent',
  dimensions,
  names: Object.keys(agentValues),
  of: (context, given, name) => {
    const instance = find(context, given)
    return instance !== undefined && hasAgent(instance)
      ? measureInstance(instance, name, context, agentValues)
      : undefined
  },
}
