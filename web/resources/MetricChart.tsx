import Box from '@cloudscape-design/components/box'
import LineChart from '@cloudscape-design/components/line-chart'
import type { Metrics } from '#contracts/inventory.ts'
import { metricName, metricValue } from './metric-words.ts'

export type Series = Metrics['series'][number]

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** One metric over time. */
export const MetricChart = ({ series, from, to }: { series: Series; from: string; to: string }) => {
  const { name, unit, points } = series
  const isLong = Date.parse(to) - Date.parse(from) > 36 * 3_600_000
  const values = points.map(({ value }) => value)
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
          type: 'line',
          title: metricName(name),
          data: points.map(({ at, value }) => ({ x: new Date(at), y: value })),
          valueFormatter: format,
        },
      ]}
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
