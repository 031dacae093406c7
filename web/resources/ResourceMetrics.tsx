import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import LineChart from '@cloudscape-design/components/line-chart'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import type { Metrics } from '#contracts/inventory.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useGetMetricsQuery } from './endpoints.ts'
import { FreshnessLabel } from './FreshnessLabel.tsx'

const spans = [
  { id: '3', text: '3 hours' },
  { id: '24', text: '1 day' },
  { id: '168', text: '1 week' },
]

/** CPU of an instance over time, from CloudWatch. */
export const ResourceMetrics = ({ id }: { id: string }) => {
  const [hours, setHours] = useState('3')
  const { data, currentData, error, refetch } = useGetMetricsQuery({ id, name: 'CPUUtilization', hours: Number(hours) })
  return (
    <Container
      header={
        <Header
          variant="h2"
          {...(data !== undefined && { description: <FreshnessLabel freshness={data.freshness} /> })}
          actions={
            <SegmentedControl
              label="Time span"
              options={spans}
              selectedId={hours}
              onChange={({ detail }) => setHours(detail.selectedId)}
            />
          }
        >
          CPU
        </Header>
      }
    >
      {error !== undefined ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : currentData === undefined ? (
        <PageLoading />
      ) : (
        <Chart metrics={currentData} isLong={Number(hours) > 24} />
      )}
    </Container>
  )
}

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const Chart = ({ metrics: { series, from, to }, isLong }: { metrics: Metrics; isLong: boolean }) => {
  const points = series.flatMap((each) => each.points)
  const highest = Math.max(5, ...points.map(({ value }) => value))
  return (
    <LineChart
      ariaLabel="CPU over time"
      height={260}
      hideFilter
      xScaleType="time"
      xTitle="Time"
      yTitle="Percent"
      xDomain={[new Date(from), new Date(to)]}
      yDomain={[0, Math.min(100, highest * 1.15)]}
      series={series.map(({ name, points: of }) => ({
        type: 'line' as const,
        title: name,
        data: of.map(({ at, value }) => ({ x: new Date(at), y: value })),
        valueFormatter: (value: number) => `${value.toFixed(1)} %`,
      }))}
      i18nStrings={{
        xTickFormatter: (x: Date) => (isLong ? shortDay : shortTime).format(x),
        yTickFormatter: (y: number) => `${Math.round(y)} %`,
        detailPopoverDismissAriaLabel: 'Close',
      }}
      detailPopoverSeriesContent={({ series: { title }, y }) => ({ key: title, value: `${y.toFixed(1)} %` })}
      detailPopoverFooter={(x) => <Box fontSize="body-s">{full.format(x)}</Box>}
      empty="No data points in this time. A stopped instance sends none."
    />
  )
}
