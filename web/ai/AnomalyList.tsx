import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Anomaly } from '#contracts/anomaly.ts'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useNow } from '../design/use-now.ts'
import { count, shortId, usd } from '../design/words.ts'
import { joinedWords } from './anomaly-words.ts'

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What was unusual in one metric: since when, how far out, and what speaks for it. */
export const AnomalyList = ({
  anomalies,
  format,
}: {
  anomalies: readonly Anomaly[]
  format: (value: number) => string
}) => {
  const nowMs = useNow()
  return (
    <SpaceBetween size="xs">
      {anomalies.slice(0, 3).map(({ id, beganAt, lastAt, value, expected, evidence, joinedBy, drivers }) => (
        <div key={id}>
          <StatusIndicator type="warning">
            Unusual since <Time iso={beganAt} />
            {nowMs - Date.parse(lastAt) > 20 * 60_000 && (
              <>
                , until <Time iso={lastAt} />
              </>
            )}
          </StatusIndicator>
          <Second>
            {format(value)}, where {format(expected.low)} to {format(expected.high)} was expected.
            {evidence[0] !== undefined &&
              ` ${capital(evidence[0].meaning)}: as unusual as one value in ${count(evidence[0].oneIn)}.`}
            {joinedBy !== null && ` ${joinedWords(joinedBy)}`}
            {(drivers ?? []).map(({ resource, usd: now, beforeUsd }) => (
              <div key={resource.id}>
                {resource.id.startsWith('arn:') ? (
                  <Link href={`/resources/${encodeURIComponent(resource.id)}`} fontSize="body-s">
                    {resource.name ?? shortId(resource.id)}
                  </Link>
                ) : (
                  resource.id
                )}{' '}
                costs {usd(now)} a day, before {usd(beforeUsd)}.
              </div>
            ))}
          </Second>
        </div>
      ))}
      {anomalies.length > 3 && <Second>and {anomalies.length - 3} more</Second>}
    </SpaceBetween>
  )
}
