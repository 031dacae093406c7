import type { Sql } from '#platform/db/database.ts'
import { escapeLike } from '#platform/db/like.ts'

/** A value that resources of an account have, of a tag or of a field of their summaries. */
export type Word = { account: string; kind: 'tag' | 'summary'; key: string; value: string; count: number }

/** The most frequent values of each tag and summary field, from all rows or a sample of them. */
export const readWords = (
  sql: Sql,
  options: { samplePercent: number; summaryFields: readonly string[]; valuesEach: number },
): Promise<Word[]> => {
  const { samplePercent, summaryFields, valuesEach } = options
  const sample = samplePercent < 100 ? 'tablesample system ($3) repeatable (1)' : ''
  return sql.query<Word>({
    text: `with sampled as materialized (
        select account, tags, summary from resources ${sample} where deleted_at is null),
      words as (
        select account, 'tag' as kind, key, value from sampled, jsonb_each_text(tags) where key <> 'Name'
        union all
        select account, 'summary', f.key, summary ->> f.key from sampled, unnest($1::text[]) as f(key)
        where jsonb_typeof(summary -> f.key) in ('string', 'boolean')),
      counted as (
        select account, kind, key, value, count(*)::int as count,
          row_number() over (partition by account, kind, key order by count(*) desc) as rank
        from words where length(value) <= 200 group by account, kind, key, value)
      select account, kind, key, value, count from counted where rank <= $2`,
    values: [summaryFields, valuesEach, ...(samplePercent < 100 ? [samplePercent] : [])],
  })
}

/** Values of a tag that contain a text, looked up among all rows; a few of them, however many there are. */
export const readTagValues = async (
  sql: Sql,
  accounts: readonly string[],
  key: string,
  part: string,
  most: number,
): Promise<string[]> => {
  const rows = await sql.query<{ value: string }>({
    text: `select distinct x.value from (
        select r.tags ->> $2 as value from resources r
        where r.deleted_at is null and r.account = any($1::text[]) and r.search_text like $3 and r.tags ? $2
          and lower(r.tags ->> $2) like $3 limit $4) x
      order by x.value limit $5`,
    values: [accounts, key, `%${escapeLike(part.toLowerCase())}%`, most * 20, most],
  })
  return rows.map(({ value }) => value)
}
