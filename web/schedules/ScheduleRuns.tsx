import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ScheduleRun } from '#contracts/schedule.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { counted, totalWords } from '../design/words.ts'
import { useListRunsQuery } from './endpoints.ts'
import { runLooks } from './schedule-words.ts'

/** What became of each time that came. */
export const ScheduleRuns = ({ id }: { id: string }) => {
  const list = useListState()
  const { data, isLoading, error, refetch } = useListRunsQuery(
    { id, ...(list.cursor === null ? {} : { cursor: list.cursor }) },
    { pollingInterval: 5_000, skipPollingIfUnfocused: true },
  )
  return (
    <Table
      items={data?.items ?? []}
      columnDefinitions={columns}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading runs"
      ariaLabels={{ tableLabel: 'Runs' }}
      header={
        <Header variant="h2" {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}>
          Runs
        </Header>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={false}
          onClear={() => {}}
          what="runs"
          firstStep="Its first run appears here when its time has come."
        />
      }
    />
  )
}

const columns: TableProps.ColumnDefinition<ScheduleRun>[] = [
  { id: 'due', header: 'Due', isRowHeader: true, cell: ({ dueAt }) => <Time iso={dueAt} /> },
  {
    id: 'status',
    header: 'What became of it',
    cell: ({ status }) => <StatusIndicator type={runLooks[status].type}>{runLooks[status].word}</StatusIndicator>,
  },
  {
    id: 'task',
    header: 'Task',
    cell: ({ task }) => (task === null ? '–' : <Link href={`/tasks/${task}`}>{task.slice(0, 8)}</Link>),
  },
  {
    id: 'why',
    header: 'Why',
    minWidth: 220,
    cell: ({ why, trigger, missed }) =>
      [
        ...(trigger === 'manual' ? ['Run by hand.'] : []),
        ...(why === null ? [] : [why]),
        ...(missed > 0 ? [`Also for ${counted(missed, 'earlier time')} that passed.`] : []),
      ].join(' ') || '–',
  },
]
