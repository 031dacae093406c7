import { logGroupArn, logGroupsOf } from './estate/log-group.ts'
import type { SeedLogGroup } from './estate/log-group.ts'
import type { Partition } from './estate/partitions.ts'
import { createNames } from './names.ts'
import type { Names } from './names.ts'
import type { Change } from './world.ts'

export type SandboxLogGroup = SeedLogGroup & { arn: string }

export type LogGroups = { names: Names; get: (name: string) => SandboxLogGroup | undefined }

/** The log groups of every account and Region: those of the seed, with the retention that was set. */
export const createLogGroups = (seed: number, changeOf: (id: string) => Change | undefined) => {
  const places = new Map<string, LogGroups>()

  const open = (partition: Partition): LogGroups => {
    const seeds = new Map(logGroupsOf(seed, partition).map((group) => [group.name, group]))
    return {
      names: createNames(seeds.keys()),
      get: (name) => {
        const group = seeds.get(name)
        if (group === undefined) return undefined
        const arn = logGroupArn(partition.account, partition.region, name)
        const retention = changeOf(arn)?.retention
        return { ...group, arn, ...(retention === undefined ? {} : { retentionInDays: retention.days }) }
      },
    }
  }

  return {
    of: (partition: Partition): LogGroups => {
      const key = `${partition.account}/${partition.region}`
      let place = places.get(key)
      if (place === undefined) places.set(key, (place = open(partition)))
      return place
    },
  }
}
