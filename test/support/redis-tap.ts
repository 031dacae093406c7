import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { TestRedis } from './redis.ts'

/** A way to a Redis that counts the commands that are sent on it. */
export const tapRedis = async (
  redis: Pick<TestRedis, 'url'>,
): Promise<{ url: string; commands: () => number; close: () => void }> => {
  const target = new URL(redis.url)
  const sockets = new Set<Socket>()
  let commands = 0
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname)
    // Each command is an array of strings: "*2", "$3", "GET", ... (Redis serialization protocol).
    socket.on('data', (bytes: Buffer) => void (commands += bytes.toString('latin1').match(/^\*\d+\r$/gm)?.length ?? 0))
    for (const one of [socket, upstream]) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => [socket, upstream].forEach((other) => other.destroy()))
    }
    socket.pipe(upstream).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `redis://127.0.0.1:${port}`,
    commands: () => commands,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
