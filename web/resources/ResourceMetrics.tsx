import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Multiselect from '@cloudscape-design/components/multiselect'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Anomaly } from '#contracts/anomaly.ts'
import type { Metrics } from '#contracts/inventory.ts'
import { AnomalyList } from '../ai/AnomalyList.tsx'
import { useGetBandsQuery, useGetForecastQuery, useListAnomaliesQuery } from '../ai/endpoints.ts'
import { apiErrorOf } from '../api/problem.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { Filters } from '../design/Filters.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useGetMetricsQuery } from './endpoints.ts'
import { isForecast } from './forecast-words.ts'
import { FreshnessLabel, PartialWarning } from './FreshnessLabel.tsx'
import { MetricChart } from './MetricChart.tsx'
import { ForecastNote, PressingForecasts } from './MetricForecasts.tsx'
import { metricName, metricValue, periodWords, statisticWords } from './metric-words.ts'

const spans = [
  { id: '3', text: '3 hours' },
  { id: '24', text: '1 day' },
  { id: '168', text: '1 week' },
  { id: '720', text: '1 month' },
]
/** Storage of a bucket is measured once a day: hours would show nothing. */
const defaultSpan = (id: string): string => (id.includes(':s3:::') ? '720' : '3')
/** How many charts are drawn until somebody chooses. */
const firstCharts = 4

/** The metrics of a resource over time, from CloudWatch. Time and choice stand in the address. */
export const ResourceMetrics = ({ id }: { id: string }) => {
  const address = useListState()
  const hours = spans.some((span) => span.id === address.get('hours')) ? address.get('hours') : defaultSpan(id)
  const { data, currentData, isFetching, error, refetch } = useGetMetricsQuery({ id, name: '*', hours: Number(hours) })
  const { data: anomalies } = useListAnomaliesQuery({ resource: id, hours: Number(hours) })
  if (error !== undefined && apiErrorOf(error).code === 'no_metrics') {
    return (
      <Container header={<Header variant="h2">Metrics</Header>}>
        <Box color="text-body-secondary">{apiErrorOf(error).detail}</Box>
      </Container>
    )
  }
  const chosen = chosenOf(data, address.get('metrics'))
  return (
    <SpaceBetween size="l">
      <Header
        variant="h2"
        {...(data !== undefined && { description: <FreshnessLabel freshness={data.freshness} /> })}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />
            <SegmentedControl
              label="Time span"
              options={spans}
              selectedId={hours}
              onChange={({ detail }) =>
                address.set({ hours: detail.selectedId === defaultSpan(id) ? '' : detail.selectedId })
              }
            />
          </SpaceBetween>
        }
      >
        Metrics
      </Header>
      {data !== undefined && data.metrics.length > firstCharts && (
        <Filters>
          <Multiselect
            ariaLabel="Metrics that are shown"
            options={data.metrics.map(({ name }) => ({ value: name, label: metricName(name) }))}
            selectedOptions={chosen.map((name) => ({ value: name, label: metricName(name) }))}
            onChange={({ detail }) =>
              address.set({ metrics: detail.selectedOptions.map(({ value }) => value ?? '').join(',') })
            }
          />
        </Filters>
      )}
      {data !== undefined && <PressingForecasts id={id} metrics={data.metrics.map(({ name }) => name)} />}
      {data !== undefined && <PartialWarning freshness={data.freshness} />}
      {error !== undefined ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : currentData === undefined ? (
        <PageLoading />
      ) : (
        <Charts
          id={id}
          hours={Number(hours)}
          anomalies={anomalies?.items ?? []}
          metrics={currentData}
          chosen={chosen}
        />
      )}
    </SpaceBetween>
  )
}

const chosenOf = (metrics: Metrics | undefined, inAddress: string): string[] => {
  const known = metrics?.metrics.map(({ name }) => name) ?? []
  const wanted = inAddress.split(',').filter((name) => known.includes(name))
  return wanted.length > 0 ? wanted : known.slice(0, firstCharts)
}

/** Bands are kept for a week. */
const longestBandHours = 168

/** A chart with what the watcher knows of the metric, where it is followed, and how it is expected to go on. */
const Judged = ({
  id,
  hours,
  anomalies,
  series,
  from,
  to,
}: {
  id: string
  hours: number
  anomalies: readonly Anomaly[]
  series: Metrics['series'][number]
  from: string
  to: string
}) => {
  const isLong = hours > longestBandHours
  // A sum over other periods than those that are judged is another number.
  const isComparable = series.statistic !== 'Sum' || series.periodSeconds === 300
  const { data } = useGetBandsQuery({ resource: id, name: series.name, hours }, { skip: isLong })
  const { data: forecast } = useGetForecastQuery(
    { resource: id, metric: series.name },
    { skip: !isForecast(series.name) || series.points.length === 0 },
  )
  const own = anomalies.filter(({ metric }) => metric === series.name)
  return (
    <SpaceBetween size="s">
      <MetricChart
        series={series}
        from={from}
        to={to}
        band={!isLong && isComparable ? (data?.points ?? []) : []}
        unusualAt={own.map(({ beganAt }) => beganAt)}
        forecast={series.points.length > 0 ? (forecast?.points ?? []) : []}
      />
      {series.points.length > 0 && forecast !== undefined && <ForecastNote forecast={forecast} />}
      {own.length > 0 && <AnomalyList anomalies={own} format={(value) => metricValue(value, series.unit)} />}
    </SpaceBetween>
  )
}

const Charts = ({
  id,
  hours,
  anomalies,
  metrics: { series, from, to },
  chosen,
}: {
  id: string
  hours: number
  anomalies: readonly Anomaly[]
  metrics: Metrics
  chosen: readonly string[]
}) => (
  <ColumnLayout columns={chosen.length === 1 ? 1 : 2}>
    {series
      .filter(({ name }) => chosen.includes(name))
      .map((each) => (
        <Container
          key={each.name}
          header={
            <Header
              variant="h3"
              description={`${statisticWords(each.statistic)}, ${periodWords(each.periodSeconds)}${each.isDownsampled ? ', lowest and highest points' : ''}`}
            >
              {metricName(each.name)}
            </Header>
          }
        >
          <Judged id={id} hours={hours} anomalies={anomalies} series={each} from={from} to={to} />
        </Container>
      ))}
  </ColumnLayout>
)
