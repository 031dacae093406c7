import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import type { QueueState } from '#contracts/queue.ts'
import { DataTable } from '../../design/DataTable.tsx'
import { TableState } from '../../design/TableState.tsx'
import { useLocalPages } from '../../design/use-local-pages.tsx'
import { useGetQueueQuery } from './endpoints.ts'

const everyMs = 3000

/** One part of the queue's state as a table, read again every few seconds. The four states of a table are told apart. */
export const QueueTable = <Row,>({
  title,
  what,
  description,
  rowsOf,
  columns,
  rowId,
  textOf,
  nothing,
}: {
  title: string
  /** In the plural, for example "workers". */
  what: string
  description: string
  rowsOf: (queue: QueueState) => readonly Row[]
  columns: readonly TableProps.ColumnDefinition<Row>[]
  rowId: (row: Row) => string
  /** What the filter looks into. */
  textOf: (row: Row) => string
  /** Said when there is nothing, and what that means. */
  nothing: string
}) => {
  const { data, isLoading, error, refetch } = useGetQueueQuery(undefined, { pollingInterval: everyMs })
  const { items, counter, isFiltered, clear, controls } = useLocalPages(data === undefined ? [] : rowsOf(data), {
    textOf,
    label: `Filter ${what}`,
    placeholder: `Find ${what}`,
    pageSize: 10,
  })
  return (
    <DataTable
      // Rows that could not be read any more would be a lie.
      items={error === undefined ? items : []}
      columnDefinitions={columns}
      trackBy={rowId}
      wrapLines
      loading={isLoading}
      loadingText={`Loading ${what}`}
      ariaLabels={{ tableLabel: title }}
      header={
        <Header
          variant="h2"
          description={description}
          counter={counter}
          actions={<Button iconName="refresh" ariaLabel={`Refresh ${what}`} onClick={() => void refetch()} />}
        >
          {title}
        </Header>
      }
      {...controls}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={isFiltered}
          onClear={clear}
          what={what}
          nothing={`No ${what}`}
          firstStep={nothing}
        />
      }
    />
  )
}
