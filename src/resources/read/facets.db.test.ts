import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { accountA, accountB, createFakeAws, fakeAccount, fakeInstance, fakeVolume } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let rig: ReturnType<typeof createRig>
let http: Http

before(async () => {
  database = await freshDatabase()
  db = database.db
  const fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  fake.instances = [
    ...[1, 2, 3].map((n) => fakeInstance(`i-a${n}`, { tags: { Name: `web-${n}`, env: 'prod', 'my key': 'x y' } })),
    fakeInstance('i-a4', { tags: { env: 'dev' }, state: 'stopped', instanceType: 't3.nano' }),
    fakeInstance('i-b1', { account: accountB, tags: { env: 'dev', secret: 'of beta' } }),
  ]
  fake.volumes = [fakeVolume('vol-a1')]
  rig = createRig(db, fake)
  http = await serveAs(operator, rig.resources.http)
  await db.query({
    text: `insert into sync_partitions (account, region, service) values ($1, 'eu-west-1', 'ec2'), ($2, 'eu-west-1', 'ec2')`,
    values: [accountA, accountB],
  })
  assert.equal((await get('/resources')).body.total.value, 6)
})
after(async () => {
  await http.close()
  await rig.resources.stop()
  await database.drop()
})
beforeEach(() => rig.access.denied.clear())

