import type { Sql } from '#platform/db/database.ts'
import type { Condition } from './list.ts'
import { rowColumns } from './row.ts'
import type { Row } from './row.ts'

/** A place in the order of the primary key. */
export type Place = { account: string; id: string }

const placeholders = (where: Condition) => {
  const values = [...where.values]
  return { values, bind: (value: unknown): string => `$${values.push(value)}` }
}
const scopeOf = ({ scope }: Condition): string => (scope === undefined ? '' : `and ${scope}`)

/** The place so many rows further, whether they match or not; undefined where there are not so many. */
export const boundaryAfter = async (
  sql: Sql,
  where: Condition,
  from: Place | undefined,
  rows: number,
): Promise<Place | undefined> => {
  const { values, bind } = placeholders(where)
  const isAfter =
    from === undefined ? '' : `and (r.account, r.id) > (${bind(from.account)}::text, ${bind(from.id)}::text)`
  const found = await sql.query<Place>({
    // The condition is said, so that its placeholders have a type, and can't be false.
    text: `select r.account, r.id from resources r where r.deleted_at is null ${scopeOf(where)} ${isAfter} and (true or ${where.text})
      order by r.account, r.id offset ${bind(rows - 1)} limit 1`,
    values,
  })
  return found[0]
}

/** What matches after one place and up to another one. */
export const listBetween = (
  sql: Sql,
  where: Condition,
  from: Place | undefined,
  to: Place | undefined,
): Promise<Row[]> => {
  const { values, bind } = placeholders(where)
  const place = ({ account, id }: Place): string => `(${bind(account)}::text, ${bind(id)}::text)`
  return sql.query<Row>({
    text: `select ${rowColumns} from resources r where r.deleted_at is null and ${where.text}
      ${from === undefined ? '' : `and (r.account, r.id) > ${place(from)}`}
      ${to === undefined ? '' : `and (r.account, r.id) <= ${place(to)}`}
      order by r.account, r.id`,
    values,
  })
}
