import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { liveEventSchema } from '#contracts/live.ts'
import type { LiveEvent } from '#contracts/live.ts'
import { systemClock } from '#platform/clock.ts'
import { createListener } from '#platform/db/listen.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Sql } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { fakeAccess, fakeAuthenticate, startGateway } from '../../../test/support/gateway.ts'
import { waitFor } from '../../../test/support/wait-for.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let listener: Listener
let running: Awaited<ReturnType<typeof startGateway>>
const authenticate = fakeAuthenticate()
const lines: string[] = []
const log = createLog({ destination: { write: (line: string) => void lines.push(line) } })
const access = fakeAccess(
  (principal, action, account) => principal.userId !== 'bob' || (action !== 'alert.read' && account !== 'secret'),
)

before(async () => {
  database = await freshDatabase()
  listener = await createListener({ connectionString: database.url, log, clock: systemClock })
  running = await startGateway({
    log,
    db: database.db,
    onNews: (callback) => listener.on('events', callback),
    authenticate,
    access,
    liveLimits: { maxSocketsPerUser: 3, maxBufferedBytes: 200_000, maxStallMs: 300, historyPageSize: 10 },
  })
})
after(async () => {
  await running.gateway.close()
  await listener.close()
  await database.drop()
})

let tickets = 0
type Client = {
  socket: WebSocket
  events: LiveEvent[]
  closed: Promise<{ code: number; reason: string }>
  say: (message: unknown) => void
  /** Resolves with the first event that fits, also one that came before. */
  until: (fits: (event: LiveEvent) => boolean) => Promise<LiveEvent>
  numbers: () => unknown[]
}
const open = async (t: TestContext, user = 'ann', at = running): Promise<Client> => {
  const socket = new WebSocket(`ws://127.0.0.1:${at.port}/api/v1/live?ticket=ticket-${user}-${++tickets}`)
  t.after(() => socket.terminate())
  const events: LiveEvent[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (bytes) => {
    events.push(liveEventSchema.parse(JSON.parse(String(bytes))))
    for (const look of waiting) look()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
  )
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return {
    socket,
    events,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(fits)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    numbers: () => events.filter((event) => event.topic !== '').map((event) => (event.data as { n: unknown }).n),
  }
}
const ready = (client: Client): Promise<LiveEvent> => client.until((event) => event.type === 'ready')
const numbered = (n: unknown) => (event: LiveEvent) => event.topic !== '' && (event.data as { n: unknown }).n === n

const append = (sql: Sql, n: unknown, topics = ['tasks'], accounts: string[] = []) =>
  appendEvents(sql, [{ topics, type: 'task.changed', accounts, data: { n } }])
const publish = async (n: unknown, topics?: string[], accounts?: string[]): Promise<void> => {
  await append(database.db, n, topics, accounts)
  createNotifier(database.db).nudge('events')
}

/** Resolves when everything that was written so far has been published: the order is total. */
const settle = async (t: TestContext): Promise<void> => {
  const last = await open(t, 'settler')
  last.say({ subscribe: ['tasks'] })
  await ready(last)
  await publish('settled')
  await last.until(numbered('settled'))
  last.socket.terminate()
  await last.closed
}

test('a ticket is good for one socket, and without one there is none', async (t) => {
  await open(t)
  for (const query of [`?ticket=ticket-ann-${tickets}`, '?ticket=wrong', '']) {
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}/api/v1/live${query}`)
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve))
    assert.match(error.message, /401/)
  }
  const page = new WebSocket(`ws://127.0.0.1:${running.port}/api/v1/live?ticket=ticket-ann-99999`, {
    origin: 'https://evil.example',
  })
  assert.match((await new Promise<Error>((resolve) => page.once('error', resolve))).message, /403/)
})

