import { fleetAt } from './fleet.ts'
import { fleetCount, nameOfGroup } from './fleet-group.ts'
import { encodeId } from './ids.ts'
import { isArm } from './instance-types.ts'
import { estateEpochMs, instanceId } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'
import { companyTags } from './tags.ts'

/** An image of the account's own as the seed made it: built from a machine that is gone since. */
export type SeedImage = {
  id: string
  index: number
  partition: Partition
  name: string
  description: string
  architecture: 'x86_64' | 'arm64'
  sourceInstanceId: string
  createdMs: number
  /** Its one snapshot has the same number. */
  sizeGib: number
  tags: Record<string, string>
}

export const imageKind = 18
/** The number in the name of the first one. */
export const firstBuild = 1000
const dayMs = 86_400_000

/** Image i is that of fleet i, as long as there are so many; those behind are older builds that nobody uses any more. */
export const imageCount = ({ snapshots }: Partition): number => Math.floor(snapshots * 0.12)
const inUse = (partition: Partition): number => Math.min(fleetCount(partition), Math.ceil(imageCount(partition) * 0.7))

export const imageId = (seed: number, partition: Partition, index: number): string =>
  encodeId('ami', seed, imageKind, partition.number, index)

/** The account's own image that the machines of a fleet were launched from; undefined where they run one of Amazon's. */
export const imageOfFleet = (partition: Partition, fleet: number): number | undefined =>
  fleet < inUse(partition) ? fleet : undefined

export const imageAt = (seed: number, partition: Partition, index: number): SeedImage => {
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt + 400)
  const used = inUse(partition)
  // There are images only where there are snapshots, and those only where there are fleets.
  const number = index % Math.max(1, used)
  const age = Math.floor(index / Math.max(1, used))
  const fleet = fleetAt(seed, partition, number)
  const name = `${nameOfGroup(fleet)}-build-${firstBuild + index}`
  return {
    id: imageId(seed, partition, index),
    index,
    partition,
    name,
    description: `${fleet.role} of ${fleet.app.name}, hardened`,
    architecture: isArm(fleet.instanceType) ? 'arm64' : 'x86_64',
    // One number more than there are: a machine that built it and is gone.
    sourceInstanceId: instanceId(seed, partition, partition.instances + index),
    // Before the first machine that was launched from it.
    createdMs: estateEpochMs - Math.floor((502 + age * 120 + dice(1) * 100) * dayMs),
    sizeGib: 20,
    tags: companyTags({ name, app: fleet.app, env: fleet.env, owner: fleet.owner }, seed, partition.number, index, 402),
  }
}
