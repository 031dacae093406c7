import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { createAws } from '#aws/aws.ts'
import type { Aws } from '#aws/cloud.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { quietLog, temporarySandbox } from '#aws/testing/host.ts'
import type { SandboxIncident } from '#contracts/sandbox.ts'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Watchable } from '#resources/watchable.ts'
import type { News } from './record.ts'
import { createWatcher } from './watcher.ts'

/** The simulated AWS has an incident at a known time; the watcher knows nothing of it but the metrics. */

const minuteMs = 60_000
let ms = Date.UTC(2026, 10, 24, 12, 0)
const clock: Clock = { ...systemClock, now: () => new Date(ms), sleep: async () => {} }
const sandbox = temporarySandbox({ clock, seed: 'watched', size: 1500, speed: 1000 })
let host: SandboxHost
let incident: SandboxIncident
let place: { account: string; region: string }
let resources: Watchable[]
/** One database for a watcher that lives on, one for those that die. */
const databases: Awaited<ReturnType<typeof freshDatabase>>[] = []
const clouds: Aws[] = []

const idOf = (arn: string): string => arn.replace(/.*\//, '')

before(async () => {
  host = sandbox.open()
  // One on a machine that had none in the two weeks before: what recurs is no news.
  const incidents: SandboxIncident[] = []
  for (let day = 0; day < 10; day++, ms += 2 * 24 * 60 * minuteMs) {
    for (const one of (await host.control.info()).incidents)
      if (!incidents.some(({ kind, from }) => kind === one.kind && from === one.from)) incidents.push(one)
  }
  const firsts = incidents
    .filter(({ kind }) => kind === 'cpu-saturation')
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    .filter((one, index, all) => all.findIndex(({ resource }) => resource === one.resource) === index)
  const next = firsts.at(-1)
  assert.ok(next)
  incident = next
  place = { account: incident.account, region: incident.region }
  ms = Math.ceil(Date.parse(incident.from) / (5 * minuteMs)) * 5 * minuteMs + 40 * minuteMs
  for (let index = 0; index < 2; index++) {
    const database = await freshDatabase()
    databases.push(database)
    const aws = createAws({
      db: database.db,
      log: quietLog,
      clock: systemClock,
      sandbox: { speed: 1000, transport: host },
    })
    clouds.push(aws)
    await aws.accounts.ensureFirst('sandbox')
  }
  const [aws] = clouds
  const troubled = new Set(incidents.map(({ resource }) => resource))
  const others: Watchable[] = []
  const ec2 = await aws!.ec2(await aws!.accounts.get(place.account), place.region)
  for await (const page of ec2.listInstances({ priority: 'interactive' })) {
    for (const { arn, state, tags } of page) {
      if (state === 'running' && !troubled.has(arn) && others.length < 5) others.push(watchable(arn, tags))
    }
  }
  resources = [watchable(incident.resource, { app: 'shop', env: 'prod' }), ...others]
  // Only this place is watched here.
  for (const { db } of databases)
    await db.query({ text: `delete from accounts where id <> $1`, values: [place.account] })
})
after(async () => {
  for (const aws of clouds) await aws.close()
  for (const database of databases) await database.drop()
  await host.close()
  sandbox.remove()
})

const watchable = (id: string, tags: Record<string, string>): Watchable => ({
  id,
  account: place.account,
  region: place.region,
  type: 'ec2.instance',
  name: tags['Name'] ?? null,
  state: 'running',
  tags,
  summary: {},
  monthlyUsd: 70,
  reasons: ['alarm'],
  sources: ['CPUUtilization'].map((name) => ({
    name,
    namespace: 'AWS/EC2',
    dimensions: { InstanceId: idOf(id) },
    statistic: 'Average',
    unit: 'Percent',
    shortestPeriodSeconds: 60,
    settlesAfterSeconds: 900,
  })),
})

const watcherOn = (number: number, news: News[] = []) => {
  const [{ db }, aws] = [databases[number]!, clouds[number]!]
  const watcher = createWatcher({
    db,
    aws,
    clock,
    log: quietLog,
    watchable: async ({ region }) => (region === place.region ? resources : []),
    near: async () => new Map(),
    tell: async (one) => void news.push(one),
    resolve: async () => {},
    advise: async () => {},
  })
  return {
    ...watcher,
    /** Looks at every place as if it were due. */
    look: async () => {
      await db.query({ text: 'update watch_places set next_at = now()' })
      while (await watcher.lookNext());
      const failed = await db.query({ text: 'select last_error from watch_places where last_error is not null' })
      assert.deepEqual(failed, [])
    },
  }
}
type Found = { resource_id: string; began_at: Date; last_at: Date; score: number; incident_id: string }
const anomaliesIn = (number: number) =>
  databases[number]!.db.query<Found>({
    text: 'select resource_id, metric, began_at, last_at, score, value, low, high, incident_id from anomalies order by resource_id, began_at',
  })
const bandsIn = (number: number) =>
  databases[number]!.db.query({
    text: `select s.resource_id, b.hour, (select jsonb_agg(p order by (p->>0)::int) from jsonb_array_elements(b.points) p) as points
      from metric_bands b join watched_series s on s.id = b.series_id order by 1, 2`,
  })

test('an incident is found on the resource that has it, and nothing on quiet ones', async () => {
  const news: News[] = []
  const watcher = watcherOn(0, news)
  await watcher.look()
  const found = await anomaliesIn(0)
  assert.deepEqual([...new Set(found.map(({ resource_id }) => resource_id))], [incident.resource])
  const own = found.find(({ last_at }) => last_at.getTime() >= Date.parse(incident.from))
  assert.ok(own !== undefined)
  // It is told when it began, to a few minutes.
  assert.ok(Math.abs(own.began_at.getTime() - Date.parse(incident.from)) <= 10 * minuteMs)
  assert.ok(news.some(({ resourceId, evidence }) => resourceId === incident.resource && evidence.length > 0))
  const bands = await bandsIn(0)
  assert.ok(bands.length >= 6 * 24)
  await watcher.stop()
})

test('what a process knew that died, another one comes to as well: nothing is lost, nothing is told twice', async () => {
  const control = watcherOn(0)
  const news: News[] = []
  const first = watcherOn(1, news)
  await first.look()
  for (let round = 0; round < 3; round++) {
    ms += 10 * minuteMs
    await control.look()
    if (round < 2) await first.look()
    if (round !== 1) continue
    // Killed, with what it learnt in the last minutes in its memory only.
    first.abandon()
    const second = watcherOn(1, news)
    await second.look()
    const { db } = databases[1]!
    const held = await db.query<{ held: boolean }>({ text: `select lease_until > now() as held from watch_places` })
    assert.ok(
      held.every((row) => row.held),
      'the places still belong to the one that died',
    )
    await db.query({ text: `update watch_places set lease_until = now() - interval '1 second'` })
    await second.look()
    ms += 10 * minuteMs
    await control.look()
    await second.look()
    await second.stop()
    break
  }
  const strip = (rows: Found[]) => rows.map(({ incident_id: _id, ...row }) => row)
  assert.deepEqual(strip(await anomaliesIn(1)), strip(await anomaliesIn(0)))
  assert.deepEqual(await bandsIn(1), await bandsIn(0))
  const keys = news.map(({ seriesId, beganAt }) => `${seriesId} ${beganAt.toISOString()}`)
  assert.equal(new Set(keys).size, keys.length)
  await control.stop()
})

test('two processes share the places, and what is no longer followed is forgotten', async () => {
  const [one, other] = [watcherOn(0), watcherOn(0)]
  await Promise.all([one.look(), other.look()])
  const { db } = databases[0]!
  const [{ series } = { series: 0 }] = await db.query<{ series: number }>({
    text: 'select count(*)::int as series from watched_series',
  })
  assert.equal(series, resources.length)
  const kept = resources
  resources = resources.slice(0, 1)
  await one.look()
  await other.look()
  resources = kept
  const left = await db.query<{ resource_id: string }>({ text: 'select resource_id from watched_series' })
  assert.deepEqual(
    left.map(({ resource_id }) => resource_id),
    [incident.resource],
  )
  await Promise.all([one.stop(), other.stop()])
})
