import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import { versionKinds } from '#contracts/history.ts'
import type { Changes } from '#contracts/history.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useNow } from '../design/use-now.ts'
import { shortId, totalWords } from '../design/words.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { AccountName } from '../resources/AccountName.tsx'
import { QueryInput } from '../resources/QueryInput.tsx'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { ChangeList } from './ChangeList.tsx'
import { kindLooks } from './change-words.ts'
import { useListChangesQuery } from './endpoints.ts'
import './history.css'

const spans = [
  { value: '1', label: 'The last hour', hours: 1 },
  { value: '', label: 'The last day', hours: 24 },
  { value: '168', label: 'The last 7 days', hours: 168 },
  { value: '720', label: 'The last 30 days', hours: 720 },
  { value: '9480', label: 'All that is kept', hours: 24 * 365 * 100 },
]
const lastDay = spans[1]
const anyKind = { value: '', label: 'Any kind' }
const kinds = [anyKind, ...versionKinds.map((value) => ({ value: value as string, label: kindLooks[value].word }))]
/** To the minute, so that the same page is the same question. */
const minuteMs = 60_000

/** What changed in the whole estate, the newest first. */
export const ChangesPage = () => {
  useLiveTopic('resources')
  const list = useListState()
  const now = useNow(60)
  const [q, kind] = [list.get('q'), list.get('kind')]
  const span = spans.find(({ value }) => value === list.get('span')) ?? lastDay
  const from = new Date(Math.floor(now / minuteMs) * minuteMs - (span?.hours ?? 24) * 3_600_000).toISOString()
  const { data, currentData, isFetching, error, refetch } = useListChangesQuery({
    q,
    kind,
    from,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const isFiltered = q !== '' || kind !== ''
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columns}
      wrapLines
      loading={isFetching && data === undefined}
      loadingText="Loading changes"
      ariaLabels={{ tableLabel: 'Changes' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          description="What sweeps and tasks saw change, whoever did it."
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={
            <Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />
          }
        >
          Changes
        </Header>
      }
      filter={
        <Filters>
          <QueryInput query={q} error={error} onChange={(changed) => list.set({ q: changed })} />
          <Select
            ariaLabel="Time"
            options={spans}
            selectedOption={span ?? null}
            onChange={({ detail }) => list.set({ span: detail.selectedOption.value ?? '' })}
          />
          <Select
            ariaLabel="Kind"
            options={kinds}
            selectedOption={kinds.find(({ value }) => value === kind) ?? anyKind}
            onChange={({ detail }) => list.set({ kind: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={currentData?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={isFiltered}
          onClear={() => list.set({ q: '', kind: '' })}
          what="changes"
          firstStep="Nothing has changed in this time."
        />
      }
    />
  )
}

type Change = Changes['items'][number]
const columns: TableProps.ColumnDefinition<Change>[] = [
  { id: 'at', header: 'Seen', cell: ({ at }) => <Time iso={at} />, width: 130 },
  {
    id: 'resource',
    header: 'Resource',
    isRowHeader: true,
    cell: ({ resource: { id, name, type } }) => (
      <>
        <Link href={`${resourceHref(id)}?tab=history`}>{name ?? shortId(id)}</Link>
        <Box fontSize="body-s" color="text-body-secondary">
          {type}
        </Box>
      </>
    ),
  },
  {
    id: 'kind',
    header: 'What',
    cell: ({ kind }) => <Badge color={kindLooks[kind].color}>{kindLooks[kind].word}</Badge>,
    width: 110,
  },
  { id: 'changes', header: 'Changes', cell: ({ changes }) => <ChangeList changes={changes} /> },
  {
    id: 'tasks',
    header: 'Task',
    cell: ({ tasks }) =>
      tasks.length === 0
        ? '–'
        : tasks.map(({ id, operation }) => (
            <div key={id}>
              <Link href={`/tasks/${id}`}>{operation ?? `Task ${id.slice(0, 8)}`}</Link>
            </div>
          )),
  },
  {
    id: 'place',
    header: 'Account and Region',
    cell: ({ resource: { account, region } }) => (
      <>
        <AccountName id={account} />
        <Box fontSize="body-s" color="text-body-secondary">
          {region}
        </Box>
      </>
    ),
  },
]
