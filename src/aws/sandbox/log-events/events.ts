import { instanceId } from '../estate/instance.ts'
import { fraction, mix, seedNumber } from '../estate/random.ts'
import { instanceArn } from '../incidents/targets.ts'
import { minuteMs, noiseAt, rhythm } from '../metrics/load.ts'
import type { MeasureContext } from '../metrics/measure.ts'
import { callsAt, errorsAt } from '../metrics/functions.ts'
import { messageOf } from './lines.ts'
import type { Line } from './lines.ts'
import { writerOf } from './writers.ts'

export type LogEvent = { id: string; atMs: number; stream: string; message: string }

/** What is written into a log group. */
export type LogSource = {
  streams: readonly string[]
  /** How many lines there are in a minute, and how many of them are errors. */
  countAt: (atMs: number) => { lines: number; errors: number }
  /** The events of a minute, in the order of their times. */
  eventsIn: (minute: number) => LogEvent[]
}

const dayMs = 86_400_000
/** Once a day each writer has a bad time of so many minutes. */
const burstMinutes = { least: 5, most: 14 }
const burstErrors = { least: 15, most: 45 }

const burst = (noise: number): number => Math.round(burstErrors.least + noise * (burstErrors.most - burstErrors.least))
/** Lines of a minute that are kept of a function which is called more often: it samples. */
const mostLines = 60

/** The events of a log group; undefined for one that nobody writes to. */
export const logSourceOf = (context: MeasureContext, name: string): LogSource | undefined => {
  const { world, partition } = context
  const made = /^\/aws\/lambda\/(.+)$/.exec(name)?.[1]
  const lambda = made === undefined ? undefined : world.functions(partition).get(made)
  if (lambda !== undefined && lambda.state === 'Active') {
    return sourceOf({
      key: mix(seedNumber(name), partition.number),
      app: lambda.app.name,
      role: 'function',
      // An environment writes into a stream of its own.
      streams: [0, 1, 2].map(
        (number) => `[$LATEST]${mix(lambda.index, partition.number, number, 77).toString(16).padStart(32, '0')}`,
      ),
      perMinute: (atMs) => Math.min(mostLines, callsAt(lambda, atMs)),
      errorsAt: (atMs) => Math.min(mostLines, errorsAt(world.calendar, lambda, atMs)),
    })
  }
  const writer = writerOf(world.estate, partition, name)
  if (writer === undefined) return undefined
  const { fleet, machines } = writer
  const arns = machines.map((index) => instanceArn(partition, instanceId(world.estate.seed, partition, index)))
  return sourceOf({
    key: mix(seedNumber(name), partition.number),
    app: fleet.app.name,
    role: fleet.role,
    streams: machines.map((index) => instanceId(world.estate.seed, partition, index)),
    perMinute: (atMs, dice) => 1 + rhythm(partition.region, fleet.role, atMs) * (4 + 8 * dice),
    errorsAt: (atMs, noise) => {
      const saturated = world.calendar.at('cpu-saturation', atMs)
      return saturated !== undefined && arns.includes(saturated.resource) ? burst(noise) : 0
    },
  })
}

type Writing = {
  key: number
  app: string
  role: Line['role']
  streams: readonly string[]
  perMinute: (atMs: number, dice: number) => number
  /** Errors beside those of its daily bad time. */
  errorsAt: (atMs: number, noise: number) => number
}

const sourceOf = ({ key, app, role, streams, perMinute, errorsAt: otherErrors }: Writing): LogSource => {
  const own = fraction(key, 1)
  const isInBurst = (atMs: number): boolean => {
    const day = Math.floor(atMs / dayMs)
    const minutes = burstMinutes.least + fraction(key, day, 3) * (burstMinutes.most - burstMinutes.least)
    const fromMs = day * dayMs + fraction(key, day, 2) * (dayMs - minutes * minuteMs)
    return atMs >= fromMs && atMs < fromMs + minutes * minuteMs
  }
  const countAt = (atMs: number): { lines: number; errors: number } => {
    const noise = noiseAt(atMs, key, 4)
    const errors = Math.max(otherErrors(atMs, noise), isInBurst(atMs) ? burst(noise) : noise < 0.01 ? 1 : 0)
    return { lines: Math.round(perMinute(atMs, own) * (0.6 + 0.8 * noise)) + errors, errors }
  }
  return {
    streams,
    countAt,
    eventsIn: (minute) => {
      const { lines, errors } = countAt(minute * minuteMs)
      return Array.from({ length: lines }, (_, line): LogEvent => {
        const dice = [key, minute, line]
        const atMs = minute * minuteMs + Math.floor(fraction(...dice, 5) * minuteMs)
        return {
          id: `${minute}${String(mix(...dice, 6)).padStart(10, '0')}`,
          atMs,
          // A writer has at least one stream.
          stream: streams[mix(...dice, 8) % streams.length]!,
          message: messageOf({ app, role, isError: line < errors, key: dice }),
        }
      }).toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
    },
  }
}
