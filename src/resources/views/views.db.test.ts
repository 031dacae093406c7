import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { realAccess } from '../../../test/support/real-access.ts'
import { serveAs } from '../../../test/support/serve.ts'
import type { Principal, Role } from '#contracts/principal.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/service.ts'
import { viewsHttp } from '../http/views.ts'
import { createViews } from './views.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database
const servers: Http[] = []
before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(async () => {
  for (const server of servers) await server.close()
  await database.drop()
})
beforeEach(() => db.query({ text: 'delete from resource_views' }))

const as = async (name: string, role: Role) => {
  const principal: Principal = {
    userId: name,
    email: `${name}@example.com`,
    roles: [role],
    via: 'session',
    credentialId: null,
    scopes: null,
  }
  const views = createViews({ db, access: await realAccess(db), clock: systemClock, notifier: { nudge: () => {} } })
  const http = await serveAs(principal, [viewsHttp(views)])
  servers.push(http)
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path = '', payload?: object) => {
    const response = await http.inject({ method, url: `/resource-views${path}`, ...(payload && { payload }) })
    return { status: response.statusCode, body: response.body === '' ? null : response.json() }
  }
}
const names = async (call: Awaited<ReturnType<typeof as>>): Promise<string[]> =>
  (await call('GET')).body.items.map(({ name }: { name: string }) => name)

test('a view is its owner’s until it is shared; others see it then, and change it not', async () => {
  const [ada, bob, admin] = [await as('ada', 'viewer'), await as('bob', 'operator'), await as('eve', 'admin')]
  const made = await ada('POST', '', {
    name: 'Idle',
    query: 'cpu:<5 state:running',
    columns: ['name', 'cost'],
    sort: '-cost',
  })
  assert.equal(made.status, 201)
  assert.deepEqual(
    { ...made.body, id: 'x', createdAt: 'x', updatedAt: 'x' },
    {
      id: 'x',
      name: 'Idle',
      query: 'cpu:<5 state:running',
      columns: ['name', 'cost'],
      sort: '-cost',
      isShared: false,
      owner: { id: 'ada', email: 'ada@example.com' },
      createdAt: 'x',
      updatedAt: 'x',
    },
  )
  const path = `/${made.body.id}`
  assert.deepEqual(await names(bob), [])
  for (const other of [bob, admin]) {
    assert.equal((await other('PATCH', path, { name: 'Mine' })).body.code, 'view_not_found')
    assert.equal((await other('DELETE', path)).status, 404)
  }
  assert.equal((await ada('PATCH', path, { isShared: true })).body.isShared, true)
  assert.deepEqual(await names(bob), ['Idle'])
  assert.equal((await bob('PATCH', path, { name: 'Mine' })).status, 403)
  assert.equal((await bob('DELETE', path)).status, 403)
  assert.equal((await admin('PATCH', path, { name: 'Idle machines' })).status, 200)
  assert.equal((await ada('DELETE', path)).status, 204)
  assert.deepEqual(await names(ada), [])
  const audited = await db.query<{ action: string; outcome: string }>({
    text: `select action, outcome from audit where subject_id = $1 order by id`,
    values: [made.body.id],
  })
  assert.deepEqual(
    audited.map(({ action, outcome }) => `${action} ${outcome}`),
    [
      'view.create succeeded',
      'view.change succeeded',
      'view.manage denied',
      'view.manage denied',
      'view.change succeeded',
      'view.delete succeeded',
    ],
  )
})

test('a name is there once for a person, whatever its capitals', async () => {
  const [ada, bob] = [await as('ada', 'viewer'), await as('bob', 'viewer')]
  await ada('POST', '', { name: 'Idle', query: 'a' })
  const second = (await ada('POST', '', { name: 'Other', query: 'b' })).body
  assert.equal((await ada('POST', '', { name: ' idle ', query: 'c' })).body.code, 'view_name_taken')
  assert.equal((await ada('PATCH', `/${second.id}`, { name: 'IDLE' })).body.code, 'view_name_taken')
  assert.equal((await ada('PATCH', `/${second.id}`, { name: 'OTHER', sort: null, columns: null })).status, 200)
  assert.equal((await bob('POST', '', { name: 'Idle', query: 'a' })).status, 201)
  assert.deepEqual(await names(ada), ['Idle', 'OTHER'])
})

test('what can’t be searched for is not kept, and nobody keeps views without end', async () => {
  const ada = await as('ada', 'viewer')
  const wrong = await ada('POST', '', { name: 'x', query: 'a colour:red' })
  assert.equal(wrong.body.code, 'invalid_query')
  assert.equal(wrong.body.errors[0].path, 'query')
  assert.equal(wrong.body.errors[0].value.column, 3)
  for (const given of [
    {},
    { name: '', query: '' },
    { name: 'a\u0000', query: '' },
    { name: 'a', query: '', sort: 'colour' },
    { name: 'a', query: '', more: 1 },
  ])
    assert.equal((await ada('POST', '', given)).status, 400, JSON.stringify(given))
  assert.equal((await ada('PATCH', '/not-a-uuid', { name: 'x' })).body.code, 'view_not_found')
  await db.query({
    text: `insert into resource_views (id, name, query, owner_id, owner)
      select gen_random_uuid(), 'view ' || n, '', 'ada', '{"id":"ada","email":"a"}' from generate_series(1, 200) n`,
  })
  assert.equal((await ada('POST', '', { name: 'one more', query: '' })).body.code, 'too_many_views')
})
