import type {
  GetResourcesCommandInput,
  GetResourcesCommandOutput,
  ResourceTagMapping,
} from '@aws-sdk/client-resource-groups-tagging-api'
import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'
import { stateAt } from '../power.ts'
import type { Handler, HandlerContext } from './context.ts'

const most = 100

type Tagged = { arn: string; tags: Record<string, string> }
/** Resources of one kind, by number; undefined where there is none any more, or it has no tags. */
type Kind = { service: string; type: string; count: number; at: (index: number) => Tagged | undefined }

/** What the sandbox has tags of, in an order that doesn't change. */
const kindsOf = ({ world, partition, nowMs }: HandlerContext): Kind[] => {
  const { account, region } = partition
  const ec2 = (kind: string, id: string): string => `arn:aws:ec2:${region}:${account}:${kind}/${id}`
  const generics = world.generics(partition)
  return [
    {
      service: 'ec2',
      type: 'instance',
      count: partition.instances,
      at: (index) => {
        const instance = world.estate.instance(partition, index)
        if (stateAt(world.power(instance), nowMs) === 'terminated') return undefined
        return { arn: ec2('instance', instance.id), tags: world.tags(instance) }
      },
    },
    {
      service: 'ec2',
      type: 'volume',
      count: partition.volumes,
      at: (index) => {
        const volume = world.estate.volume(partition, index)
        return { arn: ec2('volume', volume.id), tags: world.tags(volume) }
      },
    },
    {
      service: 'lambda',
      type: 'function',
      count: partition.functions,
      at: (index) => {
        const { arn, tags } = world.estate.function(partition, index)
        return { arn, tags: world.tags({ id: arn, tags }) }
      },
    },
    {
      service: 's3',
      type: 'bucket',
      count: partition.buckets,
      at: (index) => {
        const { arn, tags } = world.estate.bucket(partition, index)
        return { arn, tags: world.tags({ id: arn, tags }) }
      },
    },
    ...generics.map(({ arn, tags }): Kind => {
      const [, , service = '', , , resource = ''] = arn.split(':')
      return { service, type: resource.split('/')[0] ?? '', count: 1, at: () => ({ arn, tags }) }
    }),
  ]
}

/** Tagged resources by ARN, or by type and tags page by page. The last page has an empty token, as AWS's has. */
export const getResources: Handler<GetResourcesCommandInput, GetResourcesCommandOutput> = (input, context) => {
  const { ResourceARNList, ResourceTypeFilters, TagFilters, ResourcesPerPage = 50, PaginationToken } = input
  if (ResourceARNList !== undefined) {
    if (ResourceTypeFilters ?? TagFilters ?? input.ResourcesPerPage ?? PaginationToken)
      throw invalid('ResourceARNList can not be given together with filters or paging.')
    return { PaginationToken: '', ResourceTagMappingList: byArn(ResourceARNList, context) }
  }
  if (!Number.isInteger(ResourcesPerPage) || ResourcesPerPage < 1 || ResourcesPerPage > most)
    throw invalid(`ResourcesPerPage must be 1 to ${most}.`)
  const wanted = (tags: Record<string, string>): boolean =>
    Object.keys(tags).length > 0 &&
    (TagFilters ?? []).every(({ Key = '', Values = [] }) => {
      const value = tags[Key]
      return value !== undefined && (Values.length === 0 || Values.includes(value))
    })
  const kinds = kindsOf(context).filter(
    ({ service, type }) => ResourceTypeFilters?.some((filter) => fits(filter, service, type)) ?? true,
  )
  const from = PaginationToken === undefined || PaginationToken === '' ? '0' : fromToken(PaginationToken)
  let position = Number(from ?? Number.NaN)
  if (!Number.isSafeInteger(position)) throw awsError('PaginationTokenExpiredException', 'The token is not valid.')
  const total = kinds.reduce((sum, { count }) => sum + count, 0)
  const found: ResourceTagMapping[] = []
  let before = 0
  for (const { count, at } of kinds) {
    for (; position < before + count && found.length < ResourcesPerPage; position++) {
      const resource = at(position - before)
      if (resource !== undefined && wanted(resource.tags)) found.push(toMapping(resource))
    }
    before += count
  }
  return { PaginationToken: position < total ? toToken(String(position)) : '', ResourceTagMappingList: found }
}

/** "s3", "ec2:instance"; buckets are of the service as a whole. */
const fits = (filter: string, service: string, type: string): boolean =>
  filter === service || (service !== 's3' && filter === `${service}:${type}`)

const byArn = (arns: readonly string[], context: HandlerContext): ResourceTagMapping[] => {
  if (arns.length < 1 || arns.length > most) throw invalid(`ResourceARNList must have 1 to ${most} members.`)
  return arns.flatMap((arn) => {
    const found = find(arn, context)
    return found === undefined || Object.keys(found.tags).length === 0 ? [] : [toMapping(found)]
  })
}

const find = (arn: string, { world, partition, account, region, nowMs }: HandlerContext): Tagged | undefined => {
  const [head, , service, place, owner, ...rest] = arn.split(':')
  if (head !== 'arn' || rest.length === 0) throw invalid(`${arn} is not a valid ARN.`)
  const resource = rest.join(':')
  if (service === 's3') {
    const bucket = world.buckets(account).get(resource)
    return bucket?.partition.region === region ? { arn, tags: world.tags({ id: arn, tags: bucket.tags }) } : undefined
  }
  if (place !== region || owner !== account) return undefined
  if (service === 'ec2') {
    const [kind, id = ''] = resource.split('/')
    const instance = kind === 'instance' ? world.estate.findInstance(partition, id) : undefined
    if (instance !== undefined && stateAt(world.power(instance), nowMs) === 'terminated') return undefined
    const volume = kind === 'volume' ? world.estate.findVolume(partition, id) : undefined
    const one = instance ?? volume
    return one && { arn, tags: world.tags(one) }
  }
  if (service === 'lambda') {
    const made = world.functions(partition).get(resource.replace(/^function:/, ''))
    return made && { arn, tags: world.tags({ id: arn, tags: made.tags }) }
  }
  const generic = world.generics(partition).find((one) => one.arn === arn)
  return generic && { arn, tags: generic.tags }
}

const toMapping = ({ arn, tags }: Tagged): ResourceTagMapping => ({
  ResourceARN: arn,
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
})

const invalid = (message: string): Error => awsError('InvalidParameterException', message)
