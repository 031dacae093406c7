import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { freePort } from './free-port.ts'

export type TestRedis = {
  url: string
  /** It takes connections and answers nothing, as a machine does that swaps or whose disk hangs. */
  freeze: () => void
  thaw: () => void
  stop: () => Promise<void>
}

/** An empty Redis of its own, that keeps nothing. The test command says which program it is. */
export const startRedis = async (port?: number): Promise<TestRedis> => {
  const program = process.env['ORCHESTRATOR_TEST_REDIS_SERVER']
  if (program === undefined)
    throw new Error('ORCHESTRATOR_TEST_REDIS_SERVER is not set: run the tests with `npm test`.')
  const at = port ?? (await freePort())
  const args = ['--port', String(at), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => void child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Redis ended with code ${code} while it started.`)))
  })
  return {
    url: `redis://127.0.0.1:${at}`,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
