import type { ResourceSortKey } from '#contracts/inventory.ts'
import { costExpression, createdExpression } from '../query/expressions.ts'

type Key = { text: string; cast: keyof typeof shapes }

/** What a list is sorted by, most important first; `seq` follows and breaks every tie. */
export type Order = {
  /** Never null, so that a page can begin after any of them. */
  keys: readonly Key[]
  /** Whether an index has the rows of one type in this order. */
  isIndexedByType: boolean
  /** Whether an index has all rows in this order; without one they have to be sorted. */
  isIndexed: boolean
  /** Whether the primary key has those of each account in this order: an order by its columns. */
  isByAccount?: boolean
}

const text = (expression: string): Key => ({ text: expression, cast: 'text' })

/** The indexes are those of migration 0111. */
export const orders: Record<ResourceSortKey, Order> = {
  name: { keys: [text('r.sort_name')], isIndexed: true, isIndexedByType: true },
  // The index of a type's rows by name is that of all rows by type.
  type: { keys: [text('r.type'), text('r.sort_name')], isIndexed: true, isIndexedByType: true },
  state: { keys: [text('r.state_key')], isIndexed: true, isIndexedByType: true },
  region: { keys: [text('r.region')], isIndexed: true, isIndexedByType: false },
  // The primary key.
  account: { keys: [text('r.account'), text('r.id')], isIndexed: true, isIndexedByType: false, isByAccount: true },
  id: { keys: [text('r.id')], isIndexed: false, isIndexedByType: false, isByAccount: true },
  cost: { keys: [{ text: costExpression, cast: 'double precision' }], isIndexed: true, isIndexedByType: true },
  createdAt: { keys: [{ text: createdExpression, cast: 'timestamptz' }], isIndexed: true, isIndexedByType: true },
  firstSeenAt: { keys: [{ text: 'r.first_seen_at', cast: 'timestamptz' }], isIndexed: true, isIndexedByType: false },
}

/** The last row of a page: the next one begins after it. */
export type After = { values: readonly string[]; seq: string }
export type Sort = { key: ResourceSortKey; isDescending: boolean }

/** How PostgreSQL writes values of these types; what looks otherwise in a cursor was not written by it. */
const shapes = {
  text: (value: string) => !value.includes('\0') && value.isWellFormed(),
  'double precision': (value: string) => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value) && Number.isFinite(Number(value)),
  timestamptz: (value: string) => {
    const match =
      /^(\d{4})-(\d\d)-(\d\d) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?[+-](?:0\d|1[0-4])(?::[0-5]\d)?$/.exec(
        value,
      )
    if (match === null) return false
    const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number] // all three are there
    return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12 && year > 0
  },
}

/** Whether a place in an order is one that a row can have. */
export const isPlace = ({ keys }: Order, { values, seq }: After): boolean =>
  values.length === keys.length &&
  keys.every(({ cast }, index) => shapes[cast](values[index] ?? '')) &&
  /^\d{1,18}$/.test(seq)
