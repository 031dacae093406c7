import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what systems give to connections and to who asks for any port (Linux from 32,768, others from 49,152): until the
// server that gets the port listens, and while it is down, nobody else comes by it.
const [lowest, highest] = [10_000, 32_000]
const given = new Set<number>()

/** A port of the loopback for a server that is told which one to take, never the same twice in one process. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(lowest, highest)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}

const isFree = async (port: number): Promise<boolean> => {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening') // rejects where the port is taken
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}
