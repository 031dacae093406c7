import type { Sql } from '../../src/platform/db/database.ts'

/** What is looked for among the rows. The rare ones have a row in so many, spread over all months. */
export const known = {
  rare: 100_000,
  rareOperation: 'ec2.terminate',
  rareAccount: '999999999999',
  rareUser: 'rare@example.com',
  rareName: 'needle',
}

const months = 13
const portion = 100_000
/** So many are made up; more than that are copies of them, by other ids, which takes a fraction of the time. */
const mostMade = 1_000_000

/**
 * Finished tasks of one target, spread evenly over 13 months, with rows as large as those of the product (about 1.1 kB for
 * a task, 1 kB for an item): 96 % succeeded, 3 % failed, 1 % cancelled, 8 operations, 40 users, 20 accounts.
 */
export const fill = async (sql: Sql, rows: number, say: (line: string) => void): Promise<void> => {
  for (let ago = months; ago >= 0; ago -= 1) {
    await sql.query({
      text: `select ensure_finished_partitions(now() - make_interval(months => $1))`,
      values: [ago],
    })
  }
  const indexes = await takeIndexes(sql)
  const made = Math.min(rows, mostMade)
  for (let from = 0; from < made; from += portion) {
    const values = [from, Math.min(from + portion, made) - 1, made]
    await sql.query({ text: tasks, values: [...values, known.rare] })
    await sql.query({ text: items, values: [...values, known.rare] })
    if (from > 0 && from % 500_000 === 0) say(`${from} of ${rows} tasks written`)
  }
  for (let written = made; written < rows; written += made) {
    const values = [`copy ${written}`, Math.min(1, (rows - written) / made)]
    await sql.query({ text: moreTasks, values })
    await sql.query({ text: moreItems, values })
    say(`${Math.min(written + made, rows)} of ${rows} tasks written`)
  }
  for (const index of indexes) await sql.query({ text: index })
  // As autovacuum leaves what is only ever inserted.
  for (const table of ['tasks_finished', 'items_finished']) await sql.query({ text: `vacuum (analyze) ${table}` })
}

/** Drops the indexes, which are cheaper to make at the end, and returns how. */
const takeIndexes = async (sql: Sql): Promise<string[]> => {
  const found = await sql.query<{ name: string; text: string }>({
    text: `select indexname as name, replace(indexdef, ' ON ONLY ', ' ON ') as text from pg_indexes
      where tablename in ('tasks_finished', 'items_finished') and indexname not like '%_pkey'`,
  })
  for (const { name } of found) await sql.query({ text: `drop index ${name}` })
  return found.map(({ text }) => text)
}

const numbered = `select n, md5(n::text) as md5, n % $4::int = $4::int / 2 as is_rare,
    now() - make_interval(months => ${months}) * (1 - n::float8 / $3::int) - interval '1 hour' as at
  from generate_series($1::int, $2::int) n`
const id = `(lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || left(md5, 3) || '8' || substr(md5, 4, 15))::uuid`
const account = `case when is_rare then '${known.rareAccount}' else lpad((n % 20 + 1)::text, 12, '1') end`
const name = `case when is_rare then 'the-${known.rareName}-' || n else 'web-' || left(md5, 8) end`

const tasks = `insert into tasks_finished (id, operation, operation_version, status, params, targets, plan, accounts, regions,
    requested_by, reason, priority, created_at, started_at, finished_at, total, open, succeeded, failed, cancelled)
  select ${id},
    case when is_rare then '${known.rareOperation}' else (array['ec2.start', 'ec2.stop', 'ec2.reboot', 'ec2.tag', 'ec2.untag',
      'ec2.snapshot', 'ec2.resize', 'logs.retention'])[n % 8 + 1] end,
    1, status, '{"force":false}',
    json_build_object('ids', json_build_array('arn:aws:ec2:eu-west-1:' || ${account} || ':instance/i-' || left(md5, 17))),
    json_build_object('planHash', md5 || md5, 'operation', 'ec2.stop', 'operationVersion', 1, 'risk', 'R1', 'undo', 'Start again',
      'excluded', '[]'::json, 'steps', (select json_agg(json_build_object('name', s, 'description',
        'What this step of the operation does, in a sentence')) from unnest(array['stop', 'wait until stopped', 'verify']) s),
      'monthlyCostDeltaUsd', -12.5, 'expectedSeconds', '{"calls":1,"waits":60,"total":61}'::json,
      'approvals', '{"needed":0,"reason":"R1 needs none","confirmation":null}'::json,
      'createdAt', at, 'expiresAt', at, 'accounts', '[]'::json),
    array[${account}], array['eu-west-1'],
    json_build_object('id', case when is_rare then 'rare' else 'user-' || n % 40 end,
      'email', case when is_rare then '${known.rareUser}' else 'user-' || n % 40 || '@example.com' end),
    'Nightly run ' || n, 0, at, at, at + interval '1 minute', 1, 0,
    (status = 'succeeded')::int, (status = 'failed')::int, (status = 'cancelled')::int
  from (select *, case when n % 100 < 3 then 'failed' when n % 100 = 3 then 'cancelled' else 'succeeded' end as status
    from (${numbered}) x) x`

const items = `insert into items_finished (account, id, task_id, ordinal, region, target_id, target_name, before, after, actual,
    status, priority, step, steps, error, worker, attempt)
  select ${account}, ${id}, ${id}, 0, 'eu-west-1', 'arn:aws:ec2:eu-west-1:' || ${account} || ':instance/i-' || left(md5, 17), ${name},
    image, image, image, case when n % 100 < 3 then 'failed' when n % 100 = 3 then 'cancelled' else 'succeeded' end, 0, 3,
    (select json_agg(json_build_object('name', s, 'attempt', 1, 'outcome', 'done', 'startedAt', at, 'endedAt', at, 'detail', null))
      from unnest(array['stop', 'wait until stopped', 'verify']) s),
    case when n % 100 < 3 then '{"code":"aws_refused","message":"UnauthorizedOperation: You are not authorized."}'::json end,
    ${id}, 1
  from (select *, json_build_object('state', 'running', 'instanceType', 'm5.large', 'tags',
    json_build_object('Name', ${name}, 'env', 'production', 'team', 'platform')) as image from (${numbered}) x) x`

/** The originals are those whose id still ends as `fill` made it: 8, then their own digits; a copy's group begins with 9. */
const copiedId = `(left(id::text, 19) || '9' || substr(md5($1::text || id::text), 1, 3) || '-' || substr(md5($1::text || id::text), 4, 12))::uuid`
const isOriginal = `substr(id::text, 20, 1) = '8' and ('x' || right(id::text, 6))::bit(24)::int < 16777216 * $2::float8`

const moreTasks = `insert into tasks_finished (id, operation, operation_version, status, params, targets, plan, accounts, regions,
    requested_by, reason, priority, created_at, started_at, finished_at, total, open, succeeded, failed, cancelled)
  select ${copiedId}, operation, operation_version, status, params, targets, plan, accounts, regions,
    requested_by, reason, priority, created_at, started_at, finished_at, total, open, succeeded, failed, cancelled
  from tasks_finished where ${isOriginal}`

const moreItems = `insert into items_finished (account, id, task_id, ordinal, region, target_id, target_name, before, after, actual,
    status, priority, step, steps, error, worker, attempt)
  select account, ${copiedId}, ${copiedId}, ordinal, region, target_id, target_name, before, after, actual,
    status, priority, step, steps, error, ${copiedId}, attempt
  from items_finished where ${isOriginal}`
