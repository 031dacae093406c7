import type { Sql } from '#platform/db/database.ts'
import type { Bind } from '../query/compile.ts'
import { orders } from './orders.ts'
import type { After, Sort } from './orders.ts'
import { rowColumns } from './row.ts'
import type { Row } from './row.ts'

/** A condition over `resources r` and the values of its placeholders. */
export type Condition = {
  text: string
  values: unknown[]
  /** What an index of any order can look up of it: the accounts, and between which names. */
  scope?: string
  /** The accounts that it lets through, where it says so itself. */
  accounts?: readonly string[]
  /** Whether `scope` says names. */
  isBetweenNames?: boolean
  /** The only type that it lets through, where it says so itself. */
  type?: string | undefined
}

/** Builds a condition; `build` gets what makes placeholders. */
export const condition = (build: (bind: Bind) => string): Condition => {
  const values: unknown[] = []
  return { text: build((value) => `$${values.push(value)}`), values }
}

/** `k0`, `k1` and `seq` are its place in the order. */
export type SortedRow = Row & { k0: string; k1?: string; seq: string }

/** Where a page that ends with this row ends. */
export const placeOf = ({ k0, k1, seq }: SortedRow): After => ({ values: k1 === undefined ? [k0] : [k0, k1], seq })

/** The partitions of the table (migration 0020). */
const partitions = Array.from({ length: 8 }, (_, index) => `resources_${index}`)

/**
 * The first rows after a place, in an order. Each partition is asked for itself: how it is best looked through depends on how
 * many of its accounts' rows match, and one in which nothing does must not be read to its end for that to be noticed.
 */
export const listRows = (
  sql: Sql,
  where: Condition,
  sort: Sort,
  after: After | undefined,
  limit: number,
): Promise<SortedRow[]> => {
  const { keys } = orders[sort.key]
  const parts = inOrder(sort, where.values)
  const keyOf = (index: number): string => keys[index]?.text ?? ''
  const isAfter = parts.after(after, 'r', keyOf)
  const most = parts.bind(limit)
  const ofPartition = (table: string): string =>
    `(select * from ${table} r where r.deleted_at is null and ${where.text} ${isAfter}
      order by ${parts.by('r', keyOf)} limit ${most})`
  return sql.query<SortedRow>({
    text: `select ${rowColumns}, r.seq, ${asKeys(keys.map(({ text }) => text))}
      from (${partitions.map(ofPartition).join(' union all ')}) r
      order by ${parts.by('r', keyOf)} limit ${most}`,
    values: parts.values,
  })
}

/** All rows that match, found, counted and sorted: up to `most` of them; beyond that only the count is right. */
export const findAll = async (
  sql: Sql,
  where: Condition,
  sort: Sort,
  after: After | undefined,
  limit: number,
  most: number | null,
): Promise<{ rows: SortedRow[]; count: number }> => {
  const { keys } = orders[sort.key]
  const parts = inOrder(sort, where.values)
  const columns = keys.map(({ text }, index) => `${text} as k${index}`).join(', ')
  const found = await sql.query<SortedRow & { matching: number }>({
    text: `with found as materialized (
        select r.account, r.id, r.seq, ${columns} from resources r
        where r.deleted_at is null and ${where.text} ${most === null ? '' : `limit ${parts.bind(most + 1)}`}),
      page as (
        select f.* from found f where true ${parts.after(after, 'f', (index) => `f.k${index}`)}
        order by ${parts.by('f', (index) => `f.k${index}`)} limit ${parts.bind(limit)})
      select c.matching, ${rowColumns}, f.seq, ${asKeys(keys.map((_, index) => `f.k${index}`))}
      from (select count(*)::int as matching from found) c
      left join (page f join resources r on r.account = f.account and r.id = f.id) on true
      order by ${parts.by('f', (index) => `f.k${index}`)}`,
    values: parts.values,
  })
  // Without a row of its own the count stands beside nothing.
  return { rows: found.filter(({ id }) => id !== null), count: found[0]?.matching ?? 0 }
}

/** Each account is a branch of its own in an order by ids; of more than so many, planning that takes longer than sorting. */
const mostBranches = 50

/** Whether an order can be followed along an index. */
export const isFollowed = ({ accounts }: Condition, { key }: Sort): boolean =>
  orders[key].isIndexed || (orders[key].isByAccount === true && (accounts?.length ?? Infinity) <= mostBranches)

