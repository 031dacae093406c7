import { fork } from 'node:child_process'
import type { Action } from './scenarios.ts'

/** How a script without this engine calls AWS. */
export type Driver = { mode: 'standard' | 'adaptive'; batch: number }

export type DriverJob = Driver & {
  url: string
  speed: number
  account: string
  region: string
  action: Action
  /** Of instances. */
  ids: readonly string[]
}

/** Runs the script in a process of its own, and tells how many ids it gave up. */
export const runDriver = (job: DriverJob): Promise<{ failed: number }> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL('./sdk-script.ts', import.meta.url), [], {
      execArgv: ['--conditions=source', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    const onExit = (): void => void child.kill()
    process.once('exit', onExit)
    child.once('exit', (code) => {
      process.off('exit', onExit)
      reject(new Error(`The SDK's script ended with code ${code}`))
    })
    child.once('message', (message) => resolve(message as { failed: number })) // what sdk-script.ts sends
    child.send(job)
  })
