import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ScheduleRow } from '#contracts/schedule.ts'
import { useMay } from '../auth/permissions.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useListSchedulesQuery } from './endpoints.ts'
import { runLooks, scheduleLooks, targetWords, whenWords } from './schedule-words.ts'

const awaiting = { value: 'awaiting', label: 'Approval waits for a decision' }
const statuses = [
  { value: '', label: 'Any status' },
  ...Object.entries(scheduleLooks).map(([value, { word }]) => ({ value, label: word })),
  awaiting,
]

/** What runs by itself. */
export const SchedulesPage = () => {
  const list = useListState()
  const mayManage = useMay('schedule.manage')
  useLiveTopic('schedules')
  const status = list.get('status')
  const answer = useListSchedulesQuery(
    {
      q: list.get('q'),
      ...(status === awaiting.value ? { approval: 'requested' } : { status }),
      ...(list.cursor === null ? {} : { cursor: list.cursor }),
    },
    // Runs come by themselves.
    { pollingInterval: 15_000, skipPollingIfUnfocused: true },
  )
  const create = (
    <Button variant="primary" href="/schedules/new">
      Create a schedule
    </Button>
  )
  return (
    <ListTable
      title="Schedules"
      what="schedules"
      list={list}
      answer={answer}
      columns={columns}
      rowId="id"
      search="name or operation"
      choices={[{ name: 'status', label: 'Status', options: statuses }]}
      actions={mayManage && create}
      firstStep={mayManage ? create : 'An operator can have an operation run by itself.'}
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
        <Second>{targetWords(targets)}</Second>
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
        <Second>{row.timeZone}</Second>
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
