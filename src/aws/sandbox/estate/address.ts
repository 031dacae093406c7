import { fleetAt } from './fleet.ts'
import { fleetCount, instancesOf } from './fleet-group.ts'
import { encodeId } from './ids.ts'
import { instanceAt, publicIpOf } from './instance.ts'
import type { SeedInstance } from './instance.ts'
import { owners } from './names.ts'
import type { Partition } from './partitions.ts'
import { mix, pick } from './random.ts'

/** An Elastic IP as the seed allocated it. */
export type SeedAddress = {
  id: string
  publicIp: string
  /** The instance that has it; null for one that nobody uses. */
  instance: SeedInstance | null
  tags: Record<string, string>
}

export const addressKind = 14
const associationKind = 15
/** Numbers of those that belong to no instance begin here. */
const firstSpare = 2 ** 31

/** Addresses of the sandbox come from the block for benchmarks (RFC 2544), which belongs to nobody. */
export const publicAddress = (...numbers: number[]): string => {
  const number = mix(...numbers)
  return `198.${18 + (number & 1)}.${(number >>> 8) & 255}.${(number >>> 16) & 255}`
}

export const elasticIpOf = (seed: number, partition: Partition, instance: number): string =>
  publicAddress(seed, partition.number, instance, -1)

export const associationId = (seed: number, partition: Partition, instance: number): string =>
  encodeId('eipassoc', seed, associationKind, partition.number, instance)

/** Numbers of all addresses: those of instances by the number of theirs, then those that nobody uses. */
export const addressNumbers = (seed: number, partition: Partition): number[] => {
  const used = Array.from({ length: fleetCount(partition) }, (_, fleet) => fleet)
    .filter((fleet) => fleetAt(seed, partition, fleet).hasPublicIps)
    .flatMap((fleet) => instancesOf([fleet], partition))
    .filter((index) => publicIpOf(seed, partition, index, true) === 'elastic')
  const spare = partition.instances === 0 ? 0 : 1 + Math.floor(used.length / 12)
  return [...used, ...Array.from({ length: spare }, (_, number) => firstSpare + number)]
}

export const addressAt = (seed: number, partition: Partition, number: number): SeedAddress => {
  const id = encodeId('eipalloc', seed, addressKind, partition.number, number)
  const publicIp = elasticIpOf(seed, partition, number)
  if (number >= firstSpare) {
    const owner = pick(owners, seed, partition.number, number, 700)
    return { id, publicIp, instance: null, tags: mix(seed, partition.number, number, 701) % 2 === 0 ? { owner } : {} }
  }
  const instance = instanceAt(seed, partition, number)
  return {
    id,
    publicIp,
    instance,
    tags: Object.fromEntries(
      Object.entries(instance.tags).filter(([key]) => !key.startsWith('aws:') && key !== 'protected'),
    ),
  }
}
