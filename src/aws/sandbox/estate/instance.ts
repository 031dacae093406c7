import { encodeId } from './ids.ts'
import { fleetAt, fleetSize } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import type { Partition } from './partitions.ts'
import { fraction, mix } from './random.ts'

/** An instance as the seed made it, before anything was done to it. */
export type SeedInstance = {
  id: string
  index: number
  partition: Partition
  fleet: Fleet
  name: string
  availabilityZone: string
  isRunning: boolean
  isStopProtected: boolean
  /** Tagged `protected`, and protected from termination. */
  isProtected: boolean
  /** One of its status checks fails. */
  isImpaired: boolean
  rootDeviceType: 'ebs' | 'instance-store'
  publicIp: 'none' | 'auto' | 'elastic'
  launchedMs: number
  tags: Record<string, string>
}

const kind = 1
/** The day on which the estate was "found"; launches lie before it. A fixed day: the same seed, the same estate. */
export const estateEpochMs = Date.UTC(2026, 8, 1)
const dayMs = 86_400_000

export const instanceId = (seed: number, partition: Partition, index: number): string =>
  encodeId('i', seed, kind, partition.number, index)
export const instanceKind = kind

export const instanceAt = (seed: number, partition: Partition, index: number): SeedInstance => {
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt)
  const fleet = fleetAt(seed, partition, Math.floor(index / fleetSize))
  const number = fleet.firstNumber + (index % fleetSize)
  const name = `${fleet.app.name}-${fleet.role}-${fleet.env}-${number}`
  const isManaged = fleet.managedBy === 'auto-scaling-group'
  const isProtected = !isManaged && dice(18) < (fleet.env === 'prod' ? 0.08 : 0.02)
  const rootDeviceType = !isManaged && dice(10) < 0.008 ? 'instance-store' : 'ebs'
  return {
    id: instanceId(seed, partition, index),
    index,
    partition,
    fleet,
    name,
    availabilityZone: zoneOf(seed, partition, index),
    // An Auto Scaling group replaces what doesn't run, Spot instances are seldom stopped.
    isRunning:
      isManaged ||
      fleet.isSpot ||
      rootDeviceType === 'instance-store' ||
      dice(12) < (fleet.env === 'prod' ? 0.96 : 0.82),
    isStopProtected: !isManaged && dice(13) < (fleet.env === 'prod' ? 0.06 : 0.015),
    isProtected,
    isImpaired: dice(14) < 0.003,
    rootDeviceType,
    publicIp: publicIpOf(seed, partition, index, fleet.hasPublicIps),
    launchedMs: estateEpochMs - Math.floor(dice(16) ** 2 * 500 * dayMs) - Math.floor(dice(17) * dayMs),
    tags: tagsOf(seed, partition, index, fleet, name, isProtected),
  }
}

/** The Availability Zone of an instance. */
export const zoneOf = (seed: number, partition: Partition, index: number): string =>
  `${partition.region}${'abc'[mix(seed, partition.number, index, 11) % 3]}`

/** What public address a machine of a fleet that faces the Internet, or doesn't, has. */
export const publicIpOf = (
  seed: number,
  partition: Partition,
  index: number,
  hasPublicIps: boolean,
): SeedInstance['publicIp'] =>
  !hasPublicIps ? 'none' : fraction(seed, partition.number, index, 15) < 0.3 ? 'elastic' : 'auto'

const tagsOf = (
  seed: number,
  partition: Partition,
  index: number,
  fleet: Fleet,
  name: string,
  isProtected: boolean,
): Record<string, string> => {
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt)
  const tags: Record<string, string> = { Name: name }
  if (isProtected) tags['protected'] = 'true'
  // These are AWS's own and never missing.
  const group = `${fleet.app.name}-${fleet.role}-${fleet.env}`
  if (fleet.managedBy === 'auto-scaling-group') tags['aws:autoscaling:groupName'] = `${group}-asg`
  if (fleet.managedBy === 'cloudformation') {
    tags['aws:cloudformation:stack-name'] = `${group}-stack`
    tags['aws:cloudformation:logical-id'] = 'Instance'
  }
  // As everywhere, some machines were never tagged properly.
  if (dice(20) < 0.03) return tags
  tags['env'] = fleet.env
  tags['team'] = fleet.app.team
  tags['app'] = fleet.app.name
  if (dice(21) < 0.9) tags['owner'] = fleet.owner
  if (dice(22) < 0.85) tags['cost-center'] = fleet.app.costCenter
  return tags
}
