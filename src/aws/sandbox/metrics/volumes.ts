import { fraction } from '../estate/random.ts'
import { ranAt } from '../power.ts'
import { loadAt, noiseAt } from './load.ts'
import type { Family } from './measure.ts'

const names = [
  'VolumeReadOps',
  'VolumeWriteOps',
  'VolumeReadBytes',
  'VolumeWriteBytes',
  'VolumeQueueLength',
  'BurstBalance',
] as const

/** Of volumes that are attached to a machine, in the minutes in which it ran. */
export const volumeFamily: Family = {
  namespace: 'AWS/EBS',
  dimensions: ['VolumeId'],
  names,
  of: ({ world, partition }, { VolumeId = '' }, name) => {
    const volume = world.estate.findVolume(partition, VolumeId)
    if (volume === undefined || volume.attachedTo === null) return undefined
    if (name === 'BurstBalance' && !['gp2', 'st1', 'sc1'].includes(volume.volumeType)) return undefined
    const instance = world.estate.instance(partition, volume.attachedTo.index)
    const power = world.power(instance)
    // A root volume has the system's few writes, a data volume the application's.
    const share = (volume.attachedTo.isRoot ? 0.2 : 1) * (0.5 + fraction(partition.number, volume.index, 61))
    const kib = 8 + 56 * fraction(partition.number, volume.index, 62)
    return (atMs) => {
      if (!ranAt(power, atMs)) return undefined
      const load = loadAt(instance, atMs)
      const noise = noiseAt(atMs, partition.number, volume.index, 63)
      const reads = Math.round((load * 900 + noise * 120) * share)
      const writes = Math.round((40 + load * 1400 + noise * 200) * share)
      switch (name) {
        case 'VolumeReadOps':
          return reads
        case 'VolumeWriteOps':
          return writes
        case 'VolumeReadBytes':
          return Math.round(reads * kib * 1024)
        case 'VolumeWriteBytes':
          return Math.round(writes * kib * 1024)
        case 'VolumeQueueLength':
          return (load * 1.4 + noise * 0.2) * share
        case 'BurstBalance':
          return 100 - Math.max(0, load - 0.5) * 30
        default:
          return undefined
      }
    }
  },
}
