import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Log } from '../log.ts'
import { environment } from './cluster.ts'
import type { RunAs } from './system-user.ts'

export type Server = {
  pid: number
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<string>
  /** Fast shutdown: sessions are ended, everything is flushed. Immediate when that takes too long. */
  stop: () => Promise<void>
  /** For the moment of our own exit, when nothing can be waited for. */
  signalStop: () => void
}

const patienceMs = 20_000

/**
 * Starts the server process and resolves once it accepts connections, however long the recovery takes. It runs in a
 * session of its own: Ctrl-C in a terminal goes to every process of the group, and the database must outlive our own
 * orderly shutdown.
 */
export const launchServer = async (options: {
  program: string
  args: string[]
  user: RunAs
  log: Pick<Log, 'info' | 'warn' | 'error' | 'debug'>
}): Promise<Server> => {
  const { log } = options
  const child = spawn(options.program, options.args, {
    ...options.user,
    cwd: '/',
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`))
  })
  const { isReady, lastLines, beQuiet } = follow(child, log)
  const patience = setInterval(() => log.info('PostgreSQL is still starting (it recovers after a crash)'), 5_000)
  const outcome = await Promise.race([isReady, ended]).finally(() => clearInterval(patience))
  if (outcome !== undefined) {
    throw new Error(`PostgreSQL ended with ${outcome} while it started: ${lastLines().join(' | ') || 'no message'}`)
  }
  return {
    // A process that became ready has an id.
    pid: child.pid as number,
    ended,
    stop: async () => {
      beQuiet()
      child.kill('SIGINT')
      const timer = setTimeout(() => child.kill('SIGQUIT'), patienceMs)
      await ended
      clearTimeout(timer)
    },
    signalStop: () => void child.kill('SIGINT'),
  }
}

/** Turns the server's messages into log entries of ours and notices the one that says it is ready. */
const follow = (child: ChildProcess, log: Pick<Log, 'warn' | 'debug'>) => {
  let lines: string[] = []
  let isQuiet = false
  const isReady = new Promise<undefined>((resolve) => {
    if (!child.stderr) return // stdio says pipe, so there is one
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines = [...lines.slice(-4), line]
      // An ERROR is a client's statement that failed; the client knows.
      if (!isQuiet && /^(WARNING|FATAL|PANIC)/.test(line)) log.warn({ postgres: line }, 'PostgreSQL says')
      else log.debug({ postgres: line }, 'PostgreSQL says')
      if (line.includes('database system is ready to accept connections')) resolve(undefined)
    })
  })
  return {
    isReady,
    lastLines: () => lines,
    /** While it stops it complains of every session that it ends. */
    beQuiet: () => {
      isQuiet = true
    },
  }
}
