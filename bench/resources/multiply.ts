import type { Sql } from '../../src/platform/db/database.ts'

/** Copies of all rows that one statement writes. */
const copiesAtOnce = 5

/**
 * Copies the inventory's rows until there are so many. A copy has an id of its own in AWS's form, the same name with another
 * number behind it, and a cost and an age that differ a little; account, Region, type, state and all other tags stay.
 * Secondary indexes are taken away meanwhile and made again at the end, which is several times as fast.
 */
export const multiply = async (sql: Sql, rows: number, say: (line: string) => void): Promise<void> => {
  const [base] = await sql.query<{ count: number; highest: string }>({
    text: 'select count(*)::int as count, max(seq) as highest from resources',
  })
  const [count, highest] = [base?.count ?? 0, base?.highest ?? '0']
  if (count === 0) throw new Error('There is nothing to copy.')
  const copies = Math.ceil(rows / count) - 1
  if (copies > 0) {
    const indexes = await sql.query<{ name: string; text: string }>({
      text: `select indexname as name, replace(indexdef, ' ON ONLY ', ' ON ') as text from pg_indexes
        where tablename = 'resources' and indexname <> 'resources_pkey'`,
    })
    for (const { name } of indexes) await sql.query({ text: `drop index ${name}` })
    for (let from = 1; from <= copies; from += copiesAtOnce) {
      const to = Math.min(from + copiesAtOnce - 1, copies)
      await sql.query({ text: copy, values: [from, to, highest, rows - from * count] })
      say(`${Math.min((to + 1) * count, rows)} rows`)
    }
    for (const { name, text } of indexes) {
      say(`making ${name}`)
      await sql.query({ text })
    }
  }
  // As autovacuum leaves it.
  await sql.query({ text: 'vacuum (analyze) resources' })
}

const copy = `insert into resources (account, id, type, service, region, aws_id, name, sort_name, name_key, state, state_key, tags,
    cost_monthly_usd, cost_source, summary, config, search_text, content_hash, first_seen_at, last_seen_at, changed_at, created_at)
  select account, case when position(aws_id in id) > 0 then replace(id, aws_id, new_id) else id || '.' || copy end, type, service, region, new_id, new_name, left(coalesce(new_name, new_id), 200),
    lower(coalesce(new_name, '')), state, state_key,
    case when tags ? 'Name' then jsonb_set(tags, '{Name}', to_jsonb(new_name)) else tags end,
    cost_monthly_usd * (0.5 + random()), cost_source, summary, config,
    replace(replace(search_text, lower(aws_id), lower(new_id)), lower(coalesce(name, 'no name')), lower(coalesce(new_name, ''))),
    left(md5(new_id), 22), first_seen_at - random() * interval '300 days', last_seen_at, changed_at,
    created_at - random() * interval '300 days'
  from (
    select r.*, copy,
      case when aws_id ~ '^[a-z]+-[0-9a-f]{17}$' then regexp_replace(aws_id, '-.*', '-') || left(md5(aws_id || copy), 17)
        else aws_id || '.' || copy end as new_id,
      case when name = aws_id then aws_id || '.' || copy else name || '-' || copy end as new_name
    from resources r cross join generate_series($1::int, $2::int) as copy
    where r.seq <= $3::bigint
    limit greatest($4::int, 0)) x`
