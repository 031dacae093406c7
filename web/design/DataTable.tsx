import { lazy, Suspense } from 'react'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import { useIsNarrow } from './use-is-narrow.ts'

export type DataTableProps<Row> = Omit<TableProps<Row>, 'items' | 'trackBy' | 'variant' | 'ariaLabels'> & {
  items: readonly Row[]
  trackBy?: Exclude<TableProps<Row>['trackBy'], undefined>
  variant?: 'container' | 'embedded' | 'full-page'
  ariaLabels: NonNullable<TableProps<Row>['ariaLabels']> & { tableLabel: string }
}

// Telephones load it, desktops don't.
const DataCards = lazy(async () => ({ default: (await import('./DataCards.tsx')).DataCards }))

/** A table; where there is no room for columns, the same rows as cards under each other. */
export const DataTable = <Row,>(props: DataTableProps<Row>) => {
  const isNarrow = useIsNarrow()
  if (!isNarrow) return <Table {...props} />
  return (
    <Suspense fallback={props.header}>
      {/* A lazy component forgets its type parameter; rows and columns go in together. */}
      <DataCards {...(props as unknown as DataTableProps<unknown>)} />
    </Suspense>
  )
}
