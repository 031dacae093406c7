import type { SeedFunction } from '../estate/function.ts'
import { fraction } from '../estate/random.ts'
import { progressOf } from '../incidents/calendar.ts'
import type { Calendar } from '../incidents/calendar.ts'
import { noiseAt, rhythm } from './load.ts'
import type { Family } from './measure.ts'

const hourMs = 3_600_000

/** How often a function is called in the minute of a moment. */
export const callsAt = ({ partition, index, purpose, env }: SeedFunction, atMs: number): number => {
  const noise = noiseAt(atMs, partition.number, index, 71)
  // A report runs for an hour of each night, and is called again and again until it is through.
  if (purpose === 'nightly-report') {
    const hour = 1 + Math.floor(5 * fraction(partition.number, index, 72))
    return Math.floor(atMs / hourMs) % 24 === hour ? Math.round(4 + 4 * noise) : 0
  }
  const busiest = 20 + 900 * fraction(partition.number, index, 73) ** 3
  const share = env === 'prod' ? 1 : 0.05
  return Math.round(rhythm(partition.region, 'api', atMs) * busiest * share * (0.8 + 0.4 * noise))
}

/** A loop is as fast in the night as in the day. */
const loopCalls = 15_000

/** How often it calls itself, beside what others do. */
export const loopCallsAt = (calendar: Calendar, { arn }: SeedFunction, atMs: number): number =>
  progressOf(calendar, 'runaway-cost', arn, atMs) === undefined ? 0 : loopCalls

/** How many of those fail: one in a thousand, or about half during an incident. */
export const errorsAt = (calendar: Calendar, made: SeedFunction, atMs: number): number => {
  const calls = callsAt(made, atMs)
  const noise = noiseAt(atMs, made.partition.number, made.index, 74)
  if (progressOf(calendar, 'function-errors', made.arn, atMs) !== undefined)
    return Math.round(calls * (0.35 + 0.3 * noise))
  return noise * 1000 < calls ? Math.round(calls * 0.001 * noise * 2) : 0
}

export const durationAt = ({ partition, index, purpose }: SeedFunction, atMs: number): number => {
  const usual = purpose === 'nightly-report' ? 90_000 : 25 + 600 * fraction(partition.number, index, 75) ** 2
  return usual * (0.85 + 0.2 * rhythm(partition.region, 'api', atMs) + 0.2 * noiseAt(atMs, partition.number, index, 76))
}

const concurrencyOf = (calls: number, milliseconds: number): number =>
  Math.max(1, Math.ceil((calls * milliseconds) / 60_000))

/** Functions of an account and Region that are added up for what all of them do; where there are more, those stand for the rest. */
const mostAdded = 24

/** Of an account and Region as a whole. */
export const allFunctionsFamily: Family = {
  namespace: 'AWS/Lambda',
  dimensions: [],
  names: ['ConcurrentExecutions'],
  of: ({ world, partition }) => {
    if (partition.functions === 0) return undefined
    const count = Math.min(partition.functions, mostAdded)
    const share = partition.functions / count
    const some = Array.from({ length: count }, (_, n) => world.estate.function(partition, Math.floor(n * share)))
    const active = some.filter(({ state }) => state === 'Active')
    return (atMs) => {
      let sum = 0
      for (const made of active) {
        const calls = callsAt(made, atMs)
        if (calls > 0) sum += concurrencyOf(calls, durationAt(made, atMs)) * share
      }
      const looping = world.calendar.at('runaway-cost', atMs)
      const name = looping?.account === partition.account && looping.region === partition.region ? looping.name : ''
      const made = world.functions(partition).get(name)
      if (made !== undefined) sum += concurrencyOf(loopCalls, durationAt(made, atMs))
      return sum === 0 ? undefined : Math.round(sum)
    }
  },
}

/** Of functions, with data in the minutes in which they are called. */
export const functionFamily: Family = {
  namespace: 'AWS/Lambda',
  dimensions: ['FunctionName'],
  names: ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'],
  of: ({ world, partition }, { FunctionName = '' }, name) => {
    const made = world.functions(partition).get(FunctionName)
    if (made === undefined || made.state !== 'Active') return undefined
    return (atMs) => {
      const calls = callsAt(made, atMs) + loopCallsAt(world.calendar, made, atMs)
      if (calls === 0) return undefined
      switch (name) {
        case 'Invocations':
          return calls
        case 'Errors':
          return errorsAt(world.calendar, made, atMs)
        case 'Throttles':
          return 0
        case 'Duration':
          return durationAt(made, atMs)
        default:
          return concurrencyOf(calls, durationAt(made, atMs))
      }
    }
  },
}
