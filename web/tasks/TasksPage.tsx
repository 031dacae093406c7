import Button from '@cloudscape-design/components/button'
import { finalTaskStatuses, liveTaskStatuses } from '#contracts/task.ts'
import { ListTable } from '../design/ListTable.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useListOperationsQuery, useListTasksQuery } from './endpoints.ts'
import { taskColumns } from './task-columns.tsx'
import { statusWord } from './task-status.ts'

const statuses = [
  { value: '', label: 'Any status' },
  ...[...liveTaskStatuses, ...finalTaskStatuses].map((value) => ({ value: value as string, label: statusWord(value) })),
]

/** Every task, newest first, live. */
export const TasksPage = () => {
  const list = useListState()
  const answer = useListTasksQuery({
    status: list.get('status'),
    operation: list.get('operation'),
    q: list.get('q'),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const { data: known } = useListOperationsQuery()
  const operations = [
    { value: '', label: 'Any operation' },
    ...(known?.items.map(({ name, title }) => ({ value: name, label: name, description: title })) ?? []),
  ]
  return (
    <ListTable
      title="Tasks"
      what="tasks"
      // A text is looked for among the newest tasks first; the next page goes on.
      searched={(answer.data?.nextCursor ?? null) === null ? 'tasks' : 'tasks among those searched so far'}
      list={list}
      answer={answer}
      columns={taskColumns}
      rowId="id"
      search="reason, requester or id"
      choices={[
        { name: 'status', label: 'Status', options: statuses },
        { name: 'operation', label: 'Operation', options: operations },
      ]}
      firstStep={<Button href="/resources?q=type:ec2.instance">Choose instances to work on</Button>}
    />
  )
}
