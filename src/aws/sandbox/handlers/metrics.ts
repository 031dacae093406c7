import type { SeedInstance } from '../estate/instance.ts'
import type { Role } from '../estate/names.ts'
import { fraction } from '../estate/random.ts'
import { ranAt } from '../power.ts'
import type { Power } from '../power.ts'

/** Metrics of AWS/EC2 that the sandbox has: unit, and the value of one minute. */
type Metric = { unit: 'Percent' | 'Bytes' | 'Count'; minute: (machine: Machine) => number }
/** `load` runs from 0 to 1 with the day and the week; `noise` is another number in [0, 1) each minute. */
type Machine = { load: number; noise: number; size: number; isImpaired: boolean }

export const metrics: Record<string, Metric> = {
  CPUUtilization: { unit: 'Percent', minute: ({ load, noise }) => Math.min(100, 2 + load * 62 + noise * 8) },
  NetworkIn: {
    unit: 'Bytes',
    minute: ({ load, noise, size }) => Math.round((4e5 + load * 2.4e7 + noise * 2e6) * size),
  },
  NetworkOut: {
    unit: 'Bytes',
    minute: ({ load, noise, size }) => Math.round((3e5 + load * 4.1e7 + noise * 3e6) * size),
  },
  DiskReadOps: { unit: 'Count', minute: ({ load, noise }) => Math.round(load * 900 + noise * 120) },
  DiskWriteOps: { unit: 'Count', minute: ({ load, noise }) => Math.round(40 + load * 1400 + noise * 200) },
  StatusCheckFailed: { unit: 'Count', minute: ({ isImpaired }) => (isImpaired ? 1 : 0) },
}

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** What a role does at its busiest; databases and workers run through the night, web and API follow their users. */
const shape: Record<Role, { floor: number; peak: number }> = {
  web: { floor: 0.06, peak: 0.75 },
  api: { floor: 0.08, peak: 0.7 },
  worker: { floor: 0.25, peak: 0.8 },
  db: { floor: 0.2, peak: 0.6 },
}

/** Where each Region's users are: the hour (UTC) at which they are busiest. */
const busiestHour: Record<string, number> = { 'us-east-1': 19, 'us-west-2': 22, 'eu-west-1': 13 }

/** Load at a moment, 0 to 1: a daily curve, half of it on weekends, and hardly any on idle development machines. */
const loadAt = (instance: SeedInstance, atMs: number): number => {
  const { partition, index, fleet } = instance
  const { floor, peak } = shape[fleet.role]
  const hour = (atMs / hourMs) % 24
  const day = (1 + Math.cos(((hour - (busiestHour[partition.region] ?? 14)) / 24) * 2 * Math.PI)) / 2
  // Day 0 of Unix time was a Thursday.
  const weekday = (Math.floor(atMs / dayMs) + 4) % 7
  const week = weekday === 0 || weekday === 6 ? 0.5 : 1
  const own = 0.7 + 0.6 * fraction(partition.number, index, 41)
  const isIdle = fleet.env !== 'prod' && fraction(partition.number, index, 42) < 0.3
  return Math.min(1, (floor + (peak - floor) * day ** 1.5 * week) * own * (isIdle ? 0.04 : 1))
}

/** Datapoints of one metric: one for each period in [from, to) in which the machine ran, oldest first. */
export const datapoints = (
  instance: SeedInstance,
  power: Power,
  metric: Metric,
  query: { fromMs: number; toMs: number; periodSeconds: number; statistic: string },
): { atMs: number; value: number }[] => {
  const periodMs = query.periodSeconds * 1000
  const points: { atMs: number; value: number }[] = []
  for (let atMs = Math.floor(query.fromMs / periodMs) * periodMs; atMs < query.toMs; atMs += periodMs) {
    if (atMs < query.fromMs) continue
    // Sampled: an hour's average of a smooth curve needs no sixty minutes.
    const samples = Math.min(5, Math.max(1, query.periodSeconds / 60))
    const values: number[] = []
    for (let sample = 0; sample < samples; sample++) {
      const sampleMs = atMs + (sample * periodMs) / samples
      if (!ranAt(power, sampleMs) || sampleMs >= query.toMs) continue
      values.push(
        metric.minute({
          load: loadAt(instance, sampleMs),
          noise: fraction(
            instance.partition.number,
            instance.index,
            Math.floor(sampleMs / minuteMs),
            metric.unit.length,
          ),
          size: 0.5 + fraction(instance.partition.number, instance.index, 43),
          isImpaired: instance.isImpaired && power.starts === 0,
        }),
      )
    }
    if (values.length > 0) points.push({ atMs, value: aggregate(values, query.statistic, query.periodSeconds / 60) })
  }
  return points
}

/** Values are of a minute each; a sum covers all minutes of the period. */
const aggregate = (values: readonly number[], statistic: string, minutes: number): number => {
  const average = values.reduce((sum, value) => sum + value, 0) / values.length
  switch (statistic) {
    case 'Sum':
      return average * Math.max(1, minutes)
    case 'Maximum':
      return Math.max(...values)
    case 'Minimum':
      return Math.min(...values)
    case 'SampleCount':
      return Math.max(1, minutes)
    default:
      return average
  }
}
