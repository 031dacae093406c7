import type { Filter, Tag } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { matcherOf, tagValues } from './filters.ts'
import type { FilterValues } from './filters.ts'
import { endDryRun } from './instance-ids.ts'
import { pageOf } from './page.ts'

/** What the read actions of EC2 take alike. */
type Query = {
  Filters?: Filter[] | undefined
  MaxResults?: number | undefined
  NextToken?: string | undefined
  DryRun?: boolean | undefined
}

type Kind<Item> = {
  /** The filter that names ids; by exact ids only those are looked at. */
  idFilter: string
  /** The one with an id; undefined for an id of none. */
  find: (id: string) => Item | undefined
  /** All of them by position; undefined for one that is gone. */
  count: number
  at: (position: number) => Item | undefined
  /** The values that one has for a filter; those of tags are known to all. */
  values: FilterValues<Item>
  /** What AWS says of an id of none. */
  unknown: (id: string) => Error
}

/** A page of what a call asks for: by id (refused whole when one is unknown), by filter, or all. */
export const describePage = <Item extends { Tags?: Tag[] | undefined }>(
  input: Query,
  ids: readonly string[] | undefined,
  kind: Kind<Item>,
): { items: Item[]; NextToken: string | undefined } => {
  const named = ids !== undefined && ids.length > 0 ? [...new Set(ids)].map((id) => findOr(id, kind)) : undefined
  endDryRun(input)
  const matches = matcherOf<Item>(
    input.Filters,
    (item, name) =>
      kind.values(item, name) ??
      tagValues(Object.fromEntries((item.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])), name),
  )
  const some = named ?? wanted(input.Filters, kind)
  return pageOf(
    some?.length ?? kind.count,
    (position) => {
      const item = some === undefined ? kind.at(position) : some[position]
      return item !== undefined && matches(item) ? item : undefined
    },
    input,
  )
}

const findOr = <Item>(id: string, kind: Kind<Item>): Item => {
  const item = kind.find(id)
  if (item === undefined) throw kind.unknown(id)
  return item
}

/** What a filter names by exact ids: a large estate isn't searched for it. */
const wanted = <Item>(filters: readonly Filter[] | undefined, kind: Kind<Item>): Item[] | undefined => {
  const values = filters?.find(({ Name }) => Name === kind.idFilter)?.Values
  if (values === undefined || values.some((value) => /[*?]/.test(value))) return undefined
  return [...new Set(values)].flatMap((id) => kind.find(id) ?? [])
}

/** The values for a filter by its name; undefined for a name that isn't there, whatever it is. */
export const valuesNamed = (
  name: string,
  values: Record<string, readonly (string | undefined)[]>,
): readonly (string | undefined)[] | undefined => (Object.hasOwn(values, name) ? values[name] : undefined)

/**
 * Whether a call looks for tags that tasks give to what they make. The seed gives none of those, so what nobody has tagged
 * needn't be looked at, however large the estate is.
 */
export const asksForTagsOfTasks = (filters: readonly Filter[] | undefined): boolean =>
  filters?.some(({ Name }) => Name?.startsWith('tag:orchestrator:')) ?? false

/** AWS takes ids or a page size, not both. */
export const refuseIdsWithPages = (
  set: string,
  ids: readonly string[] | undefined,
  { MaxResults }: { MaxResults?: number | undefined },
): void => {
  if (ids === undefined || ids.length === 0 || MaxResults === undefined) return
  throw awsError('InvalidParameterCombination', `The parameter ${set} cannot be used with the parameter maxResults`)
}
