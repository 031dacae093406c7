import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ResourceSortKey } from '#contracts/inventory.ts'
import type { Resource } from '#contracts/resource.ts'
import { Time } from '../design/Time.tsx'
import { shortId, usd, valueWords } from '../design/words.ts'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { ResourceState } from './ResourceState.tsx'
import { Tags } from './Tags.tsx'

export type ResourceColumn = TableProps.ColumnDefinition<Resource> & { id: string; header: string; sortingField?: ResourceSortKey }

/** Columns in their first order; those of `shownAtFirst` are on until somebody chooses otherwise. */
export const resourceColumns: ResourceColumn[] = [
  {
    id: 'name',
    header: 'Name',
    sortingField: 'name',
    isRowHeader: true,
    cell: ({ id, name }) => <Link href={resourceHref(id)}>{name ?? shortId(id)}</Link>,
    minWidth: 150,
  },
  { id: 'id', header: 'Id', sortingField: 'id', cell: ({ id }) => shortId(id), minWidth: 170 },
  { id: 'type', header: 'Type', sortingField: 'type', cell: ({ type }) => type, minWidth: 120 },
  { id: 'state', header: 'State', sortingField: 'state', cell: ({ state }) => <ResourceState state={state} />, minWidth: 120 },
  { id: 'size', header: 'Size', cell: ({ summary }) => valueWords(summary['instanceType'] ?? sizeOf(summary)), minWidth: 110 },
  { id: 'account', header: 'Account', sortingField: 'account', cell: ({ account }) => account, minWidth: 130 },
  { id: 'region', header: 'Region', sortingField: 'region', cell: ({ region }) => region, minWidth: 120 },
  { id: 'zone', header: 'Zone', cell: ({ summary }) => valueWords(summary['availabilityZone']), minWidth: 120 },
  {
    id: 'cost',
    header: 'Cost a month',
    sortingField: 'cost',
    cell: ({ cost }) => (cost === null ? <Box color="text-status-inactive">not known</Box> : usd(cost.monthlyUsd)),
    minWidth: 120,
  },
  { id: 'tags', header: 'Tags', cell: ({ tags }) => <Tags tags={tags} most={3} />, minWidth: 200 },
  { id: 'privateIp', header: 'Private IP', cell: ({ summary }) => valueWords(summary['privateIp']), minWidth: 120 },
  { id: 'publicIp', header: 'Public IP', cell: ({ summary }) => valueWords(summary['publicIp']), minWidth: 120 },
  { id: 'firstSeenAt', header: 'First seen', sortingField: 'firstSeenAt', cell: ({ firstSeenAt }) => <Time iso={firstSeenAt} />, minWidth: 120 },
  { id: 'lastSeenAt', header: 'Last seen', cell: ({ lastSeenAt }) => <Time iso={lastSeenAt} />, minWidth: 120 },
]

export const shownAtFirst = ['name', 'id', 'type', 'state', 'size', 'region', 'cost', 'tags']

const sizeOf = ({ sizeGib }: Resource['summary']): string | null => (typeof sizeGib === 'number' ? `${sizeGib} GiB` : null)
