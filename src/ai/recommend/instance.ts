import type { MetricPoint } from '#aws/cloudwatch.ts'
import type { Advisable } from '#resources/advisable.ts'
import { idleInstance, recommendSize } from '../rightsizing.ts'
import type { Day } from '../rightsizing.ts'
import { sizeOf, sizesFor } from './sizes.ts'
import type { Advice } from './store.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
/** A change is not worth its risk for less than that share of the price. */
const leastSaving = 0.1
/** Two weeks by the hour. */
export const lookBackDays = 14

/** What is read of an instance, hourly: peaks for the need, sums and means for idleness and comparison, and how full the disk is. */
export const instanceMetrics = [
  { key: 'cpuPeak', namespace: 'AWS/EC2', name: 'CPUUtilization', statistic: 'Maximum' },
  { key: 'cpuMean', namespace: 'AWS/EC2', name: 'CPUUtilization', statistic: 'Average' },
  { key: 'memoryPeak', namespace: 'CWAgent', name: 'mem_used_percent', statistic: 'Maximum' },
  { key: 'networkIn', namespace: 'AWS/EC2', name: 'NetworkIn', statistic: 'Sum' },
  { key: 'networkOut', namespace: 'AWS/EC2', name: 'NetworkOut', statistic: 'Sum' },
  { key: 'credits', namespace: 'AWS/EC2', name: 'CPUCreditBalance', statistic: 'Minimum' },
  { key: 'disk', namespace: 'CWAgent', name: 'disk_used_percent', statistic: 'Average' },
] as const
type Key = (typeof instanceMetrics)[number]['key']
export type Measured = Record<Key, readonly MetricPoint[]>

/** The hours of the look-back, NaN where nothing was measured. */
export const hourly = (points: readonly MetricPoint[], toMs: number): number[] => {
  const values = Array.from({ length: lookBackDays * 24 }, () => Number.NaN)
  const fromMs = toMs - lookBackDays * dayMs
  for (const { atMs, value } of points) {
    const hour = Math.floor((atMs - fromMs) / hourMs)
    if (hour >= 0 && hour < values.length) values[hour] = value
  }
  return values
}

const known = (values: readonly number[]): number[] => values.filter(Number.isFinite)
const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)

/** What is shown with a recommendation, and compared with after a change. */
export const usageOf = (
  measured: Measured,
  sinceMs: number,
): { cpuMean: number | null; cpuPeak: number | null; memoryPeak: number | null } => {
  const after = (points: readonly MetricPoint[]): number[] =>
    points.filter(({ atMs }) => atMs >= sinceMs).map(({ value }) => value)
  const peak = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values))
  return {
    cpuMean: rounded(mean(after(measured.cpuMean))),
    cpuPeak: rounded(peak(after(measured.cpuPeak))),
    memoryPeak: rounded(peak(after(measured.memoryPeak))),
  }
}

/** Days of the look-back; a day without all its hours counts as not measured. */
const daysOf = (measured: Measured, toMs: number): Day[] => {
  const [peaks, means] = [hourly(measured.cpuPeak, toMs), hourly(measured.cpuMean, toMs)]
  const [received, sent] = [hourly(measured.networkIn, toMs), hourly(measured.networkOut, toMs)]
  return Array.from({ length: lookBackDays }, (_, day) => {
    const of = (values: readonly number[]): number[] => known(values.slice(day * 24, day * 24 + 24))
    const isWhole = of(peaks).length >= 23
    const sum = [...of(received), ...of(sent)].reduce((total, value) => total + value, 0)
    return {
      peakCpu: isWhole ? Math.max(...of(peaks)) : Number.NaN,
      meanCpu: isWhole ? (mean(of(means)) ?? Number.NaN) : Number.NaN,
      networkBytes: isWhole ? sum : Number.NaN,
    }
  })
}

/** What could be done about a running instance: stop it, or give it another size. Undefined where all is well. */
export const adviseInstance = (
  instance: Advisable,
  measured: Measured,
  place: { region: string; toMs: number },
): Advice | undefined => {
  const { id: resourceId, name: resourceName, summary, tags, monthlyUsd } = instance
  // An Auto Scaling group decides about its own machines.
  if (tags['aws:autoscaling:groupName'] !== undefined) return undefined
  const type = String(summary['instanceType'] ?? '')
  const usage = usageOf(measured, 0)
  const own = { resourceId, resourceName }
  const idleness = idleInstance(daysOf(measured, place.toMs))
  if (idleness.status === 'idle') {
    return {
      ...own,
      kind: 'idle_instance',
      finding: 'idle',
      title: `${resourceName ?? instance.awsId} is idle`,
      because: idleness.because,
      operation: 'ec2.stop',
      params: {},
      monthlySavingUsd: monthlyUsd,
      evidence: { type, usage, monthlyUsd },
    }
  }
  const present = sizeOf(type, place.region)
  if (present === undefined) return undefined
  const sizing = recommendSize({
    mode: 'own',
    present,
    sizes: sizesFor(present, place.region),
    usage: { cpu: hourly(measured.cpuPeak, place.toMs), memory: hourly(measured.memoryPeak, place.toMs) },
    stepSeconds: 3600,
    ranOutOfCredits: measured.credits.some(({ value }) => value <= 0),
  })
  if (sizing.finding === 'optimized') return undefined
  const wanted = sizing.size
  const advised = {
    ...own,
    kind: 'rightsize' as const,
    finding: sizing.finding,
    because: sizing.because,
    evidence: { type, usage, monthlyUsd: present.monthlyUsd, needs: sizing.needs, capacity: present.capacity },
  }
  const label = resourceName ?? instance.awsId
  if (sizing.finding === 'unknown' || wanted === undefined)
    return {
      ...advised,
      title: `The right size of ${label} is not known`,
      operation: null,
      params: null,
      monthlySavingUsd: null,
    }
  const saving = Math.round((present.hourlyUsd - wanted.hourlyUsd) * 730 * 100) / 100
  if (sizing.finding === 'over_provisioned' && saving < present.monthlyUsd * leastSaving) return undefined
  return {
    ...advised,
    title: `${label}: ${wanted.name} instead of ${type}`,
    operation: 'ec2.resize',
    params: { type: wanted.name },
    monthlySavingUsd: saving,
  }
}
