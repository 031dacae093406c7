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

let database: Awaited<ReturnType<typeof freshDatabase>>
let listener: Listener
let running: Awaited<ReturnType<typeof startGateway>>
const authenticate = fakeAuthenticate()
const log = createLog({ level: 'fatal' })
const access = fakeAccess((principal, action, account) => principal.userId !== 'bob' || (action !== 'alert.read' && account !== 'secret'))

before(async () => {
  database = await freshDatabase()
  listener = await createListener({ connectionString: database.url, log, clock: systemClock })
  running = await startGateway({
    db: database.db,
    onNews: (callback) => listener.on('events', callback),
    authenticate,
    access,
    liveLimits: { maxSocketsPerUser: 3, maxBufferedBytes: 200_000, historyPageSize: 10 },
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
  const closed = new Promise<{ code: number; reason: string }>((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })))
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

const append = (sql: Sql, n: unknown, topics = ['tasks'], accounts: string[] = []) => appendEvents(sql, [{ topics, type: 'task.changed', accounts, data: { n } }])
const publish = async (n: unknown, topics?: string[], accounts?: string[]): Promise<void> => {
  await append(database.db, n, topics, accounts)
  createNotifier(database.db).nudge('events')
}

test('a client that does not read is dropped with a reason, not buffered', async (t) => {
  const client = await open(t, 'dora')
  client.say({ subscribe: ['tasks'] })
  await ready(client)
  console.log('ready dora');client.socket.pause()
  // More than the network's own buffers hold.
  const big = { topics: ['tasks'], type: 'big', data: { n: 'x'.repeat(100_000) } }
  for (let n = 0; n < 10; n++) await appendEvents(database.db, Array.from({ length: 20 }, () => big))
  createNotifier(database.db).nudge('events')
  console.log('appended');const probe = await open(t, 'ann')
  probe.say({ subscribe: ['tasks'] })
  await ready(probe)
  console.log('probe ready'); await publish('after')
  await probe.until(numbered('after'))
  console.log('after seen');client.socket.resume()
  console.log(await client.closed);assert.ok([4408, 1006].includes((await client.closed).code))
  assert.ok(client.events.length < 200)
})

