import { bucketAt } from './bucket.ts'
import type { SeedBucket } from './bucket.ts'
import { functionAt } from './function.ts'
import type { SeedFunction } from './function.ts'
import { imageAt, imageCount, imageKind } from './image.ts'
import type { SeedImage } from './image.ts'
import { decodeId } from './ids.ts'
import { instanceAt, instanceKind } from './instance.ts'
import type { SeedInstance } from './instance.ts'
import { partitionsOf } from './partitions.ts'
import type { Partition } from './partitions.ts'
import { seedNumber } from './random.ts'
import { snapshotAt, snapshotKind } from './snapshot.ts'
import type { SeedSnapshot } from './snapshot.ts'
import { surroundingsOf } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'
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
  snapshot: (partition: Partition, index: number) => SeedSnapshot
  findSnapshot: (partition: Partition, id: string) => SeedSnapshot | undefined
  /** How many images of its own a partition has. */
  images: (partition: Partition) => number
  image: (partition: Partition, index: number) => SeedImage
  findImage: (partition: Partition, id: string) => SeedImage | undefined
  /** Networks, load balancers and the like; computed once for each partition. */
  around: (partition: Partition) => Surroundings
}

export const createEstate = (options: { seed: string; size: number }): Estate => {
  const seed = seedNumber(options.seed)
  const partitions = partitionsOf(options.size)
  const byPlace = new Map(partitions.map((partition) => [`${partition.account}/${partition.region}`, partition]))
  const surroundings = new Map<Partition, Surroundings>()
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
    snapshot: (partition, index) => snapshotAt(seed, partition, index),
    findSnapshot: (partition, id) => {
      const found = decodeId('snap', seed, snapshotKind, id)
      if (found?.partition !== partition.number || found.index >= partition.snapshots) return undefined
      return snapshotAt(seed, partition, found.index)
    },
    images: imageCount,
    image: (partition, index) => imageAt(seed, partition, index),
    findImage: (partition, id) => {
      const found = decodeId('ami', seed, imageKind, id)
      if (found?.partition !== partition.number || found.index >= imageCount(partition)) return undefined
      return imageAt(seed, partition, found.index)
    },
    around: (partition) => {
      // An account and Region without anything is made up anew for each call.
      if (partition.instances === 0) return surroundingsOf(seed, partition)
      let around = surroundings.get(partition)
      if (around === undefined) surroundings.set(partition, (around = surroundingsOf(seed, partition)))
      return around
    },
  }
}