/** Looks through the next `budget` rows of an order that an index has, and returns what matches among them. */
export const walk = async (
  sql: Sql,
  where: Condition,
  sort: Sort,
  after: After | undefined,
  limit: number,
  budget: number,
): Promise<SortedRow[]> => {
  const { keys, isIndexedByType } = orders[sort.key]
  const parts = inOrder(sort, where.values)
  const isOfType = isIndexedByType && where.type !== undefined
  const keyOf = (index: number): string => keys[index]?.text ?? ''
  // By the name of a column the planner sees that what it reads is in order already, and stops with a full page.
  const columnOf = (index: number): string => `r.k${index}`
  const inScope = `r.deleted_at is null ${where.scope === undefined ? '' : `and ${where.scope}`}
    ${isOfType ? `and r.type = ${parts.bind(where.type)}` : ''}`
  const most = parts.bind(budget)
  const branch = (more: string): string => `
      select r.*, ${keys.map(({ text }, index) => `${text} as k${index}`).join(', ')} from resources r
      where ${inScope} ${more} order by ${parts.by('r', keyOf)} limit ${most}`
  const branches = branchesOf(where, sort, after, parts).map(branch)
  return sql.query<SortedRow>({
    text: `select ${rowColumns}, r.seq, ${asKeys(keys.map((_, index) => columnOf(index)))}
      from (${
        branches.length === 1
          ? branches.join()
          : `select r.* from (${branches.map((one) => `(${one})`).join(' union all ')}) r
              order by ${parts.by('r', columnOf)} limit ${most}`
      }) r
      where ${where.text}
      order by ${parts.by('r', columnOf)}
      limit ${parts.bind(limit)}`,
    values: parts.values,
  })
}

/**
 * The rows of an order in parts, each of which an index has in this order; in most orders all in one. The primary key has the ids of
 * one account in order, so an order by ids merges the accounts. What is left of an account after a place in it is said without the
 * others: PostgreSQL takes few rows to be behind the last of all accounts, and sorts them instead of following the key.
 */
const branchesOf = (where: Condition, sort: Sort, after: After | undefined, parts: Parts): string[] => {
  const { keys } = orders[sort.key]
  const keyOf = (index: number): string => keys[index]?.text ?? ''
  const { accounts = [] } = where
  const all = (): string => parts.after(after, 'r', keyOf)
  if (sort.key === 'id' && isFollowed(where, sort) && accounts.length > 0)
    return accounts.map((account) => `and r.account = ${parts.bind(account)} ${all()}`)
  const [account = '', id = ''] = after?.values ?? []
  if (sort.key !== 'account' || after === undefined || accounts.length === 0) return [all()]
  const sign = sort.isDescending ? '<' : '>'
  const others = accounts.filter((one) => (sort.isDescending ? one < account : one > account))
  return [
    `and r.account = any(${parts.bind([account])}::text[])
      and (r.id, r.seq) ${sign} (${parts.bind(id)}::text, ${parts.bind(after.seq)}::bigint)`,
    ...(others.length === 0 ? [] : [`and r.account = any(${parts.bind(others)}::text[])`]),
  ]
}

/** How many match, counted no further than `most`. */
export const countMatches = async (sql: Sql, where: Condition, most: number): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    text: `select count(*)::int as count
      from (select from resources r where r.deleted_at is null and ${where.text} limit $${where.values.length + 1}) x`,
    values: [...where.values, most],
  })
  return rows[0]?.count ?? 0
}

/** How many rows the planner thinks that match. */
export const estimateMatches = async (sql: Sql, where: Condition): Promise<number> => {
  const rows = await sql.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>({
    text: `explain (format json) select from resources r where r.deleted_at is null and ${where.text}`,
    values: where.values,
  })
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

export const asKeys = (columns: readonly string[]): string =>
  columns.map((column, index) => `(${column})::text as k${index}`).join(', ')

type Parts = ReturnType<typeof inOrder>

/** The pieces of a statement that say an order. */
export const inOrder = ({ key, isDescending }: Sort, given: readonly unknown[]) => {
  const { keys } = orders[key]
  const values = [...given]
  const bind: Bind = (value) => `$${values.push(value)}`
  const direction = isDescending ? 'desc' : 'asc'
  type KeyOf = (index: number) => string
  return {
    values,
    bind,
    by: (table: string, keyOf: KeyOf): string =>
      [...keys.map((_, index) => keyOf(index)), `${table}.seq`].map((each) => `${each} ${direction}`).join(', '),
    after: (after: After | undefined, table: string, keyOf: KeyOf): string =>
      after === undefined
        ? ''
        : `and (${[...keys.map((_, index) => keyOf(index)), `${table}.seq`].join(', ')}) ${isDescending ? '<' : '>'}
          (${[...keys.map(({ cast }, index) => `${bind(after.values[index])}::${cast}`), `${bind(after.seq)}::bigint`].join(', ')})`,
  }
}
