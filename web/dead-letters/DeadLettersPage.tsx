import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { deadLetterCauses } from '#contracts/dead-letter.ts'
import type { DeadLetter } from '#contracts/dead-letter.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { shortId } from '../design/words.ts'
import { causeWords, statusLooks } from './cause-words.ts'
import { useListDeadLettersQuery } from './endpoints.ts'

const statuses = [
  { value: '', label: 'Open' },
  { value: 'requeued', label: statusLooks.requeued.word },
  { value: 'dismissed', label: statusLooks.dismissed.word },
  { value: 'all', label: 'All' },
]
const causes = [
  { value: '', label: 'Any cause' },
  ...deadLetterCauses.map((value) => ({ value: value as string, label: causeWords[value] })),
]

/** What failed for a reason of the machinery: somebody has to look. */
export const DeadLettersPage = () => {
  const list = useListState()
  const answer = useListDeadLettersQuery(
    {
      status: list.get('status'),
      cause: list.get('cause'),
      q: list.get('q'),
      ...(list.cursor === null ? {} : { cursor: list.cursor }),
    },
    { pollingInterval: 30_000, skipPollingIfUnfocused: true },
  )
  return (
    <ListTable
      title="Dead letters"
      what="dead letters"
      description="Items that failed for a reason of the machinery, not of AWS’s answer."
      list={list}
      answer={answer}
      columns={columns}
      rowId="id"
      search="target, task or error"
      choices={[
        { name: 'status', label: 'Status', options: statuses },
        { name: 'cause', label: 'Cause', options: causes },
      ]}
      firstStep="All is well. What the machinery could not bring to an end appears here."
    />
  )
}

const columns: TableProps.ColumnDefinition<DeadLetter>[] = [
  {
    id: 'target',
    header: 'Target',
    isRowHeader: true,
    cell: ({ id, target }) => <Link href={`/dead-letters/${id}`}>{target.name ?? shortId(target.id)}</Link>,
    minWidth: 150,
  },
  { id: 'operation', header: 'Operation', cell: ({ operation }) => operation },
  {
    id: 'cause',
    header: 'Cause',
    minWidth: 240,
    cell: ({ cause, error }) => (
      <>
        {causeWords[cause]}
        <Second>{error.message}</Second>
      </>
    ),
  },
  { id: 'task', header: 'Task', cell: ({ task }) => <Link href={`/tasks/${task}`}>{task.slice(0, 8)}</Link> },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status }) => <StatusIndicator type={statusLooks[status].type}>{statusLooks[status].word}</StatusIndicator>,
  },
  { id: 'found', header: 'Found', cell: ({ foundAt }) => <Time iso={foundAt} /> },
]
