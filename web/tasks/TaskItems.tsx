import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { finalItemStatuses, liveItemStatuses } from '#contracts/task.ts'
import type { Item, ItemStatus, Task } from '#contracts/task.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { useListState } from '../design/use-list-state.ts'
import { Place } from '../resources/Place.tsx'
import { Changes } from './Changes.tsx'
import { useListItemsQuery } from './endpoints.ts'
import { TargetName } from './PlanTargets.tsx'
import { StepList } from './StepList.tsx'
import { itemLook } from './task-status.ts'
import { ItemStatusIndicator } from './TaskStatus.tsx'

const isOver = (status: ItemStatus): boolean => finalItemStatuses.some((final) => final === status)

const statuses = [
  { value: '', label: 'Any status' },
  ...[...liveItemStatuses, ...finalItemStatuses].map((value) => ({
    value: value as string,
    label: itemLook(value).word,
  })),
]

const columns: TableProps.ColumnDefinition<Item>[] = [
  {
    id: 'target',
    header: 'Target',
    isRowHeader: true,
    cell: ({ target }) => <TargetName id={target.id} name={target.name} />,
  },
  {
    id: 'place',
    header: 'Account and Region',
    cell: ({ target }) => <Place account={target.account} region={target.region} />,
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status, error }) => (
      <>
        <ItemStatusIndicator status={status} />
        {error !== undefined && (
          <Second>
            {error.message} ({error.code})
          </Second>
        )}
      </>
    ),
  },
  { id: 'steps', header: 'Steps', cell: ({ steps }) => <StepList steps={steps} />, minWidth: 200 },
  {
    id: 'change',
    header: 'Before → after',
    cell: ({ before, after }) => <Changes before={before} after={after} />,
    minWidth: 200,
  },
  {
    id: 'undo',
    header: 'Undo',
    cell: ({ undo, status }) =>
      undo.possible ? (
        <StatusIndicator type="success">Possible</StatusIndicator>
      ) : isOver(status) ? (
        (undo.why ?? 'Not possible')
      ) : (
        '–'
      ),
  },
]

/** The targets of a task with their steps, live. */
export const TaskItems = ({ task }: { task: Task }) => {
  const list = useListState()
  const answer = useListItemsQuery({
    id: task.id,
    status: list.get('itemStatus'),
    limit: 50,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  return (
    <ListTable
      title="Targets"
      what="targets"
      variant="section"
      list={list}
      answer={answer}
      columns={columns}
      rowId="id"
      choices={
        task.progress.total > 10 ? [{ name: 'itemStatus', label: 'Status of the targets', options: statuses }] : []
      }
      firstStep="They appear once the task is accepted."
    />
  )
}
