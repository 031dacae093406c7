import Alert from '@cloudscape-design/components/alert'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Freshness } from '#contracts/resource.ts'
import { duration } from '../design/times.ts'

/** Where an answer comes from and how old it is, so that nobody takes a copy for the thing itself. */
export const FreshnessLabel = ({ freshness: { source, ageSeconds, status } }: { freshness: Freshness }) => {
  const age = ageSeconds === null ? '' : ageSeconds < 1 ? ', just now' : `, ${duration(ageSeconds)} old`
  if (status === 'stale') return <StatusIndicator type="warning">{`Stale copy${age}`}</StatusIndicator>
  if (source === 'aws') return <StatusIndicator type="success">{`From AWS${age}`}</StatusIndicator>
  return <StatusIndicator type="success">{`Cached${age}`}</StatusIndicator>
}

/** What is missing from an answer because some account, Region or service could not be read. */
export const PartialWarning = ({ freshness: { partial } }: { freshness: Freshness }) => {
  if (partial.length === 0) return null
  return (
    <Alert type="warning" header="Some parts are missing or old">
      <ul>
        {partial.slice(0, 5).map(({ account, region, service, why }) => (
          <li key={`${account} ${region} ${service}`}>{`${account}, ${region}, ${service}: ${why}`}</li>
        ))}
        {partial.length > 5 && <li>and {partial.length - 5} more</li>}
      </ul>
    </Alert>
  )
}
