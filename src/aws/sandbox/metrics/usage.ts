import { instanceTypes } from '../estate/instance-types.ts'
import type { SeedInstance } from '../estate/instance.ts'
import type { Partition } from '../estate/partitions.ts'
import { stateAt } from '../power.ts'
import type { Family, MeasureContext } from './measure.ts'

/** The only class of machines in the estate: families A, C, D, H, I, M, R, T and Z. */
const standard = 'Standard/OnDemand'
/** How much more than all of its machines an account may run, and in what steps quotas are raised. */
const room = 1.25
const step = 64

/** Spot Instances count for other quotas. */
const onDemand = ({ world, partition }: MeasureContext): SeedInstance[] =>
  Array.from({ length: partition.instances }, (_, index) => world.estate.instance(partition, index)).filter(
    ({ fleet }) => !fleet.isSpot,
  )

const isVcpus = ({ Class, Resource, Service, Type }: Record<string, string>): boolean =>
  Service === 'EC2' && Type === 'Resource' && Resource === 'vCPU' && Class === standard

/** The quotas of the accounts and Regions that were asked for: they follow from the seed. */
const quotas = new WeakMap<Partition, number>()

const vcpusOf = (type: string): number => instanceTypes.get(type)?.vcpus ?? 0

/** vCPUs that run on demand, as AWS/Usage counts them. */
export const usageFamily: Family = {
  namespace: 'AWS/Usage',
  dimensions: ['Class', 'Resource', 'Service', 'Type'],
  names: ['ResourceCount'],
  of: (context, dimensions) => {
    if (!isVcpus(dimensions)) return undefined
    const { world, nowMs } = context
    const running = onDemand(context).filter((instance) => stateAt(world.power(instance), nowMs) === 'running')
    const used = running.reduce((sum, instance) => sum + vcpusOf(world.instanceType(instance)), 0)
    return () => used
  },
}

/** What SERVICE_QUOTA() says of that metric; undefined for one that has no quota. */
export const quotaOf = (context: MeasureContext, dimensions: Record<string, string>): number | undefined => {
  if (!isVcpus(dimensions)) return undefined
  const known = quotas.get(context.partition)
  if (known !== undefined) return known
  const all = onDemand(context).reduce((sum, { fleet }) => sum + vcpusOf(fleet.instanceType), 0)
  const quota = Math.max(1, Math.ceil((all * room) / step)) * step
  quotas.set(context.partition, quota)
  return quota
}
