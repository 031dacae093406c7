import { cloudwatchAlarm } from './cloudwatch-alarm.ts'
import { ec2Instance } from './ec2-instance.ts'
import { ec2Volume } from './ec2-volume.ts'
import { logsGroup } from './logs-group.ts'
import type { ResourceType } from './resource-type.ts'

/** Every type that the inventory holds. */
export const resourceTypes: readonly ResourceType[] = [ec2Instance, ec2Volume, cloudwatchAlarm, logsGroup]

/** The services that are synced, each a partition of its own in every account and Region. */
export const syncedServices: readonly string[] = [...new Set(resourceTypes.map(({ service }) => service))]

export const typesOf = (service: string): readonly ResourceType[] =>
  resourceTypes.filter((type) => type.service === service)

/** One listing of a partition, with a time, an age and an error of its own. */
export type Reading = Pick<ResourceType, 'list' | 'listMoving' | 'transitionalStates'> & {
  service: string
  /** The type that it lists; of a listing of many types the name of its service. */
  name: string
  lifetime: ResourceType['lifetime']
  /** What it lists in full, so that what it no longer shows is gone. */
  holds: { type: string }
}

const readings: readonly Reading[] = resourceTypes.map((type) => ({
  service: type.service,
  name: type.type,
  list: type.list,
  ...(type.listMoving === undefined ? {} : { listMoving: type.listMoving }),
  transitionalStates: type.transitionalStates,
  lifetime: type.lifetime,
  holds: { type: type.type },
}))

/** What a sweep of a partition reads, what people look for first at the beginning. */
export const readingsOf = (service: string): readonly Reading[] =>
  readings.filter((reading) => reading.service === service)

/** Every reading of every partition, by service and name. */
export const readingNames: readonly { service: string; name: string }[] = readings.map(({ service, name }) => ({
  service,
  name,
}))

export const typeNamed = (name: string): ResourceType | undefined => resourceTypes.find(({ type }) => type === name)

/** An ARN of a resource that the inventory knows how to read. */
export type Located = { arn: string; account: string; region: string; type: ResourceType; awsId: string }

/** Takes an ARN apart (`arn:aws:ec2:eu-west-1:111122223333:instance/i-...`); null for anything else. Names may have blanks. */
export const locate = (arn: string): Located | null => {
  const match = /^arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]+):(\d{12}):([^\p{Cc}]+)$/u.exec(arn)
  if (match === null) return null
  // A match has all four groups.
  const [, service, region, account, resource] = match as unknown as [string, string, string, string, string]
  for (const type of typesOf(service)) {
    const awsId = type.awsIdOf(resource)
    if (awsId !== null && type.isAwsId(awsId)) return { arn, account, region, type, awsId }
  }
  return null
}
