import { uuidOf } from './hex.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'
import type { SeedVolume } from './volume.ts'

/** A KMS key of an account and Region: EBS's own, one of the company's, and one that was disabled when nobody seemed to use it. */
export type SeedKey = { id: string; arn: string; description: string; isEnabled: boolean }

const keyAt = (seed: number, { number, account, region }: Partition, which: 0 | 1 | 2): SeedKey => {
  const id = uuidOf(seed, number, which, 441)
  const description = [
    'Default key that protects my EBS volumes when no other key is defined',
    'Data at rest',
    'Data at rest, before the key policy of 2023',
  ]
  return {
    id,
    arn: `arn:aws:kms:${region}:${account}:key/${id}`,
    description: description[which]!,
    isEnabled: which < 2,
  }
}

/** What a volume is encrypted with; only of leftovers the key is disabled. */
export const volumeKey = (seed: number, { partition, index, attachedTo }: SeedVolume): SeedKey => {
  const draw = fraction(seed, partition.number, index, 446)
  return keyAt(seed, partition, attachedTo === null && draw > 0.7 ? 2 : draw < 0.6 ? 0 : 1)
}

export const findKey = (seed: number, partition: Partition, id: string): SeedKey | undefined =>
  ([0, 1, 2] as const).map((which) => keyAt(seed, partition, which)).find((key) => key.id === id)
