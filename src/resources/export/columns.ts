import { summaryFields } from '#contracts/query.ts'
import type { Resource } from '#contracts/resource.ts'
import { errors } from '#platform/errors.ts'
import { nearest } from '../query/nearest.ts'

export type Cell = string | number | boolean | null
export type Column = { name: string; cell: (resource: Resource) => Cell }

const fixed: Record<string, Column['cell']> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  name: ({ name }) => name,
  state: ({ state }) => state,
  account: ({ account }) => account,
  region: ({ region }) => region,
  monthlyUsd: ({ cost }) => cost?.monthlyUsd ?? null,
  costSource: ({ cost }) => cost?.source ?? null,
  firstSeenAt: ({ firstSeenAt }) => firstSeenAt,
  lastSeenAt: ({ lastSeenAt }) => lastSeenAt,
  tags: ({ tags }) => JSON.stringify(tags),
  summary: ({ summary }) => JSON.stringify(summary),
}

/** Without a wish: what every resource has. */
const usual = ['id', 'type', 'name', 'state', 'account', 'region', 'monthlyUsd', 'firstSeenAt', 'lastSeenAt', 'tags']

/** Columns by their names: those above, `tag.<key>`, and fields of summaries. Throws `invalid_request` for others. */
export const columnsNamed = (names: readonly string[] = usual): Column[] => names.map(columnNamed)

const columnNamed = (name: string): Column => {
  const own = Object.keys(fixed).find((each) => each.toLowerCase() === name.toLowerCase())
  if (own !== undefined) return { name: own, cell: fixed[own] ?? (() => null) }
  const tag = /^tag\.(.+)$/is.exec(name)?.[1]
  if (tag !== undefined) return { name, cell: ({ tags }) => (Object.hasOwn(tags, tag) ? (tags[tag] ?? null) : null) }
  const key =
    /^summary\.(.+)$/is.exec(name)?.[1] ?? summaryFields.find((each) => each.toLowerCase() === name.toLowerCase())
  if (key !== undefined)
    return { name, cell: ({ summary }) => (Object.hasOwn(summary, key) ? cellOf(summary[key]) : null) }
  const meant = nearest(name, [...Object.keys(fixed), ...summaryFields])
  const message =
    `There is no column "${name.slice(0, 100)}".${meant === undefined ? '' : ` Did you mean "${meant}"?`} ` +
    `Columns are ${Object.keys(fixed).join(', ')}, tag.<key> and the fields of summaries.`
  throw errors.invalid_request(message, { errors: [{ path: 'columns', message, value: name.slice(0, 300) }] })
}

const cellOf = (value: unknown): Cell => {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return Array.isArray(value) && value.every((each) => typeof each !== 'object')
    ? value.join(' ')
    : JSON.stringify(value)
}