const get = async (url: string) => {
  const response = await http.inject({ url })
  return { status: response.statusCode, body: response.json() }
}
const facets = async (q: string, by: string) => {
  const { status, body } = await get(`/resources/facets?q=${encodeURIComponent(q)}&by=${encodeURIComponent(by)}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const counts = (body: any, by: string) =>
  Object.fromEntries(
    body.facets.find((each: any) => each.by === by).values.map((each: any) => [each.value, each.count]),
  )

test('what matches is counted by each value; what has none counts as such', async () => {
  const body = await facets('', 'type,state,account,tag.env,instanceType')
  assert.deepEqual(counts(body, 'type'), { 'ec2.instance': 5, 'ec2.volume': 1 })
  assert.deepEqual(counts(body, 'state'), { running: 4, stopped: 1, 'in-use': 1 })
  assert.deepEqual(counts(body, 'account'), { [accountA]: 5, [accountB]: 1 })
  assert.deepEqual(counts(body, 'tag.env'), { prod: 3, dev: 2, null: 1 })
  assert.deepEqual(counts(body, 'instanceType'), { 'm5.large': 4, 't3.nano': 1, null: 1 })
  assert.equal(body.isApproximate, false)
  assert.deepEqual(counts(await facets('web', 'state'), 'state'), { running: 3 })
  assert.deepEqual(counts(await facets('nothing-has-this', 'state,type'), 'state'), {})
})

test('the most frequent values come first, and it is said how many more there are', async () => {
  const { body } = await get('/resources/facets?by=tag.Name,state&values=2')
  assert.deepEqual(
    body.facets.map(({ by, others }: any) => [by, others]),
    [
      ['tag.Name', 2],
      ['state', 1],
    ],
  )
  assert.deepEqual(body.facets[0].values[0], { value: null, count: 3 })
})

test('what nothing can be counted by is told, with what may have been meant', async () => {
  const wrong = await get('/resources/facets?by=stat')
  assert.equal(wrong.status, 400)
  assert.equal(wrong.body.code, 'invalid_request')
  assert.match(wrong.body.detail, /Did you mean "state"/)
  for (const by of ['', 'tag.', 'summary.', 'tag.a%00b', Array(11).fill('type').join(',')])
    assert.equal((await get(`/resources/facets?by=${by}`)).status, 400, by)
  assert.equal((await get('/resources/facets?by=type&q=colour:red')).body.code, 'invalid_query')
})

test('beyond 10,000 matches groups are counted exactly and all else is estimated from a sample', async () => {
  await db.query({
    text: `insert into resources (account, id, type, service, region, aws_id, sort_name, name_key, state, state_key, tags, search_text,
        content_hash, first_seen_at, last_seen_at, changed_at)
      select $1, 'arn:many/' || n, 'x.many', 'x', 'eu-west-1', 'many-' || n, 'many-' || n, '', 'on', 'on',
        jsonb_build_object('half', (n % 2)::text), 'many-' || n, '', now(), now(), now() from generate_series(1, 60000) n`,
    values: [accountA],
  })
  await db.query({ text: 'analyze resources' })
  try {
    const grouped = await facets('type:x.many', 'state,account')
    assert.deepEqual(counts(grouped, 'state'), { on: 60_000 })
    assert.equal(grouped.isApproximate, false)
    const sampled = await facets('type:x.many many', 'tag.half')
    assert.equal(sampled.isApproximate, true)
    // A third of the pages: 30,000 of each, give or take what pages hold by chance.
    for (const half of ['0', '1']) assert.ok(Math.abs(counts(sampled, 'tag.half')[half] - 30_000) < 5_000)
    // Asked for again, the total is remembered for a moment; the rows only for half a second, where nobody tells of a change.
    const some = async () => (await get('/resources?q=type:x.many%20id:many-59*&limit=20')).body
    const first = await some()
    assert.deepEqual(first.total, { value: 1111, relation: 'eq' })
    assert.deepEqual(await some(), first)
    await db.query({ text: `delete from resources where aws_id like 'many-59%' and aws_id <> 'many-590'` })
    const idsOf = async (): Promise<string[]> => (await some()).items.map(({ id }: { id: string }) => id)
    await waitFor('the one that is left', async () => (await idsOf()).length === 1)
    assert.deepEqual(await idsOf(), ['arn:many/590'])
    const list = await get('/resources?q=type:x.many')
    assert.deepEqual(list.body.total, { value: 10_000, relation: 'gte' }, JSON.stringify(list.body))
  } finally {
    await db.query({ text: `delete from resources where type = 'x.many'` })
    await db.query({ text: 'analyze resources' })
  }
})

const suggest = async (marked: string) => {
  const at = marked.indexOf('|')
  const q = marked.replace('|', '')
  const { status, body } = await get(`/resources/query/suggest?q=${encodeURIComponent(q)}&at=${at}`)
  assert.equal(status, 200, JSON.stringify(body))
  const completed = (body.items as { text: string }[]).map(
    ({ text }) => q.slice(0, body.from) + text + q.slice(body.to),
  )
  return { completed, problem: body.problem }
}

test('fields are completed, then their values', async () => {
  assert.deepEqual((await suggest('sta|')).completed.slice(0, 1), ['state:'])
  assert.ok((await suggest('a tag.|')).completed.includes('a tag.env:'))
  assert.ok((await suggest('tag|')).completed.includes('tag."my key":'))
  assert.deepEqual((await suggest('state:r|')).completed[0], 'state:running ')
  assert.deepEqual((await suggest('state:(running or st|)')).completed[0], 'state:(running or stopped)')
  assert.deepEqual((await suggest('type:ec2.volume state:|')).completed, ['type:ec2.volume state:in-use '])
  assert.deepEqual((await suggest('account:al|')).completed, ['account:alpha '])
  assert.deepEqual((await suggest('tag.env:|')).completed, ['tag.env:* ', 'tag.env:prod ', 'tag.env:dev '])
  assert.deepEqual((await suggest('tag."my key":x|')).completed, ['tag."my key":"x y" '])
  assert.deepEqual((await suggest('instanceType:t|')).completed, ['instanceType:t3.nano '])
  assert.ok((await suggest('cost:|')).completed.includes('cost:>100 '))
  assert.ok((await suggest('type:|')).completed.includes('type:logs.group '))
})

test('completion says what is wrong so far, and never fails', async () => {
  assert.equal((await suggest('state:running|')).problem, null)
  assert.deepEqual(
    (({ column, length, suggestion }) => ({ column, length, suggestion }))((await suggest('stat:x|')).problem),
    {
      column: 1,
      length: 4,
      suggestion: 'state',
    },
  )
  for (const q of ['"', 'tag."', '(((', ':', 'a:b:c', '%00', 'summary.:|', '\\']) await suggest(`${q}|`)
})

test('nothing is told of accounts that may not be read', async () => {
  rig.access.denied.add(accountB)
  assert.deepEqual(counts(await facets('', 'account'), 'account'), { [accountA]: 5 })
  assert.deepEqual((await suggest('account:|')).completed, ['account:alpha '])
  assert.ok(!(await suggest('tag.|')).completed.some((text) => text.includes('secret')))
  assert.deepEqual((await suggest('tag.secret:"of b|')).completed, [])
})
