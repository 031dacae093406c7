import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type RedisServer = { url: string; pid: number; stop: () => Promise<void> }

/** The version of the Redis of this machine; installed first where that is possible. Undefined when there is none. */
export const findRedis = (say: (line: string) => void): string | undefined => {
  const found = redisVersion()
  if (found !== undefined) return found
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  say('Installing redis-server (apt-get) ...')
  // In runlevel 1 Debian does not start the service that comes with the package.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: string[]) => spawnSync('apt-get', args, { env, encoding: 'utf8' })
  apt('update', '-qq')
  const { status, stderr } = apt('install', '-y', '--no-install-recommends', 'redis-server')
  if (status !== 0) say(`apt-get could not install it: ${stderr.trim().split('\n').at(-1) ?? ''}`)
  return redisVersion()
}

const redisVersion = (): string | undefined => {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  return stdout === null ? undefined : /v=(\S+)/.exec(stdout)?.[1]
}

/** An empty Redis of its own, on the loopback, that keeps a log and syncs it after every write or every second. */
export const startRedis = async (appendfsync: 'always' | 'everysec'): Promise<RedisServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrator-bench-redis-'))
  const port = await freePort()
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync,
    'maxmemory-policy': 'noeviction', // BullMQ asks for it
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const onExit = (): void => void child.kill()
  process.once('exit', onExit)
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Redis ended with code ${code} while it started.`)))
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid as number, // it has started
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      process.off('exit', onExit)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo // it listens on TCP
  probe.close()
  await once(probe, 'close')
  return port
}
