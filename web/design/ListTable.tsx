import type { ReactNode } from 'react'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { CursorPagination } from './CursorPagination.tsx'
import { DataTable } from './DataTable.tsx'
import { Filters } from './Filters.tsx'
import { ChoiceFilter, TextSearch } from './ListFilters.tsx'
import type { Choice } from './ListFilters.tsx'
import { TableState } from './TableState.tsx'
import type { ListState } from './use-list-state.ts'
import { count, totalWords } from './words.ts'

type Total = Parameters<typeof totalWords>[0]
type Page<Row> = { items: readonly Row[]; nextCursor?: string | null; total?: Total }

/** What a list's query hook returns, as far as it concerns a table. */
export type ListAnswer<Row> = {
  data?: Page<Row> | undefined
  /** Of the question that is asked now; `data` may still be that of the one before. */
  currentData?: Page<Row> | undefined
  isFetching: boolean
  error?: unknown
  refetch: () => unknown
}

type ListTableProps<Row> = {
  title: string
  /** Its rows, in the plural and within a sentence: "dead letters". */
  what: string
  /** What was looked through, where that is less than all of them. */
  searched?: string
  /** `page` fills a page of its own; `section` stands beside other things on one. */
  variant?: 'page' | 'section'
  description?: ReactNode
  answer: ListAnswer<Row>
  columns: readonly TableProps.ColumnDefinition<Row>[]
  rowId?: 'id' | ((row: Row) => string)
  /** Said when there is nothing at all: the first step to take, or what that means. */
  firstStep: ReactNode
  /** Buttons beside "refresh". */
  actions?: ReactNode
  /** Between the title and the filters. */
  notice?: ReactNode
  selection?: Pick<TableProps<Row>, 'selectionType' | 'selectedItems' | 'onSelectionChange'> & {
    group: string
    nameOf: (row: Row) => string
  }
} & (
  | { list?: undefined }
  | {
      /** Where filters and page are kept. Without it the list is short and has neither. */
      list: ListState
      /** A text to look for, by what. */
      search?: string
      choices?: readonly Choice[]
      /** A filter of the page's own, and its names in the address. */
      filter?: { names: readonly string[]; element: ReactNode }
    }
)

/**
 * The frame of every list: title with counter and refresh, filters, the table or its cards, pages, and the four states of a
 * list without rows. A list that failed shows no rows: what could not be read again would be a lie.
 */
export const ListTable = <Row,>(props: ListTableProps<Row>) => {
  const {
    title,
    what,
    searched = what,
    variant = 'page',
    description,
    answer,
    columns,
    firstStep,
    actions,
    notice,
    selection,
  } = props
  const { data, isFetching, error, refetch } = answer
  const isPage = variant === 'page'
  const head = (
    <Header
      variant={isPage ? 'awsui-h1-sticky' : 'h2'}
      {...(description !== undefined && { description })}
      {...(data !== undefined && { counter: `(${data.total ? totalWords(data.total) : count(data.items.length)})` })}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            iconName="refresh"
            ariaLabel={isPage ? 'Refresh' : `Refresh ${what}`}
            loading={isFetching && data !== undefined}
            onClick={() => void refetch()}
          />
          {actions}
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  )
  return (
    <DataTable
      variant={isPage ? 'full-page' : 'container'}
      stickyHeader={isPage}
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columns}
      {...(props.rowId !== undefined && { trackBy: props.rowId })}
      wrapLines
      loading={isFetching && data === undefined}
      loadingText={`Loading ${what}`}
      ariaLabels={{
        tableLabel: title,
        ...(selection && {
          selectionGroupLabel: selection.group,
          itemSelectionLabel: (_state: unknown, row: Row) => `Select ${selection.nameOf(row)}`,
        }),
      }}
      renderAriaLive={({ totalItemsCount, firstIndex, lastIndex }) =>
        totalItemsCount === undefined ? `Rows ${firstIndex} to ${lastIndex}` : `${totalItemsCount} ${what}`
      }
      {...(data?.total !== undefined && { totalItemsCount: data.total.value })}
      {...(selection && {
        selectionType: selection.selectionType,
        selectedItems: selection.selectedItems,
        onSelectionChange: selection.onSelectionChange,
      })}
      header={
        notice === undefined ? (
          head
        ) : (
          <SpaceBetween size="s">
            {head}
            {notice}
          </SpaceBetween>
        )
      }
      {...bounds(props)}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          what={searched}
          firstStep={firstStep}
          {...filtered(props)}
        />
      }
    />
  )
}

/** Filters and pages of a list that has them. */
const bounds = <Row,>({ answer, what, ...props }: ListTableProps<Row>) => {
  if (props.list === undefined) return {}
  const { list, search, choices = [], filter } = props
  const hasFilters = search !== undefined || choices.length > 0 || filter !== undefined
  // Of another question the next page is another one.
  const known = 'currentData' in answer ? answer.currentData : answer.data
  return {
    pagination: <CursorPagination list={list} nextCursor={known?.nextCursor} />,
    ...(hasFilters && {
      filter: (
        <Filters>
          {filter?.element}
          {search !== undefined && <TextSearch list={list} label={`Find ${what}`} placeholder={`Find by ${search}`} />}
          {choices.map((choice) => (
            <ChoiceFilter key={choice.name} list={list} choice={choice} />
          ))}
        </Filters>
      ),
    }),
  }
}

const filtered = <Row,>(props: ListTableProps<Row>): { isFiltered: boolean; onClear: () => void } => {
  if (props.list === undefined) return { isFiltered: false, onClear: () => {} }
  const { list, search, choices = [], filter } = props
  const names = [...(search === undefined ? [] : ['q']), ...choices.map(({ name }) => name), ...(filter?.names ?? [])]
  return {
    isFiltered: names.some((name) => list.get(name) !== ''),
    onClear: () => list.set(Object.fromEntries(names.map((name) => [name, '']))),
  }
}
