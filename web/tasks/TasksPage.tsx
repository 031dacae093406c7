import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { finalTaskStatuses, liveTaskStatuses } from '#contracts/task.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { useDraft } from '../design/use-draft.ts'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { useListOperationsQuery, useListTasksQuery } from './endpoints.ts'
import { taskColumns } from './task-columns.tsx'
import { statusWord } from './task-status.ts'

const anyStatus = { value: '', label: 'Any status' }
const statuses = [
  anyStatus,
  ...[...liveTaskStatuses, ...finalTaskStatuses].map((value) => ({ value: value as string, label: statusWord(value) })),
]
const anyOperation = { value: '', label: 'Any operation' }

/** Every task, newest first, live. */
export const TasksPage = () => {
  const list = useListState()
  const [status, operation, q] = [list.get('status'), list.get('operation'), list.get('q')]
  const query = { status, operation, q, ...(list.cursor === null ? {} : { cursor: list.cursor }) }
  const { data, isFetching, isLoading, error, refetch } = useListTasksQuery(query)
  const { data: known } = useListOperationsQuery()
  const operations = [
    anyOperation,
    ...(known?.items.map(({ name, title }) => ({ value: name, label: name, description: title })) ?? []),
  ]
  const [text, setText] = useDraft(q, (changed) => list.set({ q: changed }))
  const isFiltered = status !== '' || operation !== '' || q !== ''
  const clear = (): void => list.set({ status: '', operation: '', q: '' })

  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={taskColumns}
      trackBy="id"
      loading={isLoading}
      loadingText="Loading tasks"
      ariaLabels={{ tableLabel: 'Tasks' }}
      renderAriaLive={({ totalItemsCount }) => `${totalItemsCount ?? 0} tasks`}
      {...(data !== undefined && { totalItemsCount: data.total.value })}
      header={
        <Header
          variant="awsui-h1-sticky"
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={
            <Button
              iconName="refresh"
              ariaLabel="Refresh"
              loading={isFetching && !isLoading}
              onClick={() => void refetch()}
            />
          }
        >
          Tasks
        </Header>
      }
      filter={
        <Filters>
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by reason, requester or id"
            filteringAriaLabel="Find tasks"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
          <Select
            ariaLabel="Status"
            options={statuses}
            selectedOption={statuses.find(({ value }) => value === status) ?? anyStatus}
            onChange={({ detail }) => list.set({ status: detail.selectedOption.value ?? '' })}
          />
          <Select
            ariaLabel="Operation"
            options={operations}
            selectedOption={operations.find(({ value }) => value === operation) ?? anyOperation}
            onChange={({ detail }) => list.set({ operation: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={isFiltered}
          onClear={clear}
          // A text is looked for among the newest tasks first; the next page goes on.
          what={(data?.nextCursor ?? null) === null ? 'tasks' : 'tasks among those searched so far'}
          firstStep={<Button href="/resources?q=type:ec2.instance">Choose instances to work on</Button>}
        />
      }
    />
  )
}
