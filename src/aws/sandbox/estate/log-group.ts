import { fleetSize } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { functionAt } from './function.ts'
import { estateEpochMs, instanceAt } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction, pickWeighted } from './random.ts'

/** A log group as the seed made it: one for each fleet and each function, and some that nobody writes to any more. */
export type SeedLogGroup = {
  name: string
  retentionInDays: number | null
  logGroupClass: 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY'
  storedBytes: number
  createdMs: number
  isDeletionProtected: boolean
}

const dayMs = 86_400_000

export const logGroupArn = (account: string, region: string, name: string): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`

/** Every log group of a partition, by name as AWS lists them. */
export const logGroupsOf = (seed: number, partition: Partition): SeedLogGroup[] =>
  [
    ...Array.from({ length: Math.ceil(partition.instances / fleetSize) }, (_, fleet) =>
      logGroupsAt(seed, partition, fleet),
    ).flat(),
    ...Array.from({ length: partition.functions }, (_, index) => functionLogGroup(seed, partition, index)),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** What the machines of a fleet write to. */
export const fleetLogGroup = ({ app, role, env, firstNumber }: Fleet): string =>
  `/${env}/${app.name}/${role}${firstNumber === 1 ? '' : `-${firstNumber}`}`

/** Lambda makes one when a function first runs, and gives it no retention. */
const functionLogGroup = (seed: number, partition: Partition, index: number): SeedLogGroup => {
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt)
  const { logGroupName, env, modifiedMs } = functionAt(seed, partition, index)
  return {
    name: logGroupName,
    retentionInDays: dice(221) < (env === 'prod' ? 0.5 : 0.25) ? 30 : null,
    logGroupClass: 'STANDARD',
    storedBytes: Math.floor(dice(222) ** 3 * 6e10),
    createdMs: modifiedMs - Math.floor(dice(223) * 200 * dayMs),
    isDeletionProtected: false,
  }
}

const logGroupsAt = (seed: number, partition: Partition, number: number): SeedLogGroup[] => {
  const dice = (salt: number): number => fraction(seed, partition.number, number, salt)
  const { fleet } = instanceAt(seed, partition, number * fleetSize)
  const { env } = fleet
  const name = fleetLogGroup(fleet)
  const own: SeedLogGroup = {
    name,
    retentionInDays: pickWeighted(retentions[env === 'prod' ? 'prod' : 'other'], seed, partition.number, number, 211),
    logGroupClass: dice(212) < 0.06 ? 'INFREQUENT_ACCESS' : 'STANDARD',
    storedBytes: Math.floor(dice(213) ** 3 * 4e11),
    createdMs: estateEpochMs - Math.floor(dice(214) * 900 * dayMs),
    isDeletionProtected: env === 'prod' && dice(215) < 0.2,
  }
  // As everywhere: what was tried out once and kept for ever, and what a delivery stream passes through.
  return [
    own,
    ...(dice(216) < 0.15
      ? [
          {
            ...own,
            name: `${name}/old`,
            retentionInDays: null,
            logGroupClass: 'STANDARD' as const,
            isDeletionProtected: false,
          },
        ]
      : []),
    ...(dice(217) < 0.04
      ? [{ ...own, name: `${name}/delivery`, retentionInDays: 1, logGroupClass: 'DELIVERY' as const, storedBytes: 0 }]
      : []),
  ]
}

/** Most groups were never given a retention: AWS keeps everything unless told otherwise. */
const retentions: Record<'prod' | 'other', readonly (readonly [number, number | null])[]> = {
  prod: [
    [4, null],
    [2, 30],
    [3, 90],
    [2, 365],
    [1, 400],
  ],
  other: [
    [6, null],
    [2, 7],
    [2, 14],
    [3, 30],
  ],
}
