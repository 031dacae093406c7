import Badge from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { History, Version } from '#contracts/history.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { useAppSelector } from '../app/store.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Second } from '../design/Second.tsx'
import { inAddress, rangeIn } from '../design/time-range.ts'
import { Time } from '../design/Time.tsx'
import { momentOf, momentText } from '../design/times.ts'
import { useListState } from '../design/use-list-state.ts'
import { useNow } from '../design/use-now.ts'
import { totalWords } from '../design/words.ts'
import { Authors } from './Authors.tsx'
import { kindLooks } from './change-words.ts'
import { ChangeList } from './ChangeList.tsx'
import { useGetHistoryQuery } from './endpoints.ts'
import { ResourceNet } from './ResourceNet.tsx'
import { lastDay } from './spans.ts'
import { StateThen } from './StateThen.tsx'
import './history.css'

/** CloudTrail answers within seconds, or not at all. */
const lookAgainMs = 2_000
const pageSize = 25

/** What became of a resource, the newest first, and how it was at any time. */
export const ResourceHistory = ({ id }: { id: string }) => {
  const list = useListState()
  const at = list.get('at')
  const isComparing = list.get('compare') === '1'
  const query = { id, limit: pageSize, ...(list.cursor === null ? {} : { cursor: list.cursor }) }
  const { data, error, isFetching, refetch } = useGetHistoryQuery(query)
  // The same question again, for as long as somebody else is being asked.
  useGetHistoryQuery(query, {
    pollingInterval: data?.trail.status === 'looking' ? lookAgainMs : 0,
    skipPollingIfUnfocused: true,
  })
  if (data === undefined)
    return error === undefined ? <PageLoading /> : <ProblemAlert error={error} onRetry={() => void refetch()} />
  return (
    <SpaceBetween size="l">
      {isComparing && (
        <ResourceNet
          id={id}
          range={rangeIn(list.get, lastDay)}
          onChange={(range) => list.set(inAddress(range))}
          onClose={() => list.set({ compare: '', ...inAddress(null) })}
        />
      )}
      {at !== '' && <StateThen id={id} at={at} onClose={() => list.set({ at: '' })} />}
      <Container
        header={
          <Header
            variant="h2"
            counter={`(${totalWords(data.total)})`}
            description="What changed, as sweeps and tasks saw it."
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <TrailStatus trail={data.trail} />
                <MomentForm key={at} at={at} onChoose={(chosen) => list.set({ at: chosen })} />
                {!isComparing && <Button onClick={() => list.set({ compare: '1' })}>Compare two times</Button>}
                <Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />
              </SpaceBetween>
            }
          >
            History
          </Header>
        }
        {...((!list.isFirst || data.nextCursor !== null) && {
          footer: <CursorPagination list={list} nextCursor={data.nextCursor} />,
        })}
      >
        <ol className="timeline" aria-label="Changes, the newest first">
          {data.items.map((version) => (
            <OneVersion key={version.version} version={version} onLook={() => list.set({ at: version.at })} />
          ))}
          {data.nextCursor === null && <Beginning history={data} />}
        </ol>
      </Container>
    </SpaceBetween>
  )
}

const OneVersion = ({ version, onLook }: { version: Version; onLook: () => void }) => {
  const { word, color } = kindLooks[version.kind]
  return (
    <li>
      <SpaceBetween size="xxs">
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Badge color={color}>{word}</Badge>
          <Time iso={version.at} form="both" />
          {version.kind !== 'gone' && (
            <Link
              href="#"
              ariaLabel={`State at ${version.at}`}
              onFollow={(event) => {
                event.preventDefault()
                onLook()
              }}
            >
              State then
            </Link>
          )}
        </SpaceBetween>
        <ChangeList changes={version.changes} />
        <Second>
          <Authors by={version.by} />
        </Second>
      </SpaceBetween>
    </li>
  )
}

const Beginning = ({ history }: { history: History }) => {
  const { firstSeenAt, keptSince, items } = history
  if (firstSeenAt === null) return null
  const isOlder = firstSeenAt < keptSince
  return (
    <li>
      {isOlder ? (
        <>
          Older changes are not kept. First seen <Time iso={firstSeenAt} form="both" />.
        </>
      ) : (
        <>
          First seen <Time iso={firstSeenAt} form="both" />
          {items.length === 0 ? '; nothing has changed since.' : '.'}
        </>
      )}
    </li>
  )
}

const TrailStatus = ({ trail: { status, why } }: Pick<History, 'trail'>) => {
  if (status === 'known') return null
  return status === 'looking' ? (
    <StatusIndicator type="in-progress">Asking CloudTrail</StatusIndicator>
  ) : (
    <span title={why ?? ''}>
      <StatusIndicator type="info">CloudTrail is not available</StatusIndicator>
      <span className="visually-hidden">{why}</span>
    </span>
  )
}

/** A moment to look at, in the zone in which times are shown. */
const MomentForm = ({ at, onChoose }: { at: string; onChoose: (at: string) => void }) => {
  const zone = useAppSelector((state) => state.appearance.times)
  const now = useNow(60)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const given = new FormData(event.currentTarget).get('at')
        const moment = momentOf(typeof given === 'string' ? given : '', zone)
        if (moment !== null) onChoose(moment)
      }}
    >
      <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
        <label>
          <span className="visually-hidden">A moment, in {zone === 'utc' ? 'UTC' : 'your own time zone'}</span>
          <input
            key={zone}
            className="moment"
            type="datetime-local"
            name="at"
            step="1"
            required
            defaultValue={momentText(at === '' ? new Date(now).toISOString() : at, zone)}
          />
        </label>
        <Button formAction="submit">State then</Button>
      </SpaceBetween>
    </form>
  )
}
