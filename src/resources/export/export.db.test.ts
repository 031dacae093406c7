import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let rig: ReturnType<typeof createRig>
let http: Http

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())

beforeEach(async () => {
  await db.query({ text: 'truncate resources, sync_partitions, events cascade' })
  const fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  await db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2'), ($2, 'eu-west-1', 'ec2')`,
    values: [accountA, accountB],
  })
  fake.instances = [fakeInstance('i-a1', { tags: { Name: '=1+1' } }), fakeInstance('i-b1', { account: accountB })]
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
})
afterEach(async () => {
  await http.close()
  await rig.resources.stop()
})

const get = (query: string) => http.inject({ url: `/resources/export${query}` })

test('what matches becomes a file, and that it did is on record', async () => {
  const csv = await get('?q=type:ec2.instance&columns=name,account')
  assert.equal(csv.statusCode, 200)
  assert.match(String(csv.headers['content-type']), /^text\/csv/)
  assert.match(String(csv.headers['content-disposition']), /filename="resources\.csv"/)
  assert.equal(csv.body, `name,account\r\n"'=1+1",${accountA}\r\nname-of-i-b1,${accountB}\r\n`)
  const json = await get('?format=json&q=account:beta')
  const [only, ...others] = json.json()
  assert.deepEqual(others, [])
  assert.equal(only.name, 'name-of-i-b1')
  assert.deepEqual(only.config, {})
  const audited = await db.query<{ details: any }>({
    text: `select details from audit where action = 'resource.export' order by id`,
  })
  assert.deepEqual(
    audited.map(({ details }) => [details.format, details.q]),
    [
      ['csv', 'type:ec2.instance'],
      ['json', 'account:beta'],
    ],
  )
})

test('only what may be read is in it; mistakes are told before anything is sent', async () => {
  rig.access.denied.add(accountB)
  assert.equal((await get('?columns=account')).body, `account\r\n${accountA}\r\n`)
  assert.equal((await get('?q=colour:red')).json().code, 'invalid_query')
  assert.equal((await get('?columns=colour')).json().code, 'invalid_request')
  assert.equal((await get('?format=xlsx')).statusCode, 400)
})

test('more than 10,000 rows are all there, once each, whatever is between them', async () => {
  await http.inject({ url: '/resources' })
  await db.query({
    text: `insert into resources (account, id, type, service, region, aws_id, sort_name, name_key, state_key, tags, search_text,
        content_hash, first_seen_at, last_seen_at, changed_at)
      select case when n % 3 = 0 then $1 else $2 end, 'arn:many/' || n, 'x.many', 'x', 'eu-west-1', 'many-' || n, 'many-' || n, '', '',
        case when n % 2 = 0 then '{"half":"even"}'::jsonb else '{}' end, 'many', '', now(), now(), now() from generate_series(1, 26000) n`,
    values: [accountA, accountB],
  })
  const ids = async (q: string) => {
    const lines = (await get(`?format=jsonl&columns=id&q=${encodeURIComponent(q)}`)).body.trimEnd().split('\n')
    return lines.map((line) => Number(JSON.parse(line).id.replace('arn:many/', ''))).sort((a, b) => a - b)
  }
  assert.deepEqual(
    await ids('tag.half:even'),
    Array.from({ length: 13_000 }, (_, index) => (index + 1) * 2),
  )
  // Fewer than that, in several pages.
  assert.deepEqual(
    await ids('tag.half:even account:alpha'),
    Array.from({ length: 4333 }, (_, index) => (index + 1) * 6),
  )
})
