import { autoScalingFamily, groupInstancesFamily } from './auto-scaling-groups.ts'
import { bucketFamily } from './buckets.ts'
import { allFunctionsFamily, functionFamily } from './functions.ts'
import { agentFamily, instanceFamily } from './instances.ts'
import { applicationFamily, networkFamily, targetGroupFamilies } from './load-balancers.ts'
import { logGroupFamily } from './log-groups.ts'
import type { Family, Measure, MeasureContext } from './measure.ts'
import { usageFamily } from './usage.ts'
import { volumeFamily } from './volumes.ts'

/** Every metric that the sandbox has. */
export const families: readonly Family[] = [
  instanceFamily,
  agentFamily,
  volumeFamily,
  applicationFamily,
  networkFamily,
  ...targetGroupFamilies,
  autoScalingFamily,
  groupInstancesFamily,
  functionFamily,
  allFunctionsFamily,
  logGroupFamily,
  bucketFamily,
  usageFamily,
]

export type MetricOf = { namespace: string; name: string; dimensions: Record<string, string> }

/** A metric by namespace, name and dimensions; undefined where there is none, which CloudWatch answers with no data. */
export const measureOf = (
  context: MeasureContext,
  { namespace, name, dimensions }: MetricOf,
): { measure: Measure; isDaily: boolean } | undefined => {
  const names = Object.keys(dimensions).toSorted().join()
  for (const family of families) {
    if (family.namespace !== namespace || family.dimensions.join() !== names || !family.names.includes(name)) continue
    const measure = family.of(context, dimensions, name)
    if (measure !== undefined) return { measure, isDaily: family.isDaily === true }
  }
  return undefined
}
