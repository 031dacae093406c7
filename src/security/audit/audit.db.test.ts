import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AuditRow } from '#contracts/audit.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { appendAudit } from '../audit.ts'
import { createRig } from '../testing/rig.ts'
import type { Rig, SignedIn } from '../testing/rig.ts'

let rig: Rig
let database: Awaited<ReturnType<typeof freshDatabase>>
let auditor: SignedIn
before(async () => {
  database = await freshDatabase()
  rig = await createRig(database.db)
  auditor = await rig.person('auditor@example.org', ['auditor'])
})
after(async () => {
  await rig.close()
  await database.drop()
})

const get = (url: string, token = auditor.token) => rig.call('GET', url, { token })
const rows = async (query: string): Promise<AuditRow[]> =>
  (await get(`/audit?${query}`)).json<{ items: AuditRow[] }>().items

/** Seals until nothing is left: transactions of other databases of the server hold the horizon back, too. */
const sealAll = async (): Promise<void> => {
  do await rig.security.audit.sealNow()
  while ((await rig.security.audit.verify()).unsealed.count > 0)
}

test('the log tells who did what to whom, newest first, and whether it is sealed', async () => {
  await sealAll()
  const [row] = await rows('action=user.create&limit=1')
  assert.equal(row?.actor.email, 'admin@localhost')
  assert.deepEqual(
    [row?.subject, row?.outcome, row?.isSealed],
    [{ type: 'User', id: auditor.userId }, 'succeeded', true],
  )
  assert.deepEqual(row?.details, { email: 'auditor@example.org', roles: ['auditor'] })
  const all = await rows('limit=500')
  assert.deepEqual(
    all,
    all.toSorted((a, b) => Number(b.id) - Number(a.id)),
  )
})

test('it is filtered by actor, action, subject, outcome, time and text', async () => {
  const arn = 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc'
  await appendAudit(database.db, [
    { actor: { id: 'u1', email: 'grace@example.org' }, action: 'task.create', subject: { type: 'Resource', id: arn }, outcome: 'denied', details: { operation: 'ec2.stop', rate: '100%' } },
    { actor: { id: 'u2', email: 'alan@example.org' }, action: 'task.approve', subject: { type: 'Task', id: 't1' }, outcome: 'succeeded' },
  ]) // prettier-ignore
  const actionsOf = async (query: string): Promise<string[]> => (await rows(query)).map(({ action }) => action)
  assert.deepEqual(await actionsOf('actor=u1'), ['task.create'])
  assert.deepEqual(await actionsOf('actor=Alan@example.org'), ['task.approve'])
  assert.deepEqual(await actionsOf('action=task.*'), ['task.approve', 'task.create'])
  assert.deepEqual(await actionsOf(`subject=${encodeURIComponent(arn)}`), ['task.create'])
  assert.deepEqual(await actionsOf('subject=Task:t1'), ['task.approve'])
  assert.deepEqual(await actionsOf('outcome=denied&action=task.*'), ['task.create'])
  assert.deepEqual(await actionsOf('q=EC2.STOP'), ['task.create'])
  assert.deepEqual(await actionsOf('q=100%25'), ['task.create'])
  assert.deepEqual(await actionsOf('q=%25%25%25'), [])
  assert.deepEqual(await actionsOf('to=2020-01-01T00:00:00Z'), [])
  assert.equal((await actionsOf('action=task.*&from=2020-01-01T00:00:00%2B02:00')).length, 2)
})

test('malformed questions are 400', async () => {
  const bad = [
    'outcome=maybe',
    'from=yesterday',
    'limit=0',
    'cursor=x',
    `cursor=${Buffer.from('["x","y"]').toString('base64url')}`,
  ]
  for (const query of bad) assert.equal((await get(`/audit?${query}`)).statusCode, 400, query)
})

