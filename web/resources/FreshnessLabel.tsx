import Alert from '@cloudscape-design/components/alert'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
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

/** So many places, and reasons, are named. */
const most = 5

/** Which accounts, Regions and services an answer misses because they could not be read; why is folded away. */
export const PartialWarning = ({ freshness: { partial } }: { freshness: Freshness }) => {
  if (partial.length === 0) return null
  const places = [...new Set(partial.map(({ account, region, service }) => `${account}, ${region}, ${service}`))]
  return (
    <Alert type="warning" header="Some parts are missing or old">
      {places.slice(0, most).join('; ')}
      {places.length > most && ` and ${places.length - most} more`}
      <ExpandableSection headerText="Why">
        <ul>
          {partial.slice(0, most).map(({ account, region, service, why }) => (
            <li key={`${account} ${region} ${service} ${why}`}>{`${account}, ${region}, ${service}: ${why}`}</li>
          ))}
          {partial.length > most && <li>and {partial.length - most} more</li>}
        </ul>
      </ExpandableSection>
    </Alert>
  )
}
