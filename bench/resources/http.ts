import { Agent, request } from 'node:http'

/** A client that costs little itself: kept connections, the answer's text. */
export const createHttp = (base: string, token: string, connections: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const url = new URL(base)
  const headers = { authorization: `Bearer ${token}` }
  return {
    get: (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const call = request(
          { agent, host: url.hostname, port: url.port, path: `/api/v1${path}`, headers },
          (response) => {
            const pieces: Buffer[] = []
            response.on('data', (piece: Buffer) => pieces.push(piece))
            response.on('end', () => {
              const text = Buffer.concat(pieces).toString()
              if (response.statusCode === 200) resolve(text)
              else reject(new Error(`GET ${path} gave ${response.statusCode}: ${text.slice(0, 300)}`))
            })
            response.on('error', reject)
          },
        )
        call.on('error', reject)
        call.end()
      }),
    close: () => agent.destroy(),
  }
}
export type BenchHttp = ReturnType<typeof createHttp>

/**
 * Calls at a steady pace, whether the ones before have been answered or not. A time counts from when a call was due, so that
 * a server that is behind can't hide it.
 */
export const atPace = async (
  options: { perSecond: number; seconds: number },
  call: (index: number) => Promise<unknown>,
): Promise<number[]> => {
  const count = options.perSecond * options.seconds
  const start = performance.now()
  const times: number[] = []
  const calls: Promise<void>[] = []
  for (let index = 0; index < count; index++) {
    const due = start + (index * 1000) / options.perSecond
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    // A timer may be late by itself: what wasn't begun in time for that reason is not the server's fault.
    const begun = wait > 0 ? performance.now() : due
    calls.push(call(index).then(() => void times.push(performance.now() - begun)))
  }
  await Promise.all(calls)
  return times
}
