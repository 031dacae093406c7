import type { Sql } from '#platform/db/database.ts'
import type { Bind } from '../query/compile.ts'
import type { Condition } from './list.ts'

/** What is counted by: an expression over `resources r`, made with its own placeholders. */
export type Dimension = (bind: Bind) => string

export type FacetRow = { dimension: number; value: string | null; count: number; others: number }

/**
 * Counts what matches by each dimension; `values` of each are told, the most frequent first. At most `most` rows are looked
 * at (`matching` says how many there were), or a sample of the table: always the same pages, so that the counts of one
 * moment and the next can be compared.
 */
export const countFacets = async (
  sql: Sql,
  where: Condition,
  dimensions: readonly Dimension[],
  values: number,
  from: { most: number } | { samplePercent: number },
): Promise<{ rows: FacetRow[]; matching: number }> => {
  const given = [...where.values]
  const bind: Bind = (value) => `$${given.push(value)}`
  const columns = dimensions.map((dimension, index) => `${dimension(bind)} as d${index}`).join(', ')
  const names = dimensions.map((_, index) => `d${index}`)
  const sample = 'samplePercent' in from ? `tablesample system (${bind(from.samplePercent)}) repeatable (1)` : ''
  const rows = await sql.query<FacetRow & { matching: number }>({
    text: `with found as materialized (
        select ${columns} from resources r ${sample} where r.deleted_at is null and ${where.text}
        ${'most' in from ? `limit ${bind(from.most + 1)}` : ''}),
      counted as (
        select coalesce(${names.map((name, index) => `case when grouping(${name}) = 0 then ${index} end`).join(', ')}) as dimension,
          coalesce(${names.map((name) => `case when grouping(${name}) = 0 then ${name} end`).join(', ')}) as value, count(*)::int as count
        from found group by grouping sets (${names.map((name) => `(${name})`).join(', ')})),
      ranked as (
        select *, row_number() over (partition by dimension order by count desc, value) as rank,
          count(*) over (partition by dimension)::int as of
        from counted)
      select m.matching, dimension, value, count, greatest(of - ${bind(values)}, 0) as others
      from (select count(*)::int as matching from found) m left join ranked on rank <= ${bind(values)}
      order by dimension, rank`,
    values: given,
  })
  return { rows: rows.filter(({ dimension }) => dimension !== null), matching: rows[0]?.matching ?? 0 }
}