test('an event reaches its subscribers by its notification, others not', async (t) => {
  // Whose polls never come.
  const prompt = await startGateway({
    log,
    db: database.db,
    onNews: (callback) => listener.on('events', callback),
    clock: {
      ...systemClock,
      sleep: (milliseconds, signal) => systemClock.sleep(milliseconds < 1_000 ? milliseconds : 3_600_000, signal),
    },
  })
  t.after(() => prompt.gateway.close())
  const [tasks, one, alerts] = [
    await open(t, 'ann', prompt),
    await open(t, 'ann', prompt),
    await open(t, 'ann', prompt),
  ]
  tasks.say({ subscribe: ['tasks'] })
  one.say({ subscribe: ['tasks', 'tasks/t1'] })
  alerts.say({ subscribe: ['alerts'] })
  await Promise.all([ready(tasks), ready(one), ready(alerts)])
  for (let n = 1; n <= 20; n++) {
    await publish(n, ['tasks', 'tasks/t1'])
    await Promise.all([tasks.until(numbered(n)), one.until(numbered(n))])
  }
  assert.deepEqual(one.numbers(), tasks.numbers())
  assert.ok(tasks.events.every((event) => event.topic === '' || event.topic === 'tasks'))
  assert.ok(one.events.every((event) => event.topic === '' || event.topic === 'tasks/t1'))
  assert.deepEqual(alerts.numbers(), [])
})

test('a transaction that commits late is not skipped, and order is the same for everybody', async (t) => {
  const client = await open(t)
  client.say({ subscribe: ['tasks'] })
  await ready(client)
  let commitLate = (): void => {}
  const isOpen = Promise.withResolvers<void>()
  const late = database.db.transaction(async (tx) => {
    await append(tx, 'late')
    isOpen.resolve()
    await new Promise<void>((resolve) => (commitLate = resolve))
  })
  await isOpen.promise
  await publish('early')
  // The early event is committed and visible, but must not go out before the one with the older transaction.
  const other = await open(t)
  other.say({ subscribe: ['tasks'] })
  await ready(other)
  assert.deepEqual(client.numbers(), [])
  commitLate()
  await late
  await client.until(numbered('early'))
  assert.deepEqual(client.numbers(), ['late', 'early'])
  const again = await open(t)
  again.say({ subscribe: ['tasks'], since: client.events.find(numbered('late'))?.cursor })
  await again.until(numbered('early'))
  assert.deepEqual(again.numbers(), ['early'])
})

test('a client that comes back with its cursor misses nothing and sees nothing twice, while events keep coming', async (t) => {
  const first = await open(t)
  first.say({ subscribe: ['tasks'] })
  await ready(first)
  await publish('a0')
  const { cursor } = await first.until(numbered('a0'))
  first.socket.terminate()
  await first.closed

  let isWriting = true
  let written = 0
  const writer = (async () => {
    while (isWriting) {
      await database.db.transaction(async (tx) => {
        await append(tx, ++written)
        await append(tx, ++written)
      })
      createNotifier(database.db).nudge('events')
    }
  })()
  // Joins again and again in the middle of the stream, each time a part further on.
  let since = cursor
  const seen: unknown[] = []
  for (let round = 0; round < 8; round++) {
    const client = await open(t)
    client.say({ subscribe: ['tasks'], since })
    const goal = written + 30
    await client.until((event) => event.topic !== '' && Number((event.data as { n: unknown }).n) >= goal)
    client.socket.terminate()
    await client.closed
    const got = client.events.filter((event) => event.topic !== '')
    seen.push(...client.numbers())
    since = got.at(-1)?.cursor ?? since
  }
  isWriting = false
  await writer
  await settle(t)
  assert.deepEqual(
    seen,
    Array.from({ length: seen.length }, (_, index) => index + 1),
  )
  assert.ok(seen.length >= 240)
})

test('a subscription can be changed, without a gap in what stays', async (t) => {
  const client = await open(t)
  client.say({ subscribe: ['tasks'] })
  await ready(client)
  await publish('s1')
  client.say({ subscribe: ['tasks', 'resources'] })
  await publish('s2')
  await client.until(() => client.events.filter((event) => event.type === 'ready').length === 2)
  await publish('s3', ['resources'])
  await client.until(numbered('s3'))
  client.say({ subscribe: ['resources'] })
  await client.until(() => client.events.filter((event) => event.type === 'ready').length === 3)
  await publish('s4', ['tasks'])
  await publish('s5', ['resources'])
  await client.until(numbered('s5'))
  assert.deepEqual(client.numbers(), ['s1', 's2', 's3', 's5'])
})

