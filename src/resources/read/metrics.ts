import { AwsFailure } from '#aws/failure.ts'
import type { Aws } from '#aws/cloud.ts'
import { instanceMetrics } from '#aws/cloudwatch.ts'
import type { InstanceMetric } from '#aws/cloudwatch.ts'
import { metricMaxPoints } from '#contracts/inventory.ts'
import type { Metrics, MetricsQuery } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import type { Clock } from '#platform/clock.ts'
import { errors } from '../errors.ts'
import { failureText } from '../sync/failure-text.ts'
import type { GetResource } from './get.ts'

const defaultSpanMs = 3 * 3_600_000
/** A chart is about that many points wide. */
const pointsOfChart = 180
/** CloudWatch has a new point once a minute at most. */
const freshMs = 30_000
const maxCached = 200

type Window = { fromMs: number; toMs: number; periodSeconds: number }
type Cached = { atMs: number; metrics: Omit<Metrics, 'freshness'> }

/**
 * Metrics of a resource. A copy of the last half minute is answered at once; when CloudWatch can't be asked an older copy
 * of the same chart is, labelled as stale.
 */
export const createMetrics = ({ aws, find, clock }: { aws: Aws; find: GetResource['find']; clock: Clock }) => {
  const cache = new Map<string, Cached>()

  const remember = (key: string, cached: Cached): void => {
    cache.delete(key)
    cache.set(key, cached)
    const oldest = cache.keys().next()
    if (cache.size > maxCached && !oldest.done) cache.delete(oldest.value)
  }

  return async (principal: Principal, id: string, query: MetricsQuery): Promise<Metrics> => {
    const { account, located } = await find(principal, id)
    if (located.type.type !== 'ec2.instance') {
      throw errors.no_metrics(`Metrics are known for ec2.instance only, not for ${located.type.type}.`)
    }
    const names = parseNames(query.name)
    // A chart of "the last three hours" is the same chart for everybody within half a minute.
    const window = windowOf(query, Math.floor(clock.now().getTime() / freshMs) * freshMs)
    // A chart up to now is the same chart a moment later, and an older one is what is shown when AWS is away.
    const spanMinutes = Math.round((window.toMs - window.fromMs) / 60_000)
    const key = JSON.stringify([located.arn, names, query.to ?? 'now', spanMinutes, window.periodSeconds])
    const cached = cache.get(key)
    const ageMs = cached === undefined ? Infinity : clock.monotonicMs() - cached.atMs
    if (cached !== undefined && ageMs < freshMs) return label(cached, ageMs, 'hit', [])
    try {
      const { getMetrics } = await aws.cloudwatch(account, located.region)
      const series = await getMetrics(
        { priority: 'interactive' },
        {
          id: located.awsId,
          names,
          from: new Date(window.fromMs),
          to: new Date(window.toMs),
          periodSeconds: window.periodSeconds,
        },
      )
      const metrics = {
        from: new Date(window.fromMs).toISOString(),
        to: new Date(window.toMs).toISOString(),
        periodSeconds: window.periodSeconds,
        series,
      }
      remember(key, { atMs: clock.monotonicMs(), metrics })
      return { ...metrics, freshness: { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] } }
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      const why = failureText(error)
      if (cached === undefined)
        throw platformErrors.unavailable(`The metrics could not be read: ${why}`, { cause: error })
      return label(cached, ageMs, 'stale', [
        { account: account.id, region: located.region, service: 'cloudwatch', why },
      ])
    }
  }
}

const label = (
  { metrics }: Cached,
  ageMs: number,
  status: 'hit' | 'stale',
  partial: Metrics['freshness']['partial'],
): Metrics => ({ ...metrics, freshness: { source: 'cache', ageSeconds: Math.round(ageMs / 1000), status, partial } })

const parseNames = (text: string): InstanceMetric[] => {
  const wanted = [...new Set(text.split(',').map((name) => name.trim()))]
  return wanted.map((name) => {
    const known = instanceMetrics.find((metric) => metric === name)
    if (known !== undefined) return known
    throw errors.no_metrics(`There is no metric "${name}" of an instance. Known are ${instanceMetrics.join(', ')}.`)
  })
}

const windowOf = ({ from, to, period }: MetricsQuery, nowMs: number): Window => {
  const toMs = to === undefined ? nowMs : Date.parse(to)
  const fromMs = from === undefined ? toMs - defaultSpanMs : Date.parse(from)
  if (fromMs >= toMs) throw platformErrors.invalid_request('`from` has to be earlier than `to`.')
  const spanSeconds = (toMs - fromMs) / 1000
  const periodSeconds = period ?? Math.max(60, Math.ceil(spanSeconds / pointsOfChart / 60) * 60)
  if (spanSeconds / periodSeconds > metricMaxPoints) {
    throw platformErrors.invalid_request(
      `That would be ${Math.ceil(spanSeconds / periodSeconds)} points a metric; at most ${metricMaxPoints} are read. Take a longer period.`,
    )
  }
  return { fromMs, toMs, periodSeconds }
}
