import type { Fleet } from './fleet.ts'
import type { Partition } from './partitions.ts'
import { mix } from './random.ts'
import { iamId, instanceProfileArn, instanceRoleName, roleArn } from './role.ts'

/** The instance profile that the machines of a fleet have; null for those that were launched without one. */
export const instanceProfileOf = (
  seed: number,
  partition: Partition,
  fleet: Fleet,
  number: number,
): { arn: string; id: string } | null => {
  if (mix(seed, partition.number, number, 9) % 8 === 0) return null
  const name = instanceRoleName(fleet)
  return {
    arn: instanceProfileArn(partition.account, name),
    id: iamId('AIPA', roleArn(partition.account, name)),
  }
}
