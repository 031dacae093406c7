import type { Partition } from '../estate/partitions.ts'
import type { World } from '../world.ts'

/** The value of a metric in the minute of a moment; undefined where nothing was measured. */
export type Measure = (atMs: number) => number | undefined

/** Where a metric is asked for. */
export type MeasureContext = { world: World; partition: Partition; nowMs: number }

/** The metrics of a namespace and one set of dimensions. */
export type Family = {
  namespace: string
  /** Names of its dimensions, sorted. */
  dimensions: readonly string[]
  names: readonly string[]
  /** Sent once a day, of the day that ended. */
  isDaily?: true
  /** Undefined where there is no such resource, or it does not send this metric. */
  of: (context: MeasureContext, dimensions: Record<string, string>, name: string) => Measure | undefined
}
