import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { waitFor } from './wait-for.ts'

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const withLease = fileURLToPath(new URL('./start-with-lease.ts', import.meta.url))

// A test that dies must not leave its servers behind.
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** A real process of the product, as `orchestrator start` makes it. */
export type RunningProcess = {
  url: string
  pid: number
  output: () => string
  isAlive: () => boolean
  signal: (signal: NodeJS.Signals) => void
  /** Ends it in order, or with SIGKILL where it is stopped or hangs. Resolves with its exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

/**
 * Starts a process and waits until it can serve. What the environment says beyond `env` is left out, but for PATH and the
 * like. With `leaseSeconds` its worker has another lease than the product's, so that a test need not wait as long. Of what
 * it prints the last 20,000 characters are kept, unless said otherwise.
 */
export const startProcess = async (
  env: Record<string, string>,
  options: { leaseSeconds?: number | undefined; keptCharacters?: number | undefined } = {},
): Promise<RunningProcess> => {
  const port = Number(env['ORCHESTRATOR_PORT'] ?? (await freePort()))
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('ORCHESTRATOR_') && name !== 'DATABASE_URL' && name !== 'REDIS_URL',
    ),
  )
  const program = options.leaseSeconds === undefined ? [cli, 'start'] : [withLease, String(options.leaseSeconds)]
  const child: ChildProcess = spawn(process.execPath, ['--conditions=source', ...program], {
    env: { ...inherited, ORCHESTRATOR_LOG_LEVEL: 'warn', ...env, ORCHESTRATOR_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on(
      'data',
      (data: Buffer) => void (output = (output + data.toString()).slice(-(options.keptCharacters ?? 20_000))),
    )
  running.add(child)
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      running.delete(child)
      resolve(code)
    }),
  )
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  const url = `http://127.0.0.1:${port}`
  try {
    await waitFor(`${url} to be ready`, async () => {
      if (!isAlive()) throw new Error(`The process ended before it was ready:\n${output}`)
      return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(20_000) }).then(
        (response) => response.ok,
        () => false,
      )
    })
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${output}`, { cause: error })
  }
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    isAlive,
    signal: (signal) => void child.kill(signal),
    stop: async (signal = 'SIGTERM') => {
      if (!isAlive()) return child.exitCode
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), 120_000)
      const code = await exited
      clearTimeout(timer)
      return code
    },
  }
}

/** A data directory of its own, away from the checkout. */
export const temporaryDirectory = async (): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'orchestrator-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export const initialPassword = async (dataDir: string): Promise<string> =>
  (await readFile(join(dataDir, 'initial-password'), 'utf8')).trim()
