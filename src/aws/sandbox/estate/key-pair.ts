import type { Fleet } from './fleet.ts'
import type { FleetGroup } from './fleet-group.ts'
import { encodeId } from './ids.ts'
import { estateEpochMs } from './instance.ts'
import { owners } from './names.ts'
import type { Partition } from './partitions.ts'
import { fraction, mix } from './random.ts'

/** A key pair as the seed made it. */
export type SeedKeyPair = {
  id: string
  index: number
  name: string
  type: 'rsa' | 'ed25519'
  fingerprint: string
  createdMs: number
  tags: Record<string, string>
}

export const keyPairKind = 13
const dayMs = 86_400_000

/** The key that a fleet's machines were launched with; null for those that are reached by Session Manager alone. */
export const keyNameOf = (seed: number, partition: Partition, fleet: Fleet, number: number): string | null =>
  fraction(seed, partition.number, number, 8) < 0.25 ? null : `${fleet.app.team}-ops`

/** One for each team, the one that it had before for some of them, and those of people who tried something. */
export const keyPairsOf = (seed: number, partition: Partition, groups: readonly FleetGroup[]): SeedKeyPair[] => {
  const teams = [...new Set(groups.map(({ fleet }) => fleet.app.team))]
  const made = [
    ...teams.flatMap((team, index) => [
      { name: `${team}-ops`, team },
      ...(fraction(seed, partition.number, index, keyPairKind) < 0.2 ? [{ name: `${team}-2023`, team }] : []),
    ]),
    ...(groups.length === 0
      ? []
      : owners.slice(partition.number % 8, (partition.number % 8) + 2).map((name) => ({ name, team: undefined }))),
  ]
  return made.map(({ name, team }, index) => {
    const type = fraction(seed, partition.number, index, keyPairKind, 1) < 0.5 ? ('rsa' as const) : ('ed25519' as const)
    return {
      id: encodeId('key', seed, keyPairKind, partition.number, index),
      index,
      name,
      type,
      fingerprint: fingerprintOf(type, seed, partition.number, index),
      createdMs:
        estateEpochMs - Math.floor((510 + fraction(seed, partition.number, index, keyPairKind, 2) * 900) * dayMs),
      tags: team === undefined ? {} : { team },
    }
  })
}

/** As AWS shows them: SHA-1 of the private key for RSA, SHA-256 in Base64 for ED25519. */
const fingerprintOf = (type: 'rsa' | 'ed25519', ...numbers: number[]): string => {
  const bytes = Buffer.alloc(type === 'rsa' ? 20 : 32)
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32BE(mix(...numbers, keyPairKind, at), at)
  return type === 'rsa' ? (bytes.toString('hex').match(/../g) ?? []).join(':') : bytes.toString('base64')
}
