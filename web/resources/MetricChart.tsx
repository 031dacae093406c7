import Box from '@cloudscape-design/components/box'
import LineChart from '@cloudscape-design/components/line-chart'
import type { Bands } from '#contracts/anomaly.ts'
import type { MetricForecast } from '#contracts/forecast.ts'
import type { Metrics } from '#contracts/inventory.ts'
import { metricName, metricValue } from './metric-words.ts'

export type Series = Metrics['series'][number]

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** Points of a line that only guides the eye. */
const mostGuidePoints = 200
const grey = 'var(--color-text-status-inactive, #8c8c94)'

/** How much of the time that is shown a forecast may add. */
const forecastShare = 0.5

/** One metric over time, with where it was expected, when it was unusual, and how it is expected to go on. */
export const MetricChart = ({
  series,
  from,
  to,
  band = [],
  unusualAt = [],
  forecast = [],
  limit,
}: {
  series: Series
  from: string
  to: string
  band?: Bands['points']
  unusualAt?: readonly string[]
  forecast?: MetricForecast['points']
  /** Where it is used up, drawn where it is not far from what is shown. */
  limit?: { value: number; title: string }
}) => {
  const { name, unit, points } = series
  const spanMs = Date.parse(to) - Date.parse(from)
  const isLong = spanMs > 36 * 3_600_000
  const ahead = forecast.filter(({ at }) => Date.parse(at) <= Date.parse(to) + spanMs * forecastShare)
  const end = ahead.at(-1)?.at ?? to
  const step = Math.ceil(band.length / mostGuidePoints)
  const guide = band.filter((_, index) => index % Math.max(1, step) === 0)
  const values = [
    ...points.map(({ value }) => value),
    ...guide.map(({ high }) => Math.min(high, unit === 'Percent' ? 100 : high)),
    ...ahead.map(({ high }) => high),
  ]
  const isLimitNear = limit !== undefined && limit.value <= 1.5 * Math.max(0, ...values)
  const highest = Math.max(0, ...values, ...(isLimitNear ? [limit.value] : []))
  const lowest = Math.min(0, ...values)
  const top = highest === lowest ? 1 : highest + (highest - lowest) * 0.15
  const format = (value: number): string => metricValue(value, unit)
  return (
    <LineChart
      ariaLabel={`${metricName(name)} over time`}
      height={180}
      hideFilter
      hideLegend
      xScaleType="time"
      xDomain={[new Date(from), new Date(end > to ? end : to)]}
      yDomain={[lowest, unit === 'Percent' ? Math.min(100, top) : top]}
      series={[
        {
          type: 'line' as const,
          title: metricName(name),
          data: points.map(({ at, value }) => ({ x: new Date(at), y: value })),
          valueFormatter: format,
        },
        ...(['low', 'high'] as const).map((edge) => ({
          type: 'line' as const,
          title: edge === 'low' ? 'Expected, at least' : 'Expected, at most',
          color: grey,
          data: guide.map((point) => ({ x: new Date(point.at), y: Math.max(lowest, point[edge]) })),
          valueFormatter: format,
        })),
        ...(['value', 'low', 'high'] as const).map((part) => ({
          type: 'line' as const,
          title: { value: 'Forecast', low: 'Forecast, at least', high: 'Forecast, at most' }[part],
          color: part === 'value' ? 'var(--color-text-status-info, #0972d3)' : grey,
          data: ahead.map((point) => ({ x: new Date(point.at), y: Math.max(lowest, point[part]) })),
          valueFormatter: format,
        })),
        ...(ahead.length === 0 ? [] : [{ type: 'threshold' as const, title: 'Now', x: new Date(to), color: grey }]),
        ...(isLimitNear
          ? [
              {
                type: 'threshold' as const,
                title: limit.title,
                y: limit.value,
                color: 'var(--color-text-status-error, #db0000)',
              },
            ]
          : []),
        ...unusualAt.slice(0, 10).map((at) => ({
          type: 'threshold' as const,
          title: 'Unusual',
          x: new Date(at),
          color: 'var(--color-text-status-warning, #855900)',
        })),
      ].filter((one) => one.type !== 'line' || one.data.length > 0)}
      i18nStrings={{
        xTickFormatter: (x: Date) => (isLong ? shortDay : shortTime).format(x),
        yTickFormatter: format,
        detailPopoverDismissAriaLabel: 'Close',
      }}
      detailPopoverSeriesContent={({ series: { title }, y }) => ({ key: title, value: format(y) })}
      detailPopoverFooter={(x) => <Box fontSize="body-s">{full.format(x)}</Box>}
      empty="No data points in this time."
    />
  )
}
