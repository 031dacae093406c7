import type { Read, Reader } from '#aws/reader.ts'
import type { Observed, Place, ResourceType } from './resource-type.ts'

/** A type whose adapter lists and describes it alike. */
export const readType = <One extends Read>(options: {
  type: string
  service: string
  arnService?: string
  isWithoutAccount?: true
  iamActions: string[]
  isAwsId: (awsId: string) => boolean
  /** What stands before the AWS id in the resource part of an ARN, or how it is found there. */
  arnResource: string | ((arnResource: string) => string | null)
  reader: (place: Place) => Promise<Reader<One>>
  /** What the type says of one; the rest is the same for all. */
  observe: (one: One) => Pick<Observed, 'name' | 'state' | 'cost' | 'summary'>
  transitionalStates?: readonly string[]
  lifetime?: NonNullable<ResourceType['lifetime']>
  noise?: NonNullable<ResourceType['noise']>
}): ResourceType => {
  const { type, service, arnResource, reader, observe, transitionalStates = [], ...rest } = options
  const toObserved = (one: One): Observed => ({
    id: one.arn,
    awsId: one.id,
    type,
    service,
    account: one.account,
    region: one.region,
    tags: one.tags,
    config: one.raw,
    ...observe(one),
  })
  return {
    ...rest,
    type,
    service,
    awsIdOf:
      typeof arnResource === 'string'
        ? (resource) => (resource.startsWith(arnResource) ? resource.slice(arnResource.length) : null)
        : arnResource,
    list: async function* (place) {
      for await (const page of (await reader(place)).list(place.call)) yield page.map(toObserved)
    },
    describe: async (place, awsIds) => (await (await reader(place)).describe(place.call, awsIds)).map(toObserved),
    transitionalStates,
  }
}

/** AWS's ids of EC2: a prefix and hexadecimal digits. */
export const ec2Id =
  (prefix: string) =>
  (awsId: string): boolean =>
    awsId.startsWith(`${prefix}-`) && /^[0-9a-f]{1,32}$/.test(awsId.slice(prefix.length + 1))
