import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** `url` is the path of its socket. */
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

/**
 * An empty Redis of its own that keeps a log and syncs it after every write or every second. Through a socket, as PostgreSQL: that
 * costs less than the loopback.
 */
export const startRedis = async (appendfsync: 'always' | 'everysec'): Promise<RedisServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrator-bench-redis-'))
  const socket = join(folder, 'redis.sock')
  const settings = {
    port: 0,
    unixsocket: socket,
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
      if (/ready to accept connections/i.test(line)) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Redis ended with code ${code} while it started.`)))
  })
  return {
    url: socket,
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
