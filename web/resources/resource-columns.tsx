import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ResourceSortKey } from '#contracts/inventory.ts'
import type { Resource } from '#contracts/resource.ts'
import { Time } from '../design/Time.tsx'
import { bytesWords, fieldWords, shortId, usd, valueWords } from '../design/words.ts'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { AccountName } from './AccountName.tsx'
import { ResourceState } from './ResourceState.tsx'
import { SummaryValue } from './SummaryValue.tsx'
import { Tags } from './Tags.tsx'

export type ResourceColumn = TableProps.ColumnDefinition<Resource> & {
  id: string
  header: string
  sortingField?: ResourceSortKey
}

/** What a table of all types has, in its first order. */
const anyTypeColumns: ResourceColumn[] = [
  {
    id: 'name',
    width: 260,
    header: 'Name',
    sortingField: 'name',
    isRowHeader: true,
    cell: ({ id, name }) => <Link href={resourceHref(id)}>{name ?? shortId(id)}</Link>,
  },
  {
    id: 'id',
    width: 185,
    header: 'Id',
    sortingField: 'id',
    // Of what is known by its name alone the id would say it again.
    cell: ({ id, name }) => (shortId(id) === name ? '–' : shortId(id)),
  },
  { id: 'type', width: 125, header: 'Type', sortingField: 'type', cell: ({ type }) => type },
  {
    id: 'state',
    width: 110,
    header: 'State',
    sortingField: 'state',
    cell: ({ state }) => <ResourceState state={state} />,
  },
  {
    id: 'size',
    width: 100,
    header: 'Size',
    cell: ({ summary }) => valueWords(summary['instanceType'] ?? sizeOf(summary)),
  },
  { id: 'setting', width: 150, header: 'Setting', cell: ({ type, summary }) => valueWords(settingOf(type, summary)) },
  {
    id: 'account',
    width: 140,
    header: 'Account',
    sortingField: 'account',
    cell: ({ account }) => <AccountName id={account} />,
  },
  { id: 'region', width: 115, header: 'Region', sortingField: 'region', cell: ({ region }) => region },
  { id: 'zone', width: 120, header: 'Zone', cell: ({ summary }) => valueWords(summary['availabilityZone']) },
  {
    id: 'cost',
    width: 125,
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

const ofAnyType = ['name', 'id', 'type', 'state', 'size', 'setting', 'region', 'cost', 'tags']
/** What the fields of a type's own summary say better. */
const saidBySummary = new Set(['type', 'size', 'setting', 'zone', 'privateIp', 'publicIp'])
/** Summary fields of a type that are on at first. */
const mostAtFirst = 4

export type ResourceTable = {
  columns: ResourceColumn[]
  /** Those that are on until somebody chooses otherwise. */
  shownAtFirst: string[]
}

/** The columns of a table: of one type those of its own summary, as far as its rows have them. */
export const columnsFor = (type: string, rows: readonly Resource[]): ResourceTable => {
  if (type === '') return { columns: anyTypeColumns, shownAtFirst: ofAnyType }
  const fields = [
    ...new Set(rows.flatMap(({ summary }) => Object.keys(summary).filter((key) => isPlain(summary[key])))),
  ].toSorted((a, b) => rankOf(a) - rankOf(b))
  const common = anyTypeColumns.filter(({ id }) => !saidBySummary.has(id))
  const first = ['name', 'id', 'state']
  const has = {
    state: rows.some(({ state }) => state !== null),
    cost: rows.some(({ cost }) => cost !== null),
    tags: rows.some(({ tags }) => Object.keys(tags).length > 0),
  }
  return {
    columns: [
      ...common.filter(({ id }) => first.includes(id)),
      ...fields.map(summaryColumn),
      ...common.filter(({ id }) => !first.includes(id)),
    ],
    shownAtFirst: [
      'name',
      ...(rows.some(({ id, name }) => shortId(id) !== name) ? ['id'] : []),
      ...(has.state ? ['state'] : []),
      ...fields
        .filter((key) => isTelling(key, rows))
        .slice(0, mostAtFirst)
        .map((key) => `summary.${key}`),
      'account',
      'region',
      ...(has.cost ? ['cost'] : []),
      ...(has.tags ? ['tags'] : []),
    ],
  }
}

/** What people look for first, of whatever type; the database doesn't keep the order in which a summary was written. */
const telling = [
  'instanceType',
  'volumeType',
  'runtime',
  'sizeGib',
  'memoryMib',
  'loadBalancerType',
  'scheme',
  'protocol',
  'port',
  'desiredCapacity',
  'inServiceInstances',
  'healthyTargets',
  'unhealthyTargets',
  'metricName',
  'comparisonOperator',
  'threshold',
  'retentionDays',
  'storedBytes',
  'sizeBytes',
  'objects',
  'encryption',
  'cidrBlock',
  'isOpenToWorld',
  'openPorts',
  'functionName',
  'version',
  'availabilityZone',
  'privateIp',
  'publicIp',
  'launchedAt',
  'createdAt',
]
const rankOf = (key: string): number => (telling.includes(key) ? telling.indexOf(key) : telling.length)

const summaryColumn = (key: string): ResourceColumn => ({
  id: `summary.${key}`,
  width: 140,
  header: fieldWords(key),
  cell: ({ summary }) => <SummaryValue name={key} value={summary[key]} form="relative" />,
})

/** Nested descriptions belong on the page of the resource. */
const isPlain = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((each) => typeof each !== 'object') : typeof value !== 'object' || value === null

/** Lists of ids of other things, and what no row has, come later. */
const isTelling = (key: string, rows: readonly Resource[]): boolean =>
  !/(Ids?|Arns?|description)$/i.test(key) &&
  rows.some(({ summary }) => summary[key] !== null && summary[key] !== undefined && summary[key] !== '')

/** What a column is called in an export; several where it shows the one or the other. */
const exported: Record<string, readonly string[]> = {
  cost: ['monthlyUsd'],
  zone: ['availabilityZone'],
  size: ['instanceType', 'sizeGib', 'storedBytes'],
  setting: ['metricName', 'comparisonOperator', 'threshold', 'retentionDays'],
}
export const exportNames = (columnIds: readonly string[]): string[] => [
  ...new Set(['id', ...columnIds].flatMap((id) => exported[id] ?? [id])),
]

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
