import Cards from '@cloudscape-design/components/cards'
import type { TableProps } from '@cloudscape-design/components/table'
import type { DataTableProps } from './DataTable.tsx'

/** A column that asks for so many pixels has a text that half a telephone is too narrow for. */
const wholeLinePx = 200

/** The rows of a table as cards: the row's header on top, the other columns below it, two side by side where they are short. */
export const DataCards = <Row,>(props: DataTableProps<Row>) => {
  const { columnDefinitions, columnDisplay, variant, ariaLabels, selectionType } = props
  const shown = visibleOf(columnDefinitions, columnDisplay)
  const head = shown.find(({ isRowHeader }) => isRowHeader === true) ?? shown[0]
  return (
    <Cards<Row>
      items={props.items}
      cardsPerRow={[{ cards: 1 }]}
      cardDefinition={{
        ...(head !== undefined && { header: (row) => head.cell(row) }),
        sections: shown
          .filter((column) => column !== head)
          .map((column, index) => ({
            ...(column.id !== undefined && { id: column.id }),
            header: column.header,
            content: (row: Row) => <div className="card-value">{column.cell(row)}</div>,
            // The first stands higher than its neighbour would: it has the line to itself.
            width: index === 0 || isLong(column.minWidth) || isLong(column.width) ? 100 : 50,
          })),
      }}
      variant={variant === 'full-page' ? 'full-page' : 'container'}
      ariaLabels={{
        cardsLabel: ariaLabels.tableLabel,
        selectionGroupLabel: ariaLabels.selectionGroupLabel ?? '',
        itemSelectionLabel: (state, row) => ariaLabels.itemSelectionLabel?.(state, row) ?? '',
      }}
      {...given({
        trackBy: props.trackBy,
        header: props.header,
        filter: props.filter,
        pagination: props.pagination,
        preferences: props.preferences,
        empty: props.empty,
        loading: props.loading,
        loadingText: props.loadingText,
        stickyHeader: props.stickyHeader,
        totalItemsCount: props.totalItemsCount,
        selectedItems: props.selectedItems,
        onSelectionChange: props.onSelectionChange,
      })}
      {...((selectionType === 'single' || selectionType === 'multi') && { selectionType })}
    />
  )
}

const isLong = (px: number | string | undefined): boolean => Number(px ?? 0) >= wholeLinePx

type Columns<Row> = readonly TableProps.ColumnDefinition<Row>[]

const visibleOf = <Row,>(columns: Columns<Row>, display: TableProps<Row>['columnDisplay']): Columns<Row> =>
  display === undefined
    ? columns
    : display.flatMap((each) =>
        'visible' in each && each.visible ? columns.filter(({ id }) => 'id' in each && id === each.id) : [],
      )

/** Without what is undefined: a given `undefined` is not the same as nothing to the design system. */
const given = <Props extends object>(props: Props): { [Key in keyof Props]?: Exclude<Props[Key], undefined> } =>
  Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Props]?: Exclude<Props[Key], undefined>
  }
