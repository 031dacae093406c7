import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { alarmArn, alarmsOf } from './estate/alarm.ts'
import type { SeedAlarm } from './estate/alarm.ts'
import { estateEpochMs } from './estate/instance.ts'
import type { Partition } from './estate/partitions.ts'
import { createNames } from './names.ts'
import type { Names } from './names.ts'
import type { Change } from './world.ts'

/** An alarm that was put; null where one was deleted. */
export type AlarmChange = { definition: PutMetricAlarmInput; createdMs: number; updatedMs: number } | null

export type SandboxAlarm = NonNullable<AlarmChange> & { name: string; arn: string }

/** The alarms of an account and Region. */
export type Alarms = {
  names: Names
  get: (name: string) => SandboxAlarm | undefined
}

/**
 * The alarms of every account and Region: those of the seed, with what was put over them and what was deleted. A place is
 * opened when it is first asked; from then on its names are kept in order as alarms come and go.
 */
export const createAlarms = (
  seed: number,
  changeOf: (id: string) => Change | undefined,
  changed: () => Iterable<string>,
) => {
  const places = new Map<string, Alarms>()

  const open = (partition: Partition): Alarms => {
    const { account, region } = partition
    const seeds = new Map<string, SeedAlarm>(
      alarmsOf(seed, partition).map((alarm) => [alarm.definition.AlarmName, alarm]),
    )
    const prefix = alarmArn(account, region, '')
    const get = (name: string): SandboxAlarm | undefined => {
      const arn = `${prefix}${name}`
      const change = changeOf(arn)?.alarm
      if (change === null) return undefined
      if (change !== undefined) return { ...change, name, arn }
      const made = seeds.get(name)
      return made && { definition: made.definition, createdMs: estateEpochMs, updatedMs: estateEpochMs, name, arn }
    }
    const put = [...changed()].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length))
    const names = createNames([...seeds.keys(), ...put].filter((name) => get(name) !== undefined))
    return { names, get }
  }

  return {
    of: (partition: Partition): Alarms => {
      const key = alarmArn(partition.account, partition.region, '')
      let place = places.get(key)
      if (place === undefined) places.set(key, (place = open(partition)))
      return place
    },
    /** An alarm was put or deleted. */
    note: (arn: string, alarm: AlarmChange): void => {
      const at = arn.indexOf(':alarm:') + ':alarm:'.length
      const names = places.get(arn.slice(0, at))?.names
      if (alarm === null) names?.remove(arn.slice(at))
      else names?.add(arn.slice(at))
    },
    /** What was kept is something else than what was noted. */
    forget: (): void => places.clear(),
  }
}
