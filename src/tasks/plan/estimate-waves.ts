import type { Aws } from '#aws/cloud.ts'
import type { Plan } from '#contracts/task.ts'
import type { Operation } from '../operation.ts'
import { tenths, tokensNeeded } from './estimate.ts'

/** A wave's targets in one account and Region. */
type Share = { place: string; targets: number; speed: number }
type Seconds = Plan['expectedSeconds']

/**
 * How long each wave will take, in wall seconds, and all of them with the soaks between them. The buckets are full at the
 * start; what a wave leaves in them, and what comes in while it waits and soaks, is what the next one begins with. A wave
 * begins when the one before is over everywhere: its slowest place counts.
 */
export const expectedWaves = (
  quotas: Aws['quotas'],
  operation: Pick<Operation, 'batchSize' | 'calls' | 'typicalWaitSeconds'>,
  params: Record<string, unknown>,
  waves: readonly (readonly Share[])[],
  soakSeconds: number,
): { waves: Seconds[]; all: Seconds } => {
  const waitSeconds = operation.typicalWaitSeconds(params)
  /** Tokens by place and bucket; a bucket that nobody took from yet is full. */
  const levels = new Map<string, { level: number; capacity: number; refillPerSecond: number }>()
  const speeds = new Map(waves.flat().map(({ place, speed }) => [place, speed]))
  const soakWallSeconds = soakSeconds / Math.min(...speeds.values())

  const seconds: Seconds[] = []
  for (const [index, wave] of waves.entries()) {
    const each = wave.map(({ place, targets, speed }) => ({
      place,
      speed,
      calls: takeTokens(levels, place, tokensNeeded(quotas, operation, params, targets)) / speed,
      waits: waitSeconds / speed,
    }))
    const calls = Math.max(0, ...each.map((one) => one.calls))
    const waits = Math.max(0, ...each.map((one) => one.waits))
    const total = Math.max(0, ...each.map((one) => one.calls + one.waits))
    const untilNext = total + (index < waves.length - 1 ? soakWallSeconds : 0)
    const own = new Map(each.map((one) => [one.place, one.calls]))
    for (const [key, bucket] of levels) {
      const place = key.split('\n')[0] ?? ''
      const idle = (untilNext - (own.get(place) ?? 0)) * (speeds.get(place) ?? 1)
      bucket.level = Math.min(bucket.capacity, bucket.level + Math.max(0, idle) * bucket.refillPerSecond)
    }
    seconds.push({ calls: tenths(calls), waits: tenths(waits), total: tenths(total) })
  }
  const sum = (of: (wave: Seconds) => number): number => seconds.reduce((all, wave) => all + of(wave), 0)
  const soaks = soakWallSeconds * Math.max(0, waves.length - 1)
  return {
    waves: seconds,
    all: {
      calls: tenths(sum(({ calls }) => calls)),
      waits: tenths(sum(({ waits }) => waits)),
      total: tenths(sum(({ total }) => total) + soaks),
    },
  }
}

/** Cloud seconds until the slowest bucket of the place has given its tokens; takes them. */
const takeTokens = (
  levels: Map<string, { level: number; capacity: number; refillPerSecond: number }>,
  place: string,
  needed: ReturnType<typeof tokensNeeded>,
): number => {
  const buckets = [...needed].map(([name, { capacity, refillPerSecond, tokens }]) => {
    const key = `${place}\n${name}`
    const bucket = levels.get(key) ?? { level: capacity, capacity, refillPerSecond }
    levels.set(key, bucket)
    return { bucket, tokens, seconds: Math.max(0, (tokens - bucket.level) / refillPerSecond) }
  })
  const slowest = Math.max(0, ...buckets.map(({ seconds }) => seconds))
  for (const { bucket, tokens } of buckets) {
    bucket.level = Math.min(bucket.capacity, bucket.level + slowest * bucket.refillPerSecond - tokens)
  }
  return slowest
}
