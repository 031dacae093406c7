import { useState } from 'react'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { count } from './words.ts'

/** Below this neither a filter nor pages are worth their room. */
const pageSize = 25

/**
 * A table over rows that are all here already (a plan's targets, for example thousands). Only a page of them is ever in
 * the document, since the design system's table is not virtualised.
 */
export const PagedTable = <Row,>({
  title,
  rows,
  columns,
  rowId,
  textOf,
  empty,
}: {
  title: string
  rows: readonly Row[]
  columns: readonly TableProps.ColumnDefinition<Row>[]
  rowId: (row: Row) => string
  /** What the filter looks into. */
  textOf: (row: Row) => string
  empty: string
}) => {
  const [text, setText] = useState('')
  const [page, setPage] = useState(1)
  const wanted = text.trim().toLowerCase()
  const matching = wanted === '' ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(wanted))
  const pages = Math.max(1, Math.ceil(matching.length / pageSize))
  const shown = Math.min(page, pages)
  const isLong = rows.length > pageSize
  return (
    <Table
      variant="embedded"
      items={matching.slice((shown - 1) * pageSize, shown * pageSize)}
      columnDefinitions={columns}
      trackBy={rowId}
      wrapLines
      ariaLabels={{ tableLabel: title }}
      header={
        <Header
          variant="h3"
          counter={wanted === '' ? `(${count(rows.length)})` : `(${count(matching.length)}/${count(rows.length)})`}
        >
          {title}
        </Header>
      }
      empty={wanted === '' ? empty : 'Nothing matches this filter.'}
      {...(isLong && {
        filter: (
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by name or id"
            filteringAriaLabel={`Filter ${title.toLowerCase()}`}
            countText={`${count(matching.length)} of ${count(rows.length)}`}
            onChange={({ detail }) => {
              setText(detail.filteringText)
              setPage(1)
            }}
          />
        ),
        pagination: (
          <Pagination
            currentPageIndex={shown}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        ),
      })}
    />
  )
}
