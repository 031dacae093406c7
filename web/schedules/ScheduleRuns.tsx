import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ScheduleRun } from '#contracts/schedule.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { counted } from '../design/words.ts'
import { useListRunsQuery } from './endpoints.ts'
import { runLooks } from './schedule-words.ts'

/** What became of each time that came. */
export const ScheduleRuns = ({ id }: { id: string }) => {
  const list = useListState()
  const answer = useListRunsQuery(
    { id, ...(list.cursor === null ? {} : { cursor: list.cursor }) },
    { pollingInterval: 5_000, skipPollingIfUnfocused: true },
  )
  return (
    <ListTable
      title="Runs"
      what="runs"
      variant="section"
      list={list}
      answer={answer}
      columns={columns}
      rowId="id"
      firstStep="Its first run appears here when its time has come."
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
