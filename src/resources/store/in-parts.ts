import type { Sql } from '#platform/db/database.ts'
import { asKeys, inOrder } from './list.ts'
import type { Condition, SortedRow } from './list.ts'
import { orders } from './orders.ts'
import type { After, Sort } from './orders.ts'
import { rowColumns } from './row.ts'

/** Statements of one question that are under way at once: each has a processor of the database to itself. */
const atOnce = 2

/**
 * Asks each partition for itself, two at a time, until they are all done or enough is known; what is under way then ends unheard. Where
 * thousands of candidates have to be looked at, that takes half as long as one statement for all, and as much work; more, where one
 * account has most of the rows.
 */
const eachPartition = <Answer>(
  partitions: readonly string[],
  ask: (table: string) => Promise<Answer>,
  isEnough: (answers: readonly Answer[]) => boolean,
): Promise<Answer[]> =>
  new Promise((resolve, reject) => {
    const answers: Answer[] = []
    const left = partitions.values()
    let isOver = false
    const lane = async (): Promise<void> => {
      for (const table of left) {
        const answer = await ask(table)
        if (isOver) return
        answers.push(answer)
        isOver = isEnough(answers)
        if (isOver) resolve(answers)
      }
    }
    // Not all that is rejected is heard: what fails after the end has nobody to tell.
    Promise.all(Array.from({ length: atOnce }, lane)).then(() => resolve(answers), reject)
  })

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

/** As `countMatches`. */
export const countInParts = async (
  sql: Sql,
  partitions: readonly string[],
  where: Condition,
  most: number,
): Promise<number> => {
  const counts = await eachPartition(
    partitions,
    async (table) => {
      const rows = await sql.query<{ count: number }>({
        text: `select count(*)::int as count
          from (select from ${table} r where r.deleted_at is null and ${where.text} limit $${where.values.length + 1}) x`,
        values: [...where.values, most],
      })
      return rows[0]?.count ?? 0
    },
    (counted) => sum(counted) >= most,
  )
  return Math.min(sum(counts), most)
}

/** As `findAll`: each partition says how many it has and which would be on the page, if the others had none. */
export const findAllInParts = async (
  sql: Sql,
  partitions: readonly string[],
  where: Condition,
  sort: Sort,
  after: After | undefined,
  limit: number,
  most: number,
): Promise<{ rows: SortedRow[]; count: number }> => {
  const { keys } = orders[sort.key]
  const parts = inOrder(sort, where.values)
  const columns = keys.map(({ text }, index) => `${text} as k${index}`).join(', ')
  const keyOf = (index: number): string => `f.k${index}`
  const [isAfter, mostFound, mostOnPage] = [parts.after(after, 'f', keyOf), parts.bind(most + 1), parts.bind(limit)]
  type Part = { matching: number; accounts: string[]; ids: string[] }
  const found = await eachPartition(
    partitions,
    async (table): Promise<Part> => {
      const [part] = await sql.query<Part>({
        text: `with found as materialized (
            select r.account, r.id, r.seq, ${columns} from ${table} r
            where r.deleted_at is null and ${where.text} limit ${mostFound}),
          page as (
            select f.account, f.id from found f where true ${isAfter} order by ${parts.by('f', keyOf)} limit ${mostOnPage})
          select (select count(*)::int from found) as matching, array(select account from page) as accounts,
            array(select id from page) as ids`,
        values: parts.values,
      })
      return part! // a select without a from has exactly one row
    },
    (known) => sum(known.map(({ matching }) => matching)) > most,
  )
  const count = sum(found.map(({ matching }) => matching))
  if (count > most) return { rows: [], count: most + 1 }
  const page = inOrder(sort, [found.flatMap(({ accounts }) => accounts), found.flatMap(({ ids }) => ids)])
  const rows = await sql.query<SortedRow>({
    text: `select ${rowColumns}, r.seq, ${asKeys(keys.map(({ text }) => text))}
      from unnest($1::text[], $2::text[]) as p (account, id) join resources r using (account, id)
      where r.deleted_at is null order by ${page.by('r', (index) => keys[index]?.text ?? '')} limit ${page.bind(limit)}`,
    values: page.values,
  })
  return { rows, count }
}
