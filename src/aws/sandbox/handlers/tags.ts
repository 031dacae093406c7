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
import { valuesNamed } from './describe.ts'
import { matcherOf } from './filters.ts'
import { endDryRun } from './instance-ids.ts'
import { pageOf } from './page.ts'
import { refuseTag } from './tag-rules.ts'
import { everythingTagged, taggedWithId, unknownTagged } from './taggable.ts'
import type { Tagged } from './taggable.ts'

const mostResources = 1000
/** Of a user; AWS's own (`aws:`) don't count. */
const mostTags = 50
/** More than anything has, AWS's own included. */
const mostPositions = 64

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
  const { world } = context
  endDryRun(input)
  const matches = matcherOf<TagDescription>(input.Filters, ({ ResourceId, ResourceType, Key, Value }, name) => {
    if (name.startsWith('tag:')) return [Key === name.slice(4) ? Value : undefined]
    return valuesNamed(name, {
      'resource-id': [ResourceId],
      'resource-type': [ResourceType],
      key: [Key],
      value: [Value],
    })
  })
  const ids = input.Filters?.find(({ Name }) => Name === 'resource-id')?.Values
  const named = ids?.flatMap((id) => taggedWithId(id, context) ?? [])
  const resources =
    named === undefined ? everythingTagged(context) : { count: named.length, at: (n: number) => named[n] }
  // A position is a resource and one of its tags, so that a page costs what it shows.
  let seen: { number: number; tags: TagDescription[] } | undefined
  const tagAt = (position: number): TagDescription | undefined => {
    const number = Math.floor(position / mostPositions)
    if (seen?.number !== number) seen = { number, tags: tagsAt(resources.at(number)) }
    return seen.tags[position % mostPositions]
  }
  const tagsAt = (resource: Tagged | undefined): TagDescription[] =>
    resource === undefined
      ? []
      : Object.entries(world.tags(resource)).map(([Key, Value]) => ({
          Key,
          Value,
          ResourceId: resource.id,
          ResourceType: resource.type,
        }))
  const { items, NextToken } = pageOf(
    resources.count * mostPositions,
    (position) => [tagAt(position)].find((tag) => tag !== undefined && matches(tag)),
    input,
  )
  return { Tags: items, ...(NextToken === undefined ? {} : { NextToken }) }
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
    const resource = taggedWithId(id, context)
    if (resource === undefined) throw unknownTagged(id)
    return resource
  })
}
