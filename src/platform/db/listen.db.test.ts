import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { createListener } from './listen.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

/** Stands between the listener and PostgreSQL; a connection that is not let through gets no answer. */
const startProxy = async () => {
  const target = new URL(database.url)
  const sockets: Socket[] = []
  let isOpen = true
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.resume()
    if (!isOpen) return
    const upstream = connect(Number(target.port), target.hostname)
    upstream.on('error', () => {})
    socket.pipe(upstream).pipe(socket)
    socket.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(database.url)
  url.port = String((server.address() as AddressInfo).port) // it listens on TCP
  url.searchParams.delete('host') // a socket would go past it
  return {
    url: url.toString(),
    sockets,
    shut: () => void (isOpen = false),
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('closing in the middle of a reconnection leaves no connection behind', async () => {
  const proxy = await startProxy()
  const listener = await createListener({
    connectionString: proxy.url,
    log: createLog({ level: 'silent' }),
    clock: systemClock,
  })
  proxy.shut()
  proxy.sockets[0]?.destroy()
  const second = await waitFor('the reconnection', () => proxy.sockets[1])
  await listener.close()
  await waitFor('its connection to end', () => second.closed)
  assert.equal(proxy.sockets.length, 2)
  proxy.close()
})

test('after a reconnection every channel is listened to again', async () => {
  const proxy = await startProxy()
  const listener = await createListener({
    connectionString: proxy.url,
    log: createLog({ level: 'silent' }),
    clock: systemClock,
  })
  const heard: string[] = []
  listener.on('news', (payload) => heard.push(payload))
  const back = new Promise<void>((resolve) => listener.onReconnect(resolve))
  proxy.sockets[0]?.destroy()
  await back
  await database.db.query({ text: `select pg_notify('news', 'hello')` })
  await waitFor('the notification', () => heard.length > 0)
  assert.deepEqual(heard, ['hello'])
  await listener.close()
  proxy.close()
})
