import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../../test/support/database.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { NetChange, NetChanges } from '#contracts/net-changes.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { purgeDeleted } from '../store/write.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import { replay } from './json-diff.ts'
import type { Change, Json } from './json-diff.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
let rig: ReturnType<typeof createRig>
let http: Http

/** Well within what is kept, and over. */
const start = Date.now() - 10 * 86_400_000
const time = (seconds: number): Date => new Date(start + seconds * 1000)
const iso = (seconds: number): string => time(seconds).toISOString()
const group = (account = accountA) => ({ account, region: 'eu-west-1', type: 'ec2.instance' })
const arn = (id: string, account = accountA): string => fakeInstance(id, { account }).arn
const nudge = { nudge: () => {} }

before(async () => {
  database = await freshDatabase()
  db = database.db
  // What stood in the rows after each write, as the database itself saw it: not by the code under test.
  await db.query({
    text: `create table seen (number bigint generated always as identity, id text, at timestamptz, "row" jsonb, is_gone boolean);
    create function see() returns trigger language plpgsql as $$ begin
      insert into seen (id, at, "row", is_gone) values (new.id, new.last_seen_at, jsonb_build_object('name', new.name, 'state', new.state,
        'tags', new.tags, 'summary', new.summary - 'runningMonthlyUsd', 'config', new.config), new.deleted_at is not null);
      return new;
    end $$;
    create trigger see after insert or update on resources for each row execute function see()`,
  })
  rig = createRig(db, createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')]))
  http = await serveAs(operator, rig.resources.http)
})
after(async () => {
  await http.close()
  await rig.resources.stop()
  await database.drop()
})
beforeEach(async () => {
  rig.access.denied.clear()
  await db.query({ text: 'truncate resources, resource_versions, sync_partitions, sync_types, events, seen' })
  await db.query({
    text: `with place as (insert into sync_partitions (account, region, service)
        values ($1, 'eu-west-1', 'ec2'), ($2, 'eu-west-1', 'ec2') returning *)
      insert into sync_types (account, region, service, type, swept_at) select account, region, service, 'ec2.instance', now() from place`,
    values: [accountA, accountB],
  })
})

type Given = Parameters<typeof fakeInstance>[1]
const put = async (seconds: number, id: string, given: Given = {}, account = accountA): Promise<void> => {
  const observed = observeInstance(fakeInstance(id, { account, ...given }))
  await createApply({ db, notifier: nudge }).apply(group(account), [observed], time(seconds))
}
const remove = async (seconds: number, id: string): Promise<void> => {
  await createApply({ db, notifier: nudge }).remove(group(), [arn(id)], time(seconds))
}
const get = async (path: string, query: Record<string, string> = {}) => {
  const response = await http.inject({ url: path, query })
  return { status: response.statusCode, body: response.json() }
}
const net = async (from: number, to: number, query: Record<string, string> = {}): Promise<NetChanges> => {
  const { status, body } = await get('/resources/changes/net', { from: iso(from), to: iso(to), ...query })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const ofOne = async (id: string, from: number, to: number) =>
  (await get(`/resources/${encodeURIComponent(arn(id))}/history/net`, { from: iso(from), to: iso(to) })).body
const brief = ({ resource, kind, changes }: Pick<NetChange, 'resource' | 'kind' | 'changes'>): string =>
  [resource.id.split('/').at(-1), kind, ...changes.map(({ path }) => path)].join(' ')

test('what came, changed and went between two times, from what to what; what changed back is no difference', async () => {
  for (const id of ['i-same', 'i-back-and-forth', 'i-changed', 'i-goes', 'i-restored']) await put(0, id)
  await put(20, 'i-comes')
  await put(21, 'i-comes-and-goes')
  await remove(22, 'i-comes-and-goes')
  await put(23, 'i-back-and-forth', { state: 'stopped' })
  await put(24, 'i-back-and-forth', { state: 'running' })
  await put(25, 'i-changed', { state: 'stopping', tags: { env: 'dev' } })
  await put(26, 'i-changed', { state: 'stopped', tags: { env: 'prod' } })
  await remove(27, 'i-goes')
  await remove(28, 'i-restored')
  await put(29, 'i-restored')
  const found = await net(10, 40)
  assert.deepEqual(
    found.items.map(({ resource, kind }) => `${resource.id.split('/').at(-1)} ${kind}`),
    ['i-goes gone', 'i-changed changed', 'i-comes created'],
  )
  const [, changed] = found.items
  assert.ok(changed)
  const byPath = new Map(changed.changes.map((one) => [one.path, one]))
  assert.deepEqual(byPath.get('/state'), { path: '/state', before: 'running', after: 'stopped' })
  assert.deepEqual(byPath.get('/tags/env'), { path: '/tags/env', after: 'prod' })
  assert.deepEqual([changed.versions, changed.firstAt, changed.lastAt], [2, iso(25), iso(26)])
  const count = (value: number) => ({ value, relation: 'eq' })
  assert.deepEqual(found.total, count(3))
  assert.deepEqual(found.byKind, { created: count(1), changed: count(1), gone: count(1), back: count(0) })
  assert.deepEqual([found.from, found.to], [iso(10), iso(40)])

  // The same of each alone.
  for (const [id, kind, versions] of [
    ['i-same', 'unchanged', 0],
    ['i-back-and-forth', 'unchanged', 2],
    ['i-restored', 'unchanged', 2],
    ['i-comes', 'created', 1],
    ['i-comes-and-goes', 'absent', 2],
    ['i-changed', 'changed', 2],
    ['i-goes', 'gone', 1],
  ] as const) {
    const one = await ofOne(id, 10, 40)
    assert.deepEqual([one.kind, one.versions], [kind, versions], id)
  }
  assert.deepEqual((await ofOne('i-changed', 10, 40)).changes, changed.changes)

  // A part of the time has another difference, up to and with its end.
  const early = (await net(22, 25)).items
  assert.deepEqual(
    early.map(({ resource, kind, versions }) => `${resource.id.split('/').at(-1)} ${kind} ${versions}`),
    ['i-changed changed 1'],
    'up to and with the second in which it changed back',
  )
  assert.deepEqual((await net(22, 23)).items.map(brief), ['i-back-and-forth changed /state'])
  assert.deepEqual((await net(26, 27)).items.map(brief), ['i-goes gone'])
  assert.deepEqual((await net(28, 29)).items.map(brief), ['i-restored back'])
  assert.deepEqual((await net(40, 50)).items, [])
})

test('by kind, type, account, Region and query, page by page of the same difference', async () => {
  for (const id of ['i-1', 'i-2', 'i-3', 'i-4', 'i-5']) await put(0, id)
  await put(0, 'i-b', {}, accountB)
  for (const [index, id] of ['i-1', 'i-2', 'i-3', 'i-4'].entries())
    await put(20 + index, id, { state: 'stopped', tags: { n: id } })
  // Between what differs lies what does not.
  await put(22.5, 'i-5', { state: 'stopped' })
  await put(22.7, 'i-5')
  await put(24, 'i-b', { state: 'stopped' }, accountB)
  await remove(25, 'i-1')
  const ids = (found: NetChanges): string[] => found.items.map(({ resource }) => resource.id.split('/').at(-1) ?? '')
  const all = await net(10, 60)
  assert.deepEqual(ids(all), ['i-1', 'i-b', 'i-4', 'i-3', 'i-2'])
  assert.equal(all.total.value, 5)
  assert.deepEqual(ids(await net(10, 60, { kind: 'gone' })), ['i-1'])
  assert.equal((await net(10, 60, { kind: 'changed' })).total.value, 4)
  assert.deepEqual(ids(await net(10, 60, { account: accountB })), ['i-b'])
  assert.deepEqual(ids(await net(10, 60, { q: 'tag.n:i-3' })), ['i-3'])
  assert.deepEqual(ids(await net(10, 60, { type: 'ec2.volume' })), [])
  assert.deepEqual(ids(await net(10, 60, { region: 'us-east-1' })), [])
  assert.equal((await net(10, 60, { region: 'eu-west-1' })).items.length, 5)

  const seen: string[] = []
  let page = await net(10, 60, { limit: '2' })
  for (;;) {
    seen.push(...ids(page))
    assert.equal(page.total.value, 5)
    if (page.nextCursor === null) break
    // What happens meanwhile is not part of it, and the times need not be said again.
    await put(70 + seen.length, 'i-2', { state: 'running' })
    page = (await get('/resources/changes/net', { limit: '2', cursor: page.nextCursor })).body
  }
  assert.deepEqual(seen, ids(all))
  const first = await net(10, 60, { limit: '2' })
  const other = await get('/resources/changes/net', { from: iso(11), to: iso(60), cursor: first.nextCursor ?? '' })
  assert.deepEqual([other.status, other.body.code], [400, 'invalid_cursor'])

  rig.access.denied.add(accountB)
  assert.deepEqual(ids(await net(10, 60)), ['i-1', 'i-4', 'i-3', 'i-2'])
  assert.deepEqual(ids(await net(10, 60, { account: accountB })), [])
})

test('what was found in a first reading after the one time is compared with how it was then, and says so', async () => {
  await db.query({ text: 'update sync_types set swept_at = null' })
  await put(20, 'i-1')
  await put(30, 'i-1', { state: 'stopped' })
  const [one] = (await net(10, 40)).items
  assert.ok(one)
  assert.deepEqual([one.kind, one.knownSince], ['changed', iso(20)])
  assert.deepEqual(one.changes[0], { path: '/state', before: 'running', after: 'stopped' })
  assert.equal((await ofOne('i-1', 10, 40)).knownSince, iso(20))
  assert.equal((await ofOne('i-1', 25, 40)).knownSince, null)
  const before = await get(`/resources/${encodeURIComponent(arn('i-1'))}/history/net`, { from: iso(1), to: iso(10) })
  assert.deepEqual([before.status, before.body.code], [404, 'no_state_then'])
})

test('what is gone for so long that its row was forgotten is still told', async () => {
  await put(0, 'i-1')
  await remove(20, 'i-1')
  await db.query({ text: `update resources set deleted_at = now() - interval '31 days'` })
  assert.equal(await purgeDeleted(db, 30, 10), 1)
  assert.deepEqual((await net(10, 30)).items.map(brief), ['i-1 gone'])
  assert.equal((await ofOne('i-1', 10, 30)).kind, 'gone')
  await put(40, 'i-1')
  assert.deepEqual((await net(30, 50)).items.map(brief), ['i-1 back'])
  assert.equal((await ofOne('i-1', 30, 50)).kind, 'back')
})

test('bad times are refused with their field, and what is still to come counts as now', async () => {
  await put(0, 'i-1')
  const one = `/resources/${encodeURIComponent(arn('i-1'))}/history/net`
  const year = 366 * 86_400
  for (const path of ['/resources/changes/net', one]) {
    for (const query of [
      { from: iso(20), to: iso(10) },
      { from: iso(20), to: iso(20) },
      { from: iso(-year - 86_400 * 40), to: iso(20) },
      { from: iso(2 * year), to: iso(3 * year) },
      { from: 'yesterday' },
    ]) {
      const { status, body } = await get(path, query)
      assert.deepEqual([status, body.code], [400, 'invalid_request'], `${path} ${JSON.stringify(query)}`)
      assert.match(body.errors[0].path, /^(query\.)?from$/)
    }
    const { status, body } = await get(path, { from: iso(20), to: iso(year) })
    assert.equal(status, 200)
    assert.ok(Date.parse(body.to) <= Date.now() + 1000)
    assert.equal((await get(path)).status, 200)
  }
  for (const cursor of ['x', Buffer.from('["a","b","c","d","e"]').toString('base64url')])
    assert.equal((await get('/resources/changes/net', { cursor })).body.code, 'invalid_cursor')
  assert.equal((await get('/resources/changes/net', { q: '(' })).body.code, 'invalid_query')
  assert.equal((await get('/resources/changes/net', { kind: 'all' })).status, 400)
  const nowhere = await get(`/resources/${encodeURIComponent(arn('i-404'))}/history/net`)
  assert.equal(nowhere.body.code, 'resource_not_found')
  rig.access.denied.add(accountA)
  assert.equal((await get(one)).status, 404)
})

test('more changes than can be summed up are refused, and many that may cancel out are not counted in vain', async () => {
  const insert = (text: string) => db.query({ text, values: [accountA, time(20)] })
  // 1,001 whose two versions cancel each other out, and one that differs.
  await db.query({ text: 'alter table resources disable trigger see' })
  await insert(`insert into resources (account, id, type, service, region, aws_id, sort_name, name_key, state_key, tags, summary, config,
      search_text, content_hash, first_seen_at, last_seen_at, changed_at)
    select $1, 'arn:' || n, 'ec2.instance', 'ec2', 'eu-west-1', 'i-' || n, '', '', '', '{}', '{}', '{}', '', '', $2::timestamptz - interval '1 day', $2, $2
    from generate_series(1, 1001) n`)
  await db.query({ text: 'alter table resources enable trigger see' })
  await insert(`insert into resource_versions (account, id, version, at, kind, type, region, changes)
    select $1, 'arn:' || n, v, $2::timestamptz + make_interval(secs => v), 'changed', 'ec2.instance', 'eu-west-1',
      jsonb_build_array(jsonb_build_object('path', '/name', 'before', case v when 1 then null else 'x' end, 'after', case v when 1 then 'x' else null end))
    from generate_series(1, 1001) n, generate_series(1, 2) v`)
  await put(10, 'i-1')
  await put(20, 'i-1', { state: 'stopped' })
  const many = await net(15, 40)
  assert.deepEqual(many.total, { value: 1, relation: 'gte' }, 'at least the one that is sure')
  assert.deepEqual(many.byKind.changed, { value: 1, relation: 'gte' })
  const seen: string[] = []
  for (let cursor = many.nextCursor, page = many; ;) {
    seen.push(...page.items.map(brief))
    if (cursor === null) break
    page = (await get('/resources/changes/net', { cursor })).body
    cursor = page.nextCursor
  }
  assert.equal(seen.length, 1, 'all of them are looked at in the end')
  assert.match(seen[0] ?? '', /^i-1 changed \/state/)

  await insert(`insert into resource_versions (account, id, version, at, kind, type, region)
    select $1, 'arn:more', v, $2, 'changed', 'ec2.instance', 'eu-west-1' from generate_series(1, 100001) v`)
  const tooMany = await get('/resources/changes/net', { from: iso(15), to: iso(40) })
  assert.deepEqual([tooMany.status, tooMany.body.code], [400, 'too_many_matches'])
  const narrow = await get('/resources/changes/net', { from: iso(15), to: iso(40), q: 'id:i-1' })
  assert.equal(narrow.body.items.length, 1)
})

const step = fc.record({
  id: fc.constantFrom('i-1', 'i-2', 'i-3'),
  state: fc.constantFrom('running', 'stopped', null),
  tags: fc.dictionary(fc.constantFrom('a', '__proto__', 'x/y'), fc.constantFrom('1', '2'), { noNullPrototype: true }),
  raw: fc.dictionary(fc.constantFrom('p', 'q'), fc.array(fc.constantFrom(1, 2), { maxLength: 3 }), {
    noNullPrototype: true,
  }),
})

test('whatever happened, the difference leads from what stood in the rows then to what stood there later', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 12 }),
      fc.nat({ max: 11 }),
      fc.nat({ max: 11 }),
      async (steps, one, other) => {
        fc.pre(one !== other)
        await db.query({ text: 'truncate resources, resource_versions, seen' })
        for (const [seconds, { id, state, ...given }] of steps.entries()) {
          if (state === null) await remove(seconds, id)
          else await put(seconds, id, { state, ...given })
        }
        const [from, to] = [Math.min(one, other) + 0.5, Math.max(one, other) + 0.5]
        const stood = async (seconds: number) => {
          const rows = await db.query<{ id: string; row: Json; is_gone: boolean }>({
            text: `select distinct on (id) id, "row", is_gone from seen where at <= $1 order by id, number desc`,
            values: [time(seconds)],
          })
          return new Map(rows.filter((row) => !row.is_gone).map(({ id, row }) => [id, row]))
        }
        const [was, is] = [await stood(from), await stood(to)]
        const found = new Map((await net(from, to)).items.map((item) => [item.resource.id, item]))
        for (const id of ['i-1', 'i-2', 'i-3'].map((each) => arn(each))) {
          const item = found.get(id)
          const [before, later] = [was.get(id), is.get(id)]
          const single = (await ofSingle(id, from, to)) ?? 'absent'
          if (before !== undefined && later !== undefined) {
            const changes = (item?.changes ?? []) as Change[]
            assert.deepEqual(replay(before, changes), later)
            assert.equal(single, item === undefined ? 'unchanged' : 'changed')
            if (item !== undefined) assert.notDeepEqual(before, later)
          } else if (before !== undefined) assert.deepEqual([item?.kind, single], ['gone', 'gone'])
          else if (later !== undefined) {
            assert.ok(item?.kind === 'created' || item?.kind === 'back', id)
            assert.equal(single, item.kind)
          } else assert.deepEqual([item, single], [undefined, 'absent'])
        }
      },
    ),
    { numRuns: 15 },
  )
})

/** What is said of one alone; undefined where there is no such resource. */
const ofSingle = async (id: string, from: number, to: number): Promise<string | undefined> => {
  const { body } = await get(`/resources/${encodeURIComponent(id)}/history/net`, { from: iso(from), to: iso(to) })
  return body.kind
}
