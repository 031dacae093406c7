import type { SeedInstance } from '../estate/instance.ts'
import type { Role } from '../estate/names.ts'
import { fraction } from '../estate/random.ts'

export const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** What a role does at its busiest; databases and workers run through the night, web and API follow their users. */
const shape: Record<Role, { floor: number; peak: number }> = {
  web: { floor: 0.06, peak: 0.75 },
  api: { floor: 0.08, peak: 0.7 },
  worker: { floor: 0.25, peak: 0.8 },
  db: { floor: 0.2, peak: 0.6 },
}

/** Where each Region's users are: the hour (UTC) at which they are busiest. */
const busiestHour: Record<string, number> = { 'us-east-1': 19, 'us-west-2': 22, 'eu-west-1': 13 }

/** How busy those are whom a role serves, 0 to 1: a daily curve, half of it on weekends. */
export const rhythm = (region: string, role: Role, atMs: number): number => {
  const { floor, peak } = shape[role]
  const hour = (atMs / hourMs) % 24
  const day = (1 + Math.cos(((hour - (busiestHour[region] ?? 14)) / 24) * 2 * Math.PI)) / 2
  return floor + (peak - floor) * day ** 1.5 * (isWeekend(atMs) ? 0.5 : 1)
}

/** Day 0 of Unix time was a Thursday. */
export const isWeekend = (atMs: number): boolean => [0, 6].includes((Math.floor(atMs / dayMs) + 4) % 7)

/** Load of a machine at a moment, 0 to 1; hardly any on idle development machines. */
export const loadAt = ({ partition, index, fleet }: SeedInstance, atMs: number): number => {
  const own = 0.7 + 0.6 * fraction(partition.number, index, 41)
  const isIdle = fleet.env !== 'prod' && fraction(partition.number, index, 42) < 0.3
  return Math.min(1, rhythm(partition.region, fleet.role, atMs) * own * (isIdle ? 0.04 : 1))
}

/** A number in [0, 1) for each minute. */
export const noiseAt = (atMs: number, ...of: number[]): number => fraction(...of, Math.floor(atMs / minuteMs))
