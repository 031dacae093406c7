import type { Account } from '#aws/cloud.ts'
import { autoscalingGroup } from './autoscaling-group.ts'
import { cloudwatchAlarm } from './cloudwatch-alarm.ts'
import { cloudwatchDashboard } from './cloudwatch-dashboard.ts'
import { ec2Address } from './ec2-address.ts'
import { ec2Image } from './ec2-image.ts'
import { ec2Instance } from './ec2-instance.ts'
import { ec2KeyPair } from './ec2-key-pair.ts'
import { ec2SecurityGroup } from './ec2-security-group.ts'
import { ec2Snapshot } from './ec2-snapshot.ts'
import { ec2Subnet } from './ec2-subnet.ts'
import { ec2Volume } from './ec2-volume.ts'
import { ec2Vpc } from './ec2-vpc.ts'
import { elbLoadBalancer } from './elb-load-balancer.ts'
import { elbTargetGroup } from './elb-target-group.ts'
import { genericListing, genericService, genericType, isGenericName, nameOfArn } from './generic.ts'
import { globalRegion } from './global-region.ts'
import { iamRole } from './iam-role.ts'
import { lambdaAlias } from './lambda-alias.ts'
import { lambdaEventSource } from './lambda-event-source.ts'
import { lambdaFunction } from './lambda-function.ts'
import { lambdaLayer } from './lambda-layer.ts'
import { lambdaVersion } from './lambda-version.ts'
import { logsGroup } from './logs-group.ts'
import { logsMetricFilter } from './logs-metric-filter.ts'
import { s3Bucket } from './s3-bucket.ts'
import type { ResourceType } from './resource-type.ts'

/** Every type that the inventory knows by itself. */
export const resourceTypes: readonly ResourceType[] = [
  ec2Instance,
  ec2Volume,
  ec2Snapshot,
  ec2Image,
  ec2SecurityGroup,
  ec2Vpc,
  ec2Subnet,
  ec2Address,
  ec2KeyPair,
  elbLoadBalancer,
  elbTargetGroup,
  autoscalingGroup,
  cloudwatchAlarm,
  logsGroup,
  s3Bucket,
  lambdaFunction,
  lambdaVersion,
  lambdaLayer,
  lambdaEventSource,
  lambdaAlias,
  iamRole,
  logsMetricFilter,
  cloudwatchDashboard,
]

/** One listing of a partition, with a time, an age and an error of its own. */
export type Reading = Pick<ResourceType, 'list' | 'listMoving' | 'transitionalStates'> & {
  service: string
  /** The type that it lists; of a listing of many types the name of its service. */
  name: string
  lifetime: ResourceType['lifetime']
  /** What it lists in full, so that what it no longer shows is gone; `more` tells more of what another one lists. */
  holds: { type: string } | { service: string } | 'more'
}

const readings: readonly Reading[] = [
  ...resourceTypes.map((type) => ({
    service: type.service,
    name: type.type,
    list: type.list,
    ...(type.listMoving === undefined ? {} : { listMoving: type.listMoving }),
    transitionalStates: type.transitionalStates,
    lifetime: type.lifetime,
    holds: { type: type.type },
  })),
  ...resourceTypes.flatMap(({ type, details, transitionalStates }) =>
    details === undefined ? [] : [{ ...details, name: type, transitionalStates, holds: 'more' as const }],
  ),
  {
    service: genericService,
    name: genericService,
    list: genericListing((arn) => isKnown(arn)),
    transitionalStates: [],
    lifetime: { sweptEverySeconds: 300 },
    holds: { service: genericService },
  },
]

/** The services that are synced, each a partition of its own in every account and Region, or once in an account. */
export const syncedServices: readonly string[] = [...new Set(readings.map(({ service }) => service))]

/** Where the resources of a type in an account can be. */
export const regionsOf = (account: Pick<Account, 'regions'>, type: Pick<ResourceType, 'isGlobal'>): string[] =>
  type.isGlobal === true ? [globalRegion] : account.regions

/** Where an account has partitions of a service. */
export const regionsOfService = (account: Pick<Account, 'regions'>, service: string): string[] =>
  regionsOf(account, resourceTypes.find((type) => type.service === service) ?? {})

/** What a sweep of a partition reads, what people look for first at the beginning. */
export const readingsOf = (service: string): readonly Reading[] =>
  readings.filter((reading) => reading.service === service)

/** Every reading of every partition, by service and name. */
export const readingNames: readonly { service: string; name: string }[] = readings.map(({ service, name }) => ({
  service,
  name,
}))

/** Whether a reading may list resources of a type that fits; `exact` is that type where only one does. */
export const mayList = (reading: string, fits: (type: string) => boolean, exact: string | undefined): boolean =>
  reading === genericService ? exact === undefined || !isKnownType(exact) : fits(reading)

const isKnownType = (name: string): boolean => resourceTypes.some(({ type }) => type === name)

/** A type by its name: one that the inventory knows by itself, or any other that AWS may have ("sqs.queue"). */
export const typeNamed = (name: string): ResourceType | undefined =>
  resourceTypes.find(({ type }) => type === name) ?? (isGenericName(name) ? genericType(name) : undefined)

/** An ARN of a resource that can be read. Not every ARN says its account and Region: null then. */
export type Located = { arn: string; account: string | null; region: string | null; type: ResourceType; awsId: string }

/** Takes an ARN apart (`arn:aws:ec2:eu-west-1:111122223333:instance/i-...`); null for anything else. Names may have blanks. */
export const locate = (arn: string): Located | null => {
  const match = /^arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:([^\p{Cc}]+)$/u.exec(arn)
  if (match === null) return null
  const [, service = '', region = '', account, resource = ''] = match
  const place = { arn, account: account ?? null, region: region === '' ? null : region }
  for (const type of resourceTypes) {
    if ((type.arnService ?? type.service) !== service) continue
    const awsId = type.awsIdOf(resource)
    if (awsId === null) continue
    const hasPlace = (account === undefined) === (type.isWithoutAccount ?? false)
    if (!hasPlace || !type.isAwsId(awsId)) return null
    return { ...place, type, awsId, ...(type.isGlobal === true ? { region: globalRegion } : {}) }
  }
  const name = nameOfArn(service, resource)
  return name === null || isKnownType(name) ? null : { ...place, type: genericType(name), awsId: arn }
}

/** Where something can be, as far as its ARN says. */
export const placesOf = (
  { account, region, type }: Located,
  accounts: readonly Account[],
): { account: Account; region: string }[] =>
  accounts
    .filter(({ id }) => account === null || account === id)
    .flatMap((one) =>
      regionsOf(one, type)
        .filter((each) => region === null || region === each)
        .map((each) => ({ account: one, region: each })),
    )

/** Whether an ARN names something of a type that the inventory knows by itself, and so reads otherwise. */
const isKnown = (arn: string): boolean => {
  const located = locate(arn)
  return located === null || located.type.service !== genericService
}
