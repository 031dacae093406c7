import type { IncidentKind, SandboxIncident } from '#contracts/sandbox.ts'
import type { Estate } from '../estate/estate.ts'
import type { SeedInstance } from '../estate/instance.ts'
import type { Partition } from '../estate/partitions.ts'
import { creditsPerHour } from '../metrics/credits.ts'
import { hasAgent } from '../metrics/agent.ts'

type Target = Pick<SandboxIncident, 'account' | 'region' | 'resource' | 'name' | 'what'>

export const instanceArn = ({ account, region }: Partition, id: string): string =>
  `arn:aws:ec2:${region}:${account}:instance/${id}`

/** Tries before a turn is left out: an estate of few resources may have nothing that fits. */
const attempts = 60

/**
 * What has an incident of a kind. Machines and what serves customers are hit in production, where alarms watch them; what nobody
 * watches (a disk, credits, a leak) anywhere.
 */
export const targetOf = (estate: Estate, kind: IncidentKind, dice: (attempt: number) => number): Target | undefined => {
  const inProduction = estate.partitions.filter(
    ({ account }) => account === '111122223333' || account === '222233334444',
  )
  const choose = finders[kind]
  for (let attempt = 0; attempt < attempts; attempt++) {
    const partitions =
      kind === 'memory-leak' || kind === 'disk-filling' || kind === 'credit-exhaustion'
        ? estate.partitions
        : inProduction
    const partition = partitions[Math.floor(dice(2 * attempt) * partitions.length)]
    const target = partition && choose(estate, partition, dice(2 * attempt + 1))
    if (target !== undefined) return target
  }
  return undefined
}

const ofInstance =
  (fits: (instance: SeedInstance) => boolean, what: string) =>
  (estate: Estate, partition: Partition, dice: number): Target | undefined => {
    if (partition.instances === 0) return undefined
    const instance = estate.instance(partition, Math.floor(dice * partition.instances))
    if (!instance.isRunning || !fits(instance)) return undefined
    const { account, region } = partition
    return { account, region, resource: instanceArn(partition, instance.id), name: instance.name, what }
  }

const finders: Record<IncidentKind, (estate: Estate, partition: Partition, dice: number) => Target | undefined> = {
  'cpu-saturation': ofInstance(
    ({ fleet }) => fleet.role !== 'db' && creditsPerHour(fleet.instanceType) === undefined,
    'Its CPU went up to the limit at once, as after a deployment.',
  ),
  'memory-leak': ofInstance(hasAgent, 'Its memory fills up steadily until the process is restarted.'),
  'disk-filling': ofInstance(hasAgent, 'Its disk fills up until somebody clears it.'),
  'credit-exhaustion': ofInstance(
    ({ fleet }) => creditsPerHour(fleet.instanceType) !== undefined,
    'It uses up its CPU credits and is held at its baseline then.',
  ),
  'function-errors': (estate, partition, dice) => {
    if (partition.functions === 0) return undefined
    const made = estate.function(partition, Math.floor(dice * partition.functions))
    // One that is called around the clock, and often enough for its errors to be seen.
    if (made.state !== 'Active' || made.env !== 'prod' || made.purpose === 'nightly-report') return undefined
    const { account, region } = partition
    return { account, region, resource: made.arn, name: made.name, what: 'About half of its invocations fail.' }
  },
  'runaway-cost': (estate, partition, dice) => {
    if (partition.functions === 0) return undefined
    const made = estate.function(partition, Math.floor(dice * partition.functions))
    const { state, env, purpose, reservedConcurrency } = made
    if (state !== 'Active' || env !== 'prod' || purpose === 'nightly-report' || reservedConcurrency !== null)
      return undefined
    const { account, region } = partition
    const what = 'It calls itself in a loop, and the bill of AWS Lambda grows by the day.'
    return { account, region, resource: made.arn, name: made.name, what }
  },
  'slow-load-balancer': (estate, partition, dice) => {
    const balancers = estate.around(partition).loadBalancers
    const balancer = balancers[Math.floor(dice * balancers.length)]
    if (balancer?.type !== 'application' || balancer.group.fleet.env !== 'prod' || balancer.name.endsWith('-old'))
      return undefined
    const { account, region } = partition
    const what = 'Its targets take six times as long, and 3 % of the requests fail.'
    return { account, region, resource: balancer.arn, name: balancer.name, what }
  },
}
