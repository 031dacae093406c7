import { apps, owners, roles, typesOf } from './names.ts'
import type { Role } from './names.ts'
import type { Partition } from './partitions.ts'
import { fraction, mix, pick, pickWeighted } from './random.ts'

/** Machines of one kind that serve one app together; neighbours in the estate's numbering. */
export type Fleet = {
  app: (typeof apps)[number]
  role: Role
  env: string
  owner: string
  instanceType: string
  /** Number that its first machine carries in its name. */
  firstNumber: number
  /** Who manages its machines, beside people. */
  managedBy: 'nobody' | 'auto-scaling-group' | 'cloudformation'
  isSpot: boolean
  hasPublicIps: boolean
}

export const fleetSize = 8

/** What stages the machines of an account serve. */
const envs: Record<string, readonly (readonly [number, string])[]> = {
  '111122223333': [[1, 'prod']],
  '444455556666': [[1, 'staging']],
  '777788889999': [
    [6, 'dev'],
    [3, 'test'],
    [1, 'ci'],
  ],
  '222233334444': [
    [1, 'prod'],
    [1, 'shared'],
  ],
}

/** The fleet with that number in a partition. Everything about it follows from the seed. */
export const fleetAt = (seed: number, partition: Partition, number: number): Fleet => {
  const dice = (salt: number): number => fraction(seed, partition.number, number, salt)
  const combinations = apps.length * roles.length
  // Another order of apps in each partition; 37 has no divisor in common with the number of combinations.
  const combination = (number * 37 + mix(seed, partition.number)) % combinations
  // Both indexes are below the lists' lengths.
  const app = apps[combination % apps.length]!
  const role = roles[Math.floor(combination / apps.length)]!
  const drawn = pickWeighted(
    [
      [84, 'nobody'],
      [9, 'auto-scaling-group'],
      [7, 'cloudformation'],
    ] as const,
    seed,
    partition.number,
    number,
    1,
  )
  // Among the first fleets is one of each kind, so that even a small estate has them all.
  const managedBy =
    number === 3 ? 'auto-scaling-group' : number === 4 ? 'nobody' : number === 5 ? 'cloudformation' : drawn
  const env = pickWeighted(envs[partition.account] ?? [[1, 'dev']], seed, partition.number, number, 2)
  return {
    app,
    role,
    env,
    owner: pick(owners, seed, partition.number, number, 3),
    instanceType: pickWeighted(typesOf[role], seed, partition.number, number, 4),
    firstNumber: Math.floor(number / combinations) * fleetSize + 1,
    managedBy,
    isSpot: managedBy === 'nobody' && env !== 'prod' && (number === 4 || (role === 'worker' && dice(6) < 0.15)),
    hasPublicIps: role === 'web' || app.name === 'bastion' ? dice(7) < 0.7 : dice(7) < 0.05,
  }
}
