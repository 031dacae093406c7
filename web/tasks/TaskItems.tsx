import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import { finalItemStatuses, liveItemStatuses } from '#contracts/task.ts'
import type { Item, ItemStatus, Task } from '#contracts/task.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { TableState } from '../design/TableState.tsx'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { AccountName } from '../resources/AccountName.tsx'
import { Changes } from './Changes.tsx'
import { useListItemsQuery } from './endpoints.ts'
import { StepList } from './StepList.tsx'
import { itemLook } from './task-status.ts'
import { TargetName } from './PlanTargets.tsx'
import { ItemStatusIndicator } from './TaskStatus.tsx'

const isOver = (status: ItemStatus): boolean => finalItemStatuses.some((final) => final === status)

const anyStatus = { value: '', label: 'Any status' }
const statuses = [
  anyStatus,
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
    cell: ({ target }) => (
      <>
        <AccountName id={target.account} />
        <Box fontSize="body-s" color="text-body-secondary">
          {target.region}
        </Box>
      </>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status, error }) => (
      <>
        <ItemStatusIndicator status={status} />
        {error !== undefined && (
          <Box fontSize="body-s" color="text-body-secondary">
            {error.message} ({error.code})
          </Box>
        )}
      </>
    ),
  },
  { id: 'steps', header: 'Steps', cell: ({ steps }) => <StepList steps={steps} /> },
  { id: 'change', header: 'Before → after', cell: ({ before, after }) => <Changes before={before} after={after} /> },
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
  const status = list.get('itemStatus')
  const [limit] = useState(50)
  const query = { id: task.id, status, limit, ...(list.cursor === null ? {} : { cursor: list.cursor }) }
  const { data, isLoading, error, refetch } = useListItemsQuery(query)
  return (
    <Table
      items={data?.items ?? []}
      columnDefinitions={columns}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading targets"
      ariaLabels={{ tableLabel: 'Targets of the task' }}
      header={
        <Header variant="h2" {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}>
          Targets
        </Header>
      }
      {...(task.progress.total > 10 && {
        filter: (
          <Select
            ariaLabel="Status of the targets"
            options={statuses}
            selectedOption={statuses.find(({ value }) => value === status) ?? anyStatus}
            onChange={({ detail }) => list.set({ itemStatus: detail.selectedOption.value ?? '' })}
          />
        ),
      })}
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={status !== ''}
          onClear={() => list.set({ itemStatus: '' })}
          what="targets"
          firstStep="They appear once the task is accepted."
        />
      }
    />
  )
}
