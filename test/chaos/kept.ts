import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from '../support/installation.ts'
import type { Record } from './findings.ts'

/** A process that somebody keeps running, as systemd or a container platform does. */
export type Kept = {
  name: string
  pid: () => number
  /** Whether something is being done to it right now. */
  isHit: () => boolean
  /** kill -9; it is started again after that time. Resolves when it serves. */
  kill: (pauseMs: number) => Promise<void>
  /** SIGSTOP, and SIGCONT after that time. */
  freeze: (ms: number) => Promise<void>
  /** What all its incarnations have printed last. */
  output: () => string
  /** How long its slowest start took: a measure of how busy the machine is. */
  startSeconds: () => number
  /** Its end is nobody's concern from now on. */
  leave: () => void
}

const startSeconds = 180
export const keptCharacters = 1_000_000

/** Starts a process and keeps it. An end that nobody asked for is a finding, and it is started again. */
export const keep = async (name: string, launch: () => Promise<RunningProcess>, record: Record): Promise<Kept> => {
  let past = ''
  let isHit = false
  let slowestSeconds = 0

  const launchStubbornly = async (): Promise<RunningProcess> => {
    const until = performance.now() + startSeconds * 1000
    for (;;) {
      const begunMs = performance.now()
      try {
        const started = await launch()
        slowestSeconds = Math.max(slowestSeconds, (performance.now() - begunMs) / 1000)
        return started
      } catch (error) {
        // The database, or what else it needs, is away as well: whoever keeps it tries again.
        past = `${past}\n${error instanceof Error ? error.message : String(error)}`.slice(-keptCharacters)
        if (performance.now() > until) throw error
        await sleep(300)
      }
    }
  }
  let current = await launchStubbornly()
  const relaunch = async (): Promise<void> => {
    past = `${past}${current.output()}`.slice(-keptCharacters)
    current = await launchStubbornly()
  }

  const watch = setInterval(() => {
    if (isHit || current.isAlive()) return
    isHit = true
    record.find(`${name} ended by itself:\n${current.output().slice(-3000)}`)
    void relaunch().finally(() => (isHit = false))
  }, 250)
  watch.unref()

  const under = async (work: () => Promise<void>): Promise<void> => {
    isHit = true
    await work().finally(() => (isHit = false))
  }
  return {
    name,
    pid: () => current.pid,
    isHit: () => isHit,
    output: () => `${past}${current.output()}`.slice(-keptCharacters),
    startSeconds: () => slowestSeconds,
    leave: () => clearInterval(watch),
    kill: (pauseMs) =>
      under(async () => {
        await current.stop('SIGKILL')
        await sleep(pauseMs)
        await relaunch()
      }),
    freeze: (ms) =>
      under(async () => {
        current.signal('SIGSTOP')
        await sleep(ms)
        current.signal('SIGCONT')
      }),
  }
}
