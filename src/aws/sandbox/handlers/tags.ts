import type {
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  TagDescription,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf } from './filters.ts'
import { volumeWithId } from './attachment.ts'
import { endDryRun, instanceWithId, isShown } from './instance-ids.ts'
import { pageOf } from './page.ts'

const mostResources = 1000
/** Of a user; AWS's own (`aws:`) don't count. */
const mostTags = 50

type Tagged = { id: string; tags: Record<string, string>; type: 'instance' | 'volume' | 'snapshot' | 'image' }

export const createTags: Handler<CreateTagsCommandInput, CreateTagsCommandOutput> = (input, context) => {
  const { world } = context
  const tags = (input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const)
  if (tags.length === 0) throw awsError('MissingParameter', 'The request must contain the parameter tagSet')
  for (const [key, value] of tags) refuseTag(key, value)
  const resources = named(input.Resources, context)
  for (const resource of resources) {
    const after = Object.keys({ ...world.tags(resource), ...Object.fromEntries(tags) }).filter(
      (key) => !key.startsWith('aws:'),
    )
    if (after.length > mostTags)
      throw awsError('TagLimitExceeded', `The maximum number of tags for a resource is ${mostTags}: ${resource.id}`)
  }
  endDryRun(input)
  world.apply(
    'CreateTags',
    resources.map((resource) => {
      const before = world.tags(resource)
      return {
        id: resource.id,
        change: { tags: Object.fromEntries(tags) },
        hasChanged: tags.some(([key, value]) => before[key] !== value),
      }
    }),
  )
  return {}
}

export const deleteTags: Handler<DeleteTagsCommandInput, DeleteTagsCommandOutput> = (input, context) => {
  const { world } = context
  const resources = named(input.Resources, context)
  for (const { Key } of input.Tags ?? []) refuseTag(Key ?? '', '')
  endDryRun(input)
  world.apply(
    'DeleteTags',
    resources.map((resource) => {
      const before = world.tags(resource)
      // Without a list all tags of the user go; with a value, only a tag that has it.
      const keys =
        input.Tags === undefined
          ? Object.keys(before).filter((key) => !key.startsWith('aws:'))
          : input.Tags.filter(
              ({ Key, Value }) => Key !== undefined && Key in before && (Value === undefined || before[Key] === Value),
            ).map(({ Key }) => Key ?? '')
      return {
        id: resource.id,
        change: { tags: Object.fromEntries(keys.map((key) => [key, null])) },
        hasChanged: keys.length > 0,
      }
    }),
  )
  return {}
}

export const describeTags: Handler<DescribeTagsCommandInput, DescribeTagsCommandOutput> = (input, context) => {
  const { world, partition, account, region } = context
  endDryRun(input)
  const matches = matcherOf<TagDescription>(input.Filters, ({ ResourceId, ResourceType, Key, Value }, name) => {
    const values: Record<string, string | undefined> = {
      'resource-id': ResourceId,
      'resource-type': ResourceType,
      key: Key,
      value: Value,
    }
    return name in values
      ? [values[name]]
      : name.startsWith('tag:')
        ? [Key === name.slice(4) ? Value : undefined]
        : undefined
  })
  const ids = input.Filters?.find(({ Name }) => Name === 'resource-id')?.Values
  const tagged: Tagged[] =
    ids === undefined
      ? [
          ...Array.from({ length: partition.instances }, (_, index) => world.estate.instance(partition, index))
            .filter((instance) => isShown(instance, context))
            .map((instance) => ({ ...instance, type: 'instance' as const })),
          ...world.made(account, region).map(([id, { kind }]) => ({ id, tags: {}, type: kind })),
        ]
      : ids.flatMap((id) => find(id, context) ?? [])
  const all = tagged.flatMap((resource) =>
    Object.entries(world.tags(resource)).map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId: resource.id,
      ResourceType: resource.type,
    })),
  )
  const { items, NextToken } = pageOf(all.length, (position) => all.slice(position, position + 1).find(matches), input)
  return { Tags: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const find = (id: string, context: HandlerContext): Tagged | undefined => {
  const instance = instanceWithId(id, context)
  if (instance !== undefined) return { ...instance, type: 'instance' }
  const volume = volumeWithId(id, context)
  if (volume !== undefined) return { ...volume, type: 'volume' }
  const made = context.world.findMade(context.account, context.region, id)
  return made === undefined ? undefined : { id, tags: {}, type: made.kind }
}

const named = (ids: readonly string[] | undefined, context: HandlerContext): Tagged[] => {
  if (ids === undefined || ids.length === 0)
    throw awsError('MissingParameter', 'The request must contain the parameter resourceIdSet')
  if (ids.length > mostResources) {
    throw awsError(
      'InvalidParameterValue',
      `The maximum number of resources is ${mostResources}; ${ids.length} were given`,
    )
  }
  return [...new Set(ids)].map((id) => {
    const resource = find(id, context)
    if (resource !== undefined) return resource
    if (id.startsWith('vol-')) throw awsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`)
    if (id.startsWith('snap-')) throw awsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`)
    if (id.startsWith('ami-')) throw awsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`)
    if (id.startsWith('i-')) throw awsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
    throw awsError('InvalidID', `The ID '${id}' is not valid`)
  })
}

/** Throws what AWS says of a tag that can't be. */
export const refuseTag = (key: string, value: string): void => {
  if (/^aws:/i.test(key)) {
    throw awsError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use")
  }
  if (key === '' || key.length > 127)
    throw awsError('InvalidParameterValue', `Tag key exceeds the maximum length of 127 characters or is empty`)
  if (value.length > 256)
    throw awsError('InvalidParameterValue', 'Tag value exceeds the maximum length of 256 characters')
}
