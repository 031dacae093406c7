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
  await waitFor('the first sync', async () =>
    (await accounts()).every(({ sync }) => sync.every(({ sweptAt }) => sweptAt !== null)),
  )
})
after(() => server.remove())
afterEach(() => admin.ok('DELETE', '/sandbox/faults'))

const accounts = async (): Promise<AccountView[]> => (await admin.ok('GET', '/accounts')).items

type Page = { path: string; freshness: Freshness | undefined; cache: string | null; shown: unknown }

const read = async (path: string): Promise<Page> => {
  const { status, headers, body } = await admin.call('GET', path)
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
  return { path, freshness: body.freshness, cache: headers.get('x-cache'), shown: shownOn(body) }
}

/** What of a page must not change while AWS is away: which resources are on it, and what is counted by type. */
const shownOn = (body: any): unknown => body.items?.map(idOf) ?? body.id ?? body.byType ?? body.facets ?? body.from
const idOf = (item: { id?: string; resource?: { id: string } }): string | undefined => item.id ?? item.resource?.id

/** A resource of each type that there is. */
const oneOfEach = async (): Promise<string[]> => {
  const { facets } = await admin.ok('GET', '/resources/facets?by=type&values=100')
  const types: string[] = facets[0].values.map(({ value }: { value: string }) => value)
  const lists = await Promise.all(types.map((type) => admin.ok('GET', `/resources?type=${type}&sort=id&limit=1`)))
  return lists.flatMap(({ items }) => items.map(({ id }: { id: string }) => id))
}

/** Every page that is made of the inventory. */
const pages = async (resources: readonly string[]): Promise<Page[]> => {
  const ofResource = (id: string): string => `/resources/${encodeURIComponent(id)}`
  const instance = resources.find((id) => id.includes(':instance/')) ?? assert.fail('there is an instance')
  return Promise.all(
    [
      '/resources?sort=id&limit=100',
      '/resources?q=type:ec2.volume%20state:in-use&sort=id',
      '/resources/summary',
      '/resources/facets?by=type,region&values=100',
      '/resources/findings?kind=unattached-volume&limit=100',
      ...resources.map(ofResource),
      ...resources.map((id) => `${ofResource(id)}/relations`),
      `${ofResource(instance)}/metrics?from=${metricsFrom}&to=${metricsTo}`,
    ].map(read),
  )
}
/** A closed hour: its points are final. */
const [metricsFrom, metricsTo] = [3, 2].map((hours) => new Date(Date.now() - hours * 3_600_000).toISOString())

/** Pages that tell what happened, what may be written and who looks at what: they answer, whatever has happened meanwhile. */
const others = async (resources: readonly string[]): Promise<void> => {
  for (const path of [
    '/resources/changes',
    '/resources/changes/net',
    `/resources/${encodeURIComponent(resources[0] ?? '')}/history`,
    `/resources/${encodeURIComponent(resources[0] ?? '')}/history/net`,
    '/resources/query/suggest?q=state:',
    '/resource-views',
    '/accounts',
  ])
    assert.equal((await admin.call('GET', path)).status, 200, path)
  const lines = await exported('')
  assert.ok(lines.length > 500)
}
const exported = async (query: string): Promise<string[]> => {
  const { status, body } = await admin.call('GET', `/resources/export?format=json&columns=id,account${query}`)
  assert.equal(status, 200)
  return body.map(({ id }: { id: string }) => id)
}

/** What was not reached is tried again after a while: a minute, where AWS didn't answer for long. */
const freshAgain = (): Promise<unknown> =>
  waitFor(
    'everything to be fresh again',
    async () => {
      await refresh({})
      const all = await read('/resources?sort=id&limit=100')
      return all.cache === 'HIT' && all.freshness?.partial.length === 0
    },
    180,
  )

const refresh = (place: object) => admin.ok('POST', '/resources/refresh', place)

test('with AWS down completely every page answers as before, and says that it is old and why', async () => {
  const resources = await oneOfEach()
  assert.ok(resources.length > 25, 'types of the inventory')
  const before = await pages(resources)
  await admin.ok('POST', '/sandbox/faults', { kind: 'region-down' })
  await refresh({}) // every partition has met the outage
  const during = await pages(resources)
  assert.deepEqual(
    during.map(({ path, shown }) => [path, shown]),
    before.map(({ path, shown }) => [path, shown]),
  )
  for (const { path, freshness, cache } of during) {
    if (path.startsWith('/resources/findings')) continue
    assert.equal(freshness?.source, 'cache', path)
    assert.ok(freshness.ageSeconds !== null && (freshness.ageSeconds > 0 || path.includes('/metrics')), path)
    assert.equal(cache, freshness.status.toUpperCase(), path)
  }
  await others(resources)
  const [list] = during
  assert.ok(list?.freshness)
  assert.equal(list.freshness.status, 'stale')
  assert.ok(list.freshness.partial.length >= 8 * 3)
  assert.match(list.freshness.partial[0]?.why ?? '', /ECONNREFUSED|does not answer|closed/i)
  assert.ok(
    (await accounts()).every(({ sync }) => sync.every(({ error, sweptAt }) => error !== null && sweptAt !== null)),
  )

  await admin.ok('DELETE', '/sandbox/faults')
  await freshAgain()
})

test('with one account broken its rows say so, and nothing else changes', async () => {
  const [broken, ...whole] = await accounts()
  assert.ok(broken && whole.length > 1)
  const pagesOf = (id: string): string[] => [
    `/resources?account=${id}&sort=id&limit=500`,
    `/resources/summary?account=${id}`,
    `/resources/facets?account=${id}&by=type&values=100`,
  ]
  await freshAgain()
  const before = await Promise.all([broken, ...whole].flatMap(({ id }) => pagesOf(id)).map(read))
  const all = (await exported('')).toSorted()
  await admin.ok('POST', '/sandbox/faults', { kind: 'access-denied', account: broken.id })
  await refresh({ account: broken.id })

  const { freshness } = await read('/resources?limit=500')
  assert.equal(freshness?.status, 'stale')
  assert.deepEqual([...new Set(freshness.partial.map(({ account }) => account))], [broken.id])
  assert.match(freshness.partial[0]?.why ?? '', /not authorized/)
  for (const path of pagesOf(broken.id)) {
    const page = await read(path)
    assert.deepEqual([page.cache, page.freshness?.status], ['STALE', 'stale'], path)
    assert.ok(page.freshness?.partial.length, path)
  }
  for (const path of whole.flatMap(({ id }) => pagesOf(id))) {
    const page = await waitFor(`${path} to be fresh`, async () => {
      const now = await read(path)
      return now.cache === 'HIT' && now
    })
    assert.deepEqual(page.freshness?.partial, [], path)
  }
  const during = await Promise.all(before.map(({ path }) => read(path)))
  assert.deepEqual(
    during.map(({ path, shown }) => [path, shown]),
    before.map(({ path, shown }) => [path, shown]),
    'its rows are still there, and those of the others are what they were',
  )
  assert.deepEqual((await exported('')).toSorted(), all)
  for (const { id, sync } of await accounts())
    assert.ok(
      sync.every(({ error }) => (error !== null) === (id === broken.id)),
      id,
    )
})
