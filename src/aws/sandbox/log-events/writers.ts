import type { Estate } from '../estate/estate.ts'
import { fleetAt, fleetSize } from '../estate/fleet.ts'
import type { Fleet } from '../estate/fleet.ts'
import { fleetLogGroup } from '../estate/log-group.ts'
import type { Partition } from '../estate/partitions.ts'

/** Who writes into a log group: the machines of a fleet. What nobody writes to any more has no writer. */
export type Writer = { fleet: Fleet; number: number; machines: number[] }

const writers = new WeakMap<Partition, Map<string, number>>()

export const writerOf = ({ seed }: Estate, partition: Partition, logGroup: string): Writer | undefined => {
  let own = writers.get(partition)
  if (own === undefined) {
    own = new Map()
    for (let number = 0; number < Math.ceil(partition.instances / fleetSize); number++) {
      own.set(fleetLogGroup(fleetAt(seed, partition, number)), number)
    }
    writers.set(partition, own)
  }
  const number = own.get(logGroup)
  if (number === undefined) return undefined
  const first = number * fleetSize
  return {
    fleet: fleetAt(seed, partition, number),
    number,
    machines: Array.from({ length: Math.min(fleetSize, partition.instances - first) }, (_, index) => first + index),
  }
}
