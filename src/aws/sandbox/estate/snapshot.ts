import { encodeId } from './ids.ts'
import { imageAt, imageCount } from './image.ts'
import { estateEpochMs } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction, mix, pickWeighted } from './random.ts'
import { volumeAt, volumeId } from './volume.ts'

/** A snapshot as the seed made it. */
export type SeedSnapshot = {
  id: string
  index: number
  partition: Partition
  volumeId: string
  sizeGib: number
  isEncrypted: boolean
  storageTier: 'standard' | 'archive'
  startedMs: number
  description: string
  tags: Record<string, string>
}

export const snapshotKind = 17
const dayMs = 86_400_000

export const snapshotId = (seed: number, partition: Partition, index: number): string =>
  encodeId('snap', seed, snapshotKind, partition.number, index)

/** Snapshot i is that of image i; then come those of volumes, and of the rest the last 12 % are of volumes that are gone. */
export const snapshotAt = (seed: number, partition: Partition, index: number): SeedSnapshot => {
  const base = { id: snapshotId(seed, partition, index), index, partition }
  const images = imageCount(partition)
  if (index < images) return { ...base, ...ofImage(seed, partition, index) }
  const orphans = Math.ceil((partition.snapshots - images) * 0.12)
  return index < partition.snapshots - orphans
    ? { ...base, ...ofVolume(seed, partition, index - images) }
    : { ...base, ...orphan(seed, partition, index) }
}

type Rest = Omit<SeedSnapshot, 'id' | 'index' | 'partition'>

/** One number more than there are volumes: a volume that is gone. */
const goneVolume = (seed: number, partition: Partition, index: number): string =>
  volumeId(seed, partition, partition.volumes + index)

const ofImage = (seed: number, partition: Partition, index: number): Rest => {
  const image = imageAt(seed, partition, index)
  return {
    volumeId: goneVolume(seed, partition, index),
    sizeGib: image.sizeGib,
    isEncrypted: false,
    storageTier: 'standard',
    startedMs: image.createdMs,
    description: `Created by CreateImage(${image.sourceInstanceId}) for ${image.id}`,
    tags: image.tags,
  }
}

/** Most are the last three that a lifecycle policy keeps of a volume, the others somebody made by hand. */
const ofVolume = (seed: number, partition: Partition, number: number): Rest => {
  const dice = (salt: number): number => fraction(seed, partition.number, number, salt + 500)
  const turn = Math.floor(number / 3)
  const volume = volumeAt(seed, partition, mix(seed, partition.number, turn, 510) % partition.volumes)
  const isByHand = fraction(seed, partition.number, turn, 511) < 0.2
  const startedMs = isByHand
    ? estateEpochMs - Math.floor(dice(1) * 300 * dayMs)
    : estateEpochMs - (number % 3) * dayMs - 19 * 3_600_000
  return {
    volumeId: volume.id,
    sizeGib: volume.sizeGib,
    isEncrypted: volume.isEncrypted,
    storageTier: 'standard',
    // Not before the volume was there.
    startedMs: Math.max(startedMs, volume.createdMs + 60_000),
    description: isByHand ? 'before the upgrade' : `Created for policy: ${policy(partition)} schedule: daily`,
    tags: isByHand
      ? volume.tags
      : { ...volume.tags, 'aws:dlm:lifecycle-policy-id': policy(partition), 'dlm:managed': 'true' },
  }
}

const policy = ({ number }: Partition): string => `policy-0${mix(number, 512).toString(16).padStart(16, '0')}`

const orphan = (seed: number, partition: Partition, index: number): Rest => {
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt + 600)
  return {
    volumeId: goneVolume(seed, partition, index),
    sizeGib: pickWeighted(
      [
        [5, 20],
        [3, 100],
        [2, 500],
      ],
      seed,
      partition.number,
      index,
      601,
    ),
    isEncrypted: dice(2) < 0.6,
    storageTier: dice(3) < 0.1 ? 'archive' : 'standard',
    startedMs: estateEpochMs - Math.floor((100 + dice(4) * 800) * dayMs),
    description: dice(5) < 0.5 ? '' : 'final backup',
    tags: dice(6) < 0.4 ? { Name: 'backup' } : {},
  }
}
