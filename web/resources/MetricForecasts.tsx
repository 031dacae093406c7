import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { MetricForecast } from '#contracts/forecast.ts'
import { useGetForecastQuery } from '../ai/endpoints.ts'
import { Second } from '../design/Second.tsx'
import { useNow } from '../design/use-now.ts'
import { forecastWords, isForecast, isPressing } from './forecast-words.ts'

/** How one metric is expected to go on, in words, and what that rests on. */
export const ForecastNote = ({ forecast }: { forecast: MetricForecast }) => {
  const words = forecastWords(forecast, useNow(60))
  if (words === null) return null
  return (
    <div>
      <StatusIndicator type={isPressing(forecast) ? 'warning' : 'info'}>
        <span className="whole-words">{words}</span>
      </StatusIndicator>
      {forecast.because !== null && <Second>Forecast: {forecast.because}.</Second>}
    </div>
  )
}

const PressingNote = ({ id, metric }: { id: string; metric: string }) => {
  const { data } = useGetForecastQuery({ resource: id, metric })
  return data !== undefined && isPressing(data) ? <ForecastNote forecast={data} /> : null
}

/** What of a resource runs out soon, whichever charts are shown. */
export const PressingForecasts = ({ id, metrics }: { id: string; metrics: readonly string[] }) => (
  <SpaceBetween size="xs">
    {metrics.filter(isForecast).map((metric) => (
      <PressingNote key={metric} id={id} metric={metric} />
    ))}
  </SpaceBetween>
)
