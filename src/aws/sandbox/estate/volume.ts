import { encodeId } from './ids.ts'
import { estateEpochMs, instanceAt, instanceId } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction, pickWeighted } from './random.ts'

/** A volume as the seed made it. */
export type SeedVolume = {
  id: string
  index: number
  partition: Partition
  /** The instance it is attached to, by number; null for one that nobody uses. */
  attachedTo: { index: number; id: string; device: string; isRoot: boolean } | null
  sizeGib: number
  volumeType: 'gp3' | 'gp2' | 'io1' | 'st1'
  isEncrypted: boolean
  availabilityZone: string
  createdMs: number
  tags: Record<string, string>
}

export const volumeKind = 2
const dayMs = 86_400_000

export const volumeId = (seed: number, partition: Partition, index: number): string =>
  encodeId('vol', seed, volumeKind, partition.number, index)

/**
 * Volume i is the root of instance i; of those behind, most are data volumes, spread evenly over the instances, and the
 * last 8 % are left over from machines that are gone.
 */
const dataVolumes = ({ instances, volumes }: Partition): number =>
  Math.min(instances, Math.max(0, Math.floor((volumes - instances) * 0.92)))

/** The volumes of an instance, by number: its root first. */
export const volumesOf = (seed: number, partition: Partition, index: number): number[] => {
  const own: number[] = []
  if (index < partition.volumes && instanceAt(seed, partition, index).rootDeviceType === 'ebs') own.push(index)
  const count = dataVolumes(partition)
  const data = Math.ceil((index * count) / partition.instances)
  if (data < count && ownerOf(partition, data) === index) own.push(partition.instances + data)
  return own
}

const ownerOf = (partition: Partition, data: number): number =>
  Math.floor((data * partition.instances) / dataVolumes(partition))

export const volumeAt = (seed: number, partition: Partition, index: number): SeedVolume => {
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt + 100)
  const isRoot = index < partition.instances
  const data = index - partition.instances
  const owner = isRoot ? index : data < dataVolumes(partition) ? ownerOf(partition, data) : undefined
  const instance = owner === undefined ? undefined : instanceAt(seed, partition, owner)
  const isAttached = instance !== undefined && (!isRoot || instance.rootDeviceType === 'ebs')
  const tags: Record<string, string> = {}
  if (instance !== undefined) {
    tags['Name'] = isRoot ? instance.name : `${instance.name}-data`
    for (const key of ['env', 'team', 'app', 'cost-center']) {
      const value = instance.tags[key]
      if (value !== undefined) tags[key] = value
    }
  } else if (dice(1) < 0.5) tags['Name'] = 'unused'
  return {
    id: volumeId(seed, partition, index),
    index,
    partition,
    attachedTo:
      isAttached && owner !== undefined
        ? { index: owner, id: instanceId(seed, partition, owner), device: isRoot ? '/dev/xvda' : '/dev/sdf', isRoot }
        : null,
    sizeGib: isRoot
      ? pickWeighted(
          [
            [5, 20],
            [3, 30],
            [2, 50],
          ],
          seed,
          partition.number,
          index,
          102,
        )
      : pickWeighted(
          [
            [4, 100],
            [3, 200],
            [2, 500],
            [1, 1000],
          ],
          seed,
          partition.number,
          index,
          102,
        ),
    volumeType: isRoot
      ? dice(3) < 0.8
        ? 'gp3'
        : 'gp2'
      : pickWeighted(
          [
            [6, 'gp3'],
            [3, 'gp2'],
            [1, 'io1'],
            [1, 'st1'],
          ] as const,
          seed,
          partition.number,
          index,
          103,
        ),
    isEncrypted: dice(4) < 0.85,
    availabilityZone: instance?.availabilityZone ?? `${partition.region}a`,
    createdMs: instance?.launchedMs ?? estateEpochMs - Math.floor(dice(5) * 700 * dayMs),
    tags,
  }
}
