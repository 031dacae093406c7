import type { TaggedResource } from '#aws/tagging.ts'
import { cloudFormationOf } from './cloudformation.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { KnownResource, Listing, Observed, Place, ResourceType } from './resource-type.ts'

/**
 * Resources of types that the inventory doesn't know by itself: whatever has tags, as the tagging API lists it, and its
 * properties, as Cloud Control reads them when somebody looks.
 */
export const genericService = 'tagging'

/** What services call the resources whose ARNs name no type. */
const onlyKind: Record<string, string> = {
  sqs: 'queue',
  sns: 'topic',
  codecommit: 'repository',
  codepipeline: 'pipeline',
  s3: 'bucket',
}

/** "sqs.queue", "dynamodb.table": the service of an ARN and the kind that its resource part names; null where there is none. */
export const nameOfArn = (service: string, resource: string): string | null => {
  // What ends with a star stands for many.
  if (resource.endsWith('*')) return null
  const [, kind] = /^\/?([^:/]+)[:/]/.exec(resource) ?? []
  const word = onlyKind[service] !== undefined && kind === undefined ? onlyKind[service] : (kind ?? 'resource')
  const plain = word
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const name = `${service}.${plain}`
  return isGenericName(name) ? name : null
}

export const isGenericName = (name: string): boolean => /^[a-z0-9-]{2,40}\.[a-z0-9-]{1,60}$/.test(name)

type Arn = { service: string; region: string; account: string; resource: string }

const takeApart = (arn: string): Arn | undefined => {
  const [, service, region, account, resource] = /^arn:[^:]+:([^:]+):([^:]*):([^:]*):(.+)$/.exec(arn) ?? []
  return service === undefined || region === undefined || account === undefined || resource === undefined
    ? undefined
    : { service, region, account, resource }
}

type Properties = Record<string, unknown>

const observeTagged = (
  { account, region }: Pick<Place, 'account' | 'region'>,
  { arn, tags }: TaggedResource,
  properties: Properties | undefined,
): Observed[] => {
  const parts = takeApart(arn)
  const type = parts && nameOfArn(parts.service, parts.resource)
  if (parts === undefined || type === null || type === undefined) return []
  return [
    {
      id: arn,
      awsId: arn,
      type,
      service: genericService,
      account: account.id,
      region,
      name: tags['Name'] ?? parts.resource.split(/[:/]/).at(-1) ?? null,
      state: null,
      tags,
      cost: null,
      summary: { cloudFormationType: cloudFormationOf(type, arn)?.typeName ?? null },
      config: { ResourceARN: arn, ...(properties === undefined ? {} : { Properties: properties }) },
    },
  ]
}

/** Everything that is tagged, but for what the inventory knows by itself. What was read of one before is kept. */
export const genericListing = (isKnown: (arn: string) => boolean): Listing =>
  async function* (place, known) {
    const tagging = await place.aws.tagging(place.account, place.region)
    for await (const page of tagging.listResources(place.call)) {
      // Without the star that ARNs of log groups end with.
      const others = page.filter(({ arn }) => !isKnown(arn.replace(/:\*$/, '')))
      const found = others.length === 0 ? new Map<string, KnownResource>() : await known(others.map(({ arn }) => arn))
      yield others.flatMap((one) =>
        observeTagged(place, one, propertiesIn(found.get(one.arn))).map((observed) => ({
          ...observed,
          basedOn: found.get(one.arn)?.version ?? null,
        })),
      )
    }
  }

const propertiesIn = (known: KnownResource | undefined): Properties | undefined =>
  // What stands there was written by observeTagged.
  known?.config['Properties'] as Properties | undefined

/** The type of that name; its AWS ids are ARNs. */
export const genericType = (type: string): ResourceType => ({
  type,
  service: genericService,
  iamActions: genericIamActions,
  isAwsId: (awsId) => isOfType(awsId, type),
  // An ARN is told apart as a whole.
  awsIdOf: () => null,
  list: async function* () {},
  isReadOnDemand: true,
  describe: async (place, arns) => {
    const tagging = await place.aws.tagging(place.account, place.region)
    const tagged = await tagging.describeResources(place.call, arns)
    const read = tagged.map(async (one) => observeTagged(place, one, await propertiesOf(place, one.arn, type)))
    return (await Promise.all(read)).flat()
  },
  transitionalStates: [],
})

/** For the listing, and for properties; reading those also needs whatever the resource's own service asks for. */
export const genericIamActions = ['tag:GetResources', 'cloudformation:GetResource']

const isOfType = (arn: string, type: string): boolean => {
  const parts = takeApart(arn)
  return parts !== undefined && nameOfArn(parts.service, parts.resource) === type
}

const propertiesOf = async (place: Place, arn: string, type: string): Promise<Properties | undefined> => {
  const named = cloudFormationOf(type, arn)
  if (named === undefined) return undefined
  const cloudcontrol = await place.aws.cloudcontrol(place.account, place.region)
  const properties = await cloudcontrol.getResource(place.call, named.typeName, named.identifier)
  return properties && hideSecrets(properties)
}
