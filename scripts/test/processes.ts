import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

export type Ended = { code: string; output: string }

export type RunOptions = { cwd?: string; env?: NodeJS.ProcessEnv; limitSeconds: number }

/** Everything that a test run starts, so that all of it can be ended. */
export type Processes = {
  /** Runs a program to its end and keeps what it prints. `code` is the exit code, or the signal that ended it. */
  run: (program: string, args: string[], options: RunOptions) => Promise<Ended>
  /** Starts a server; it is ended with everything else. */
  start: (program: string, args: string[], options: Omit<RunOptions, 'limitSeconds'>) => ChildProcess
  /** Ends all with their descendants, at once. */
  endAll: () => Promise<void>
}

export const createProcesses = (): Processes => {
  const running = new Map<ChildProcess, Promise<unknown>>()

  const start: Processes['start'] = (program, args, options) => {
    // A group of its own, so that what it started can be ended with it.
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    running.set(
      child,
      new Promise<void>((resolve) => {
        child.once('close', () => resolve())
        child.once('error', () => resolve())
      }).finally(() => running.delete(child)),
    )
    return child
  }

  return {
    start,
    run: (program, args, { limitSeconds, ...options }) =>
      new Promise((resolve) => {
        const child = start(program, args, options)
        let output = ''
        for (const stream of [child.stdout, child.stderr]) {
          stream?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-200_000)))
        }
        const timer = setTimeout(() => {
          output += `\nended: not finished after ${limitSeconds} s`
          endGroup(child, 'SIGKILL')
        }, limitSeconds * 1000)
        const finish = (code: string): void => {
          clearTimeout(timer)
          resolve({ code, output })
        }
        child.once('error', (error) => finish(error.message))
        child.once('close', (code, signal) => {
          endGroup(child, 'SIGKILL') // what the tests left behind
          finish(String(code ?? signal))
        })
      }),
    endAll: async () => {
      const all = [...running]
      for (const [child] of all) endGroup(child, 'SIGTERM')
      const timer = setTimeout(() => {
        for (const [child] of all) endGroup(child, 'SIGKILL')
      }, 3_000)
      await Promise.all(all.map(([, ended]) => ended))
      clearTimeout(timer)
    },
  }
}

const endGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // nobody is left in it
  }
}
