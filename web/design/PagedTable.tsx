import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import { DataTable } from './DataTable.tsx'
import { useLocalPages } from './use-local-pages.tsx'

/** A table over rows that are all here already (a plan's targets, for example thousands). */
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
  const { items, counter, isFiltered, controls } = useLocalPages(rows, {
    textOf,
    label: `Filter ${title.toLowerCase()}`,
    placeholder: 'Find by name or id',
    pageSize: 25,
  })
  return (
    <DataTable
      variant="embedded"
      items={items}
      columnDefinitions={columns}
      trackBy={rowId}
      wrapLines
      ariaLabels={{ tableLabel: title }}
      header={
        <Header variant="h3" counter={counter}>
          {title}
        </Header>
      }
      empty={isFiltered ? 'Nothing matches this filter.' : empty}
      {...controls}
    />
  )
}
