import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import { Second } from '../design/Second.tsx'
import { shortId } from '../design/words.ts'
import { Place } from '../resources/Place.tsx'
import { resourceHref } from '../tasks/PlanTargets.tsx'

type OfResource = { resource: { id: string; name: string | null; type: string; account: string; region: string } }

/** The resource that a row is about, with its type; leads to the given tab of its page. */
export const resourceColumn = <Row extends OfResource>(tab = 'history'): TableProps.ColumnDefinition<Row> => ({
  id: 'resource',
  header: 'Resource',
  isRowHeader: true,
  cell: ({ resource: { id, name, type } }) => (
    <>
      <Link href={`${resourceHref(id)}${tab === '' ? '' : `?tab=${tab}`}`}>{name ?? shortId(id)}</Link>
      <Second>{type}</Second>
    </>
  ),
})

export const placeColumn = <Row extends OfResource>(): TableProps.ColumnDefinition<Row> => ({
  id: 'place',
  header: 'Account and Region',
  cell: ({ resource: { account, region } }) => <Place account={account} region={region} />,
})
