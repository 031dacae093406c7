import type { Advisable } from '#resources/advisable.ts'
import { continueSeries } from '../forecasts/continue.ts'
import { exhaustionOf } from '../forecasts/exhaustion.ts'
import { limitOf } from '../forecasts/limits.ts'
import type { Advice } from './store.ts'

const hourMs = 3_600_000
const horizonHours = 14 * 24
/** Hours without a value until nothing can be said. */
const mostBehind = 6

/** Whether the disk of an instance is full within two weeks, by its hours up to `toMs` (NaN where nothing was measured). */
export const adviseFullDisk = (
  { id: resourceId, awsId, name: resourceName }: Advisable,
  hours: readonly number[],
  toMs: number,
): Advice | undefined => {
  const limit = limitOf('disk_used_percent', {})
  const values = hours.slice(0, hours.findLastIndex(Number.isFinite) + 1)
  const last = values.at(-1)
  if (limit === null || last === undefined || hours.length - values.length > mostBehind) return undefined
  const continued = continueSeries(values, hourMs / 1000, horizonHours)
  if (continued.method === null) return undefined
  const fromMs = toMs - (hours.length - values.length) * hourMs
  const exhaustion = exhaustionOf(continued.points, limit, { last, fromMs, stepMs: hourMs })
  const { expected, earliest, latest } = exhaustion
  if (expected === null) return undefined
  const end = latest === null ? 'no latest time within two weeks' : `latest ${dateWords(latest)}`
  return {
    kind: 'runs_out',
    finding: 'runs_out',
    resourceId,
    resourceName,
    title: `The disk of ${resourceName ?? awsId} is full on ${dateWords(expected)}`,
    because: `it is at ${last.toFixed(0)} % (earliest ${dateWords(earliest ?? expected)}, ${end}): ${continued.because}`,
    operation: null,
    params: null,
    monthlySavingUsd: null,
    evidence: { metric: 'disk_used_percent', last, limit: limit.value, exhaustion },
  }
}

/** "27 November, 14:00 UTC". */
const dateWords = (iso: string): string => {
  const at = new Date(iso)
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })
  return `${day}, ${iso.slice(11, 16)} UTC`
}
