import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import type { ScheduleRow } from '#contracts/schedule.ts'
import { useMay } from '../auth/permissions.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useDraft } from '../design/use-draft.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { useListSchedulesQuery } from './endpoints.ts'
import { runLooks, scheduleLooks, targetWords, whenWords } from './schedule-words.ts'

const anyStatus = { value: '', label: 'Any status' }
const awaiting = { value: 'awaiting', label: 'Approval waits for a decision' }
const statuses = [
  anyStatus,
  ...Object.entries(scheduleLooks).map(([value, { word }]) => ({ value, label: word })),
  awaiting,
]

/** What runs by itself. */
export const SchedulesPage = () => {
  const list = useListState()
  const mayManage = useMay('schedule.manage')
  const [status, q] = [list.get('status'), list.get('q')]
  useLiveTopic('schedules')
  const { data, isLoading, isFetching, error, refetch } = useListSchedulesQuery(
    {
      q,
      ...(status === awaiting.value ? { approval: 'requested' } : { status }),
      ...(list.cursor === null ? {} : { cursor: list.cursor }),
    },
    // Runs come by themselves.
    { pollingInterval: 15_000, skipPollingIfUnfocused: true },
  )
  const [text, setText] = useDraft(q, (changed) => list.set({ q: changed }))
  const create = (
    <Button variant="primary" href="/schedules/new">
      Create a schedule
    </Button>
  )
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columns}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading schedules"
      ariaLabels={{ tableLabel: 'Schedules' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="refresh"
                ariaLabel="Refresh"
                loading={isFetching && !isLoading}
                onClick={() => void refetch()}
              />
              {mayManage && create}
            </SpaceBetween>
          }
        >
          Schedules
        </Header>
      }
      filter={
        <Filters>
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by name or operation"
            filteringAriaLabel="Find schedules"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
          <Select
            ariaLabel="Status"
            options={statuses}
            selectedOption={statuses.find(({ value }) => value === status) ?? anyStatus}
            onChange={({ detail }) => list.set({ status: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={status !== '' || q !== ''}
          onClear={() => list.set({ status: '', q: '' })}
          what="schedules"
          firstStep={mayManage ? create : 'An operator can have an operation run by itself.'}
        />
      }
    />
  )
}

const columns: TableProps.ColumnDefinition<ScheduleRow>[] = [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    cell: ({ id, name }) => <Link href={`/schedules/${id}`}>{name}</Link>,
    minWidth: 160,
  },
  {
    id: 'operation',
    header: 'Operation',
    cell: ({ operation, targets }) => (
      <>
        {operation}
        <Box fontSize="body-s" color="text-body-secondary">
          {targetWords(targets)}
        </Box>
      </>
    ),
    minWidth: 160,
  },
  {
    id: 'when',
    header: 'When',
    cell: (row) => (
      <>
        {whenWords(row)}
        <Box fontSize="body-s" color="text-body-secondary">
          {row.timeZone}
        </Box>
      </>
    ),
    minWidth: 180,
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status }) => (
      <StatusIndicator type={scheduleLooks[status].type}>{scheduleLooks[status].word}</StatusIndicator>
    ),
  },
  {
    id: 'next',
    header: 'Next run',
    cell: ({ nextRunAt }) => (nextRunAt === null ? '–' : <Time iso={nextRunAt} />),
  },
  {
    id: 'last',
    header: 'Last run',
    cell: ({ lastRun }) =>
      lastRun === null ? (
        '–'
      ) : (
        <StatusIndicator type={runLooks[lastRun.status].type}>{runLooks[lastRun.status].word}</StatusIndicator>
      ),
  },
  { id: 'owner', header: 'Owner', cell: ({ owner }) => owner.email },
]
