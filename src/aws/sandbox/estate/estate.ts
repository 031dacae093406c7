import { bucketAt } from './bucket.ts'
import type { SeedBucket } from './bucket.ts'
import { functionAt } from './function.ts'
import type { SeedFunction } from './function.ts'
import { decodeId } from './ids.ts'
import { instanceAt, instanceKind } from './instance.ts'
import type { SeedInstance } from './instance.ts'
import { partitionsOf } from './partitions.ts'
import type { Partition } from './partitions.ts'
import { seedNumber } from './random.ts'
import { volumeAt, volumeKind, volumesOf } from './volume.ts'
import type { SeedVolume } from './volume.ts'

/** The estate as the seed made it. Nothing is stored: a resource is computed when somebody asks for it. */
export type Estate = {
  seed: number
  partitions: Partition[]
  /** The part in an account and Region; undefined where the estate has nothing. */
  partition: (account: string, region: string) => Partition | undefined
  instance: (partition: Partition, index: number) => SeedInstance
  volume: (partition: Partition, index: number) => SeedVolume
  volumesOf: (partition: Partition, instanceIndex: number) => number[]
  function: (partition: Partition, index: number) => SeedFunction
  bucket: (partition: Partition, index: number) => SeedBucket
  /** The instance with an id, if it is in that partition. */
  findInstance: (partition: Partition, id: string) => SeedInstance | undefined
  findVolume: (partition: Partition, id: string) => SeedVolume | undefined
}

export const createEstate = (options: { seed: string; size: number }): Estate => {
  const seed = seedNumber(options.seed)
  const partitions = partitionsOf(options.size)
  const byPlace = new Map(partitions.map((partition) => [`${partition.account}/${partition.region}`, partition]))
  return {
    seed,
    partitions,
    partition: (account, region) => byPlace.get(`${account}/${region}`),
    instance: (partition, index) => instanceAt(seed, partition, index),
    volume: (partition, index) => volumeAt(seed, partition, index),
    volumesOf: (partition, index) => volumesOf(seed, partition, index),
    function: (partition, index) => functionAt(seed, partition, index),
    bucket: (partition, index) => bucketAt(seed, partition, index),
    findInstance: (partition, id) => {
      const found = decodeId('i', seed, instanceKind, id)
      if (found?.partition !== partition.number || found.index >= partition.instances) return undefined
      return instanceAt(seed, partition, found.index)
    },
    findVolume: (partition, id) => {
      const found = decodeId('vol', seed, volumeKind, id)
      if (found?.partition !== partition.number || found.index >= partition.volumes) return undefined
      return volumeAt(seed, partition, found.index)
    },
  }
}
