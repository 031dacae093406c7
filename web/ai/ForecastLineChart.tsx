import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { ForecastLine } from '#contracts/account-forecast.ts'
import { Second } from '../design/Second.tsx'
import { shortId } from '../design/words.ts'
import { MetricChart } from '../resources/MetricChart.tsx'
import { lineWords } from './account-forecast-words.ts'

const isPressing = ({ exhaustion }: ForecastLine): boolean =>
  exhaustion?.status === 'reached' || exhaustion?.status === 'expected'

/** What was measured and how it goes on, drawn with its interval, and in words. */
export const ForecastLineChart = ({ line }: { line: ForecastLine }) => {
  const { name, region, resource, unit, history, points, limit, because } = line
  const words = lineWords(line)
  const [first, last] = [history[0]?.at, history.at(-1)?.at]
  return (
    <Container
      header={
        <Header variant="h3" {...(region !== null && { description: region })}>
          {resource === null ? (
            name
          ) : (
            <>
              {name} of{' '}
              <Link href={`/resources/${encodeURIComponent(resource.id)}?tab=metrics`} fontSize="inherit">
                {resource.name ?? shortId(resource.id)}
              </Link>
            </>
          )}
        </Header>
      }
    >
      <SpaceBetween size="xs">
        {words !== null && (
          <StatusIndicator type={isPressing(line) ? 'warning' : 'info'}>
            <span className="whole-words">{words}</span>
          </StatusIndicator>
        )}
        {first !== undefined && last !== undefined && first !== last && (
          <MetricChart
            series={{
              name,
              unit,
              statistic: 'Average',
              periodSeconds: line.stepSeconds,
              isDownsampled: false,
              points: history,
            }}
            from={first}
            to={last}
            forecast={points}
            {...(limit !== null && { limit: { value: limit.value, title: 'Limit' } })}
          />
        )}
        {because !== null && <Second>Forecast: {because}.</Second>}
      </SpaceBetween>
    </Container>
  )
}
