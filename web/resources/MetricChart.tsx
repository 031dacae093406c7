import Box from '@cloudscape-design/components/box'
import LineChart from '@cloudscape-design/components/line-chart'
import type { Bands } from '#contracts/anomaly.ts'
import type { Metrics } from '#contracts/inventory.ts'
import { metricName, metricValue } from './metric-words.ts'

export type Series = Metrics['series'][number]

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** Points of a line that only guides the eye. */
const mostGuidePoints = 200
const grey = 'var(--color-text-status-inactive, #8c8c94)'

/** One metric over time, with where it was expected and when it was unusual. */
export const MetricChart = ({
  series,
  from,
  to,
  band = [],
  unusualAt = [],
}: {
  series: Series
  from: string
  to: string
  band?: Bands['points']
  unusualAt?: readonly string[]
}) => {
  const { name, unit, points } = series
  const isLong = Date.parse(to) - Date.parse(from) > 36 * 3_600_000
  const step = Math.ceil(band.length / mostGuidePoints)
  const guide = band.filter((_, index) => index % Math.max(1, step) === 0)
  const values = [
    ...points.map(({ value }) => value),
    ...guide.map(({ high }) => Math.min(high, unit === 'Percent' ? 100 : high)),
  ]
  const highest = Math.max(0, ...values)
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
      xDomain={[new Date(from), new Date(to)]}
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