test('what a user may not read is not sent, neither live nor from history', async (t) => {
  const before = await open(t, 'bob')
  before.say({ subscribe: ['tasks', 'alerts', 'users', 'tasks/../x'] })
  const { cursor } = await ready(before)
  const refused = before.events.find((event) => event.type === 'error')
  assert.deepEqual((refused?.data as { topics: string[] }).topics, ['alerts', 'users', 'tasks/../x'])
  await publish('r1', ['tasks', 'alerts'], ['open'])
  await publish('r2', ['tasks'], ['open', 'secret'])
  await publish('r3', ['alerts'])
  await publish('r4', ['tasks'])
  await before.until(numbered('r4'))
  assert.deepEqual(before.numbers(), ['r1', 'r4'])
  const later = await open(t, 'bob')
  later.say({ subscribe: ['tasks', 'alerts'], since: cursor })
  await later.until(numbered('r4'))
  assert.deepEqual(later.numbers(), ['r1', 'r4'])
})

test('a revoked session closes its sockets', async (t) => {
  const client = await open(t, 'carl')
  client.say({ subscribe: ['tasks'] })
  await ready(client)
  authenticate.revoke('session-of-carl')
  assert.equal((await client.closed).code, 4401)
})

test('a client that does not read is dropped with a reason, not buffered', async (t) => {
  const client = await open(t, 'dora')
  client.say({ subscribe: ['tasks'] })
  await ready(client)
  client.socket.pause()
  // More than the network's own buffers hold.
  const big = { topics: ['tasks'], type: 'big', data: { n: 'x'.repeat(100_000) } }
  for (let n = 0; n < 10; n++)
    await appendEvents(
      database.db,
      Array.from({ length: 20 }, () => big),
    )
  createNotifier(database.db).nudge('events')
  // Its socket is cut a while after the closing frame, which it doesn't read, was sent.
  await waitFor('the slow client to be dropped', () =>
    lines.some((line) => line.includes('slow live client dropped') && line.includes('"dora"')),
  )
  const probe = await open(t, 'ann')
  probe.say({ subscribe: ['tasks'] })
  await ready(probe)
  await publish('after')
  await probe.until(numbered('after'))
  client.socket.resume()
  assert.ok([4408, 1006].includes((await client.closed).code))
  assert.ok(client.events.length < 200)
})

describe('bad messages', () => {
  test('are answered, and the third closes the socket', async (t) => {
    const client = await open(t)
    client.say('{"subscribe":')
    client.say({ subscribe: 'tasks' })
    client.say({ subscribe: ['tasks'], since: "1-1'; drop table events" })
    assert.equal((await client.closed).code, 4400)
    assert.equal(client.events.filter((event) => event.type === 'error').length, 3)
  })
  test('a message that is too long closes it at once', async (t) => {
    const client = await open(t)
    client.say({ subscribe: ['x'.repeat(100_000)] })
    assert.equal((await client.closed).code, 1009)
  })
  test('a cursor that is too old, too new or too large gets a reset and goes on from now', async (t) => {
    for (const since of ['99999999999999999999-1', '18446744073709551615-1', '9000000000000000000-1']) {
      const client = await open(t)
      client.say({ subscribe: ['tasks'], since })
      assert.equal((await client.until((event) => event.type === 'reset')).topic, '')
      await publish(since)
      await client.until(numbered(since))
      client.socket.terminate()
      await client.closed
    }
    await database.db.query({
      text: `insert into events_dropped (xid, id) select xid, id from events order by xid desc, id desc limit 1`,
    })
    t.after(() => database.db.query({ text: 'delete from events_dropped' }))
    const client = await open(t)
    client.say({ subscribe: ['tasks'], since: '3-1' })
    await client.until((event) => event.type === 'reset')
  })
})

test('one user cannot take all sockets', async (t) => {
  for (let n = 0; n < 3; n++) await open(t, 'eve')
  assert.equal((await (await open(t, 'eve')).closed).code, 4429)
})

test('plain HTTP is told to upgrade', async () => {
  const answer = await fetch(`${running.url}/api/v1/live?ticket=ticket-ann-http`)
  assert.equal(answer.status, 426)
})

test('a server that stops says so', async (t) => {
  const second = await startGateway({ db: database.db })
  const client = await open(t, 'ann', second)
  client.say({ subscribe: ['tasks'] })
  await ready(client)
  await second.gateway.close()
  assert.equal((await client.closed).code, 1001)
})
