import { AwsFailure } from '#aws/failure.ts'
import type { Aws } from '#aws/cloud.ts'
import { metricMaxRead } from '#contracts/inventory.ts'
import type { Metrics, MetricsQuery } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import type { Clock } from '#platform/clock.ts'
import { errors } from '../errors.ts'
import { createBatcher } from '../metrics/batcher.ts'
import { downsample } from '../metrics/downsample.ts'
import { fittingPeriod, shortestPeriodAt } from '../metrics/periods.ts'
import { createSeriesCache } from '../metrics/series-cache.ts'
import type { SeriesAnswer } from '../metrics/series-cache.ts'
import { sourcesOf } from '../metrics/source.ts'
import type { MetricSource } from '../metrics/source.ts'
import { failureText } from '../sync/failure-text.ts'
import type { GetResource } from './get.ts'

const defaultSpanMs = 3 * 3_600_000
/** A chart is about that many points wide. */
const pointsOfChart = 180
/** A chart up to now is the same one for everybody within so long. */
const nowStepMs = 30_000
/** Metrics of one request; together they take one call. */
const mostNames = 20
const mostPointsOfARequest = 100_800

type Span = { fromMs: number; toMs: number; shortest: number; asked: number | undefined }

/** Metrics of a resource over time: from CloudWatch, or from what was read of it before (series-cache.ts). */
export const createMetrics = ({ aws, find, clock }: { aws: Aws; find: GetResource['find']; clock: Clock }) => {
  const readSeries = createSeriesCache({ read: createBatcher({ aws, clock }), clock })

  return async (principal: Principal, id: string, query: MetricsQuery): Promise<Metrics> => {
    const { account, located, resource } = await find(principal, id)
    const sources = sourcesOf(resource)
    const wanted = choose(sources, query.name, located.type.type)
    const span = spanOf(query, clock.now().getTime())
    const chosen = wanted.map((source) => ({ source, periodSeconds: periodOf(source, span) }))
    refuseTooMuch(chosen, span)
    let answers: SeriesAnswer[]
    try {
      answers = await Promise.all(
        chosen.map(({ source, periodSeconds }) =>
          readSeries({
            account,
            // Of a global resource its own: a bucket's metrics are where the bucket is.
            region: resource.region,
            source,
            periodSeconds,
            window: { fromMs: span.fromMs, toMs: span.toMs },
            priority: 'interactive',
          }),
        ),
      )
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      throw platformErrors.unavailable(`The metrics could not be read: ${failureText(error)}`, { cause: error })
    }
    return {
      from: new Date(span.fromMs).toISOString(),
      to: new Date(span.toMs).toISOString(),
      periodSeconds: Math.max(...chosen.map(({ periodSeconds }) => periodSeconds)),
      metrics: sources.map(({ name, statistic, unit }) => ({ name, statistic, unit })),
      series: chosen.map(({ source: { name, statistic, unit }, periodSeconds }, index) => {
        // One answer for each that was chosen.
        const { points } = answers[index]!
        return {
          name,
          statistic,
          unit,
          periodSeconds,
          isDownsampled: points.length > query.points,
          points: downsample(points, query.points).map(({ atMs, value }) => ({
            at: new Date(atMs).toISOString(),
            value,
          })),
        }
      }),
      freshness: freshnessOf(answers, { account: account.id, region: resource.region }),
    }
  }
}

const freshnessOf = (
  answers: readonly SeriesAnswer[],
  place: { account: string; region: string },
): Metrics['freshness'] => {
  const failed = answers.find(({ status }) => status === 'stale')?.failure
  const why = failed === undefined ? null : failed instanceof AwsFailure ? failureText(failed) : 'It could not be read.'
  const isRead = answers.some(({ status }) => status === 'miss')
  return {
    source: isRead ? 'aws' : 'cache',
    ageSeconds: Math.round(Math.max(...answers.map(({ ageMs }) => ageMs)) / 1000),
    status: why !== null ? 'stale' : isRead ? 'miss' : 'hit',
    partial: why === null ? [] : [{ ...place, service: 'cloudwatch', why }],
  }
}

const choose = (sources: readonly MetricSource[], names: string | undefined, type: string): MetricSource[] => {
  const [first] = sources
  if (first === undefined) throw errors.no_metrics(`This ${type} has no metrics in CloudWatch.`)
  if (names === undefined) return [first]
  if (names === '*') return sources.slice(0, mostNames)
  const wanted = [...new Set(names.split(',').map((name) => name.trim()))]
  if (wanted.length > mostNames)
    throw platformErrors.invalid_request(`At most ${mostNames} metrics at once, not ${wanted.length}.`)
  return wanted.map((name) => {
    const known = sources.find((source) => source.name === name)
    if (known !== undefined) return known
    const all = sources.map((source) => source.name).join(', ')
    throw errors.no_metrics(`There is no metric "${name}" of this ${type}. Known are ${all}.`)
  })
}

const spanOf = ({ from, to, period }: MetricsQuery, exactNowMs: number): Span => {
  const nowMs = Math.floor(exactNowMs / nowStepMs) * nowStepMs
  const toMs = to === undefined ? nowMs : Date.parse(to)
  const fromMs = from === undefined ? toMs - defaultSpanMs : Date.parse(from)
  if (fromMs >= toMs) throw platformErrors.invalid_request('`from` has to be earlier than `to`.')
  const shortest = shortestPeriodAt(exactNowMs - fromMs)
  if (period !== undefined && period % shortest !== 0) {
    throw platformErrors.invalid_request(
      `Of data as old as \`from\` CloudWatch keeps a point for each ${shortest} seconds: \`period\` has to be a multiple of that, not ${period}.`,
    )
  }
  return { fromMs, toMs, shortest, asked: period }
}

const periodOf = (source: MetricSource, { fromMs, toMs, shortest, asked }: Span): number => {
  const wanted = asked ?? fittingPeriod((toMs - fromMs) / 1000, pointsOfChart, shortest)
  return Math.ceil(wanted / source.shortestPeriodSeconds) * source.shortestPeriodSeconds
}

const refuseTooMuch = (chosen: readonly { periodSeconds: number }[], { fromMs, toMs }: Span): void => {
  const points = chosen.map(({ periodSeconds }) => Math.ceil((toMs - fromMs) / 1000 / periodSeconds))
  const longest = Math.max(...points)
  if (longest > metricMaxRead) {
    throw platformErrors.invalid_request(
      `That would be ${longest} points a metric; at most ${metricMaxRead} are read. Take a longer period.`,
    )
  }
  const total = points.reduce((sum, own) => sum + own, 0)
  if (total > mostPointsOfARequest) {
    throw platformErrors.invalid_request(
      `That would be ${total} points; at most ${mostPointsOfARequest} are read at once. Take fewer metrics or a longer period.`,
    )
  }
}
