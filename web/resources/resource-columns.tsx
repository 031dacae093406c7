import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ResourceSortKey } from '#contracts/inventory.ts'
import type { Resource } from '#contracts/resource.ts'
import { Time } from '../design/Time.tsx'
import { bytesWords, shortId, usd, valueWords } from '../design/words.ts'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { AccountName } from './AccountName.tsx'
import { ResourceState } from './ResourceState.tsx'
import { Tags } from './Tags.tsx'

export type ResourceColumn = TableProps.ColumnDefinition<Resource> & {
  id: string
  header: string
  sortingField?: ResourceSortKey
}

/** Columns in their first order; those of `shownAtFirst` are on until somebody chooses otherwise. */
export const resourceColumns: ResourceColumn[] = [
  {
    id: 'name',
    width: 200,
    header: 'Name',
    sortingField: 'name',
    isRowHeader: true,
    cell: ({ id, name }) => <Link href={resourceHref(id)}>{name ?? shortId(id)}</Link>,
  },
  { id: 'id', width: 200, header: 'Id', sortingField: 'id', cell: ({ id }) => shortId(id) },
  { id: 'type', width: 125, header: 'Type', sortingField: 'type', cell: ({ type }) => type },
  {
    id: 'state',
    width: 115,
    header: 'State',
    sortingField: 'state',
    cell: ({ state }) => <ResourceState state={state} />,
  },
  {
    id: 'size',
    width: 110,
    header: 'Size',
    cell: ({ summary }) => valueWords(summary['instanceType'] ?? sizeOf(summary)),
  },
  { id: 'setting', width: 190, header: 'Setting', cell: ({ type, summary }) => valueWords(settingOf(type, summary)) },
  {
    id: 'account',
    width: 140,
    header: 'Account',
    sortingField: 'account',
    cell: ({ account }) => <AccountName id={account} />,
  },
  { id: 'region', width: 120, header: 'Region', sortingField: 'region', cell: ({ region }) => region },
  { id: 'zone', width: 120, header: 'Zone', cell: ({ summary }) => valueWords(summary['availabilityZone']) },
  {
    id: 'cost',
    width: 140,
    header: 'Cost/month',
    sortingField: 'cost',
    cell: ({ cost }) => (cost === null ? <Box color="text-status-inactive">not known</Box> : usd(cost.monthlyUsd)),
  },
  { id: 'tags', width: 260, header: 'Tags', cell: ({ tags }) => <Tags tags={tags} most={2} /> },
  { id: 'privateIp', width: 125, header: 'Private IP', cell: ({ summary }) => valueWords(summary['privateIp']) },
  { id: 'publicIp', width: 125, header: 'Public IP', cell: ({ summary }) => valueWords(summary['publicIp']) },
  {
    id: 'firstSeenAt',
    width: 130,
    header: 'First seen',
    sortingField: 'firstSeenAt',
    cell: ({ firstSeenAt }) => <Time iso={firstSeenAt} />,
  },
  { id: 'lastSeenAt', width: 125, header: 'Last seen', cell: ({ lastSeenAt }) => <Time iso={lastSeenAt} /> },
]

export const shownAtFirst = ['name', 'id', 'type', 'state', 'size', 'setting', 'region', 'cost', 'tags']

const sizeOf = ({ sizeGib, storedBytes }: Resource['summary']): string | null => {
  if (typeof sizeGib === 'number') return `${sizeGib} GiB`
  return typeof storedBytes === 'number' ? bytesWords(storedBytes) : null
}

const signs: Record<string, string> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
}

/** What matters most about a resource that is all setting: when an alarm goes off, for how long logs are kept. */
export const settingOf = (type: string, summary: Resource['summary']): string | null => {
  if (type === 'logs.group') {
    const days = summary['retentionDays']
    return typeof days === 'number' ? `kept for ${days} day${days === 1 ? '' : 's'}` : 'never expires'
  }
  const { metricName, comparisonOperator, threshold } = summary
  const sign = typeof comparisonOperator === 'string' ? signs[comparisonOperator] : undefined
  return typeof metricName === 'string' && sign !== undefined ? `${metricName} ${sign} ${valueWords(threshold)}` : null
}
