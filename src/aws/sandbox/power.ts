import type { SeedInstance } from './estate/instance.ts'
import { fraction } from './estate/random.ts'

/** What became of an instance since the seed made it. Times are wall milliseconds, fixed when the change was asked for. */
export type Power = {
  target: 'running' | 'stopped' | 'terminated'
  askedMs: number
  /** When it reaches its target; before, it is pending, stopping or shutting down. */
  settledMs: number
  /** When its status checks pass again; before, they are initializing. */
  checkedMs: number
  launchedMs: number
  /** How often it was started here: an automatic public address is another one each time. */
  starts: number
  /** When it began to run and to rest, oldest first; metrics are there only where it ran. */
  history: [atMs: number, state: 'running' | 'stopped'][]
}

export type StateName = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped'
export const stateCodes: Record<StateName, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

/** Seconds of cloud time that things take, as real instances do. */
const seconds = { stop: [20, 40], start: [15, 30], checks: [45, 90], reboot: [30, 60], terminate: [20, 45] } as const
const longestHistory = 64

const durationMs = (what: keyof typeof seconds, instance: SeedInstance, turn: number, speed: number): number => {
  const [least, most] = seconds[what]
  const share = fraction(instance.partition.number, instance.index, turn, what.length)
  return ((least + share * (most - least)) * 1000) / speed
}

export const powerOf = (instance: SeedInstance, power: Power | undefined): Power =>
  power ?? {
    target: instance.isRunning ? 'running' : 'stopped',
    askedMs: instance.launchedMs,
    settledMs: instance.launchedMs,
    checkedMs: instance.launchedMs,
    launchedMs: instance.launchedMs,
    starts: 0,
    history: [[instance.launchedMs, instance.isRunning ? 'running' : 'stopped']],
  }

export const stateAt = (power: Power, nowMs: number): StateName => {
  if (nowMs >= power.settledMs) return power.target
  return underway[power.target]
}

const underway = { running: 'pending', stopped: 'stopping', terminated: 'shutting-down' } as const

/** AWS goes on showing a terminated instance for about an hour, then it is as if it had never been. */
const shownTerminatedMs = 3_600_000
export const isForgotten = (power: Power, nowMs: number, speed: number): boolean =>
  power.target === 'terminated' && nowMs >= power.settledMs + shownTerminatedMs / speed

/** Whether it ran at that time, as far back as is known. */
export const ranAt = (power: Power, atMs: number): boolean =>
  (power.history.findLast(([since]) => since <= atMs) ?? power.history[0])?.[1] === 'running'

export const started = (instance: SeedInstance, power: Power, nowMs: number, speed: number): Power => {
  const starts = power.starts + 1
  const settledMs = nowMs + durationMs('start', instance, starts, speed)
  return {
    target: 'running',
    askedMs: nowMs,
    settledMs,
    checkedMs: settledMs + durationMs('checks', instance, starts, speed),
    launchedMs: nowMs,
    starts,
    history: [...power.history, [settledMs, 'running'] as [number, 'running']].slice(-longestHistory),
  }
}

export const stopped = (instance: SeedInstance, power: Power, nowMs: number, speed: number): Power => ({
  ...power,
  target: 'stopped',
  askedMs: nowMs,
  settledMs: nowMs + durationMs('stop', instance, power.starts, speed),
  history: [...power.history, [nowMs, 'stopped'] as [number, 'stopped']].slice(-longestHistory),
})

export const terminated = (instance: SeedInstance, power: Power, nowMs: number, speed: number): Power => ({
  ...power,
  target: 'terminated',
  askedMs: nowMs,
  settledMs: nowMs + durationMs('terminate', instance, power.starts, speed),
  history: [...power.history, [nowMs, 'stopped'] as [number, 'stopped']].slice(-longestHistory),
})

/** A reboot leaves an instance running; only its checks begin anew. */
export const rebooted = (instance: SeedInstance, power: Power, nowMs: number, speed: number): Power => ({
  ...power,
  checkedMs: nowMs + durationMs('reboot', instance, power.starts, speed),
})
