import { fleetSize } from './fleet.ts'
import { estateEpochMs, instanceAt } from './instance.ts'
import { fleetLogGroup } from './log-group.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'

/** A metric filter as the seed made it: what counts the errors of a fleet. */
export type SeedMetricFilter = {
  name: string
  logGroupName: string
  pattern: string
  metric: { namespace: string; name: string }
  createdMs: number
}

/** Every metric filter of a partition, by log group and name as AWS lists them. */
export const metricFiltersOf = (seed: number, partition: Partition): SeedMetricFilter[] => {
  const all: SeedMetricFilter[] = []
  for (let number = 0; number < Math.ceil(partition.instances / fleetSize); number++) {
    const dice = (salt: number): number => fraction(seed, partition.number, number, salt)
    const { fleet } = instanceAt(seed, partition, number * fleetSize)
    const logGroupName = fleetLogGroup(fleet)
    const namespace = `Acme/${fleet.app.name}`
    const createdMs = estateEpochMs - Math.floor(dice(701) * 400 * 86_400_000)
    if (dice(702) < (fleet.env === 'prod' ? 0.8 : 0.25)) {
      all.push({
        name: 'errors',
        logGroupName,
        pattern: '{ $.level = "error" }',
        metric: { namespace, name: 'Errors' },
        createdMs,
      })
    }
    if (dice(703) < 0.15) {
      all.push({
        name: 'timeouts',
        logGroupName,
        pattern: '"timed out"',
        metric: { namespace, name: 'Timeouts' },
        createdMs,
      })
    }
  }
  const key = ({ logGroupName, name }: SeedMetricFilter): string => `${logGroupName}\n${name}`
  return all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}
