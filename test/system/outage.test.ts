import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { AccountView } from '#contracts/account.ts'
import type { Freshness } from '#contracts/resource.ts'
import { createClient } from '../support/client.ts'
import type { Client } from '../support/client.ts'
import { adminPassword, signIn, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'

// Reads survive AWS: the server as its users have it, and the simulated AWS going away.
let server: Awaited<ReturnType<typeof startServer>>
let admin: Client

before(async () => {
  server = await startServer()
  admin = createClient(server.url, await signIn(server.url, 'admin@localhost', adminPassword))
  await waitFor(
    'the first sync',
    async () => (await accounts()).every(({ sync }) => sync.every(({ sweptAt }) => sweptAt !== null)),
    60,
  )
})
after(() => server.remove())
afterEach(() => admin.ok('DELETE', '/sandbox/faults'))

const accounts = async (): Promise<AccountView[]> => (await admin.ok('GET', '/accounts')).items

/** Every page that is made of the inventory, with what of it must not change. */
const pages = async (): Promise<{ path: string; freshness: Freshness; cache: string | null; shown: unknown }[]> => {
  const { items } = await admin.ok('GET', '/resources?type=ec2.instance&sort=id&limit=3')
  const paths = [
    '/resources?sort=id&limit=100',
    '/resources?q=type:ec2.volume%20state:in-use&sort=id',
    '/resources/summary',
    ...items.map(({ id }: { id: string }) => `/resources/${encodeURIComponent(id)}`),
    ...items.map(({ id }: { id: string }) => `/resources/${encodeURIComponent(id)}/relations`),
  ]
  return Promise.all(
    paths.map(async (path) => {
      const { status, headers, body } = await admin.call('GET', path)
      assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
      const shown = body.items?.map(idOf) ?? body.id ?? body.byType
      return { path, freshness: body.freshness, cache: headers.get('x-cache'), shown }
    }),
  )
}
const idOf = (item: { id?: string; resource?: { id: string } }): string | undefined => item.id ?? item.resource?.id

const refresh = (place: object) => admin.ok('POST', '/resources/refresh', place)

test('with AWS down completely every page answers as before, and says that it is old and why', async () => {
  const before = await pages()
  await admin.ok('POST', '/sandbox/faults', { kind: 'region-down' })
  await refresh({}) // every partition has met the outage
  const during = await pages()
  assert.deepEqual(
    during.map(({ path, shown }) => [path, shown]),
    before.map(({ path, shown }) => [path, shown]),
  )
  for (const { path, freshness, cache } of during) {
    assert.equal(freshness.source, 'cache', path)
    assert.ok(freshness.ageSeconds !== null && freshness.ageSeconds > 0, path)
    assert.equal(cache, freshness.status.toUpperCase(), path)
  }
  const [list] = during
  assert.equal(list?.freshness.status, 'stale')
  assert.ok(list.freshness.partial.length >= 8 * 3)
  assert.match(list.freshness.partial[0]?.why ?? '', /ECONNREFUSED|does not answer|closed/i)
  assert.ok(
    (await accounts()).every(({ sync }) => sync.every(({ error, sweptAt }) => error !== null && sweptAt !== null)),
  )

  await admin.ok('DELETE', '/sandbox/faults')
  await waitFor('everything to be fresh again', async () => {
    await refresh({})
    const [first] = await pages()
    return first?.cache === 'HIT' && first.freshness.partial.length === 0
  })
})

test('with one account broken its rows say so, and nothing else changes', async () => {
  const [broken, ...others] = await accounts()
  assert.ok(broken && others.length > 1)
  await admin.ok('POST', '/sandbox/faults', { kind: 'access-denied', account: broken.id })
  await refresh({ account: broken.id })
  const { freshness, items } = await admin.ok('GET', '/resources?limit=500')
  assert.equal(freshness.status, 'stale')
  assert.deepEqual([...new Set(freshness.partial.map(({ account }: { account: string }) => account))], [broken.id])
  assert.match(freshness.partial[0].why, /not authorized/)
  // Its rows are still there.
  assert.ok(items.some(({ account }: { account: string }) => account === broken.id))
  assert.equal((await admin.call('GET', `/resources?account=${broken.id}`)).headers.get('x-cache'), 'STALE')
  for (const { id } of others) {
    const { headers, body } = await admin.call('GET', `/resources?account=${id}`)
    assert.deepEqual([headers.get('x-cache'), body.freshness.partial], ['HIT', []])
  }
  for (const { id, sync } of await accounts())
    assert.ok(
      sync.every(({ error }) => (error !== null) === (id === broken.id)),
      id,
    )
})
