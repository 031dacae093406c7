import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { TableState } from '../../design/TableState.tsx'
import { count } from '../../design/words.ts'
import { useGetQueueQuery } from './endpoints.ts'

const pageSize = 10
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
  rowsOf: (queue: NonNullable<ReturnType<typeof useGetQueueQuery>['data']>) => readonly Row[]
  columns: readonly TableProps.ColumnDefinition<Row>[]
  rowId: (row: Row) => string
  /** What the filter looks into. */
  textOf: (row: Row) => string
  /** Said when there is nothing, and what that means. */
  nothing: string
}) => {
  const { data, isLoading, error, refetch } = useGetQueueQuery(undefined, { pollingInterval: everyMs })
  const [text, setText] = useState('')
  const [page, setPage] = useState(1)
  const rows = data === undefined ? [] : rowsOf(data)
  const wanted = text.trim().toLowerCase()
  const matching = wanted === '' ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(wanted))
  const pages = Math.max(1, Math.ceil(matching.length / pageSize))
  const shown = Math.min(page, pages)
  const find = (wish: string): void => {
    setText(wish)
    setPage(1)
  }
  return (
    <Table
      // Rows that could not be read any more would be a lie.
      items={error === undefined ? matching.slice((shown - 1) * pageSize, shown * pageSize) : []}
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
          counter={wanted === '' ? `(${count(rows.length)})` : `(${count(matching.length)}/${count(rows.length)})`}
          actions={<Button iconName="refresh" ariaLabel={`Refresh ${what}`} onClick={() => void refetch()} />}
        >
          {title}
        </Header>
      }
      {...((rows.length > pageSize || wanted !== '') && {
        filter: (
          <TextFilter
            filteringText={text}
            filteringPlaceholder={`Find ${what}`}
            filteringAriaLabel={`Filter ${what}`}
            countText={`${count(matching.length)} of ${count(rows.length)}`}
            onChange={({ detail }) => find(detail.filteringText)}
          />
        ),
      })}
      {...(pages > 1 && {
        pagination: (
          <Pagination
            currentPageIndex={shown}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        ),
      })}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={wanted !== ''}
          onClear={() => find('')}
          what={what}
          firstStep={nothing}
        />
      }
    />
  )
}