test('pages neither skip nor repeat a row, while new ones come', async () => {
  await appendAudit(
    database.db,
    Array.from({ length: 25 }, (_, n) => ({
      actor: { id: 'pager' },
      action: `page.${n}`,
      subject: { type: 'T', id: 't' },
      outcome: 'succeeded' as const,
    })),
  )
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { items: AuditRow[]; nextCursor: string | null } = (
      await get(`/audit?actor=pager&limit=10${cursor ? `&cursor=${cursor}` : ''}`)
    ).json()
    seen.push(...page.items.map(({ action }) => action))
    cursor = page.nextCursor
    await appendAudit(database.db, [
      { actor: { id: 'pager' }, action: 'page.new', subject: { type: 'T', id: 't' }, outcome: 'succeeded' },
    ])
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, n) => `page.${24 - n}`),
  )
})

test('verification is a route too', async () => {
  await sealAll()
  const { ok, checked, firstBroken } = (await get('/audit/verify')).json()
  assert.deepEqual([ok, firstBroken], [true, null])
  assert.ok(checked > 0)
})

test('an export holds every row once, is on record itself, and takes formulas for text', async () => {
  await appendAudit(database.db, [
    { actor: { id: 'x' }, action: '=HYPERLINK("http://evil")', subject: { type: 'T', id: 'a,b' }, outcome: 'failed' },
  ])
  const { total } = (await get('/audit')).json<{ total: { value: number } }>()
  const ndjson = await get('/audit/export')
  assert.match(String(ndjson.headers['content-type']), /ndjson/)
  const lines = ndjson.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRow)
  assert.equal(lines.length, total.value + 1)
  assert.equal(lines.at(-1)?.action, 'audit.export')
  const csv = await get('/audit/export?format=csv&actor=x')
  assert.equal(csv.body.split('\r\n')[0]?.split(',')[0], 'id')
  assert.ok(csv.body.includes(`"'=HYPERLINK(""http://evil"")"`), csv.body)
  assert.ok(csv.body.includes('"a,b"'))
})

test('only who may read it reads it; reading is not on record, being refused is', async () => {
  const viewer = await rig.person('viewer@example.org', ['viewer'])
  for (const url of ['/audit', '/audit/verify', '/audit/export'])
    assert.equal((await get(url, viewer.token)).statusCode, 403)
  assert.deepEqual(
    (await rows(`actor=${viewer.userId}&outcome=denied`)).map(({ action }) => action),
    ['audit.export', 'audit.read', 'audit.read'],
  )
  assert.deepEqual(await rows(`actor=${auditor.userId}&action=audit.read`), [])
})

test('requests without a sign-in are counted, one row an address and route', async () => {
  const { principalOf } = rig.security.authenticate
  for (let n = 0; n < 7; n++) await assert.rejects(principalOf({}, { ip: '192.0.2.1', route: 'GET /tasks' }))
  await assert.rejects(principalOf({ authorization: 'Bearer x' }, { ip: '192.0.2.2', route: 'GET /tasks' }))
  await rig.security.audit.flushRefusals()
  await rig.security.audit.flushRefusals()
  const refused = await rows('action=auth.refused')
  assert.deepEqual(refused.map(({ details }) => `${details['ip']} ${details['count']}`).sort(), [
    '192.0.2.1 7',
    '192.0.2.2 1',
  ])
})

test('policies and roles can be read, and asked', async () => {
  const roles = (await get('/roles')).json<{ items: { name: string; permissions: { action: string }[] }[] }>().items
  assert.deepEqual(
    roles.map(({ name }) => name),
    ['viewer', 'operator', 'approver', 'auditor', 'admin'],
  )
  assert.ok(roles[3]?.permissions.some(({ action }) => action === 'audit.export'))
  const policies = (await get('/policies')).json<{ items: { id: string; text: string }[] }>().items
  assert.match(policies.find(({ id }) => id === 'token.scope')?.text ?? '', /forbid/)
  const ask = (body: object) => rig.call('POST', '/policies/test', { token: auditor.token, body })
  const answer = (await ask({ principal: { roles: ['viewer'] }, action: 'task.create' })).json<{
    allowed: boolean
    reasons: string[]
  }>()
  assert.equal(answer.allowed, false)
  assert.match(answer.reasons.join(' '), /operator\.act/)
  assert.deepEqual((await ask({ principal: { roles: ['operator'] }, action: 'task.create' })).json(), {
    allowed: true,
    reasons: ['operator.act'],
  })
  assert.equal((await ask({ principal: { roles: ['king'] }, action: 'task.create' })).statusCode, 400)
})
