import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Toggle from '@cloudscape-design/components/toggle'
import { apiErrorOf } from '../api/problem.ts'
import { Filters } from '../design/Filters.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { inAddress, rangeIn } from '../design/time-range.ts'
import type { TimeRange } from '../design/time-range.ts'
import { TimeRangePicker } from '../design/TimeRangePicker.tsx'
import { useListState } from '../design/use-list-state.ts'
import { counted } from '../design/words.ts'
import { LogLines } from './LogLines.tsx'
import { useLogs } from './use-logs.ts'
import type { Logs } from './use-logs.ts'

const lastHour: TimeRange = { kind: 'last', minutes: 60 }
const lasts = [5, 15, 60, 180, 720, 1440, 10_080]
/** FilterLogEvents is allowed a few times a second for all of an account. */
const followEveryMs = 3_000
const patternHelp = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html'

/** What a log group, or a function, has written: searched by pattern and time, or followed. Choices stand in the address. */
export const ResourceLogs = ({ id, everyMs = followEveryMs }: { id: string; everyMs?: number }) => {
  const address = useListState()
  const filter = address.get('filter')
  const range = rangeIn(address.get, lastHour)
  const isFollowing = address.get('follow') === '1'
  const logs = useLogs({ id, filter, range }, isFollowing ? everyMs : null)
  if (logs.error !== undefined && apiErrorOf(logs.error).code === 'no_logs')
    return (
      <Container header={<Header variant="h2">Logs</Header>}>
        <Box color="text-body-secondary">{apiErrorOf(logs.error).detail}</Box>
      </Container>
    )
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={logs.logGroup ?? 'Read from CloudWatch Logs; nothing of it is kept here.'}
          actions={
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
              <Toggle
                checked={isFollowing}
                onChange={({ detail }) => address.set({ follow: detail.checked ? '1' : '' })}
              >
                Follow
              </Toggle>
              <Button iconName="refresh" ariaLabel="Refresh" loading={logs.isReading} onClick={logs.again} />
            </SpaceBetween>
          }
        >
          Logs
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Filters>
          <PatternInput filter={filter} onSend={(sent) => address.set({ filter: sent })} />
          <TimeRangePicker
            label="Time of the logs"
            range={range}
            lasts={lasts}
            isDisabled={isFollowing}
            onChange={(chosen) => address.set(inAddress(chosen))}
          />
        </Filters>
        {logs.error !== undefined && <ProblemAlert error={logs.error} onRetry={logs.again} />}
        {logs.events.length > 0 && <LogLines events={logs.events} isFollowing={isFollowing} />}
        <Foot
          logs={logs}
          isFollowing={isFollowing}
          onClear={filter === '' ? null : () => address.set({ filter: '' })}
        />
      </SpaceBetween>
    </Container>
  )
}

/** A filter pattern of CloudWatch: sent with Enter or when it is left, since each search is a call to AWS. */
const PatternInput = ({ filter, onSend }: { filter: string; onSend: (filter: string) => void }) => {
  const [text, setText] = useState(filter)
  const [seen, setSeen] = useState(filter)
  // Cleared elsewhere, or back in the history of the browser.
  if (seen !== filter) {
    setSeen(filter)
    setText(filter)
  }
  const send = (): void => onSend(text.trim())
  return (
    <div>
      <Input
        type="search"
        value={text}
        ariaLabel="Filter pattern"
        placeholder={'Words, "phrases", ?either ?or, -not'}
        onChange={({ detail }) => {
          setText(detail.value)
          if (detail.value === '') onSend('')
        }}
        onKeyDown={({ detail }) => detail.key === 'Enter' && send()}
        onBlur={send}
      />
      <Link href={patternHelp} external fontSize="body-s">
        Filter patterns
      </Link>
    </div>
  )
}

/** How far it has been read, and how to go on. */
const Foot = ({
  logs: { events, nextCursor, isReading, error, more },
  isFollowing,
  onClear,
}: {
  logs: Logs
  isFollowing: boolean
  /** Null: nothing is filtered. */
  onClear: (() => void) | null
}) => {
  if (error !== undefined) return null
  const lines = counted(events.length, 'line')
  if (isFollowing)
    return (
      <StatusIndicator type="in-progress">
        {events.length === 0 ? 'Waiting for lines' : `Following, ${lines}`}
      </StatusIndicator>
    )
  if (isReading)
    return <StatusIndicator type="loading">{events.length === 0 ? 'Reading' : 'Reading on'}</StatusIndicator>
  if (nextCursor !== null)
    return (
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Button onClick={more}>{events.length === 0 ? 'Search on' : 'Load more'}</Button>
        <span aria-live="polite">{events.length === 0 ? 'Nothing found so far.' : `${lines} so far.`}</span>
      </SpaceBetween>
    )
  if (events.length > 0) return <span aria-live="polite">{lines}, all of this time.</span>
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">{onClear === null ? 'Nothing was logged in this time' : 'No lines match'}</Box>
        {onClear !== null && <Button onClick={onClear}>Clear the filter</Button>}
      </SpaceBetween>
    </Box>
  )
}
